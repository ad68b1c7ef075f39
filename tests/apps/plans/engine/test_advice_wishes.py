"""What a wish costs the needs is the difference of two runs, and told only where it is clear."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.plans.engine.advice_citations import uncited
from apps.plans.engine.advice_wishes import wish_advice
from apps.plans.engine.inputs import GoalPriority, ProjectionInputs
from apps.plans.engine.monte_carlo import success_probability
from apps.plans.engine.runs import Runs
from tests.apps.plans.engine.households import cube_of, family


def wishing(amount: float, priority: GoalPriority = GoalPriority.ASPIRATIONAL) -> ProjectionInputs:
    plan = family(256, 4)
    goals = tuple(
        replace(goal, annual_amount=amount, priority=priority) if goal.key == "boat" else goal for goal in plan.goals
    )
    return replace(plan, goals=goals)


@pytest.fixture(scope="module")
def runs() -> Runs:
    return Runs(cube_of(family(256, 4)))


def test_a_wish_beyond_all_means_is_told_with_the_chance_without_it(runs: Runs) -> None:
    plan = wishing(1e12)
    (advice,) = wish_advice(plan, runs, 0.99)
    without = replace(plan, goals=plan.goals[:2])
    facts = dict(advice.facts)
    assert (advice.key, advice.changed) == ("wish:boat", without)
    assert facts["success_now"] == success_probability(plan, runs.cube).value
    assert facts["success_without"] == success_probability(without, runs.cube).value
    assert facts["success_without"] > facts["success_now"] + 0.3
    title, reason, actions = advice.texts
    assert dict(title.params) == {"goal__name": "boat"}
    assert not any(uncited(each, facts.values()) for each in (title, reason, *actions))


def test_a_wish_that_costs_no_clear_point_or_a_plan_on_track_is_not_told(runs: Runs) -> None:
    assert wish_advice(wishing(10.0), runs, 0.99) == []
    assert wish_advice(wishing(1e12), runs, 0.0) == []


def test_an_important_goal_is_no_wish(runs: Runs) -> None:
    assert wish_advice(wishing(1e12, GoalPriority.IMPORTANT), runs, 0.99) == []
