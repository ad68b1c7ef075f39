"""Federal income tax, exact: the reference that the simulation kernel (`tax_kernel`) is tested against.

One formula per function, in Decimal, unrounded; forms round to the dollar, callers that file do so themselves.
Source of each rule beside it; figures come from the dated table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from apps.plans.engine.minimum_tax import NO_OPTIONS, HeldOptions, MinimumTaxFacts, minimum_tax, tentative_minimum_tax
from apps.plans.engine.tax_credits import NOBODY, ChildCredits, Dependants, Earned, child_credits
from apps.plans.engine.tax_deductions import Itemised, Payments, charity_without_itemising, itemised_deduction
from apps.plans.engine.tax_schedules import preferential_tax, tax_on_taxable_income
from apps.plans.engine.tax_tables import FilingStatus, TaxTable

_ZERO = Decimal(0)
_HALF = Decimal("0.5")
_MOST = Decimal("0.85")


@dataclass(frozen=True, slots=True)
class TaxFacts:
    """One household's year, in dollars. `wages` per earner; `pre_tax` is what wages were reduced by.

    ``ordinary`` is pensions and withdrawals from tax-deferred accounts; ``early_withdrawals`` the part of them
    taken before 59 and a half. ``seniors`` counts people of 65 and more. ``loss_carried`` and ``short_loss_carried``
    are capital losses of earlier years, as positive numbers. ``payments`` are what may be itemised; without them the
    standard deduction is taken. ``lives_with_spouse`` matters for married people who file apart.
    ``active_gain`` is what of the gains comes from a business in which the household works: no net investment income;
    ``options`` are incentive options whose shares are held.
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
    short_term_gain: Decimal = _ZERO
    short_loss_carried: Decimal = _ZERO
    tax_exempt_interest: Decimal = _ZERO
    payments: Payments | None = None
    dependants: Dependants = NOBODY
    lives_with_spouse: bool = True
    active_gain: Decimal = _ZERO
    options: HeldOptions = NO_OPTIONS


@dataclass(frozen=True, slots=True)
class IncomeTax:
    """Income tax before credits with one of the two deductions; ``itemised`` is None with the standard one.

    ``preferential`` is the part of taxable income that is taxed as long-term gains and qualified dividends;
    ``tentative`` the tax below which the usual one may not lie, ``deferred`` what of the minimum tax is of options held
    and comes back as a credit: below zero where their sale makes it smaller (Form 8801 line 18).
    """

    deduction: Decimal
    itemised: Itemised | None
    taxable_income: Decimal
    preferential: Decimal
    ordinary_tax: Decimal
    gains_tax: Decimal
    minimum_tax: Decimal
    tentative: Decimal = _ZERO
    deferred: Decimal = _ZERO

    @property
    def total(self) -> Decimal:
        """Return the tax before credits."""
        return self.ordinary_tax + self.gains_tax + self.minimum_tax


@dataclass(frozen=True, slots=True)
class FederalTax:
    """The lines that make the tax, so that a number can show how it came about.

    ``minimum_credit`` is minimum tax of earlier years that comes back; ``options`` what is carried on to the next year.
    """

    agi: Decimal
    taxable_benefits: Decimal
    senior_deduction: Decimal
    income_tax: IncomeTax
    credits: ChildCredits
    niit: Decimal
    payroll_tax: Decimal
    early_withdrawal_tax: Decimal
    loss_carried: Decimal
    short_loss_carried: Decimal
    minimum_credit: Decimal = _ZERO
    options: HeldOptions = NO_OPTIONS

    @property
    def taxable_income(self) -> Decimal:
        """Return income less deductions."""
        return self.income_tax.taxable_income

    @property
    def preferential(self) -> Decimal:
        """Return the part of taxable income that has the rates of gains."""
        return self.income_tax.preferential

    @property
    def total(self) -> Decimal:
        """Everything due for the year, less what is paid out."""
        income_tax = self.income_tax.total - self.credits.used - self.credits.refunded - self.minimum_credit
        return income_tax + self.niit + self.payroll_tax + self.early_withdrawal_tax


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


@dataclass(frozen=True, slots=True)
class _Income:
    """Income of the usual tax, and of the minimum tax what it has more, and its gains."""

    agi: Decimal
    gains: Decimal
    senior: Decimal
    more: Decimal
    its_gains: Decimal


def _with_deduction(
    table: TaxTable, status: FilingStatus, income: _Income, deduction: Decimal, allowed: Decimal
) -> IncomeTax:
    """Tax the income less a deduction, of which the minimum tax allows a part."""
    taxable = max(_ZERO, income.agi - deduction - income.senior)
    preferential = min(taxable, income.gains)
    ordinary = taxable - preferential
    ordinary_tax = tax_on_taxable_income(table, status, ordinary)
    on_gains = preferential_tax(table, status, ordinary, preferential)
    plain = MinimumTaxFacts(income.agi - allowed, income.gains, ordinary, ordinary_tax + on_gains)
    least = replace(plain, income=plain.income + income.more, gains=income.its_gains)
    tentative = tentative_minimum_tax(table, status, least)
    due = max(_ZERO, tentative - least.usual)
    is_moved = income.more != 0 or income.its_gains != income.gains
    return IncomeTax(
        deduction=deduction,
        itemised=None,
        taxable_income=taxable,
        preferential=preferential,
        ordinary_tax=ordinary_tax,
        gains_tax=on_gains,
        minimum_tax=due,
        tentative=tentative,
        deferred=due - minimum_tax(table, status, plain) if is_moved else _ZERO,
    )


def _income_tax(table: TaxTable, facts: TaxFacts, income: _Income) -> IncomeTax:
    """Take the deduction that leaves the smaller tax; the minimum tax does not know IRC 68 (IRC 56(b)(1)(F))."""
    status, payments = facts.status, facts.payments
    figures = table.of(status)
    standard = figures.standard_deduction + facts.seniors * figures.additional_deduction
    given = charity_without_itemising(table, status, payments.charity) if payments else _ZERO
    usual = _with_deduction(table, status, income, standard + given, given)
    if payments is None:
        return usual
    lines = itemised_deduction(table, status, payments, income.agi, income.agi - income.senior, facts.calendar_year)
    other = _with_deduction(table, status, income, lines.total, lines.whole - lines.state_and_local)
    return replace(other, itemised=lines) if other.total < usual.total else usual


def _of_minimum_tax(table: TaxTable, facts: TaxFacts, usual: NetCapital, net: Decimal, long: Decimal) -> NetCapital:
    """Capital gains as the minimum tax nets them: shares of options cost it more, and it carries its own losses on, all
    of them told as long-term ones."""
    less = facts.options.sold + facts.options.loss_beyond
    if less == 0:
        return replace(usual, long_term_carried=usual.long_term_carried + usual.short_term_carried)
    counted = max(net - less, -table.of(facts.status).capital_loss_limit)
    preferential = max(_ZERO, min(net - less, long - less))
    return NetCapital(counted, preferential, _ZERO, counted - (net - less))


def federal_tax(table: TaxTable, facts: TaxFacts) -> FederalTax:
    """Compute a household's federal tax. Not known: self-employment, credits but those of IRC 24 and 53."""
    status = facts.status
    short, long = facts.short_term_gain - facts.short_loss_carried, facts.long_term_gain - facts.loss_carried
    capital = net_capital(table, status, short, long)
    earned = sum(facts.wages, _ZERO)
    investment = facts.interest + facts.qualified_dividends + capital.counted
    without_benefits = earned - facts.pre_tax + facts.ordinary + investment
    benefits = taxable_social_security(
        table,
        status,
        other_income=without_benefits + facts.tax_exempt_interest,
        benefits=facts.benefits,
        lives_with_spouse=facts.lives_with_spouse,
    ).total
    agi = without_benefits + benefits
    senior = senior_deduction(table, status, facts.seniors, agi, facts.calendar_year)
    usual_gains = facts.qualified_dividends + capital.preferential
    beyond = _of_minimum_tax(table, facts, capital, short + long, long)
    its_gains = facts.qualified_dividends + beyond.preferential
    more = facts.options.spread + beyond.counted - capital.counted
    income_tax = _income_tax(table, facts, _Income(agi, usual_gains, senior, more, its_gains))
    payroll = payroll_tax(table, status, facts.wages)
    from_work = Earned(earned - facts.pre_tax, payroll)
    # IRC 1411(c)(4): a loss elsewhere does not make more of it free than there is
    spared = min(facts.active_gain, max(_ZERO, capital.counted))
    children = child_credits(table, status, facts.dependants, magi=agi, tax=income_tax.total, earned=from_work)
    back = _given_back(facts, income_tax, children)
    return FederalTax(
        agi=agi,
        taxable_benefits=benefits,
        senior_deduction=senior,
        income_tax=income_tax,
        credits=children,
        niit=net_investment_income_tax(table, status, investment - spared, agi),
        payroll_tax=payroll,
        early_withdrawal_tax=table.early_withdrawal_rate * facts.early_withdrawals,
        loss_carried=capital.long_term_carried,
        short_loss_carried=capital.short_term_carried,
        minimum_credit=back,
        options=HeldOptions(
            loss_beyond=beyond.long_term_carried - capital.long_term_carried - capital.short_term_carried,
            credit=max(_ZERO, facts.options.credit - back + income_tax.deferred),
        ),
    )


def _given_back(facts: TaxFacts, income_tax: IncomeTax, children: ChildCredits) -> Decimal:
    """Minimum tax of earlier years that comes back: down to the tentative one (IRC 53(c))."""
    room = income_tax.ordinary_tax + income_tax.gains_tax - children.used - income_tax.tentative
    return min(facts.options.credit, max(_ZERO, room))
