"""State income tax, exact: the reference that the simulation's `state_tax_kernel` is tested against.

In Decimal, unrounded. A law is first resolved for a household's year (`resolved`: its status, its ages), which leaves
figures only; then the tax follows from what the federal return says (`state_tax`). Local taxes are not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.state_tables import Fade, Measure, Of, Start, StateTable, Towards
from apps.plans.engine.tax_tables import FilingStatus, TaxTable
from apps.plans.engine.taxes import TaxFacts, federal_tax

_ZERO = Decimal(0)
_ONE = Decimal(1)
N_ADULTS = 2


@dataclass(frozen=True, slots=True)
class StateFacts:
    """One household's year as its state sees it, in dollars.

    ``pensions`` and ``withdrawals`` are each adult's; ``gains`` what counts of capital results federally;
    ``interest`` and ``qualified`` dividends; ``federal_tax`` the income tax, without payroll taxes.
    """

    wages: tuple[Decimal, ...]
    agi: Decimal
    taxable_benefits: Decimal
    benefits: Decimal
    pensions: tuple[Decimal, ...]
    withdrawals: tuple[Decimal, ...]
    other: Decimal
    interest: Decimal
    qualified: Decimal
    gains: Decimal
    pre_tax: Decimal
    federal_standard: Decimal
    federal_senior: Decimal
    federal_tax: Decimal


@dataclass(frozen=True, slots=True)
class Fading:
    """A `Fade` with the figures of one household: see there."""

    towards: Towards
    amount: Decimal
    floor: Decimal
    start: Decimal
    rate: Decimal
    step: Decimal
    measure: Measure
    above: Decimal
    most: Decimal
    of: Of

    def value(self, measured: Decimal, unit: Decimal) -> Decimal:
        """What is left of the amount at an income; ``unit`` is what it is a multiple of."""
        excess = max(_ZERO, measured - self.start)
        if self.step > 0:
            excess = ceil(excess / self.step) * self.step
        return min(self.most, max(self.floor, self.amount * unit - self.rate * excess))


@dataclass(frozen=True, slots=True)
class StateLaw:
    """A state's law for one household's year: its brackets, the caps of its adults, its fading amounts."""

    table: StateTable
    adults: int
    bounds: tuple[Decimal, ...]
    caps: tuple[Decimal, ...]
    fadings: tuple[Fading, ...]


@dataclass(frozen=True, slots=True)
class StateTax:
    """The lines that make a state's tax."""

    income: Decimal
    benefits_exempt: Decimal
    retirement_excluded: Decimal
    gains_excluded: Decimal
    deductions: Decimal
    taxable_income: Decimal
    tax_before_credits: Decimal
    credits: Decimal

    @property
    def total(self) -> Decimal:
        """Due for the year: credits do not pay out."""
        return max(_ZERO, self.tax_before_credits - self.credits)


def _cap(table: StateTable, status: FilingStatus, age: int) -> Decimal:
    bands = [band for band in table.retirement if age >= band.from_age]
    return max(bands, key=lambda band: band.from_age).cap.of(status) if bands else _ZERO


def _fading(fade: Fade, status: FilingStatus, ages: Sequence[int]) -> Fading:
    times = Decimal(sum(fade.from_age <= age < fade.to_age for age in ages)) if fade.per_adult else _ONE
    return Fading(
        fade.towards,
        fade.amount.of(status) * times,
        fade.floor.of(status) * times,
        fade.start.of(status),
        fade.rate.of(status) * (times if fade.rate_per_adult else _ONE),
        fade.step.of(status),
        fade.measure,
        fade.above.of(status),
        fade.most.of(status),
        fade.of,
    )


def resolved(table: StateTable, status: FilingStatus, ages: Sequence[int]) -> StateLaw:
    """Return the law for a filing status and the ages of the living adults at the end of the year.

    Raises InvalidInputError for nobody, or for more than two.
    """
    if not 0 < len(ages) <= N_ADULTS:
        raise InvalidInputError(gettext_noop("A tax return has one or two adults."), field="ages")
    caps = [_cap(table, status, age) for age in ages]
    if table.retirement_pooled:
        caps = [max(caps)]
    return StateLaw(
        table,
        len(ages),
        tuple(bound.of(status) for bound in table.bounds),
        tuple(caps),
        tuple(_fading(fade, status, ages) for fade in table.fades),
    )


def bracket_tax(rates: Sequence[Decimal], bounds: Sequence[Decimal], income: Decimal) -> Decimal:
    """Tax by a schedule of rates; negative income has none."""
    tax = rates[0] * max(_ZERO, income)
    for lower, before, rate in zip(bounds, rates, rates[1:], strict=False):
        tax += (rate - before) * max(_ZERO, income - lower)
    return tax


def _total(law: StateLaw, towards: Towards, measures: dict[Measure, Decimal], units: dict[Of, Decimal]) -> Decimal:
    return sum(
        (row.value(measures[row.measure], units[row.of]) for row in law.fadings if row.towards is towards), _ZERO
    )


def _retirement_excluded(law: StateLaw, facts: StateFacts) -> Decimal:
    """Pensions and withdrawals that are left out, each adult's up to the cap of the age."""
    table, adults = law.table, law.adults
    amounts = [
        (_ZERO if table.pensions_exempt else pension) + (taken if table.withdrawals_count else _ZERO)
        for pension, taken in zip(facts.pensions, facts.withdrawals, strict=True)
    ]
    exempt = sum(facts.pensions, _ZERO) if table.pensions_exempt else _ZERO
    less = table.retirement_less_benefits * facts.benefits
    less += table.retirement_less_taxable_benefits * facts.taxable_benefits
    if table.retirement_covers_all:
        unearned = facts.interest + facts.qualified + facts.other + max(_ZERO, facts.gains)
        amounts = [amount + unearned / adults for amount in amounts]
    if table.retirement_pooled:
        return exempt + min(sum(amounts, _ZERO), max(_ZERO, law.caps[0] - less))
    caps = [max(_ZERO, cap - less / adults) for cap in law.caps]
    return exempt + sum((min(amount, cap) for amount, cap in zip(amounts, caps, strict=True)), _ZERO)


def _units(facts: StateFacts) -> dict[Of, Decimal]:
    """What amounts are multiples of. The lower wage and income of a couple are those of the adult who has less."""
    couple = len(facts.wages) == N_ADULTS
    incomes = [sum(own, _ZERO) for own in zip(facts.wages, facts.pensions, facts.withdrawals, strict=True)]
    return {
        Of.ONE: _ONE,
        Of.DEDUCTIONS: facts.federal_standard,
        Of.BENEFITS: facts.taxable_benefits,
        Of.LOWER_WAGE: min(facts.wages) if couple else _ZERO,
        Of.HIGHER_WAGE: max(facts.wages),
        Of.LOWER_INCOME: min(incomes) if couple else _ZERO,
        Of.RETIREMENT: sum(facts.pensions, _ZERO) + sum(facts.withdrawals, _ZERO),
    }


def _schedule_tax(law: StateLaw, taxable: Decimal, gains: Decimal) -> Decimal:
    """Tax by the brackets; long-term gains come on top of the rest, by their own rates where the state has some."""
    table = law.table
    if not table.gains_rates:
        return bracket_tax(table.rates, law.bounds, taxable)
    ordinary = taxable - min(taxable, gains)
    stacked = bracket_tax(table.gains_rates, law.bounds, taxable)
    return (
        bracket_tax(table.rates, law.bounds, ordinary) + stacked - bracket_tax(table.gains_rates, law.bounds, ordinary)
    )


def state_tax(law: StateLaw, facts: StateFacts) -> StateTax:
    """Compute a state's income tax of a year."""
    table = law.table
    units = _units(facts)
    measures = {
        Measure.AGI: facts.agi,
        Measure.LESS_BENEFITS: facts.agi - facts.taxable_benefits,
        Measure.BENEFITS: facts.taxable_benefits,
    }
    gains = max(_ZERO, facts.gains)
    income = gains if table.start is Start.GAINS else facts.agi
    if table.start is Start.AGI:
        income -= _ZERO if table.counts_losses else min(_ZERO, facts.gains)
        income += facts.pre_tax if table.counts_deferrals else _ZERO
    exempt = facts.taxable_benefits * _total(law, Towards.BENEFITS_SHARE, measures, units)
    retirement = _retirement_excluded(law, facts) * _total(law, Towards.RETIREMENT_SHARE, measures, units)
    excluded = min(table.gains_excluded * gains, table.gains_excluded_cap) + table.dividends_excluded * facts.qualified
    measures[Measure.STATE] = income - exempt - retirement - excluded
    deductions = _total(law, Towards.DEDUCTION, measures, units)
    deductions += facts.federal_standard if table.federal_standard else _ZERO
    deductions += facts.federal_senior if table.federal_senior else _ZERO
    federal = max(_ZERO, facts.federal_tax) * _total(law, Towards.FEDERAL_TAX_SHARE, measures, units)
    deductions += min(federal, _total(law, Towards.FEDERAL_TAX_CAP, measures, units))
    taxable = max(_ZERO, measures[Measure.STATE] - deductions)
    measures[Measure.TAXABLE] = taxable
    tax = _schedule_tax(law, taxable, gains)
    tax += sum(
        (
            row.amount - row.value(measures[row.measure], _ONE)
            for row in law.fadings
            if row.towards is Towards.RECAPTURE and taxable > row.above
        ),
        _ZERO,
    )
    return StateTax(
        income=income,
        benefits_exempt=exempt,
        retirement_excluded=retirement,
        gains_excluded=excluded,
        deductions=deductions,
        taxable_income=taxable,
        tax_before_credits=tax,
        credits=_total(law, Towards.CREDIT, measures, {**units, Of.TAX: tax}),
    )


def state_facts(
    table: TaxTable, facts: TaxFacts, *, pensions: tuple[Decimal, ...], withdrawals: tuple[Decimal, ...]
) -> StateFacts:
    """What a state reads from the federal return; pensions and withdrawals are each adult's of ``facts.ordinary``."""
    federal, figures = federal_tax(table, facts), table.of(facts.status)
    figures = table.of(facts.status)
    counted = max(facts.long_term_gain - facts.loss_carried, -figures.capital_loss_limit)
    return StateFacts(
        wages=facts.wages,
        agi=federal.agi,
        taxable_benefits=federal.taxable_benefits,
        benefits=facts.benefits,
        pensions=pensions,
        withdrawals=withdrawals,
        other=facts.ordinary - sum(pensions, _ZERO) - sum(withdrawals, _ZERO),
        interest=facts.interest,
        qualified=facts.qualified_dividends,
        gains=counted,
        pre_tax=facts.pre_tax,
        federal_standard=figures.standard_deduction + facts.seniors * figures.additional_deduction,
        federal_senior=federal.senior_deduction,
        federal_tax=federal.income_tax.total - federal.credits.used - federal.minimum_credit + federal.niit,
    )
