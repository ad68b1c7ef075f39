"""What the law makes an owner take out of a retirement account each year (docs/engine/distributions.md).

IRC 401(a)(9), as changed by SECURE s.114 and SECURE 2.0 s.107. What heirs must take is in `inherited`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from apps.kernel.life_tables import joint_divisor, uniform_divisor
from apps.kernel.required_ages import first_year

CENT, NOTHING = Decimal("0.01"), Decimal(0)
_FIRST_AGE = 72
EXCISE, EXCISE_CURED, EXCISE_BEFORE, EXCISE_FROM = Decimal("0.25"), Decimal("0.10"), Decimal("0.50"), 2023


class LifeTable(StrEnum):
    """By which table an amount was found; WHOLE where all that is left is to be taken, TOLD where somebody said it."""

    UNIFORM = "uniform"
    JOINT = "joint"
    SINGLE = "single"
    WHOLE = "whole"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Employment:
    """What an employer's plan asks of its owner; `retired_on` is None while the owner works for that employer."""

    retired_on: dt.date | None
    is_five_percent_owner: bool


@dataclass(frozen=True, slots=True)
class RequiredDistribution:
    """What is to be taken for a year: `balance` of the last day of the year before over `divisor`, by `due_on`."""

    year: int
    age: int
    divisor: Decimal
    balance: Decimal
    amount: Decimal
    due_on: dt.date
    table: LifeTable = LifeTable.UNIFORM


def plan_first_year(born: dt.date, of: Employment) -> int | None:
    """Return the first year of an employer's plan: not before the owner leaves it; None while the owner works there.

    Who owned more than five per cent of the employer in the year of the age begins by age, and so does an IRA (IRC
    401(a)(9)(C)(i)(II) and (ii)).
    """
    by_age = first_year(born)
    if of.is_five_percent_owner:
        return by_age
    return None if of.retired_on is None else max(by_age, of.retired_on.year)


def lifetime_divisor(age: int, spouse_age: int | None) -> tuple[LifeTable, Decimal]:
    """Return the table and divisor of a living owner's year; `spouse_age` of the spouse who alone will inherit.

    Treas. Reg. 1.401(a)(9)-5(c): the joint table where the spouse is more than ten years younger, else the uniform one.
    """
    joint = joint_divisor(age, spouse_age) if spouse_age is not None else None
    return (LifeTable.UNIFORM, uniform_divisor(age)) if joint is None else (LifeTable.JOINT, joint)


def required_distribution(
    born: dt.date, year: int, balance: Decimal, spouse_born: dt.date | None = None, first: int | None = None
) -> RequiredDistribution | None:
    """Return what is required for a year of a balance of the 31 December before; None before the first year.

    `spouse_born` is of the spouse who is the only beneficiary, `first` the first year where not the age alone names it
    (`plan_first_year`). The first is due by 1 April of the year after, later
    ones by the end of their year (401(a)(9)(C)).
    """
    first, age = first or first_year(born), year - born.year
    if year < first or balance <= 0:
        return None
    spouse_age = year - spouse_born.year if spouse_born else None
    table, divisor = lifetime_divisor(max(age, _FIRST_AGE), spouse_age)
    due_on = dt.date(year + 1, 4, 1) if year == first else dt.date(year, 12, 31)
    return RequiredDistribution(year, age, divisor, balance, share_of(balance, divisor), due_on, table)


def share_of(balance: Decimal, divisor: Decimal) -> Decimal:
    """Return the part of a balance that a divisor asks for, to the cent, half up."""
    return (balance / divisor).quantize(CENT, ROUND_HALF_UP)


def still_to_take(required: Mapping[str, Decimal], taken: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return what each account of a group still owes, where what one paid too much counts for the others.

    IRAs of one owner are such a group (Treas. Reg. 1.408-8, A-9); a plan stands alone. Excess is shared by what the
    others lack, to the cent, the last of them taking what rounding leaves.
    """
    lacks = {key: max(amount - taken.get(key, NOTHING), NOTHING) for key, amount in required.items()}
    total = sum(lacks.values(), NOTHING)
    left = max(sum(required.values(), NOTHING) - sum(taken.get(key, NOTHING) for key in required), NOTHING)
    if left >= total or not total:
        return lacks
    owed = {key: (lack * left / total).quantize(CENT, ROUND_HALF_UP) for key, lack in lacks.items()}
    last = max((key for key in owed if lacks[key]), default="")
    if last:
        owed[last] += left - sum(owed.values(), NOTHING)
    return owed


@dataclass(frozen=True, slots=True)
class MissedDistribution:
    """What was due and not taken by then, and how much of it was `made_up` since.

    The excise tax is a quarter of what was missed, a tenth where it is made up within the window (IRC 4974(a) and (e),
    SECURE 2.0 s.302, for years that begin in 2023 or later); half before.
    """

    required: RequiredDistribution
    missed: Decimal
    made_up: Decimal

    @property
    def cure_by(self) -> dt.date:
        """The last day of the second year after that of the tax (IRC 4974(e)(2)(C)); a notice of the IRS ends it."""
        return dt.date(self.required.due_on.year + 2, 12, 31)

    @property
    def excise(self) -> Decimal:
        """The tax where it is not made up in time."""
        return self._share(EXCISE if self._is_reduced else EXCISE_BEFORE)

    @property
    def reduced(self) -> Decimal:
        """The tax where it is."""
        return self._share(EXCISE_CURED if self._is_reduced else EXCISE_BEFORE)

    @property
    def _is_reduced(self) -> bool:
        return self.required.due_on.year >= EXCISE_FROM

    def _share(self, rate: Decimal) -> Decimal:
        return (self.missed * rate).quantize(CENT, ROUND_HALF_UP)
