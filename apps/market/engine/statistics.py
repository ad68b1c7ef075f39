"""What a series of closes says: volatility and trend.

Both are computed from daily log returns. Fewer than two returns give no volatility, fewer than two closes no trend.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

TRADING_DAYS = 252


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
