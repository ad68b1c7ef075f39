"""The efficient frontier under bounds and group limits: every corner of it, and any portfolio on it, exactly.

Means and covariance are of the same period (yearly in this product); a tilt is the price of variance: the portfolio at
a tilt of t is the best for a risk aversion of 1/t. Method: docs/engine/portfolio_optimisation.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import DomainError, gettext_noop
from apps.plans.engine.checks import within
from apps.plans.engine.frontier_kernel import active_set, book, critical_line, fill, polish
from apps.plans.engine.held_set import Problem, begin, empty_set
from apps.plans.engine.moments import Moments
from apps.plans.engine.weight_limits import WeightLimits, boldest_weights

Floats = NDArray[np.float64]

_MOST_JUMPS = 200
_NOWHERE = (np.inf, np.inf, np.inf)


class NoPortfolioError(DomainError):
    """The frontier has no portfolio like that."""

    code = "no_portfolio"
    status = 422


@dataclass(frozen=True, slots=True, eq=False)
class Portfolio:
    """Weights (n,) that add up to 1, their yearly figures, and what is left of the conditions of an optimum.

    ``kkt_residual``: largest slope of a free weight, price of the wrong sign, or limit passed.
    """

    weights: Floats
    expected_return: float
    volatility: float
    kkt_residual: float


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """The corners from least variance to highest return: tilts (k,), weights (k, n), returns and volatilities (k,).

    Between two corners weights are linear in the tilt, so that the corners are the whole frontier.
    """

    problem: Problem
    tilts: Floats
    corners: Floats
    returns: Floats
    volatilities: Floats

    def at_tilt(self, tilt: float) -> Portfolio:
        """Return the portfolio that is best at a tilt."""
        columns = [np.interp(tilt, self.tilts, column) for column in self.corners.T]
        return _settled(self.problem, tilt, np.array(columns))

    @property
    def least_variance(self) -> Portfolio:
        """The safest portfolio."""
        return self.at_tilt(0.0)

    def at_return(self, target: float) -> Portfolio:
        """Return the safest portfolio that is expected to return ``target`` at least. Raises NoPortfolioError."""
        highest = float(self.returns[-1])
        if target > highest + 1e-12 * (1 + abs(highest)):
            raise NoPortfolioError(
                gettext_noop("No portfolio within the limits is expected to return %(target)s; the most is %(most)s."),
                mend=gettext_noop("Lower the return that is asked for."),
                field="target_return",
                target=round(target, 4),
                most=round(highest, 4),
            )
        return self.at_tilt(self.tilt_of(target))

    def tilt_of(self, target: float) -> float:
        """Return the tilt at which the best portfolio is expected to return ``target``, or the nearest there is."""
        return float(np.interp(target, *_rising(self.returns, self.tilts)))

    def at_volatility(self, target: float) -> Portfolio:
        """Return the portfolio of highest return with a volatility of ``target`` at most. Raises NoPortfolioError."""
        least = float(self.volatilities[0])
        if target < least * (1 - 1e-12):
            raise NoPortfolioError(
                gettext_noop("No portfolio within the limits has a volatility of %(target)s; the least is %(least)s."),
                mend=gettext_noop("Raise the volatility that is allowed."),
                field="target_volatility",
                target=round(target, 4),
                least=round(least, 4),
            )
        # Between two corners the variance is a constant plus the square of the tilt.
        squared = np.interp(target**2, *_rising(self.volatilities**2, self.tilts**2))
        return self.at_tilt(float(np.sqrt(squared)))

    def best_ratio(self, risk_free: float) -> Portfolio:
        """Return the portfolio with the highest Sharpe ratio. Raises NoPortfolioError where nothing beats cash."""
        excess = self.returns - risk_free
        if excess[-1] <= 1e-12:
            raise NoPortfolioError(
                gettext_noop("No portfolio within the limits is expected to return more than cash."),
                mend=gettext_noop("Lower the risk-free rate or widen the limits."),
                field="risk_free",
            )
        # At the best ratio the tilt is variance / excess; between two corners the difference is linear in the tilt.
        gap = self.tilts * excess - self.volatilities**2
        if gap[-1] < 0:
            return self.at_tilt(float(self.volatilities[-1] ** 2 / excess[-1]))
        last = int(np.argmax(gap >= 0))
        if last == 0:
            return self.at_tilt(float(self.tilts[0]))
        share = -gap[last - 1] / (gap[last] - gap[last - 1])
        return self.at_tilt(float(self.tilts[last - 1] + share * (self.tilts[last] - self.tilts[last - 1])))

    def points(self, count: int) -> tuple[Portfolio, ...]:
        """Return ``count`` portfolios at equal steps of return, from the safest to the boldest."""
        within(count, 2, 1000, "count")
        return tuple(self.at_return(float(each)) for each in np.linspace(self.returns[0], self.returns[-1], count))


def _rising(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return ``x`` freed of rounding that falls, with its ``y``.

    Corners that share a portfolio stay both: on the way up to it the first counts, on the way on the last.
    """
    return np.maximum.accumulate(x), y


def _problem(moments: Moments, limits: WeightLimits) -> Problem:
    size = moments.means.shape[0]
    return Problem(
        np.ascontiguousarray(moments.covariance),
        np.ascontiguousarray(moments.means),
        np.vstack([np.ones((1, size)), limits.rows]),
        np.concatenate([[1.0], limits.limits]),
        limits.low,
        limits.high,
    )


def _feasible(moments: Moments, limits: WeightLimits) -> Floats:
    if limits.is_simple:
        filled: Floats = fill(moments.means, limits.low, limits.high)
        return filled
    return boldest_weights(moments.means, limits)


def _moved(problem: Problem, tilt: float, weights: Floats) -> object:
    """Move feasible ``weights`` to the optimum in place; return the set that holds there."""
    n, m = problem.means.shape[0], problem.rows.shape[0]
    held = empty_set(n, m)
    begin(held, problem, weights)
    if active_set(problem, tilt, held, weights, 50 * (n + m)) < 0:
        raise NoPortfolioError(
            gettext_noop("The search for the best portfolio did not come to an end."),
            mend=gettext_noop("Shrink the covariance: assets that are nearly the same stall it."),
            field="covariance",
        )
    return held


def _settled(problem: Problem, tilt: float, weights: Floats) -> Portfolio:
    held = _moved(problem, tilt, weights)
    residual = float(polish(problem, tilt, held, weights))
    variance = float(weights @ problem.covariance @ weights)
    return Portfolio(weights, float(problem.means @ weights), float(np.sqrt(variance)), residual)


def _walked(problem: Problem, weights: Floats, until: tuple[float, float, float]) -> Frontier:
    """Trace from least variance on. A knot of ties is jumped over: a hair further the active set starts afresh."""
    size = problem.means.shape[0]
    held, tilt = _moved(problem, 0.0, weights), 0.0
    tilts, corners = [], []
    for _ in range(_MOST_JUMPS):
        own_tilts, own_corners, is_done = critical_line(problem, tilt, held, weights, until, 200 * (size + 10))
        tilts.append(own_tilts)
        corners.append(own_corners)
        if is_done:
            break
        tilt = float(own_tilts[-1]) * (1 + 1e-9) + 1e-12
        weights = own_corners[-1].copy()
        held = _moved(problem, tilt, weights)
    all_corners = np.concatenate(corners)
    variances = np.einsum("ij,ij->i", all_corners @ problem.covariance, all_corners)
    return Frontier(
        problem, np.concatenate(tilts), all_corners, all_corners @ problem.means, np.sqrt(np.maximum(variances, 0.0))
    )


def efficient_frontier(moments: Moments, limits: WeightLimits) -> Frontier:
    """Trace the whole frontier. Raises InfeasibleWeightsError where the limits exclude each other."""
    return _walked(_problem(moments, limits), _feasible(moments, limits), _NOWHERE)


def minimum_variance(moments: Moments, limits: WeightLimits) -> Portfolio:
    """Return the safest portfolio. Raises InfeasibleWeightsError."""
    return _settled(_problem(moments, limits), 0.0, _feasible(moments, limits))


def best_for_aversion(moments: Moments, limits: WeightLimits, aversion: float) -> Portfolio:
    """Return the portfolio of highest return - aversion/2 variance. Raises InfeasibleWeightsError."""
    within(aversion, 1e-6, 1e9, "aversion")
    return _settled(_problem(moments, limits), 1.0 / aversion, _feasible(moments, limits))


def efficient_return(moments: Moments, limits: WeightLimits, target: float) -> Portfolio:
    """Return the safest portfolio of an expected return of ``target`` or more. Raises NoPortfolioError."""
    until = (target, np.inf, np.inf)
    return _walked(_problem(moments, limits), _feasible(moments, limits), until).at_return(target)


def efficient_risk(moments: Moments, limits: WeightLimits, volatility: float) -> Portfolio:
    """Return the portfolio of highest expected return within a volatility. Raises NoPortfolioError."""
    until = (np.inf, volatility**2, np.inf)
    return _walked(_problem(moments, limits), _feasible(moments, limits), until).at_volatility(volatility)


def maximum_sharpe(moments: Moments, limits: WeightLimits, risk_free: float) -> Portfolio:
    """Return the portfolio of highest excess return per unit of volatility. Raises NoPortfolioError."""
    until = (np.inf, np.inf, risk_free)
    return _walked(_problem(moments, limits), _feasible(moments, limits), until).best_ratio(risk_free)


@dataclass(frozen=True, slots=True, eq=False)
class BookPortfolios:
    """(n_clients, n) weights, and what is left of each client's conditions: infinite where none was found."""

    weights: Floats
    kkt_residuals: Floats


def book_portfolios(moments: Moments, limits: WeightLimits, means: Floats, aversions: Floats) -> BookPortfolios:
    """Return the best portfolio of each client: own expected returns (n_clients, n) and aversions, shared covariance.

    One pass in one thread; it holds no lock of the interpreter. Raises InfeasibleWeightsError, and InvalidInputError
    for an aversion that is not positive.
    """
    for each in (float(aversions.min()), float(aversions.max())):
        within(each, 1e-6, 1e9, "aversions")
    within(float(np.abs(means).max()), 0.0, 1e6, "means")
    starts = np.empty((0, means.shape[1])) if limits.is_simple else boldest_weights(moments.means, limits)[None]
    answers = np.empty_like(means)
    left = book(_problem(moments, limits), np.ascontiguousarray(means), 1.0 / aversions, starts, answers)
    return BookPortfolios(answers, left)
