"""Federal income tax, exact: the reference that the simulation kernel (`tax_kernel`) is tested against.

One formula per function, in Decimal, unrounded; forms round to the dollar, callers that file do so themselves.
Source of each rule beside it; figures come from the dated table.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.tax_tables import FilingStatus, TaxTable

_ZERO = Decimal(0)
_HALF = Decimal("0.5")
_MOST = Decimal("0.85")


@dataclass(frozen=True, slots=True)
class TaxFacts:
    """One household's year, in dollars. `wages` per earner; `pre_tax` is what wages were reduced by.

    ``ordinary`` is pensions and withdrawals from tax-deferred accounts; ``early_withdrawals`` the part of them
    taken before 59 and a half. ``seniors`` counts people of 65 and more. ``loss_carried`` is a capital loss of
    earlier years, as a positive number.
    """

    status: FilingStatus
    calendar_year: int
    wages: tuple[Decimal, ...]
    pre_tax: Decimal
    ordinary: Decimal
    interest: Decimal
    qualified_dividends: Decimal
    long_term_gain: Decimal
    benefits: Decimal
    early_withdrawals: Decimal
    seniors: int
    loss_carried: Decimal


@dataclass(frozen=True, slots=True)
class FederalTax:
    """The lines that make the tax, so that a number can show how it came about.

    ``preferential`` is the part of taxable income that is taxed as long-term gains and qualified dividends.
    """

    agi: Decimal
    taxable_benefits: Decimal
    deduction: Decimal
    senior_deduction: Decimal
    taxable_income: Decimal
    preferential: Decimal
    ordinary_tax: Decimal
    gains_tax: Decimal
    niit: Decimal
    payroll_tax: Decimal
    early_withdrawal_tax: Decimal
    loss_carried: Decimal

    @property
    def total(self) -> Decimal:
        """Everything due for the year."""
        return self.ordinary_tax + self.gains_tax + self.niit + self.payroll_tax + self.early_withdrawal_tax


def tax_on_taxable_income(table: TaxTable, status: FilingStatus, taxable_income: Decimal) -> Decimal:
    """Tax by the rate schedule (IRC 1(j)) on ordinary taxable income; negative income has none."""
    tax, lower = _ZERO, _ZERO
    bounds = (*table.of(status).ordinary_upper_bounds, None)
    for rate, upper in zip(table.ordinary_rates, bounds, strict=True):
        top = taxable_income if upper is None else min(taxable_income, upper)
        tax += rate * max(_ZERO, top - lower)
        lower = upper if upper is not None else lower
    return tax


def gains_tax(table: TaxTable, status: FilingStatus, ordinary: Decimal, preferential: Decimal) -> Decimal:
    """Tax on long-term gains and qualified dividends, stacked on ordinary taxable income (IRC 1(h))."""
    figures = table.of(status)
    _, middle_rate, high_rate = table.ltcg_rates
    top = ordinary + preferential
    middle = max(_ZERO, min(top, figures.ltcg_15_max) - max(ordinary, figures.ltcg_0_max))
    high = max(_ZERO, top - max(ordinary, figures.ltcg_15_max))
    return middle_rate * middle + high_rate * high


def net_investment_income_tax(table: TaxTable, status: FilingStatus, income: Decimal, magi: Decimal) -> Decimal:
    """3.8 % of the smaller of net investment income and MAGI above the threshold, which is not indexed (IRC 1411)."""
    excess = magi - table.of(status).niit_threshold
    return table.niit_rate * max(_ZERO, min(income, excess))


def additional_medicare_tax(table: TaxTable, status: FilingStatus, earned: Decimal) -> Decimal:
    """0.9 % of earnings above the threshold, which is not indexed (IRC 3101(b)(2))."""
    return table.additional_medicare_rate * max(_ZERO, earned - table.of(status).medicare_threshold)


def payroll_tax(table: TaxTable, status: FilingStatus, wages: tuple[Decimal, ...]) -> Decimal:
    """An employee's Social Security (each up to the wage base) and Medicare tax (IRC 3101)."""
    earned = sum(wages, _ZERO)
    capped = sum((min(wage, table.social_security_wage_base) for wage in wages), _ZERO)
    basic = table.social_security_rate * capped + table.medicare_rate * earned
    return basic + additional_medicare_tax(table, status, earned)


def senior_deduction(table: TaxTable, status: FilingStatus, seniors: int, magi: Decimal, calendar_year: int) -> Decimal:
    """Deduction of P.L. 119-21 s. 70103 per person of 65 and more; it shrinks with MAGI, each person's by itself."""
    threshold = table.of(status).senior_threshold
    if table.senior_amount is None or table.senior_phase_out_rate is None or threshold is None:
        return _ZERO
    if table.senior_last_year is not None and calendar_year > table.senior_last_year:
        return _ZERO
    each = table.senior_amount - table.senior_phase_out_rate * max(_ZERO, magi - threshold)
    return seniors * max(_ZERO, each)


@dataclass(frozen=True, slots=True)
class TaxableBenefits:
    """Taxable Social Security in its two tiers (IRC 86(a)(1) and (2))."""

    tier_1: Decimal
    tier_2: Decimal

    @property
    def total(self) -> Decimal:
        """What counts as income."""
        return self.tier_1 + self.tier_2


def taxable_social_security(
    table: TaxTable, status: FilingStatus, *, other_income: Decimal, benefits: Decimal, lives_with_spouse: bool
) -> TaxableBenefits:
    """Split the taxable benefits by tier. ``other_income`` is AGI without benefits plus tax-exempt interest.

    ``lives_with_spouse`` matters for married people who file apart only: together they have no threshold, apart
    those of a single person (IRC 86(c)(1)(C)).
    """
    figures = table.of(status)
    if status is FilingStatus.MARRIED_SEPARATE and not lives_with_spouse:
        figures = table.of(FilingStatus.SINGLE)
    provisional = other_income + _HALF * benefits
    width = figures.ss_adjusted_base - figures.ss_base
    above_base = max(_ZERO, provisional - figures.ss_base)
    tier_1 = min(_HALF * benefits, _HALF * min(above_base, width))
    above_adjusted = max(_ZERO, provisional - figures.ss_adjusted_base)
    total = min(_MOST * benefits, tier_1 + _MOST * above_adjusted)
    return TaxableBenefits(tier_1=tier_1, tier_2=max(_ZERO, total - tier_1))


def salt_deduction(table: TaxTable, status: FilingStatus, paid: Decimal, magi: Decimal, calendar_year: int) -> Decimal:
    """State and local taxes that may be itemised (IRC 164(b)(6), (7)): capped, the cap shrinking to a floor.

    Cap and threshold rise each year after the table's until the last year of the raised cap; from then on the floor
    is the cap. Raises InvalidInputError when the table has no cap for the status.
    """
    figures = table.of(status)
    if figures.salt_cap is None:
        raise InvalidInputError(gettext_noop("The tax table has no cap for state and local taxes."), field="salt_cap")
    cap = figures.salt_cap
    if figures.salt_threshold is not None and figures.salt_floor is not None:
        raised = (1 + (table.salt_growth_rate or _ZERO)) ** (calendar_year - table.year)
        excess = max(_ZERO, magi - figures.salt_threshold * raised)
        cap = max(figures.salt_floor, cap * raised - (table.salt_phase_out_rate or _ZERO) * excess)
        if table.salt_last_year is not None and calendar_year > table.salt_last_year:
            cap = figures.salt_floor
    return max(_ZERO, min(paid, cap))


@dataclass(frozen=True, slots=True)
class NetCapital:
    """Capital gains and losses of a year after netting: what enters income, and what is carried on."""

    counted: Decimal
    preferential: Decimal
    short_term_carried: Decimal
    long_term_carried: Decimal


def net_capital(table: TaxTable, status: FilingStatus, short_term: Decimal, long_term: Decimal) -> NetCapital:
    """Net short- against long-term results; a loss counts up to the limit, the rest is carried (IRC 1211, 1212).

    The deduction uses short-term losses first, and each part keeps its character.
    """
    net = short_term + long_term
    if net >= 0:
        return NetCapital(net, max(_ZERO, min(net, long_term)), _ZERO, _ZERO)
    deducted = min(table.of(status).capital_loss_limit, -net)
    short_loss = max(_ZERO, -(short_term + max(_ZERO, long_term)))
    long_loss = max(_ZERO, -(long_term + max(_ZERO, short_term)))
    from_short = min(short_loss, deducted)
    return NetCapital(-deducted, _ZERO, short_loss - from_short, long_loss - (deducted - from_short))


def federal_tax(table: TaxTable, facts: TaxFacts) -> FederalTax:
    """Compute a household's federal tax with the standard deduction; AMT, credits and itemising are left out."""
    status = facts.status
    figures = table.of(status)
    capital = net_capital(table, status, _ZERO, facts.long_term_gain - facts.loss_carried)
    earned = sum(facts.wages, _ZERO)
    investment = facts.interest + facts.qualified_dividends + capital.counted
    without_benefits = earned - facts.pre_tax + facts.ordinary + investment
    benefits = taxable_social_security(
        table, status, other_income=without_benefits, benefits=facts.benefits, lives_with_spouse=True
    ).total
    agi = without_benefits + benefits
    senior = senior_deduction(table, status, facts.seniors, agi, facts.calendar_year)
    deduction = figures.standard_deduction + facts.seniors * figures.additional_deduction
    taxable = max(_ZERO, agi - deduction - senior)
    preferential = min(taxable, facts.qualified_dividends + capital.preferential)
    return FederalTax(
        agi=agi,
        taxable_benefits=benefits,
        deduction=deduction,
        senior_deduction=senior,
        taxable_income=taxable,
        preferential=preferential,
        ordinary_tax=tax_on_taxable_income(table, status, taxable - preferential),
        gains_tax=gains_tax(table, status, taxable - preferential, preferential),
        niit=net_investment_income_tax(table, status, investment, agi),
        payroll_tax=payroll_tax(table, status, facts.wages),
        early_withdrawal_tax=table.early_withdrawal_rate * facts.early_withdrawals,
        loss_carried=capital.long_term_carried,
    )
