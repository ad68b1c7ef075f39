"""Mixes side by side: what is held, what the limit allows at best, and what other ideas of risk would hold instead.

Each is measured alike: expected return and volatility by the assumptions, the worst years by the first year of the
plan's own futures. Method: docs/engine/plan_allocation.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.allocation import FRONTIER_POINTS, frontier_point, limits_of, moments_of, rounded_weights
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.cvar import TailPortfolio, least_cvar, tail_loss, with_least_return
from apps.plans.engine.frontier import efficient_frontier, minimum_variance
from apps.plans.engine.mixes import GoalMix, Mix, MixKind, MixTable, Weights
from apps.plans.engine.moments import Moments
from apps.plans.engine.policy import RiskLimit
from apps.plans.engine.resampled import Doubt, moved_towards, resampled_frontier
from apps.plans.engine.results import FrontierPoint, OptimisedAllocation, TrailStep
from apps.plans.engine.risk_parity import risk_parity
from apps.plans.engine.scenarios import ScenarioCube

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
# The means are doubted as if they were of half a century: longer than a regime, shorter than the records.
DOUBT = Doubt(observed_periods=50.0, n_draws=500)
# A class that swings less has no risk to share: it is ballast.
_BALLAST = 0.02
_MET = 2e-4
# So many mixes are tried for each goal.
GOAL_CANDIDATES = 7


@dataclass(frozen=True, slots=True, eq=False)
class _Measures:
    """What every mix is measured by: the set, its moments, years of the futures (n_paths, n_assets), the limit."""

    assumptions: AssumptionSet
    moments: Moments
    years: Floats
    limit: RiskLimit

    def row(self, weights: Weights) -> Floats:
        return np.array([dict(weights).get(key, 0.0) for key in self.assumptions.asset_keys])

    def of(self, kind: MixKind, weights: Weights) -> Mix:
        row = self.row(weights)
        loaded = self.moments.covariance @ row
        variance = float(row @ loaded)
        equity = sum(weight for weight, asset in zip(row, self.assumptions.assets, strict=True) if asset.is_equity)
        volatility = float(np.sqrt(variance))
        keeps = volatility <= self.limit.max_volatility + _MET
        return Mix(
            kind=kind,
            weights=weights,
            expected_return=float(self.moments.means @ row),
            volatility=volatility,
            equity_share=float(equity),
            worst_years=-tail_loss(-(self.years @ row), CONFIDENCE)[0],
            keeps_limit=bool(keeps and limits_of(self.assumptions, self.limit).violation(row) <= _MET),
            risk_shares=tuple(
                (key, float(row[place] * loaded[place] / variance)) for key, place in self._held(weights)
            ),
        )

    def _held(self, weights: Weights) -> list[tuple[str, int]]:
        return [(key, self.assumptions.asset_keys.index(key)) for key, _ in weights]

    def rounded(self, kind: MixKind, weights: Floats) -> Mix:
        return self.of(kind, rounded_weights(self.assumptions.asset_keys, np.maximum(weights, 0.0)))


def year_returns(cube: ScenarioCube) -> Floats:
    """Return what each class gives in the first year of each future, (n_paths, n_assets)."""
    factors = cube.factors[:, :12, :-1, :].astype(np.float64).prod(axis=1)
    flat: Floats = factors.transpose(0, 2, 1).reshape(-1, factors.shape[1])[: cube.spec.n_paths] - 1.0
    return flat


def goal_candidates(
    assumptions: AssumptionSet, limit: RiskLimit, best: OptimisedAllocation, count: int = GOAL_CANDIDATES
) -> tuple[FrontierPoint, ...]:
    """Return ``count`` efficient mixes within the limit, from the safest to the best that the client may hold."""
    frontier = efficient_frontier(moments_of(assumptions), limits_of(assumptions, limit))
    most = min(best.expected_return, float(frontier.returns[-1]))
    returns = np.linspace(float(frontier.returns[0]), most, count)
    return tuple(frontier_point(assumptions.asset_keys, frontier.at_return(float(each))) for each in returns)


def mix_table(
    best: OptimisedAllocation,
    held: Weights,
    goals: tuple[GoalMix, ...],
    market: tuple[AssumptionSet, RiskLimit, ScenarioCube],
    dice: np.random.Generator,
) -> MixTable:
    """Return the mixes: held (empty: none), best, robust, of least tail risk, of equal risks, of least variance.

    ``market`` holds the set, the client's limit and the plan's futures; ``goals`` come from `goal_mixes`. Raises
    InfeasibleWeightsError where the limits exclude each other, NoPortfolioError where not even the safest mix fits.
    """
    assumptions, limit, cube = market
    moments, limits = moments_of(assumptions), limits_of(assumptions, limit)
    measures = _Measures(assumptions, moments, year_returns(cube), limit)
    sampled = resampled_frontier(moments, limits, DOUBT, FRONTIER_POINTS, dice)
    robust = measures.rounded(MixKind.ROBUST, sampled.at_volatility(max(limit.max_volatility, sampled.volatilities[0])))
    present = [measures.of(MixKind.PRESENT, held)] if held else []
    safest = minimum_variance(moments, limits).weights
    wanted = min(mix.expected_return for mix in [robust, *present])
    tail = least_cvar(measures.years, with_least_return(limits, moments.means, wanted - 1e-9), CONFIDENCE)
    mild = moved_towards(moments.covariance, safest, tail.weights, limit.max_volatility)
    return MixTable(
        mixes=(
            *present,
            measures.of(MixKind.RECOMMENDED, best.weights),
            robust,
            measures.rounded(MixKind.LEAST_TAIL, mild),
            measures.rounded(MixKind.RISK_PARITY, _equal_risks(measures)),
            measures.rounded(MixKind.LEAST_VARIANCE, safest),
        ),
        frontier=tuple(
            frontier_point(assumptions.asset_keys, each)
            for each in efficient_frontier(moments, limits).points(2 * FRONTIER_POINTS + 1)
        ),
        goals=goals,
        confidence=CONFIDENCE,
        n_scenarios=cube.spec.n_paths,
        tail_gap=tail.gap,
        trail=_trail(measures, cube, tail),
    )


def _equal_risks(measures: _Measures) -> Floats:
    """Return equal parts of the risk over the classes that have some, calmed by the safest one to the limit."""
    volatilities = np.sqrt(np.diag(measures.moments.covariance))
    risky = np.flatnonzero(volatilities >= _BALLAST)
    if not risky.size:
        risky = np.arange(volatilities.size)
    part = Moments(measures.moments.means[risky], measures.moments.covariance[np.ix_(risky, risky)])
    weights = np.zeros(volatilities.size)
    weights[risky] = risk_parity(part, np.full(risky.size, 1.0 / risky.size)).weights
    safest = int(np.argmin(volatilities))
    if safest in risky:
        return weights
    calm = np.zeros(volatilities.size)
    calm[safest] = 1.0
    is_equity = np.array([asset.is_equity for asset in measures.assumptions.assets], float)
    share = float(is_equity @ weights)
    if share > measures.limit.max_equity_share:
        weights = calm + measures.limit.max_equity_share / share * (weights - calm)
    return moved_towards(measures.moments.covariance, calm, weights, measures.limit.max_volatility)


def _trail(measures: _Measures, cube: ScenarioCube, tail: TailPortfolio) -> tuple[TrailStep, ...]:
    assumptions, limit = measures.assumptions, measures.limit
    return (
        TrailStep(
            "assumptions",
            (("set", assumptions.key), ("effective_from", assumptions.effective_from.isoformat())),
            assumptions.source,
        ),
        TrailStep(
            "scenarios",
            (("seed", str(cube.spec.seed)), ("paths", str(cube.spec.n_paths)), ("months", "12")),
            "the first year of each future of the plan; docs/engine/plan_projection.md",
        ),
        TrailStep(
            "optimisation",
            (("level", limit.level), ("max_volatility", str(limit.max_volatility)), ("gap", f"{tail.gap:.0e}")),
            "frontier by the critical line, least tail by HiGHS, equal risks by coordinate descent, means resampled;"
            " docs/engine/portfolio_optimisation.md",
        ),
    )
