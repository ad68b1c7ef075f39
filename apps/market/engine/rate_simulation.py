"""Daily rates of exchange that stand in where no provider tells any.

The logarithm of a rate wanders by a yearly volatility ``s`` at 252 trading days a year and is pulled, while the dated
table lasts, by the share ``PULL`` a day to the table's level (a discrete Ornstein-Uhlenbeck process, Uhlenbeck and
Ornstein 1930):

    x' = x + PULL (level - x) + s z / sqrt(252)

Beyond the table there is no level and no pull: a random walk without drift (Meese and Rogoff 1983 found no model that
foretells rates better over months).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from math import exp, log, sqrt

TRADING_DAYS = 252
PULL = 0.08
SMALLEST = Decimal("0.00000001")


def level_on(levels: Sequence[tuple[dt.date, Decimal]], day: dt.date) -> float | None:
    """Return the level between two dates of a table in order, on the straight line of logarithms; None outside it."""
    for (first, low), (last, high) in pairwise(levels):
        if first <= day <= last:
            share = (day - first).days / (last - first).days
            return exp(log(low) + share * (log(high) - log(low)))
    return None


def next_rate(before: Decimal, level: float | None, volatility: float, shock: float) -> Decimal:
    """Return the rate of the next day, to eight places, and never nothing."""
    now = log(before)
    drawn = now + (PULL * (log(level) - now) if level else 0.0) + volatility * shock / sqrt(TRADING_DAYS)
    return max(Decimal(repr(exp(drawn))).quantize(SMALLEST), SMALLEST)
