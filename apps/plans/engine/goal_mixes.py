"""Which mix gives each goal its best chance by its date? The whole plan is lived through with each mix in question.

Das, Markowitz, Scheid and Statman (2010) measure risk by the chance to miss a goal; here the chance is the plan's own,
with its flows, taxes and the other goals, on the same futures for each mix, so that differences are real.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.chunks import Mapper
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import with_allocation
from apps.plans.engine.mixes import GoalMix
from apps.plans.engine.monte_carlo import Simulation, simulate
from apps.plans.engine.results import FrontierPoint
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.success import difference, estimate

Floats = NDArray[np.float64]
Progress = Callable[[float], None]


def goal_mixes(
    inputs: ProjectionInputs,
    cube: ScenarioCube,
    candidates: tuple[FrontierPoint, ...],
    *,
    mapper: Mapper,
    progress: Progress,
) -> tuple[GoalMix, ...]:
    """Return for each goal of the plan the candidate with the highest chance; of those as good, the calmest.

    ``candidates`` go from the calmest to the boldest; as good is what two standard errors of the difference do not
    tell apart. Raises InvalidInputError when the cube does not belong to the plan.
    """
    now = simulate(inputs, cube, with_flows=False, mapper=mapper)
    places = [place for place, demand in enumerate(now.demands) if demand.key in {goal.key for goal in inputs.goals}]
    funded: list[dict[int, Floats]] = []
    for done, candidate in enumerate(candidates, start=1):
        lived = simulate(with_allocation(inputs, candidate.weights), cube, with_flows=False, mapper=mapper)
        funded.append({place: lived.funded(place) for place in places})
        progress(done / len(candidates))
    return tuple(_best(now, place, candidates, [row[place] for row in funded]) for place in places)


def _best(now: Simulation, place: int, candidates: tuple[FrontierPoint, ...], funded: list[Floats]) -> GoalMix:
    highest = max(funded, key=lambda paths: paths.mean())
    chosen = next(at for at, paths in enumerate(funded) if _is_as_good(paths, highest, now.n_batches))
    mix, demand = candidates[chosen], now.demands[place]
    return GoalMix(
        key=demand.key,
        kind=demand.kind,
        weights=mix.weights,
        expected_return=mix.expected_return,
        volatility=mix.volatility,
        success=estimate(funded[chosen], now.n_batches),
        success_now=estimate(now.funded(place), now.n_batches),
        gain=difference(funded[chosen], now.funded(place), now.n_batches),
    )


def _is_as_good(paths: Floats, highest: Floats, n_batches: int) -> bool:
    gap = difference(highest, paths, n_batches)
    return gap.value <= 2.0 * (gap.standard_error or 0.0)
