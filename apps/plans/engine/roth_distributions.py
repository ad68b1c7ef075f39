"""What of money taken out of Roth accounts is taxed, exact: IRC 408A(d) for IRAs, 402A(d) for those of employers.

All Roth IRAs of a person are one (408A(d)(4)(A)). What comes out comes from contributions first, then from conversions
and rollovers, the oldest year first and of each year the part that was taxed then, last from earnings (408A(d)(4)(B);
26 CFR 1.408A-6 A-8). A distribution from 59 1/2 on, after five tax years, is qualified: nothing of it is taxed
(408A(d)(2)). Of any other the earnings are income, and who is younger pays the additional tax of IRC 72(t) on them and
on what was taxed of a conversion of the last five tax years (408A(d)(3)(F)).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

FIVE_YEARS = 5
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Conversion:
    """What came into Roth IRAs by conversion in a tax year and is still there: taxed then, and not."""

    year: int
    taxed: Decimal
    untaxed: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class RothYear:
    """A tax year of one person's Roth IRAs, in dollars.

    ``first_year`` is the first tax year for which anything was paid in; ``contributions``, those of the year included,
    and ``conversions``, oldest first, are what has not come out before. ``early`` was taken out before 59 1/2, ``late``
    from then on.
    """

    year: int
    first_year: int
    contributions: Decimal
    conversions: tuple[Conversion, ...]
    early: Decimal
    late: Decimal


@dataclass(frozen=True, slots=True)
class RothOutcome:
    """What of a year's distributions is income, what bears the additional tax, and what is left of each layer."""

    income: Decimal
    penalised: Decimal
    contributions: Decimal
    conversions: tuple[Conversion, ...]


def has_five_years(first_year: int, year: int) -> bool:
    """Whether the five tax years that begin with the first contribution are over (408A(d)(2)(B))."""
    return year >= first_year + FIVE_YEARS


def roth_year(told: RothYear) -> RothOutcome:
    """Return what a year's distributions from Roth IRAs are taxed on; those before 59 1/2 came out first."""
    contributions, conversions = told.contributions, list(told.conversions)
    income = penalised = _NOTHING
    for amount, is_early in ((told.early, True), (told.late, False)):
        own = min(amount, contributions)
        contributions -= own
        left = amount - own
        for place, layer in enumerate(conversions):
            taxed = min(left, layer.taxed)
            untaxed = min(left - taxed, layer.untaxed)
            conversions[place] = Conversion(layer.year, layer.taxed - taxed, layer.untaxed - untaxed)
            left -= taxed + untaxed
            if is_early and not has_five_years(layer.year, told.year):
                penalised += taxed
        if is_early:
            penalised += left
        if is_early or not has_five_years(told.first_year, told.year):
            income += left
    return RothOutcome(income, penalised, contributions, tuple(conversions))


@dataclass(frozen=True, slots=True)
class DesignatedYear:
    """A tax year of a person's Roth accounts in employers' plans; ``held`` is the value at its end.

    ``contributions`` are those that have not come out before.
    """

    year: int
    first_year: int
    contributions: Decimal
    held: Decimal
    early: Decimal
    late: Decimal


def designated_year(told: DesignatedYear) -> RothOutcome:
    """Return what a year's distributions from designated Roth accounts are taxed on.

    Contributions come out in proportion, not first (IRC 402A(d)(4), 72(e)(8)): their part of what is held at the year's
    end and was taken out in it. Five years are counted by themselves (402A(d)(2)(B)).
    """
    taken = told.early + told.late
    whole = told.held + taken
    share = min(Decimal(1), told.contributions / whole) if whole else _NOTHING
    early = told.early * (1 - share)
    late = _NOTHING if has_five_years(told.first_year, told.year) else told.late * (1 - share)
    return RothOutcome(early + late, early, told.contributions - share * taken, ())
