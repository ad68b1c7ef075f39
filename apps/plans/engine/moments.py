"""Means and covariances that an optimiser may trust: shrunk from history, or blended from a market and views.

All are per period of the series handed in (`Moments.times` annualises); float64; a series with a gap is refused: a
covariance of unequal samples need not be one. Formulas, sources, weaknesses: docs/engine/portfolio_optimisation.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import within

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """(n,) expected returns and their (n, n) covariance, positive definite. Raises InvalidInputError otherwise."""

    means: Floats
    covariance: Floats

    def __post_init__(self) -> None:
        size = self.means.shape[0]
        if self.covariance.shape != (size, size) or not size:
            raise _refusal(gettext_noop("Means and covariance do not speak of the same assets."), "covariance")
        if not (np.isfinite(self.means).all() and np.isfinite(self.covariance).all()):
            raise _refusal(gettext_noop("Means and covariance hold what is not a number."), "covariance")
        if np.abs(self.covariance - self.covariance.T).max() > 1e-9 * np.abs(self.covariance).max():
            raise _refusal(gettext_noop("The covariance is not symmetric."), "covariance")
        try:
            np.linalg.cholesky(self.covariance)
        except np.linalg.LinAlgError as error:
            raise _refusal(
                gettext_noop("The covariance is not positive definite: some mix of assets would have no risk at all."),
                "covariance",
                gettext_noop("Shrink the covariance, or use more observations than assets."),
            ) from error

    def times(self, periods: float) -> Moments:
        """Return the moments of so many independent periods."""
        return Moments(self.means * periods, self.covariance * periods)


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """A shrunk covariance and how far it was drawn to its target (0: the sample, 1: the target)."""

    covariance: Floats
    intensity: float


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A view: the portfolio ``weights`` (n,) will return ``expected``, held with a ``confidence`` from 0 to 1."""

    weights: Floats
    expected: float
    confidence: float


def _refusal(message: str, field: str, mend: str = gettext_noop("Correct the value.")) -> InvalidInputError:
    return InvalidInputError(message, mend=mend, field=field)


def _centred(returns: Floats) -> Floats:
    """Return the deviations of (n_periods, n_assets) returns from their means. Refuses gaps and single periods."""
    if returns.ndim != 2 or returns.shape[0] < 2:
        raise _refusal(gettext_noop("Two periods of returns are the least that has a spread."), "returns")
    if not np.isfinite(returns).all():
        raise _refusal(
            gettext_noop("The returns have gaps."), "returns", gettext_noop("Use the periods common to all.")
        )
    centred: Floats = returns - returns.mean(axis=0)
    return centred


def sample_moments(returns: Floats) -> Moments:
    """Return means and covariance (n - 1) of the sample. Refuses fewer periods than assets: it is singular then."""
    centred = _centred(returns)
    return Moments(returns.mean(axis=0), centred.T @ centred / (returns.shape[0] - 1))


def shrunk_to_identity(returns: Floats) -> Shrunk:
    """Shrink to the mean variance on the diagonal: Ledoit and Wolf (2004a), equations 9 to 16; divides by n."""
    x = _centred(returns)
    periods, size = x.shape
    sample = x.T @ x / periods
    level = np.trace(sample) / size
    spread = float(((sample - level * np.eye(size)) ** 2).sum())
    # Sum over t of |x_t x_t' - S|^2 = sum of |x_t|^4 - T |S|^2.
    noise = float((((x**2).sum(axis=1) ** 2).sum() / periods - (sample**2).sum()) / periods)
    intensity = 1.0 if spread <= 0 else min(max(noise / spread, 0.0), 1.0)
    return Shrunk(intensity * level * np.eye(size) + (1 - intensity) * sample, intensity)


def shrunk_to_constant_correlation(returns: Floats) -> Shrunk:
    """Shrink to the same correlation for every pair: Ledoit and Wolf (2004b), appendix B; divides by n.

    Refuses an asset whose returns never change: it has no correlation.
    """
    x = _centred(returns)
    periods, size = x.shape
    sample = x.T @ x / periods
    deviations = np.sqrt(np.diag(sample))
    if deviations.min() <= 1e-12:
        raise _refusal(gettext_noop("An asset's returns never change: it has no correlation."), "returns")
    if size == 1:
        return Shrunk(sample, 0.0)
    outer = np.outer(deviations, deviations)
    mean_correlation = ((sample / outer).sum() - size) / (size * (size - 1))
    target = mean_correlation * outer
    np.fill_diagonal(target, deviations**2)
    squares = x**2
    pi = squares.T @ squares / periods - sample**2
    # theta[i, j]: asymptotic covariance of s_ii and s_ij.
    theta = (x**3).T @ x / periods - (deviations**2)[:, None] * sample
    np.fill_diagonal(theta, 0.0)
    rho = np.trace(pi) + mean_correlation * (np.outer(1 / deviations, deviations) * theta).sum()
    gamma = float(((target - sample) ** 2).sum())
    intensity = 1.0 if gamma <= 0 else min(max(float((pi.sum() - rho) / gamma / periods), 0.0), 1.0)
    return Shrunk(intensity * target + (1 - intensity) * sample, intensity)


def james_stein_means(returns: Floats, covariance: Floats) -> tuple[Floats, float]:
    """Draw the sample means to their average by how little they are known; return them and the weight of the average.

    (n - 2) / (T (m - g1)' S^-1 (m - g1)), at most 1: James and Stein (1961) with a common mean. Fewer than three
    assets gain nothing and are left as they are.
    """
    _centred(returns)
    means = returns.mean(axis=0)
    periods, size = returns.shape
    grand = means.mean()
    distance = float((means - grand) @ np.linalg.solve(covariance, means - grand))
    if size < 3:
        return means, 0.0
    weight = 1.0 if distance <= 0 else min((size - 2) / (periods * distance), 1.0)
    return weight * grand + (1 - weight) * means, weight


def bayes_stein(returns: Floats, covariance: Floats) -> tuple[Moments, float]:
    """Draw means to that of the portfolio of least variance, and widen the covariance: Jorion (1986), equations 14, 17.

    Returns the moments and the weight of the target. ``covariance`` is of one period, from any estimator here.
    """
    _centred(returns)
    means = returns.mean(axis=0)
    periods, size = returns.shape
    inverse_ones = np.linalg.solve(covariance, np.ones(size))
    precision = float(inverse_ones.sum())
    target = float(inverse_ones @ means) / precision
    distance = float((means - target) @ np.linalg.solve(covariance, means - target))
    prior = np.inf if distance <= 0 else (size + 2) / distance
    weight = 1.0 if np.isinf(prior) else prior / (prior + periods)
    doubt = 1.0 / periods if np.isinf(prior) else 1.0 / (periods + prior)
    common = 1.0 / (periods * precision) if np.isinf(prior) else prior / (periods * (periods + 1 + prior) * precision)
    widened = covariance * (1.0 + doubt) + common * np.ones((size, size))
    return Moments((1 - weight) * means + weight * target, widened), weight


def equilibrium_returns(covariance: Floats, market_weights: Floats, aversion: float, risk_free: float) -> Floats:
    """Return the means at which the market's weights are the best: risk_free + aversion S w (Black, Litterman 1992)."""
    within(aversion, 1e-6, 100.0, "aversion")
    implied: Floats = risk_free + aversion * covariance @ market_weights
    return implied


def black_litterman(prior: Moments, views: tuple[View, ...], doubt: float) -> Moments:
    """Blend the prior's means with views; ``doubt`` (tau) is the variance of the prior's mean in variances of a return.

    A view's own variance is (1/confidence - 1) tau p'Sp (Idzorek 2005 in the form of Walters 2014): none of it moves
    nothing, full confidence holds exactly. The covariance grows by that of the mean. Views that repeat or contradict
    one another at full confidence are refused.
    """
    within(doubt, 1e-6, 1.0, "doubt")
    for view in views:
        within(view.confidence, 0.0, 1.0, "confidence")
        if view.weights.shape != prior.means.shape or not np.abs(view.weights).max() > 0:
            raise _refusal(gettext_noop("A view speaks of none of the assets, or of others."), "views")
    held = [view for view in views if view.confidence > 0]
    uncertain = doubt * prior.covariance
    if not held:
        return Moments(prior.means, prior.covariance + uncertain)
    picks = np.array([view.weights for view in held])
    spread = picks @ uncertain @ picks.T
    own = np.array([1 / view.confidence - 1 for view in held]) * np.diag(spread)
    middle = spread + np.diag(own)
    if np.linalg.cond(middle) > 1e12:
        raise _refusal(
            gettext_noop("Two views say the same or contradict each other with full confidence."),
            "views",
            gettext_noop("Drop one of them or lower its confidence."),
        )
    surprise = np.array([view.expected for view in held]) - picks @ prior.means
    gain = np.linalg.solve(middle, picks @ uncertain).T
    left = uncertain - gain @ picks @ uncertain
    return Moments(prior.means + gain @ surprise, prior.covariance + (left + left.T) / 2)
