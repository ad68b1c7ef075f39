"""Which allocation? The highest expected return within a client's risk limit, and why it looks like that.

Markowitz (1952) as a second-order cone program, solved by Clarabel; the shadow prices of its constraints are the
explanation. The frontier around it is traced by the critical line (`frontier`). Means and covariances are of yearly
simple returns, in float64.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import clarabel
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.checks import known
from apps.plans.engine.frontier import Portfolio, efficient_frontier
from apps.plans.engine.moments import Moments
from apps.plans.engine.policy import RiskLimit
from apps.plans.engine.results import (
    ENGINE_VERSION,
    AssetContribution,
    FrontierPoint,
    OptimisedAllocation,
    TrailStep,
)
from apps.plans.engine.weight_limits import GroupLimit, WeightLimits, weight_limits

FRONTIER_POINTS = 15
# Weights and shadow prices below these are the solver's rounding.
_SMALL_WEIGHT = 1e-6
_SMALL_PRICE = 1e-5
# A class without risk leaves the covariance singular; a variance of this is no risk that anyone sees.
_NO_RISK = 1e-12

CASH_MONTHS = 12
CAUTIOUS_MONTHS = 36
CAUTIOUS_EQUITY_SHARE = 0.2


class NoAllocationError(DomainError):
    """No allocation satisfies the limits together."""

    code = "no_allocation"
    status = 422


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Inequalities ``rows @ weights <= limits`` with their names, the mean and the Cholesky root of the covariance."""

    names: tuple[str, ...]
    rows: NDArray[np.float64]
    limits: NDArray[np.float64]
    means: NDArray[np.float64]
    root: NDArray[np.float64]


def _problem(assumptions: AssumptionSet, limit: RiskLimit) -> _Problem:
    keys = assumptions.asset_keys
    for name, pairs in (("max_weights", limit.max_weights), ("min_weights", limit.min_weights)):
        for key, _ in pairs:
            known(key, list(keys), name)
    lowest, highest = dict(limit.min_weights), dict(limit.max_weights)
    eye = np.eye(len(keys))
    names = [f"min_weight:{key}" for key in keys] + ["max_equity_share"]
    rows = [*(-eye), np.array([float(asset.is_equity) for asset in assumptions.assets])]
    limits = [-lowest.get(key, 0.0) for key in keys] + [limit.max_equity_share]
    for place, key in enumerate(keys):
        if key in highest:
            names.append(f"max_weight:{key}")
            rows.append(eye[place])
            limits.append(highest[key])
    root: NDArray[np.float64] = np.linalg.cholesky(assumptions.covariance() + _NO_RISK * eye).T.astype(np.float64)
    return _Problem(
        names=tuple(names),
        rows=np.array(rows),
        limits=np.array(limits),
        means=assumptions.means(),
        root=root,
    )


def _solve(
    problem: _Problem, quadratic: NDArray[np.float64], linear: NDArray[np.float64], extra: tuple[Any, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Minimise w'Qw/2 + c'w, weights adding up to 1, within the limits and the ``extra`` cone (rows, limits, cone).

    Returns the weights and the prices of the inequalities. Raises NoAllocationError when there is no solution.
    """
    size = problem.means.size
    rows = [np.ones((1, size)), problem.rows, *[block[0] for block in extra]]
    limits = [np.ones(1), problem.limits, *[block[1] for block in extra]]
    cones = [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(problem.limits.size), *[block[2] for block in extra]]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix(np.triu(quadratic)),
        linear,
        sparse.csc_matrix(np.vstack(rows)),
        np.concatenate(limits),
        cones,
        settings,
    )
    solution = solver.solve()
    if solution.status not in (clarabel.SolverStatus.Solved, clarabel.SolverStatus.AlmostSolved):
        raise NoAllocationError(
            gettext_noop("No allocation satisfies the risk limit and the firm's weight limits together."),
            mend=gettext_noop("Raise the volatility limit or lower a minimum weight."),
            field="risk_limit",
        )
    weights = np.array(solution.x)
    weights[weights < _SMALL_WEIGHT] = 0.0
    return weights / weights.sum(), np.array(solution.z)[1:]


def _volatility_cone(problem: _Problem, max_volatility: float) -> tuple[Any, ...]:
    """``||root @ w|| <= max_volatility`` as rows of a second-order cone: limits - rows @ w lies in it."""
    size = problem.means.size
    rows = np.vstack([np.zeros((1, size)), -problem.root])
    limits = np.concatenate([[max_volatility], np.zeros(size)])
    return rows, limits, clarabel.SecondOrderConeT(size + 1)


def moments_of(assumptions: AssumptionSet) -> Moments:
    """Return the set's yearly moments, with a trace of risk where a class has none."""
    size = len(assumptions.assets)
    return Moments(assumptions.means(), assumptions.covariance() + _NO_RISK * np.eye(size))


def limits_of(assumptions: AssumptionSet, limit: RiskLimit) -> WeightLimits:
    """Return the limit's weights by asset and for equities together; its volatility is not among them.

    Raises InvalidInputError for an unknown asset, InfeasibleWeightsError where the weights exclude each other.
    """
    keys = list(assumptions.asset_keys)
    ends = {"min_weights": np.zeros(len(keys)), "max_weights": np.ones(len(keys))}
    for name, row in ends.items():
        for key, weight in getattr(limit, name):
            known(key, keys, name)
            row[keys.index(key)] = weight
    equities = tuple(place for place, asset in enumerate(assumptions.assets) if asset.is_equity)
    groups = (GroupLimit(equities, 0.0, limit.max_equity_share),) if equities else ()
    return weight_limits(len(keys), ends["min_weights"], ends["max_weights"], groups)


def rounded_weights(keys: tuple[str, ...], weights: NDArray[np.float64]) -> tuple[tuple[str, float], ...]:
    """Weights by asset, rounded to a basis point so that they still add up to 1: the largest takes the residue."""
    rounded = np.round(weights, 4)
    rounded[int(np.argmax(rounded))] += 1.0 - rounded.sum()
    return tuple((key, float(round(weight, 4))) for key, weight in zip(keys, rounded, strict=True) if weight > 0.0)


def frontier_point(keys: tuple[str, ...], portfolio: Portfolio) -> FrontierPoint:
    """Return a portfolio as results tell it."""
    return FrontierPoint(
        portfolio.expected_return, portfolio.volatility, rounded_weights(keys, np.maximum(portfolio.weights, 0.0))
    )


def optimised_allocation(assumptions: AssumptionSet, limit: RiskLimit) -> OptimisedAllocation:
    """Find the allocation with the highest expected return within the limit, with its explanation and frontier.

    Raises NoAllocationError when the limits exclude each other, InvalidInputError for an unknown asset.
    """
    problem = _problem(assumptions, limit)
    keys = assumptions.asset_keys
    size = problem.means.size
    cone = _volatility_cone(problem, limit.max_volatility)
    weights, prices = _solve(problem, np.zeros((size, size)), -problem.means, (cone,))
    named = dict(zip(problem.names, prices[: len(problem.names)], strict=True))
    named["max_volatility"] = float(prices[len(problem.names)])
    binding = tuple((name, float(price)) for name, price in sorted(named.items()) if price > _SMALL_PRICE)
    pairs = rounded_weights(keys, weights)
    final = np.array([dict(pairs).get(key, 0.0) for key in keys])
    volatility, contributions = _contributions(problem, keys, final)
    equity = float(sum(w for w, asset in zip(final, assumptions.assets, strict=True) if asset.is_equity))
    return OptimisedAllocation(
        engine_version=ENGINE_VERSION,
        weights=pairs,
        expected_return=float(problem.means @ final),
        volatility=volatility,
        equity_share=equity,
        binding=binding,
        contributions=contributions,
        frontier=_traced(assumptions, limit),
        trail=_trail(
            assumptions,
            (("level", limit.level), ("max_volatility", str(limit.max_volatility))),
            "highest expected return within the limits (Markowitz 1952)",
        ),
    )


def stated_allocation(
    assumptions: AssumptionSet, limit: RiskLimit, weights: tuple[tuple[str, float], ...], rule: str
) -> OptimisedAllocation:
    """Explain a mix that was chosen: its figures and parts beside the same frontier; ``rule`` says how it was found.

    Nothing holds it back but the choice. Raises InvalidInputError for an unknown asset.
    """
    volatility, equity = portfolio_risk(assumptions, weights)
    problem, keys = _problem(assumptions, limit), assumptions.asset_keys
    row = np.array([dict(weights).get(key, 0.0) for key in keys])
    return OptimisedAllocation(
        engine_version=ENGINE_VERSION,
        weights=weights,
        expected_return=float(problem.means @ row),
        volatility=volatility,
        equity_share=equity,
        binding=(),
        contributions=_contributions(problem, keys, row)[1],
        frontier=_traced(assumptions, limit),
        trail=_trail(assumptions, (("level", limit.level), ("mix", rule)), "chosen by the advisor among the mixes"),
    )


def _traced(assumptions: AssumptionSet, limit: RiskLimit) -> tuple[FrontierPoint, ...]:
    traced = efficient_frontier(moments_of(assumptions), limits_of(assumptions, limit)).points(FRONTIER_POINTS)
    return tuple(frontier_point(assumptions.asset_keys, each) for each in traced)


def _trail(assumptions: AssumptionSet, facts: tuple[tuple[str, str], ...], rule: str) -> tuple[TrailStep, ...]:
    return (
        TrailStep(
            "assumptions",
            (("set", assumptions.key), ("effective_from", assumptions.effective_from.isoformat())),
            assumptions.source,
        ),
        TrailStep("optimisation", facts, f"{rule}; docs/engine/plan_allocation.md"),
    )


def _contributions(
    problem: _Problem, keys: tuple[str, ...], weights: NDArray[np.float64]
) -> tuple[float, tuple[AssetContribution, ...]]:
    """Split return and variance by asset: w_i m_i, and w_i (Sigma w)_i / w'Sigma w (Euler)."""
    marginal = problem.root.T @ (problem.root @ weights)
    variance = float(weights @ marginal)
    return float(np.sqrt(variance)), tuple(
        AssetContribution(key, float(weight), float(weight * mean), float(weight * part / variance))
        for key, weight, mean, part in zip(keys, weights, problem.means, marginal, strict=True)
        if weight > 0.0
    )


def portfolio_risk(assumptions: AssumptionSet, weights: tuple[tuple[str, float], ...]) -> tuple[float, float]:
    """Volatility and equity share of an allocation.

    Raises InvalidInputError for an asset that the set does not have.
    """
    for key, _ in weights:
        known(key, list(assumptions.asset_keys), "weights")
    row = np.array([dict(weights).get(key, 0.0) for key in assumptions.asset_keys])
    equity = sum(w for w, asset in zip(row, assumptions.assets, strict=True) if asset.is_equity)
    return float(np.sqrt(row @ assumptions.covariance() @ row)), float(equity)


def limit_for_horizon(assumptions: AssumptionSet, limit: RiskLimit, months_until_needed: int) -> RiskLimit:
    """Tighten a limit for money that is needed soon.

    Within a year all in the class of least risk, within three years at most 20 % equities (shared rule of risk
    capacity); beyond, the client's own limit. Raises InvalidInputError for a date in the past.
    """
    if months_until_needed < 0:
        raise InvalidInputError(
            gettext_noop("The money was needed before the plan starts."),
            mend=gettext_noop("Move the goal to a later date."),
            field="months_until_needed",
        )
    if months_until_needed <= CASH_MONTHS:
        safest = min(assumptions.assets, key=lambda asset: asset.volatility).key
        return replace(limit, max_equity_share=0.0, max_weights=(), min_weights=((safest, 1.0),))
    if months_until_needed <= CAUTIOUS_MONTHS:
        return replace(limit, max_equity_share=min(limit.max_equity_share, CAUTIOUS_EQUITY_SHARE))
    return limit
