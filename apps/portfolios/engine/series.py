"""Series of periodic returns: checked, compounded, brought to a year. Fractions: 0.01 is one per cent.

A series is an array (n_periods,) of simple returns of equal periods, the earliest first; `periods_per_year` is 252 for
trading days, 52 for weeks, 12 for months.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.computed import TOO_FEW, Computed

Series = NDArray[np.float64]
# a spread below this share of the size of the numbers is the dust of floating point, not risk
DUST = 1e-12


def as_series(returns: ArrayLike) -> Series:
    """Return the array (n_periods,). Raises InvalidInputError unless every return is finite and -1 or more."""
    series = np.asarray(returns, dtype=np.float64)
    if series.ndim != 1 or not np.isfinite(series).all() or (series < -1).any():
        raise InvalidInputError(
            gettext_noop("A return is not a finite number, or loses more than everything."),
            mend=gettext_noop("Correct the value, or leave its period out."),
        )
    return series


def paired(first: ArrayLike, second: ArrayLike) -> tuple[Series, Series]:
    """Return both series, of the same periods; one number stands for every period.

    Raises InvalidInputError when their lengths differ.
    """
    one, other = as_series(first), as_series(np.atleast_1d(np.asarray(second, dtype=np.float64)))
    if other.size == 1:
        other = np.full(one.size, other[0])
    if one.size != other.size:
        raise InvalidInputError(gettext_noop("The two series do not cover the same periods."))
    return one, other


def is_flat(series: Series) -> bool:
    """Whether the series does not vary beyond the dust of floating point."""
    return series.size == 0 or float(np.ptp(series)) <= DUST * max(1.0, float(np.abs(series).max()))


def cumulative_return(returns: ArrayLike) -> Computed:
    """Return Π(1 + r) − 1; not computable without a period."""
    series = as_series(returns)
    return Computed(float(np.prod(1 + series)) - 1) if series.size else Computed(None, TOO_FEW)


def annual_return(returns: ArrayLike, periods_per_year: float) -> Computed:
    """Return the geometric annual return (Π(1 + r))^(periods_per_year / n) − 1 (Bacon 2008).

    The caller decides whether a year has passed: GIPS annualises nothing shorter (see `returns.annualised`).
    """
    series = as_series(returns)
    if not series.size:
        return Computed(None, TOO_FEW)
    return Computed(float(np.prod(1 + series)) ** (periods_per_year / series.size) - 1)


def returns_of_prices(prices: ArrayLike) -> Series:
    """Return simple returns (n_prices - 1,) of prices (n_prices,).

    Raises InvalidInputError unless every price is finite and above zero.
    """
    array = np.asarray(prices, dtype=np.float64)
    if array.ndim != 1 or not np.isfinite(array).all() or (array <= 0).any():
        raise InvalidInputError(
            gettext_noop("A price is not a number above zero."), mend=gettext_noop("Correct or leave out the price.")
        )
    return np.asarray(array[1:] / array[:-1] - 1, dtype=np.float64)


def compound_annual_growth(first: float, last: float, years: float) -> Computed:
    """Return (last / first)^(1 / years) − 1; not computable for values of zero or less, or no time."""
    if first <= 0 or last <= 0 or years <= 0:
        return Computed(None, gettext_noop("Growth needs two positive values and time between them."))
    return Computed((last / first) ** (1 / years) - 1)


def return_since(days: Sequence[date], prices: ArrayLike, before: date, on: date) -> Computed:
    """Return the growth from the last price before a day to the last price on or before another.

    The return of a month to date counts from the close of the month before, so `before` is the month's first day.
    """
    array = np.asarray(prices, dtype=np.float64)
    base = [place for place, day in enumerate(days) if day < before]
    last = [place for place, day in enumerate(days) if day <= on]
    if not base or not last or array[base[-1]] <= 0:
        return Computed(None, gettext_noop("There is no price before the period."))
    return Computed(float(array[last[-1]] / array[base[-1]]) - 1)
