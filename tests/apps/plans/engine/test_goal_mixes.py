"""The best mix of each goal, by living the plan through with each candidate."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.allocation import optimised_allocation
from apps.plans.engine.alternatives import goal_candidates
from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.goal_mixes import goal_mixes
from apps.plans.engine.levers import with_allocation
from apps.plans.engine.mixes import GoalMix
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.policy import RiskLimit
from tests.apps.plans.engine.households import family, with_retirement_budget

LIMIT = RiskLimit("5", 0.15, 0.8, (), ())


def found_for(budget: float) -> tuple[GoalMix, ...]:
    inputs = with_retirement_budget(family(512, 8), budget)
    cube = draw_cube(inputs.assumptions, inputs.simulation, np.random.default_rng(11))
    best = optimised_allocation(inputs.assumptions, LIMIT)
    candidates = goal_candidates(inputs.assumptions, LIMIT, best, 4)
    found = goal_mixes(inputs, cube, candidates, mapper=map, progress=lambda _fraction: None)
    for goal in found:
        lived = simulate(with_allocation(inputs, goal.weights), cube, with_flows=False)
        place = [demand.key for demand in lived.demands].index(goal.key)
        assert lived.funded(place).mean() == goal.success.value
        for candidate in candidates:
            other = simulate(with_allocation(inputs, candidate.weights), cube, with_flows=False).funded(place).mean()
            assert other <= goal.success.value + 2 * 0.03
    return found


def test_each_goal_of_the_plan_gets_a_mix_within_the_limit() -> None:
    found = found_for(140_000.0)
    assert [goal.key for goal in found] == ["retirement", "college", "boat"]
    assert all(goal.volatility <= LIMIT.max_volatility + 2e-4 for goal in found)


def test_a_goal_that_needs_growth_is_bold_and_one_that_is_safe_anyway_calm() -> None:
    goals = {goal.key: goal for goal in found_for(140_000.0)}
    assert goals["retirement"].volatility > 0.1
    assert goals["college"].success.value > 0.99
    assert goals["college"].volatility < goals["retirement"].volatility


def test_progress_can_cancel() -> None:
    inputs = family(64, 4)
    cube = draw_cube(inputs.assumptions, inputs.simulation, np.random.default_rng(11))
    candidates = goal_candidates(inputs.assumptions, LIMIT, optimised_allocation(inputs.assumptions, LIMIT), 2)

    def cancel(_fraction: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        goal_mixes(inputs, cube, candidates, mapper=map, progress=cancel)
