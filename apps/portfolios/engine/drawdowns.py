"""Losses from the running peak: how deep, since when, how long. Methods: docs/engine/risk.md.

The peak includes the value at the start, so a first loss is a drawdown. Depths are negative fractions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.computed import TOO_FEW, Computed, quotient
from apps.portfolios.engine.series import Series, annual_return, as_series

NO_DRAWDOWN = gettext_noop("The value never fell below its peak.")


@dataclass(frozen=True, slots=True)
class Drawdown:
    """One fall from a peak. `recovered` is None while the peak has not been reached again."""

    depth: float
    peak: date
    trough: date
    recovered: date | None

    @property
    def days_to_recover(self) -> int | None:
        """Days from the trough until the peak was reached again."""
        return None if self.recovered is None else (self.recovered - self.trough).days


def drawdown_series(returns: ArrayLike) -> Series:
    """Return value / running peak − 1 at the end of each period, (n_periods,)."""
    wealth = np.cumprod(1 + as_series(returns))
    peak = np.maximum.accumulate(np.maximum(wealth, 1.0))
    return np.asarray(wealth / peak - 1, dtype=np.float64)


def max_drawdown(returns: ArrayLike) -> Computed:
    """Return the deepest fall from a peak, 0 when there was none."""
    depths = drawdown_series(returns)
    return Computed(min(float(depths.min()), 0.0)) if depths.size else Computed(None, TOO_FEW)


def rolling_max_drawdown(returns: ArrayLike, window: int) -> Series:
    """Return the deepest fall within each window of periods, (n_periods − window + 1,).

    Raises InvalidInputError for a window of less than one period or more than there are.
    """
    series = as_series(returns)
    if not 1 <= window <= series.size:
        raise InvalidInputError(gettext_noop("The window does not fit the series."), field="window")
    parts = np.lib.stride_tricks.sliding_window_view(series, window)
    wealth = np.cumprod(1 + parts, axis=1)
    peak = np.maximum(np.maximum.accumulate(wealth, axis=1), 1.0)
    return np.asarray(np.minimum((wealth / peak - 1).min(axis=1), 0.0), dtype=np.float64)


def drawdowns(days: Sequence[date], values: ArrayLike) -> tuple[Drawdown, ...]:
    """Return every fall from a peak to the day on which the peak was reached again, the earliest first.

    `values` (n_days,) are values or an index, one for each day. Raises InvalidInputError when they do not match or a
    value is not above zero.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (len(days),) or not np.isfinite(array).all() or (array <= 0).any():
        raise InvalidInputError(gettext_noop("Each day needs one value above zero."))
    found: list[Drawdown] = []
    peak = trough = 0
    for place in range(1, array.size):
        if array[place] < array[trough]:
            trough = place
        elif array[place] >= array[peak]:
            if trough != peak:
                found.append(_fall(days, array, peak, trough, place))
            peak = trough = place
    if trough != peak:
        found.append(_fall(days, array, peak, trough, None))
    return tuple(found)


def _fall(days: Sequence[date], values: Series, peak: int, trough: int, end: int | None) -> Drawdown:
    depth = float(values[trough] / values[peak]) - 1
    return Drawdown(depth, days[peak], days[trough], None if end is None else days[end])


def longest_recovery(days: Sequence[date], values: ArrayLike) -> Drawdown | None:
    """Return the fall that took longest from its trough back to its peak; None when nothing was recovered."""
    recovered = [fall for fall in drawdowns(days, values) if fall.days_to_recover is not None]
    return max(recovered, key=lambda fall: fall.days_to_recover or 0, default=None)


def pain_index(returns: ArrayLike) -> Computed:
    """Return mean |drawdown| over all periods (Zephyr; Bacon 2008)."""
    depths = drawdown_series(returns)
    return Computed(float(np.mean(np.abs(depths)))) if depths.size else Computed(None, TOO_FEW)


def ulcer_index(returns: ArrayLike) -> Computed:
    """Return √mean(drawdown²) over all periods (Martin and McCann 1989)."""
    depths = drawdown_series(returns)
    return Computed(math.sqrt(float(np.mean(depths**2)))) if depths.size else Computed(None, TOO_FEW)


def calmar_ratio(returns: ArrayLike, periods_per_year: float) -> Computed:
    """Return the annual return over |max drawdown| (Young 1991)."""
    deepest = max_drawdown(returns).value
    return quotient(annual_return(returns, periods_per_year).value, None if deepest is None else -deepest, NO_DRAWDOWN)


def martin_ratio(returns: ArrayLike, risk_free: float, periods_per_year: float) -> Computed:
    """Return (annual return − annual risk-free rate) / ulcer index (Martin and McCann 1989)."""
    return _above_risk_free(returns, risk_free, periods_per_year, ulcer_index(returns))


def pain_ratio(returns: ArrayLike, risk_free: float, periods_per_year: float) -> Computed:
    """Return (annual return − annual risk-free rate) / pain index."""
    return _above_risk_free(returns, risk_free, periods_per_year, pain_index(returns))


def _above_risk_free(returns: ArrayLike, risk_free: float, periods_per_year: float, risk: Computed) -> Computed:
    annual = annual_return(returns, periods_per_year).value
    return quotient(None if annual is None else annual - risk_free, risk.value, NO_DRAWDOWN)
