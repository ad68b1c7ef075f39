"""What a series of closes says: volatility and trend.

Both are computed from daily log returns. Fewer than two returns give no volatility, fewer than two closes no trend.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

TRADING_DAYS = 252
NORMAL_95 = 1.959963984540054


def annual_volatility(closes: Sequence[Decimal]) -> float | None:
    """Standard deviation (n - 1) of daily log returns times sqrt(252) (Hull, ch. 15.4); None below three closes."""
    if len(closes) < 3:
        return None
    returns = np.diff(np.log(np.array([float(close) for close in closes])))
    return float(np.std(returns, ddof=1) * np.sqrt(TRADING_DAYS))


def annual_trend(closes: Sequence[Decimal]) -> float | None:
    """Growth a year of the least-squares line through the log closes, as a fraction; None below two closes."""
    if len(closes) < 2:
        return None
    logs = np.log(np.array([float(close) for close in closes]))
    slope = np.polyfit(np.arange(len(logs)), logs, 1)[0]
    return float(np.expm1(slope * TRADING_DAYS))


@dataclass(frozen=True, slots=True)
class Trend:
    """Growth a year, as a fraction, and the range that holds the true growth in 95 of 100 such series."""

    rate: float
    low: float
    high: float


def measured_trend(closes: Sequence[Decimal]) -> Trend | None:
    """Return the trend of `annual_trend` with its error; None below three closes.

    Prices wander, so that the error of a line through them is not that of independent points: the slope through a
    random walk of T years and volatility σ a year has the variance 6σ² / 5T (Durlauf and Phillips 1988, Econometrica
    56).
    """
    volatility = annual_volatility(closes)
    rate = annual_trend(closes)
    if volatility is None or rate is None:
        return None
    years = (len(closes) - 1) / TRADING_DAYS
    reach = NORMAL_95 * volatility * math.sqrt(6 / (5 * years))
    growth = math.log1p(rate)
    return Trend(rate, math.expm1(growth - reach), math.expm1(growth + reach))
