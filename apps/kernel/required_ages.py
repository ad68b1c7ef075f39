"""From which age the law makes owners take money out of retirement accounts (docs/engine/distributions.md).

IRC 401(a)(9)(C), as changed by SECURE s.114 and SECURE 2.0 s.107.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

# by birth, from this day on
_START_AGES = (
    (dt.date(1960, 1, 1), Decimal(75)),
    (dt.date(1951, 1, 1), Decimal(73)),
    (dt.date(1949, 7, 1), Decimal(72)),
    (dt.date.min, Decimal("70.5")),
)


def start_age(born: dt.date) -> Decimal:
    """Return the age from which distributions are required: 70½, 72, 73 or 75, by the day of birth."""
    return next(age for since, age in _START_AGES if born >= since)


def first_year(born: dt.date) -> int:
    """Return the calendar year for which the first distribution is required."""
    age = start_age(born)
    half = age != int(age) and born.month > 6
    return born.year + int(age) + (1 if half else 0)
