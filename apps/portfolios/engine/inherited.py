"""What the law makes an heir take out of an inherited retirement account each year (docs/engine/distributions.md).

IRC 401(a)(9)(B), (E) and (H) as changed by SECURE s.401; Treas. Reg. 1.401(a)(9)-3 to -5 of July 2024 (T.D. 10001);
Notices 2022-53, 2023-54 and 2024-35 on the years 2021 to 2024.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.portfolios.engine.distributions import LifeTable, RequiredDistribution, first_year, share_of
from apps.portfolios.engine.life_tables import single_life, uniform_divisor

# deaths from this year on fall under the ten-year rule
SECURE = 2020
TEN, FIVE, OF_AGE, UNIFORM_FROM = 10, 5, 21, 72
# the excise tax on yearly amounts under the ten-year rule was waived for these years
WAIVED = (2021, 2022, 2023, 2024)
# spouses reckon by the uniform table in years that begin with this one (SECURE 2.0 s.327)
SPOUSE_UNIFORM = 2024
ONE = Decimal(1)


class Heir(StrEnum):
    """What the heir is to the one who died, as the law tells them apart."""

    SPOUSE = "spouse"
    MINOR_CHILD = "minor_child"
    DISABLED = "disabled"
    PERSON = "person"
    NO_PERSON = "no_person"


@dataclass(frozen=True, slots=True)
class Bequest:
    """Who left an account, when, and to whom; `is_ten_year` where an heir who might stretch chose the ten years."""

    deceased_born_on: dt.date
    died_on: dt.date
    heir: Heir
    heir_born_on: dt.date | None
    is_ten_year: bool = False


def had_begun(of: Bequest) -> bool:
    """Tell whether the owner died on or after the day by which distributions had to begin."""
    return of.died_on >= dt.date(first_year(of.deceased_born_on) + 1, 4, 1)


def may_stretch(of: Bequest) -> bool:
    """Tell whether the heir may take it over a life: always before 2020, then eligible designated beneficiaries only.

    These are spouse, minor child of the owner, disabled or chronically ill, and whoever is not more than ten years
    younger (401(a)(9)(E)(ii)).
    """
    if of.heir == Heir.NO_PERSON or of.heir_born_on is None:
        return False
    return of.died_on.year < SECURE or of.heir in {Heir.SPOUSE, Heir.MINOR_CHILD, Heir.DISABLED} or _is_close(of)


def _is_close(of: Bequest) -> bool:
    born, heir = of.deceased_born_on, of.heir_born_on
    return heir is not None and (heir.year - TEN, heir.month, heir.day) <= (born.year, born.month, born.day)


def last_year(of: Bequest) -> int | None:
    """Return the year by whose end nothing may be left; None where no rule names one beforehand.

    Ten years after the death; for a minor child ten years after coming of age; five where no person inherits from
    somebody who had not begun.
    """
    died = of.died_on.year
    if of.heir == Heir.NO_PERSON:
        return None if had_begun(of) else died + FIVE
    if of.heir == Heir.MINOR_CHILD and of.heir_born_on and died >= SECURE and not of.is_ten_year:
        return of.heir_born_on.year + OF_AGE + TEN
    return None if may_stretch(of) and not of.is_ten_year else died + TEN


def inherited_distribution(of: Bequest, year: int, balance: Decimal) -> RequiredDistribution | None:
    """Return what is required of a balance of the 31 December before, for a year after that of the death.

    None where the year asks for nothing. In the last year, or where the life has run out, it is all that is left.
    """
    if balance <= 0 or year <= of.died_on.year:
        return None
    last = last_year(of)
    age = year - (of.heir_born_on or of.deceased_born_on).year
    due_on = dt.date(year, 12, 31)
    if last is not None and year >= last:
        return RequiredDistribution(year, age, ONE, balance, balance, due_on, LifeTable.WHOLE)
    found = _divisor(of, year)
    if found is None:
        return None
    table, divisor = found
    if divisor <= ONE or _has_run_out(of, year):
        return RequiredDistribution(year, age, ONE, balance, balance, due_on, LifeTable.WHOLE)
    return RequiredDistribution(year, age, divisor, balance, share_of(balance, divisor), due_on, table)


def _divisor(of: Bequest, year: int) -> tuple[LifeTable, Decimal] | None:
    """Return the divisor of a year before the last, None where nothing is to be taken in it."""
    begun, stretches = had_begun(of), may_stretch(of) and not of.is_ten_year
    if not stretches and not begun:
        return None
    if not stretches and of.heir != Heir.NO_PERSON and year in WAIVED:
        return None
    if of.heir == Heir.SPOUSE and stretches and not begun:
        return _spouse_divisor(of, year)
    lives = [each for each in (_heir_life(of, year), _owner_life(of, year) if begun else None) if each is not None]
    return LifeTable.SINGLE, max(lives)


def _spouse_divisor(of: Bequest, year: int) -> tuple[LifeTable, Decimal] | None:
    """Return a spouse's divisor where the owner had not begun: not before the owner would have had to."""
    born = of.heir_born_on
    begins = max(first_year(of.deceased_born_on), of.died_on.year + 1)
    if born is None or year < begins:
        return None
    age = year - born.year
    if begins >= SPOUSE_UNIFORM and age >= UNIFORM_FROM:
        return LifeTable.UNIFORM, uniform_divisor(age)
    return LifeTable.SINGLE, single_life(age)


def _heir_life(of: Bequest, year: int) -> Decimal | None:
    """Return what is left of the heir's life: a spouse's by the age of each year, others' less one a year."""
    if of.heir_born_on is None or of.heir == Heir.NO_PERSON:
        return None
    if of.heir == Heir.SPOUSE:
        return single_life(year - of.heir_born_on.year)
    first = of.died_on.year + 1
    return single_life(first - of.heir_born_on.year) - (year - first)


def _owner_life(of: Bequest, year: int) -> Decimal:
    """Return what would be left of the owner's life, by the age in the year of death, less one a year."""
    return single_life(of.died_on.year - of.deceased_born_on.year) - (year - of.died_on.year)


def _has_run_out(of: Bequest, year: int) -> bool:
    """Tell whether an heir older than the owner has no life left by the table (1.401(a)(9)-5(e); from 2020)."""
    life = _heir_life(of, year)
    return of.died_on.year >= SECURE and life is not None and life <= ONE
