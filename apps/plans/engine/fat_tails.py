"""Months with fat tails: a multivariate Student-t of log returns with the covariance and the means that are assumed.

A month's log returns are drift + sqrt(V) s z, where z are the correlated normals that the log-normal cube draws too and
V is common to all classes and to inflation: one over a chi-square, scaled to a mean of 1 (Kotz & Nadarajah 2004, 1.2).
The exponential of a Student-t has no mean, so V ends where it is exceeded once in 100,000 months.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtr, chdtrc, gammainccinv, gammaincinv

from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.compiled import compiled_with_arrays
from apps.plans.engine.float_kernels import log_of

# the chance of a month beyond which tails get no fatter
RAREST = 1e-5
_EDGE = math.log(RAREST / (1.0 - RAREST))
_CELLS = 2048
_NODES = 160


class Tails(NamedTuple):
    """Degrees of freedom, the factor that gives V a mean of 1, and sqrt(V) at even steps of the log odds."""

    degrees: float
    unit: float
    table: NDArray[np.float32]


def tails_of(assumptions: AssumptionSet) -> Tails:
    """Return the tails that a set states. Raises InvalidInputError where it states none."""
    assumptions.check_tails()
    degrees = float(assumptions.degrees_of_freedom or 0.0)
    least = float(2.0 * gammaincinv(degrees / 2.0, RAREST))
    # x^-1 times the density of chi-square with n degrees is that with n - 2 over n - 2
    inverse = RAREST / least + float(chdtrc(degrees - 2.0, least)) / (degrees - 2.0)
    unit = 1.0 / inverse
    odds = np.linspace(_EDGE, -_EDGE, _CELLS + 1)
    table = np.sqrt(unit / _chi_squares(degrees, odds))
    return Tails(degrees, unit, np.ascontiguousarray(table, dtype=np.float32))


def _chi_squares(degrees: float, odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles at log odds, from whichever tail is nearer: neither loses digits."""
    below, above = 1.0 / (1.0 + np.exp(-odds)), 1.0 / (1.0 + np.exp(odds))
    told: NDArray[np.float64] = 2.0 * np.where(
        odds < 0.0, gammaincinv(degrees / 2.0, below), gammainccinv(degrees / 2.0, above)
    )
    return told


def log_mean_growth(tails: Tails, deviations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ln E exp(s sqrt(V) z) for monthly deviations s, by Gauss-Legendre over the log odds of the chi-square.

    Given V it is exp(s² V / 2), whose mean over V is finite since V is bounded.
    """
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    high = 36.0
    odds = _EDGE + (high - _EDGE) * (nodes + 1.0) / 2.0
    below, above = 1.0 / (1.0 + np.exp(-odds)), 1.0 / (1.0 + np.exp(odds))
    mixing = tails.unit / _chi_squares(tails.degrees, odds)
    worst = tails.unit / float(_chi_squares(tails.degrees, np.array([_EDGE]))[0])
    density = weights * below * above * (high - _EDGE) / 2.0
    half = 0.5 * deviations[:, None] ** 2
    # ln(1 + E[exp(.) - 1]) keeps the digits of small deviations
    excess = np.expm1(half * mixing) @ density + RAREST * np.expm1(half[:, 0] * worst)
    told: NDArray[np.float64] = np.log1p(excess)
    return told


def monthly_drifts(assumptions: AssumptionSet, tails: Tails) -> NDArray[np.float64]:
    """Return the monthly drifts with which the mean growth of each asset is (1 + its yearly mean)^(1/12)."""
    deviations = np.array([asset.log_volatility for asset in assumptions.assets]) / math.sqrt(12.0)
    told: NDArray[np.float64] = np.log1p(assumptions.means()) / 12.0 - log_mean_growth(tails, deviations)
    return told


@compiled_with_arrays
def spread_months(points: NDArray[np.float32], table: NDArray[np.float32], shocks: NDArray[np.float32]) -> None:
    """Multiply the shocks (n_factors, n_months, n_paths) of a month by sqrt(V) at its uniform (n_months, n_paths).

    ``table`` is that of `Tails`: sqrt(V) at even steps of the log odds, between which it is read linearly.
    """
    n_factors, n_months, n_paths = shocks.shape
    cells = table.size - 1
    least, most = np.float32(RAREST), np.float32(1.0 - RAREST)
    edge, per_odds = np.float32(_EDGE), np.float32(cells / (-2.0 * _EDGE))
    scale = np.empty(n_paths, np.float32)
    for month in range(n_months):
        for path in range(n_paths):
            point = min(max(points[month, path], least), most)
            odds = log_of(point) - log_of(np.float32(1.0) - point)
            scale[path] = min(max((odds - edge) * per_odds, np.float32(0.0)), np.float32(cells))
        for path in range(n_paths):
            cell = min(np.int32(scale[path]), np.int32(cells - 1))
            part = scale[path] - np.float32(cell)
            scale[path] = table[cell] + part * (table[cell + 1] - table[cell])
        for factor in range(n_factors):
            for path in range(n_paths):
                shocks[factor, month, path] *= scale[path]


def chance_below(tails: Tails, mixing: float) -> float:
    """Return the probability that V is at most ``mixing``."""
    worst = float(tails.table[0]) ** 2
    return 1.0 if mixing >= worst else 1.0 - float(chdtr(tails.degrees, tails.unit / mixing))
