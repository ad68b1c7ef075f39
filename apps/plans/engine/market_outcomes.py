"""How a plan fares under other markets than its own: the same household, lives and rules on another cube."""

from __future__ import annotations

from dataclasses import replace

from apps.plans.engine.horizon import horizon_months
from apps.plans.engine.inputs import CubeSpec, ProjectionInputs
from apps.plans.engine.markets import MarketKind, MarketModel
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.results import Estimate, MarketOutcome
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.success import estimate

# enough for an error of about half a point, at a fraction of what the plan's own scenarios take
MAX_PATHS, BATCHES = 4096, 8


def spec_under(inputs: ProjectionInputs, model: MarketModel, history_months: int) -> CubeSpec:
    """Return the scenarios to ask of a model: no more than the plan's own; of sequences one for each month."""
    own = inputs.simulation
    if model.kind is MarketKind.SEQUENCES:
        return CubeSpec(own.seed, history_months, 1, own.n_months, model)
    if own.n_paths <= MAX_PATHS:
        return replace(own, market=model)
    return CubeSpec(own.seed, MAX_PATHS, BATCHES, own.n_months, model)


def outcome_under(inputs: ProjectionInputs, cube: ScenarioCube) -> MarketOutcome:
    """Run the plan on a cube of `spec_under`. Raises InvalidInputError when it is not of the plan's assumptions."""
    asked, kind = replace(inputs, simulation=cube.spec), cube.spec.market.kind
    found = simulate(asked, cube, with_flows=False)
    if kind is not MarketKind.SEQUENCES:
        return MarketOutcome(str(kind), found.success(), cube.spec.n_paths)
    complete = max(0, cube.spec.n_paths - horizon_months(inputs.adults, inputs.start_date) + 1)
    if not complete:
        return MarketOutcome(str(kind), Estimate(0.0, None, 1), 0)
    return MarketOutcome(str(kind), estimate(found.succeeded()[:complete], 1), complete)
