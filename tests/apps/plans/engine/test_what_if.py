"""Answers while a lever moves are the engine's own, compared path by path with the plan as it stands."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.monte_carlo import project
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.what_if import affordable, effects, reaches, standing, what_if
from apps.plans.engine.what_if_levers import Moved, Stress, moved
from tests.apps.plans.engine.households import family, with_retirement_budget

POLICY = AdvicePolicy(0.85, "roth", 0.5, 70, None, 200.0, 6, 24)


@pytest.fixture(scope="module")
def plan():
    return with_retirement_budget(family(512, 8), 140_000.0)


@pytest.fixture(scope="module")
def cube(plan):
    return draw_cube(plan.assumptions, plan.simulation, np.random.default_rng(3))


def ask(plan, cube, changes):
    return what_if(moved(plan, POLICY, changes), cube, standing(plan, cube))


def test_nothing_moved_is_the_projection(plan, cube) -> None:
    answer, whole = ask(plan, cube, {}), project(plan, cube)
    assert answer.success == whole.success
    assert answer.change.value == answer.change.standard_error == answer.terminal_change.value == 0.0
    assert answer.terminal == whole.terminal.real
    assert answer.shortfall == whole.shortfall
    assert [band.real for band in answer.bands] == [band.real for band in whole.bands]
    assert [band.ages for band in answer.bands] == [band.ages for band in whole.bands]
    assert [goal.success for goal in answer.goals] == [goal.success for goal in whole.goals]


def test_a_moved_lever_is_what_projecting_the_moved_plan_says(plan, cube) -> None:
    changes = {"retirement_spending": 9000.0, "extra_saving": 500.0}
    answer, whole = ask(plan, cube, changes), project(moved(plan, POLICY, changes).inputs, cube)
    assert answer.success == whole.success
    assert answer.terminal == whole.terminal.real
    assert answer.shortfall == whole.shortfall
    assert answer.change.value == pytest.approx(answer.success.value - ask(plan, cube, {}).success.value, abs=1e-12)
    # on common paths most of the noise cancels
    assert answer.change.value > 0
    assert answer.change.standard_error is not None


def test_what_is_missing_is_told_in_money_of_the_start_where_paths_fail(plan, cube) -> None:
    hard = ask(plan, cube, {"lower_returns": 2.0, "higher_inflation": 2.0})
    assert hard.success.value < ask(plan, cube, {}).success.value
    assert hard.shortfall is not None
    assert hard.shortfall > 0
    assert ask(plan, cube, {"retirement_spending": 0.0}).success.value == pytest.approx(1.0, abs=0.2)


def test_each_change_is_replayed_alone(plan, cube) -> None:
    changes = {"retirement_spending": 9000.0, "lower_returns": 1.0}
    found = {effect.key: effect for effect in effects(plan, POLICY, changes, cube)}
    assert set(found) == set(changes)
    for key, value in changes.items():
        assert found[key].change == ask(plan, cube, {key: value}).change
        assert found[key].terminal_change == ask(plan, cube, {key: value}).terminal_change


def test_each_lever_that_reaches_the_target_does_and_one_step_less_does_not(plan, cube) -> None:
    found = {each.kind: each for each in reaches(moved(plan, POLICY, {}), POLICY, cube)}
    assert set(found) == {"extra_saving", "retirement_age", "retirement_spending"}
    saving = found["extra_saving"]
    assert saving.outcome == "reached"
    assert ask(plan, cube, {"extra_saving": saving.value}).success == saving.success
    assert ask(plan, cube, {"extra_saving": saving.value}).success.value >= 0.85
    assert ask(plan, cube, {"extra_saving": saving.value - 50.0}).success.value < 0.85
    spent = found["retirement_spending"]
    assert affordable(moved(plan, POLICY, {}), POLICY, cube) == spent.value
    assert ask(plan, cube, {"retirement_spending": spent.value}).success.value >= 0.85


def test_a_target_out_of_reach_says_so(plan, cube) -> None:
    gloom = Moved(plan, Stress(lower_returns=0.04, higher_inflation=0.05))
    found = {each.kind: each for each in reaches(gloom, POLICY, cube)}
    assert found["extra_saving"].outcome == "cannot_be_reached"


def test_raising_from_the_progress_cancels(plan, cube) -> None:
    class StaleError(Exception):
        pass

    def stop(_part: float, _step: str) -> None:
        raise StaleError

    with pytest.raises(StaleError):
        what_if(moved(plan, POLICY, {}), cube, standing(plan, cube), progress=stop)
