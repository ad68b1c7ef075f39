"""A portfolio beside its benchmark: beta, alpha, tracking, capture, and the ratios of risk and reward.

Both series (n_periods,) cover the same periods. `risk_free` is that of a period, one number or one for each, unless a
function says that it is of a year. Methods: docs/engine/risk.md.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from apps.kernel.errors import gettext_noop
from apps.portfolios.engine.computed import NO_SPREAD, TOO_FEW, Computed, quotient
from apps.portfolios.engine.dispersion import downside_deviation, volatility
from apps.portfolios.engine.series import Series, annual_return, is_flat, paired

NO_SUCH_PERIOD = gettext_noop("The benchmark had no such period.")


def sharpe_ratio(returns: ArrayLike, risk_free: ArrayLike, periods_per_year: float) -> Computed:
    """Return mean(r − rf) / sd(r − rf) × √periods_per_year, sd of n − 1 (Sharpe 1994)."""
    series, free = paired(returns, risk_free)
    excess = series - free
    if excess.size < 2:
        return Computed(None, TOO_FEW)
    if is_flat(excess):
        return Computed(None, NO_SPREAD)
    return Computed(float(excess.mean() / np.std(excess, ddof=1)) * math.sqrt(periods_per_year))


def sharpe_ratio_geometric(returns: ArrayLike, annual_risk_free: float, periods_per_year: float) -> Computed:
    """Return (geometric annual return − annual risk-free rate) / annual volatility: the second convention."""
    annual = annual_return(returns, periods_per_year).value
    return quotient(
        None if annual is None else annual - annual_risk_free, volatility(returns, periods_per_year).value, NO_SPREAD
    )


def sortino_ratio(returns: ArrayLike, least: ArrayLike, periods_per_year: float) -> Computed:
    """Return the mean excess of a year over the downside deviation of a year (Sortino and Price 1994)."""
    series, floor = paired(returns, least)
    if series.size < 2:
        return Computed(None, TOO_FEW)
    excess = float(np.mean(series - floor)) * periods_per_year
    return quotient(excess, downside_deviation(series, floor, periods_per_year).value, NO_SPREAD)


def tracking_error(returns: ArrayLike, benchmark: ArrayLike, periods_per_year: float) -> Computed:
    """Return the sample standard deviation of r − b, times √periods_per_year."""
    series, other = paired(returns, benchmark)
    if series.size < 2:
        return Computed(None, TOO_FEW)
    return Computed(float(np.std(series - other, ddof=1)) * math.sqrt(periods_per_year))


def information_ratio(returns: ArrayLike, benchmark: ArrayLike, periods_per_year: float) -> Computed:
    """Return (annual return − that of the benchmark) / tracking error (Bacon 2008)."""
    series, other = paired(returns, benchmark)
    ours, theirs = annual_return(series, periods_per_year).value, annual_return(other, periods_per_year).value
    active = None if ours is None or theirs is None else ours - theirs
    return quotient(active, _spread(series, other, periods_per_year), NO_SPREAD)


def information_ratio_of_period(returns: ArrayLike, benchmark: ArrayLike) -> Computed:
    """Return mean(r − b) / sd(r − b), sd of n − 1, not brought to a year."""
    series, other = paired(returns, benchmark)
    if series.size < 2:
        return Computed(None, TOO_FEW)
    return quotient(float(np.mean(series - other)), _spread(series, other, 1), NO_SPREAD)


def _spread(series: Series, other: Series, periods_per_year: float) -> float | None:
    return None if is_flat(series - other) else tracking_error(series, other, periods_per_year).value


def beta(returns: ArrayLike, benchmark: ArrayLike, risk_free: ArrayLike = 0.0) -> Computed:
    """Return cov(r − rf, b − rf) / var(b − rf): the slope of the market line (CAPM)."""
    ours, market = _excess(returns, benchmark, risk_free)
    return _slope(ours, market)


def beta_bull(returns: ArrayLike, benchmark: ArrayLike, risk_free: ArrayLike = 0.0) -> Computed:
    """Return beta over the periods in which the benchmark beat the risk-free rate."""
    ours, market = _excess(returns, benchmark, risk_free)
    return _slope(ours[market > 0], market[market > 0])


def beta_bear(returns: ArrayLike, benchmark: ArrayLike, risk_free: ArrayLike = 0.0) -> Computed:
    """Return beta over the periods in which the benchmark fell behind the risk-free rate."""
    ours, market = _excess(returns, benchmark, risk_free)
    return _slope(ours[market < 0], market[market < 0])


def alpha_of_period(returns: ArrayLike, benchmark: ArrayLike, risk_free: ArrayLike = 0.0) -> Computed:
    """Return mean(r − rf) − beta × mean(b − rf): the intercept of the regression, of one period."""
    ours, market = _excess(returns, benchmark, risk_free)
    slope = _slope(ours, market)
    return slope if slope.value is None else Computed(float(ours.mean()) - slope.value * float(market.mean()))


def jensen_alpha(
    returns: ArrayLike, benchmark: ArrayLike, annual_risk_free: float, periods_per_year: float
) -> Computed:
    """Return R − rf − beta × (B − rf) of geometric annual returns (Jensen 1968; Bacon 2008)."""
    free = (1 + annual_risk_free) ** (1 / periods_per_year) - 1
    slope = beta(returns, benchmark, free)
    ours, theirs = annual_return(returns, periods_per_year).value, annual_return(benchmark, periods_per_year).value
    if slope.value is None or ours is None or theirs is None:
        return slope if slope.value is None else Computed(None, TOO_FEW)
    return Computed(ours - annual_risk_free - slope.value * (theirs - annual_risk_free))


def specific_risk(returns: ArrayLike, benchmark: ArrayLike, periods_per_year: float) -> Computed:
    """Return the standard deviation (n) of what the market line leaves unexplained, of a year (Bacon 2008)."""
    series, other = paired(returns, benchmark)
    slope = _slope(series, other)
    if slope.value is None:
        return slope
    return Computed(float(np.std(series - slope.value * other)) * math.sqrt(periods_per_year))


def systematic_risk(returns: ArrayLike, benchmark: ArrayLike, periods_per_year: float) -> Computed:
    """Return beta × the standard deviation (n) of the benchmark, of a year (Bacon 2008)."""
    series, other = paired(returns, benchmark)
    slope = _slope(series, other)
    if slope.value is None:
        return slope
    return Computed(slope.value * float(np.std(other)) * math.sqrt(periods_per_year))


def appraisal_ratio(
    returns: ArrayLike, benchmark: ArrayLike, annual_risk_free: float, periods_per_year: float
) -> Computed:
    """Return Jensen's alpha over the specific risk (Treynor and Black 1973)."""
    alpha = jensen_alpha(returns, benchmark, annual_risk_free, periods_per_year)
    return quotient(alpha.value, specific_risk(returns, benchmark, periods_per_year).value, NO_SPREAD)


def treynor_ratio(
    returns: ArrayLike, benchmark: ArrayLike, annual_risk_free: float, periods_per_year: float
) -> Computed:
    """Return (annual return − risk-free rate) / beta (Treynor 1965)."""
    annual = annual_return(returns, periods_per_year).value
    slope = beta(returns, benchmark, (1 + annual_risk_free) ** (1 / periods_per_year) - 1)
    return quotient(None if annual is None else annual - annual_risk_free, slope.value, NO_SPREAD)


def fama_beta(returns: ArrayLike, benchmark: ArrayLike) -> Computed:
    """Return sd(r) / sd(b): the beta that would explain all of the risk (Fama 1972)."""
    series, other = paired(returns, benchmark)
    if series.size < 2:
        return Computed(None, TOO_FEW)
    return quotient(float(series.std()), None if is_flat(other) else float(other.std()), NO_SPREAD)


def m_squared(returns: ArrayLike, benchmark: ArrayLike, annual_risk_free: float, periods_per_year: float) -> Computed:
    """Return rf + (R − rf) × σ_b / σ_r: the return at the benchmark's risk (Modigliani and Modigliani 1997)."""
    series, other = paired(returns, benchmark)
    annual = annual_return(series, periods_per_year).value
    if annual is None or series.size < 2:
        return Computed(None, TOO_FEW)
    if is_flat(series):
        return Computed(None, NO_SPREAD)
    return Computed(annual_risk_free + (annual - annual_risk_free) * float(other.std()) / float(series.std()))


def correlation(returns: ArrayLike, benchmark: ArrayLike) -> Computed:
    """Return Pearson's correlation."""
    series, other = paired(returns, benchmark)
    if series.size < 2:
        return Computed(None, TOO_FEW)
    if is_flat(series) or is_flat(other):
        return Computed(None, NO_SPREAD)
    return Computed(float(np.corrcoef(series, other)[0, 1]))


def up_capture(returns: ArrayLike, benchmark: ArrayLike, periods_per_year: float) -> Computed:
    """Return the annual return over that of the benchmark, in the periods in which the benchmark rose."""
    series, other = paired(returns, benchmark)
    return _capture(series[other > 0], other[other > 0], periods_per_year)


def down_capture(returns: ArrayLike, benchmark: ArrayLike, periods_per_year: float) -> Computed:
    """Return the annual return over that of the benchmark, in the periods in which the benchmark fell."""
    series, other = paired(returns, benchmark)
    return _capture(series[other < 0], other[other < 0], periods_per_year)


def _capture(series: Series, other: Series, periods_per_year: float) -> Computed:
    ours, theirs = annual_return(series, periods_per_year).value, annual_return(other, periods_per_year).value
    return quotient(ours, theirs, NO_SUCH_PERIOD)


def _excess(returns: ArrayLike, benchmark: ArrayLike, risk_free: ArrayLike) -> tuple[Series, Series]:
    series, other = paired(returns, benchmark)
    _, free = paired(series, risk_free)
    return series - free, other - free


def _slope(ours: Series, market: Series) -> Computed:
    if ours.size < 2:
        return Computed(None, TOO_FEW)
    if is_flat(market):
        return Computed(None, NO_SPREAD)
    deviation = market - market.mean()
    return Computed(float(np.dot(deviation, ours - ours.mean()) / np.dot(deviation, deviation)))
