"""A frontier that does not trust its means: the best portfolios of many means that could as well be true, averaged.

Michaud (1998): means are drawn around the estimate as a sample of some years would scatter them, each draw is answered
at the same tilts, and the weights are averaged. The covariance is kept: its error costs a tenth of that of the means
(Chopra and Ziemba 1993). Method and weaknesses: docs/engine/portfolio_optimisation.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import gettext_noop
from apps.plans.engine.checks import within
from apps.plans.engine.frontier import NoPortfolioError, book_portfolios, efficient_frontier
from apps.plans.engine.moments import Moments
from apps.plans.engine.weight_limits import WeightLimits

Floats = NDArray[np.float64]

_LEAST_TILT = 1e-6


@dataclass(frozen=True, slots=True)
class Doubt:
    """How far the means are doubted: as if they were of ``observed_periods`` periods, seen in ``n_draws`` samples."""

    observed_periods: float
    n_draws: int

    def __post_init__(self) -> None:
        within(self.observed_periods, 1.0, 10_000.0, "observed_periods")
        within(self.n_draws, 2, 100_000, "n_draws")


@dataclass(frozen=True, slots=True, eq=False)
class ResampledFrontier:
    """Averaged weights (n_points, n) from the safest to the boldest, their returns and volatilities (n_points,)."""

    covariance: Floats
    weights: Floats
    returns: Floats
    volatilities: Floats

    def at_volatility(self, target: float) -> Floats:
        """Return the weights of the boldest point with a volatility of ``target`` at most. Raises NoPortfolioError.

        Between two points weights are mixed: what both keep, the mix keeps.
        """
        fitting = np.flatnonzero(self.volatilities <= target * (1 + 1e-12))
        if not fitting.size:
            raise NoPortfolioError(
                gettext_noop("No portfolio within the limits has a volatility of %(target)s; the least is %(least)s."),
                mend=gettext_noop("Raise the volatility that is allowed."),
                field="target_volatility",
                target=round(target, 4),
                least=round(float(self.volatilities.min()), 4),
            )
        place = int(fitting[-1])
        last = min(place + 1, self.volatilities.size - 1)
        return moved_towards(self.covariance, self.weights[place], self.weights[last], target)


def moved_towards(covariance: Floats, calm: Floats, bold: Floats, volatility: float) -> Floats:
    """Return the mix of both that comes nearest to the bold one within a volatility that the calm one keeps."""
    step = bold - calm
    a, b = float(step @ covariance @ step), float(calm @ covariance @ step)
    c = float(calm @ covariance @ calm) - volatility**2
    share = 0.0 if a <= 0.0 else (np.sqrt(max(b * b - a * c, 0.0)) - b) / a
    mixed: Floats = calm + min(max(float(share), 0.0), 1.0) * step
    return mixed


def resampled_frontier(
    moments: Moments, limits: WeightLimits, doubt: Doubt, n_points: int, dice: np.random.Generator
) -> ResampledFrontier:
    """Return ``n_points`` portfolios, averaged over draws of the means at tilts that step evenly along the frontier.

    Draws come in pairs that mirror each other, so that they average to the estimate. Raises InfeasibleWeightsError.
    """
    within(n_points, 2, 1000, "n_points")
    frontier = efficient_frontier(moments, limits)
    steps = np.linspace(frontier.returns[0], frontier.returns[-1], n_points)
    tilts = np.array([frontier.tilt_of(float(each)) for each in steps])
    size, half = moments.means.shape[0], -(-doubt.n_draws // 2)
    root = np.linalg.cholesky(moments.covariance / doubt.observed_periods)
    moves = dice.standard_normal((half, size)) @ root.T
    means = moments.means + np.concatenate([moves, -moves])
    count = means.shape[0]
    asked = np.tile(means, (n_points, 1))
    aversions = np.repeat(1.0 / np.maximum(tilts, _LEAST_TILT), count)
    answers = book_portfolios(moments, limits, asked, aversions)
    if not np.isfinite(answers.kkt_residuals).all():
        raise NoPortfolioError(
            gettext_noop("The search for the best portfolio did not come to an end."),
            mend=gettext_noop("Shrink the covariance: assets that are nearly the same stall it."),
            field="covariance",
        )
    weights = answers.weights.reshape(n_points, count, size).mean(axis=1)
    variances = np.einsum("ij,ij->i", weights @ moments.covariance, weights)
    return ResampledFrontier(moments.covariance, weights, weights @ moments.means, np.sqrt(variances))
