"""What the law makes an owner take out of a retirement account each year (docs/engine/distributions.md).

IRC 401(a)(9), as changed by SECURE s.114 and SECURE 2.0 s.107; divisors of the Uniform Lifetime Table from Treas. Reg.
1.401(a)(9)-9(c), in force since 2022. The joint table, for a spouse more than ten years younger who is the only
beneficiary, asks for less: what is said here is then too much, never too little.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT, NOTHING = Decimal("0.01"), Decimal(0)
# by birth, from this day on
_START_AGES = (
    (dt.date(1960, 1, 1), Decimal(75)),
    (dt.date(1951, 1, 1), Decimal(73)),
    (dt.date(1949, 7, 1), Decimal(72)),
    (dt.date.min, Decimal("70.5")),
)
_FIRST_AGE = 72
# Table III, from 72 on
_TABLE = (
    "27.4 26.5 25.5 24.6 23.7 22.9 22.0 21.1 20.2 19.4 18.5 17.7 16.8 16.0 15.2 14.4 13.7 12.9 12.2 11.5 10.8 10.1 9.5 "
    "8.9 8.4 7.8 7.3 6.8 6.4 6.0 5.6 5.2 4.9 4.6 4.3 4.1 3.9 3.7 3.5 3.4 3.3 3.1 3.0 2.9 2.8 2.7 2.5 2.3 2.0"
)
_DIVISORS = tuple(map(Decimal, _TABLE.split()))


@dataclass(frozen=True, slots=True)
class RequiredDistribution:
    """What is to be taken for a year: `balance` of the last day of the year before over `divisor`, by `due_on`."""

    year: int
    age: int
    divisor: Decimal
    balance: Decimal
    amount: Decimal
    due_on: dt.date


def start_age(born: dt.date) -> Decimal:
    """Return the age from which distributions are required: 70½, 72, 73 or 75, by the day of birth."""
    return next(age for since, age in _START_AGES if born >= since)


def first_year(born: dt.date) -> int:
    """Return the calendar year for which the first distribution is required."""
    age = start_age(born)
    half = age != int(age) and born.month > 6
    return born.year + int(age) + (1 if half else 0)


def uniform_divisor(age: int) -> Decimal:
    """Return the divisor of the Uniform Lifetime Table; from 120 on it stays. Raises ValueError below 72."""
    if age < _FIRST_AGE:
        message = f"The table has no divisor for {age}."
        raise ValueError(message)
    return _DIVISORS[min(age - _FIRST_AGE, len(_DIVISORS) - 1)]


def required_distribution(born: dt.date, year: int, balance: Decimal) -> RequiredDistribution | None:
    """Return what is required for a year of a balance of the 31 December before; None before the first year.

    The first is due by 1 April of the year after, later ones by the end of their year (401(a)(9)(C)).
    """
    first, age = first_year(born), year - born.year
    if year < first or balance <= 0:
        return None
    divisor = uniform_divisor(max(age, _FIRST_AGE))
    due_on = dt.date(year + 1, 4, 1) if year == first else dt.date(year, 12, 31)
    amount = (balance / divisor).quantize(CENT, ROUND_HALF_UP)
    return RequiredDistribution(year, age, divisor, balance, amount, due_on)


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
