"""Conversions of traditional IRAs to Roth: what of one is taxed, what it costs, how much fits (IRC 408(d), 408A(d)(3)).

Exact, in Decimal, dollars of one year. What a conversion does in later years only the plan can say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.medicare import MedicareTable, income_step, premiums
from apps.plans.engine.tax_tables import TaxTable
from apps.plans.engine.taxes import FederalTax, TaxFacts, federal_tax

CENT, NOTHING = Decimal("0.01"), Decimal(0)
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class IraYear:
    """All traditional IRAs of one owner in a year, which count as one (IRC 408(d)(2)).

    ``basis`` is what was paid in without deduction and not yet taken out, ``year_end`` the value on 31 December after
    everything, ``distributed`` what was taken out and ``converted`` what went to Roth.
    """

    basis: Decimal
    year_end: Decimal
    distributed: Decimal
    converted: Decimal

    def __post_init__(self) -> None:
        for name in ("basis", "year_end", "distributed", "converted"):
            if getattr(self, name) < 0:
                raise InvalidInputError(
                    gettext_noop("%(name)s is negative."),
                    mend=gettext_noop("Enter zero or more."),
                    field=name,
                    name=name,
                )


@dataclass(frozen=True, slots=True)
class ProRata:
    """Form 8606: what of the money taken out is taxed, and the basis that is left."""

    taxable_distributions: Decimal
    taxable_conversion: Decimal
    basis_left: Decimal


def pro_rata(year: IraYear) -> ProRata:
    """Share the basis over all that is and was in the IRAs: no dollar comes out of the untaxed part alone."""
    whole = year.year_end + year.distributed + year.converted
    share = min(Decimal(1), year.basis / whole) if whole else NOTHING
    return ProRata(
        taxable_distributions=year.distributed * (1 - share),
        taxable_conversion=year.converted * (1 - share),
        basis_left=year.basis - share * (year.distributed + year.converted),
    )


@dataclass(frozen=True, slots=True)
class ConversionCost:
    """What so much more ordinary income costs: tax now, and Medicare two years on for each person it insures."""

    taxable: Decimal
    before: FederalTax
    after: FederalTax
    step_before: int
    step_after: int
    premiums_added: Decimal

    @property
    def tax_added(self) -> Decimal:
        """Return the tax of the year that the conversion adds."""
        return self.after.total - self.before.total

    @property
    def rate(self) -> Decimal | None:
        """Return the tax and premiums added for each dollar converted; None of nothing."""
        return (self.tax_added + self.premiums_added) / self.taxable if self.taxable else None


def conversion_cost(
    table: TaxTable, medicare: MedicareTable, facts: TaxFacts, taxable: Decimal, *, insured: int
) -> ConversionCost:
    """Return what converting a taxable amount costs; ``insured`` people pay premiums by this year's income.

    Premiums are those of the table at hand, a year of them, for what is known today of the year they fall in.
    """
    before, after = federal_tax(table, facts), federal_tax(table, with_ordinary(facts, taxable))
    paid = [premiums(medicare, facts.status, tax.agi) for tax in (before, after)]
    added = (paid[1].income_related - paid[0].income_related) * _MONTHS * insured
    return ConversionCost(taxable, before, after, paid[0].step, paid[1].step, added)


def with_ordinary(facts: TaxFacts, more: Decimal) -> TaxFacts:
    """Return the year with more ordinary income."""
    return replace(facts, ordinary=facts.ordinary + more)


def room_in_bracket(table: TaxTable, facts: TaxFacts, rate: Decimal) -> Decimal:
    """Return how much more ordinary income is taxed at a bracket's rate or below, to the cent; it may be nothing.

    More income makes more of the benefits taxable and takes the senior deduction away, so that a dollar converted
    may fill more than one of the bracket. InvalidInputError for a rate that the table lacks or that has no top.
    """
    bounds = dict(zip(table.ordinary_rates, table.of(facts.status).ordinary_upper_bounds, strict=False))
    if rate not in bounds:
        raise InvalidInputError(
            gettext_noop("There is no bracket of %(rate)s with an end."),
            mend=gettext_noop("Choose one of the rates of the tax table but the last."),
            field="rate",
            rate=str(rate),
        )
    return room_up_to(table, facts, bounds[rate])


def room_up_to(table: TaxTable, facts: TaxFacts, bound: Decimal) -> Decimal:
    """Return how much more ordinary income keeps what the brackets tax at a bound or below, to the cent.

    Up to zero it is what is left of the deduction; nothing where the bound is passed already.
    """
    least = Decimal(1_000)  # to begin the search with
    return _most(lambda more: _ordinary_taxable(table, with_ordinary(facts, more)) <= bound, max(bound, least))


def room_below_step(table: TaxTable, medicare: MedicareTable, facts: TaxFacts) -> Decimal | None:
    """Return how much more ordinary income leaves the step of Medicare's premiums as it is; None on the highest."""
    return room_to_step(table, medicare, facts, income_step(medicare, facts.status, federal_tax(table, facts).agi))


def room_to_step(table: TaxTable, medicare: MedicareTable, facts: TaxFacts, step: int) -> Decimal | None:
    """Return how much more ordinary income stays on a step of Medicare's premiums or below; None for the highest.

    Nothing where income lies above it already.
    """
    if step >= len(medicare.part_b_surcharges):
        return None

    def stays(more: Decimal) -> bool:
        return income_step(medicare, facts.status, federal_tax(table, with_ordinary(facts, more)).agi) <= step

    return _most(stays, Decimal(1_000_000))


def marginal_rate(table: TaxTable, facts: TaxFacts) -> Decimal:
    """Return what each of the next hundred dollars of ordinary income costs, with what they do to other lines."""
    step = Decimal(100)
    return (federal_tax(table, with_ordinary(facts, step)).total - federal_tax(table, facts).total) / step


def _ordinary_taxable(table: TaxTable, facts: TaxFacts) -> Decimal:
    tax = federal_tax(table, facts)
    return tax.taxable_income - tax.preferential


def _most(holds: Callable[[Decimal], bool], beyond: Decimal) -> Decimal:
    """Return the largest amount in cents for which a statement still holds that fails for good once it fails."""
    if not holds(NOTHING):
        return NOTHING
    low, high = NOTHING, beyond.quantize(CENT)
    while holds(high):
        low, high = high, 2 * high
    while high - low > CENT:
        middle = ((low + high) / 2).quantize(CENT, ROUND_DOWN)
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
