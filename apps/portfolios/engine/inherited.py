"""What the law makes an heir take out of an inherited retirement account each year (docs/engine/distributions.md).

IRC 401(a)(9)(B), (E) and (H) as changed by SECURE s.401 and SECURE 2.0 s.327; Treas. Reg. 1.401(a)(9)-3 to -5 and -8
of July 2024 (T.D. 10001); 1.408A-6, A-14 on Roth IRAs; Notices 2022-53, 2023-54 and 2024-35 on the years 2021 to 2024.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.kernel.life_tables import single_life, uniform_divisor
from apps.kernel.required_ages import first_year
from apps.portfolios.engine.distributions import (
    LifeTable,
    RequiredDistribution,
    required_distribution,
    share_of,
)

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


class SpouseChoice(StrEnum):
    """As what a spouse holds what was inherited: as an heir, as the one who died would (s.327), or as the own."""

    HEIR = "heir"
    AS_DECEASED = "as_deceased"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Bequest:
    """Who left an account, when, and to whom; `is_ten_year` where an heir who might stretch chose the ten years.

    `oldest_born_on` is of the oldest of several heirs whose shares were not separated by the end of the year after the
    death; `are_all_eligible` tells whether each of them might stretch alone. `heir_died_on` where the heir died since
    and somebody else follows.
    """

    deceased_born_on: dt.date
    died_on: dt.date
    heir: Heir
    heir_born_on: dt.date | None
    is_ten_year: bool = False
    is_roth: bool = False
    oldest_born_on: dt.date | None = None
    are_all_eligible: bool = False
    heir_died_on: dt.date | None = None
    spouse_choice: SpouseChoice = SpouseChoice.HEIR

    @property
    def is_sole_spouse(self) -> bool:
        """Whether the spouse inherits alone, or has a share apart."""
        return self.heir == Heir.SPOUSE and self.oldest_born_on is None

    @property
    def life_born_on(self) -> dt.date | None:
        """The birth of the heir whose life counts: the oldest of those who share (1.401(a)(9)-5(f)(1))."""
        return self.oldest_born_on or self.heir_born_on


def had_begun(of: Bequest) -> bool:
    """Tell whether the owner died on or after the day by which distributions had to begin; never of a Roth IRA."""
    return not of.is_roth and of.died_on >= dt.date(first_year(of.deceased_born_on) + 1, 4, 1)


def may_stretch(of: Bequest) -> bool:
    """Tell whether the heir may take it over a life: always before 2020, then eligible designated beneficiaries only.

    These are spouse, minor child of the owner, disabled or chronically ill, and whoever is not more than ten years
    younger (401(a)(9)(E)(ii)); of several who share, each must be one (1.401(a)(9)-4(e)(2)).
    """
    if of.heir == Heir.NO_PERSON or of.heir_born_on is None:
        return False
    if of.died_on.year < SECURE:
        return True
    if of.oldest_born_on is not None and not of.are_all_eligible:
        return False
    return of.heir in {Heir.SPOUSE, Heir.MINOR_CHILD, Heir.DISABLED} or _is_close(of)


def _is_close(of: Bequest) -> bool:
    born, heir = of.deceased_born_on, of.heir_born_on
    return heir is not None and (heir.year - TEN, heir.month, heir.day) <= (born.year, born.month, born.day)


def last_year(of: Bequest) -> int | None:
    """Return the year by whose end nothing may be left; None where no rule names one beforehand.

    Ten years after the death; for a minor child ten years after coming of age; five where no person inherits from
    somebody who had not begun. Who follows an heir that took it over a life, and died in 2020 or later, has ten years
    from that heir's death, and never more than the heir had (1.401(a)(9)-5(e)).
    """
    died = of.died_on.year
    if of.heir == Heir.NO_PERSON:
        return None if had_begun(of) else died + FIVE
    if not may_stretch(of) or of.is_ten_year:
        return died + TEN
    ends = []
    if of.heir == Heir.MINOR_CHILD and of.heir_born_on and died >= SECURE:
        ends.append(of.heir_born_on.year + OF_AGE + TEN)
    if of.heir_died_on is not None and (of.heir_died_on.year >= SECURE or _never_began(of)):
        ends.append(of.heir_died_on.year + TEN)
    return min(ends, default=None)


def inherited_distribution(of: Bequest, year: int, balance: Decimal) -> RequiredDistribution | None:
    """Return what is required of a balance of the 31 December before, for a year after that of the death.

    None where the year asks for nothing. In the last year, or where the life has run out, it is all that is left.
    """
    if balance <= 0 or year <= of.died_on.year:
        return None
    if of.spouse_choice == SpouseChoice.OWN and of.heir_born_on is not None:
        return None if of.is_roth else required_distribution(of.heir_born_on, year, balance)
    last = last_year(of)
    age = year - (of.life_born_on or of.deceased_born_on).year
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
    if of.is_sole_spouse and stretches and not begun:
        return _spouse_divisor(of, year)
    lives = [each for each in (_heir_life(of, year), _owner_life(of, year) if begun else None) if each is not None]
    uniform, longest = _uniform_of_spouse(of, year), max(lives)
    return uniform if uniform is not None and uniform[1] > longest else (LifeTable.SINGLE, longest)


def _spouse_begins(of: Bequest) -> int:
    """Return the first year of a spouse who inherits alone: where the owner had not begun, when the owner would have.

    A Roth owner's is found by the age of the owner all the same (1.408A-6, A-14(b)).
    """
    after = of.died_on.year + 1
    return after if had_begun(of) else max(first_year(of.deceased_born_on), after)


def _never_began(of: Bequest) -> bool:
    """Tell whether a spouse died before the first year had ended: who follows has ten years (401(a)(9)(B)(iv))."""
    if not of.is_sole_spouse or of.heir_died_on is None or had_begun(of):
        return False
    return of.heir_died_on < dt.date(_spouse_begins(of), 12, 31)


def _spouse_divisor(of: Bequest, year: int) -> tuple[LifeTable, Decimal] | None:
    """Return the divisor of a spouse, or of who follows, where the owner had not begun."""
    if of.heir_born_on is None or year < _spouse_begins(of) or _never_began(of):
        return None
    life = _heir_life(of, year)
    return _uniform_of_spouse(of, year) or (None if life is None else (LifeTable.SINGLE, life))


def _uniform_of_spouse(of: Bequest, year: int) -> tuple[LifeTable, Decimal] | None:
    """Return the uniform table's divisor where a spouse is reckoned as the owner would be (SECURE 2.0 s.327).

    So it is of itself where the owner had not begun, by election where the owner had; from 2024 on, while the spouse
    lives.
    """
    if not of.is_sole_spouse or of.heir_born_on is None or _spouse_begins(of) < SPOUSE_UNIFORM:
        return None
    if had_begun(of) and of.spouse_choice != SpouseChoice.AS_DECEASED:
        return None
    age = year - of.heir_born_on.year
    if age < UNIFORM_FROM or (of.heir_died_on is not None and year > of.heir_died_on.year):
        return None
    return LifeTable.UNIFORM, uniform_divisor(age)


def _heir_life(of: Bequest, year: int) -> Decimal | None:
    """Return what is left of the heir's life: a sole spouse's by each year's age, others' less one a year."""
    born = of.life_born_on
    if born is None or of.heir == Heir.NO_PERSON:
        return None
    told = of.died_on.year + 1
    if of.is_sole_spouse:
        told = year if of.heir_died_on is None else min(year, of.heir_died_on.year)
    return single_life(told - born.year) - (year - told)


def _owner_life(of: Bequest, year: int) -> Decimal:
    """Return what would be left of the owner's life, by the age in the year of death, less one a year."""
    return single_life(of.died_on.year - of.deceased_born_on.year) - (year - of.died_on.year)


def _has_run_out(of: Bequest, year: int) -> bool:
    """Tell whether an heir older than the owner has no life left by the table (1.401(a)(9)-5(e); from 2020)."""
    life = _heir_life(of, year)
    return of.died_on.year >= SECURE and life is not None and life <= ONE
