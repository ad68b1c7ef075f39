"""How far returns spread: volatility, downside, moments, gains against losses. Methods: docs/engine/risk.md.

All take a series (n_periods,) of simple returns; `periods_per_year` brings a spread to a year by its square root.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from apps.kernel.errors import gettext_noop
from apps.portfolios.engine.computed import NO_SPREAD, TOO_FEW, Computed, quotient
from apps.portfolios.engine.series import as_series, is_flat, paired

NO_LOSS = gettext_noop("No period had a loss.")


def volatility(returns: ArrayLike, periods_per_year: float) -> Computed:
    """Return the sample standard deviation (n - 1) times √periods_per_year (Bacon 2008, ch. 4)."""
    series = as_series(returns)
    if series.size < 2:
        return Computed(None, TOO_FEW)
    return Computed(float(np.std(series, ddof=1)) * math.sqrt(periods_per_year))


def volatility_of_period(returns: ArrayLike) -> Computed:
    """Return the sample standard deviation of log returns times √n: the spread over the whole period, not a year."""
    series = as_series(returns)
    if series.size < 2 or (series <= -1).any():
        return Computed(None, TOO_FEW)
    return Computed(float(np.std(np.log1p(series), ddof=1)) * math.sqrt(series.size))


def downside_deviation(returns: ArrayLike, least: ArrayLike, periods_per_year: float) -> Computed:
    """Return √mean(min(r − least, 0)²) over all periods, times √periods_per_year (Sortino and Price 1994).

    `least` is the minimum acceptable return of a period, one number or one for each.
    """
    series, floor = paired(returns, least)
    if not series.size:
        return Computed(None, TOO_FEW)
    shortfall = np.minimum(series - floor, 0.0)
    return Computed(math.sqrt(float(np.mean(shortfall**2))) * math.sqrt(periods_per_year))


def upside_frequency(returns: ArrayLike, least: float) -> Computed:
    """Return the share of periods above the minimum acceptable return."""
    series = as_series(returns)
    return Computed(float(np.mean(series > least))) if series.size else Computed(None, TOO_FEW)


def downside_frequency(returns: ArrayLike, least: float) -> Computed:
    """Return the share of periods below the minimum acceptable return."""
    series = as_series(returns)
    return Computed(float(np.mean(series < least))) if series.size else Computed(None, TOO_FEW)


def upside_potential(returns: ArrayLike, least: float) -> Computed:
    """Return mean(max(r − least, 0)), the first upper partial moment."""
    series = as_series(returns)
    return Computed(float(np.mean(np.maximum(series - least, 0.0)))) if series.size else Computed(None, TOO_FEW)


def downside_potential(returns: ArrayLike, least: float) -> Computed:
    """Return mean(max(least − r, 0)), the first lower partial moment."""
    series = as_series(returns)
    return Computed(float(np.mean(np.maximum(least - series, 0.0)))) if series.size else Computed(None, TOO_FEW)


def upside_risk(returns: ArrayLike, least: float) -> Computed:
    """Return √mean(max(r − least, 0)²)."""
    series = as_series(returns)
    if not series.size:
        return Computed(None, TOO_FEW)
    return Computed(math.sqrt(float(np.mean(np.maximum(series - least, 0.0) ** 2))))


def upside_potential_ratio(returns: ArrayLike, least: float) -> Computed:
    """Return the upside potential over the downside deviation of a period (Sortino, van der Meer, Plantinga 1999)."""
    return quotient(upside_potential(returns, least).value, downside_deviation(returns, least, 1).value, NO_LOSS)


def omega_ratio(returns: ArrayLike, least: float) -> Computed:
    """Return Σ max(r − least, 0) / Σ max(least − r, 0) (Keating and Shadwick 2002)."""
    return quotient(upside_potential(returns, least).value, downside_potential(returns, least).value, NO_LOSS)


def bernardo_ledoit_ratio(returns: ArrayLike) -> Computed:
    """Return gains over losses: omega at zero (Bernardo and Ledoit 2000)."""
    return omega_ratio(returns, 0.0)


def d_ratio(returns: ArrayLike) -> Computed:
    """Return (number of losses × their sum) / (number of gains × their sum) (Bacon 2008)."""
    series = as_series(returns)
    lost = float(-series[series < 0].sum()) * int((series < 0).sum())
    return quotient(lost, float(series[series > 0].sum()) * int((series > 0).sum()), gettext_noop("No gains."))


def mean_absolute_deviation(returns: ArrayLike) -> Computed:
    """Return mean |r − mean(r)|."""
    series = as_series(returns)
    return Computed(float(np.mean(np.abs(series - series.mean())))) if series.size else Computed(None, TOO_FEW)


def skewness(returns: ArrayLike) -> Computed:
    """Return the third standardised moment, population (n)."""
    return _moment(returns, 3)


def kurtosis(returns: ArrayLike) -> Computed:
    """Return the fourth standardised moment, population (n); 3 for a normal distribution."""
    return _moment(returns, 4)


def kurtosis_of_sample(returns: ArrayLike) -> Computed:
    """Return n(n + 1) / ((n − 1)(n − 2)(n − 3)) × Σ((r − mean)/s)⁴, s of n − 1 (Bacon 2008)."""
    series = as_series(returns)
    n = series.size
    if n < 4:
        return Computed(None, TOO_FEW)
    if is_flat(series):
        return Computed(None, NO_SPREAD)
    scaled = (series - series.mean()) / np.std(series, ddof=1)
    return Computed(n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * float(np.sum(scaled**4)))


def skewness_of_sample(returns: ArrayLike) -> Computed:
    """Return n / ((n − 1)(n − 2)) × Σ((r − mean)/s)³, s of n − 1 (Bacon 2008)."""
    series = as_series(returns)
    n = series.size
    if n < 3:
        return Computed(None, TOO_FEW)
    if is_flat(series):
        return Computed(None, NO_SPREAD)
    scaled = (series - series.mean()) / np.std(series, ddof=1)
    return Computed(n / ((n - 1) * (n - 2)) * float(np.sum(scaled**3)))


def _moment(returns: ArrayLike, power: int) -> Computed:
    series = as_series(returns)
    if series.size < 2:
        return Computed(None, TOO_FEW)
    if is_flat(series):
        return Computed(None, NO_SPREAD)
    return Computed(float(np.mean(((series - series.mean()) / series.std()) ** power)))
