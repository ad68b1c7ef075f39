"""What helps a goal most is a whole run of the engine, and the best of the steps that were open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.goal_choices import ANY_MEANS, GoalMeans
from apps.plans.engine.goal_help import goal_helps, is_clear, steps_of
from apps.plans.engine.inputs import GoalKind
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.results import Estimate
from apps.plans.engine.what_if import standing, what_if
from apps.plans.engine.what_if_levers import levers_of, moved
from tests.apps.plans.engine.households import claiming, cube_of, family, with_retirement_budget

POLICY = AdvicePolicy(0.85, "roth", 0.5, 70, None, 200.0, 6, 24)


@pytest.fixture(scope="module")
def plan():
    return claiming(with_retirement_budget(family(512, 8), 150_000.0), ages=(67 * 12, 70 * 12))


@pytest.fixture(scope="module")
def cube(plan):
    return cube_of(plan)


@pytest.fixture(scope="module")
def found(plan, cube):
    return goal_helps(plan, cube, POLICY)


def test_a_goal_is_moved_only_where_nobody_said_how_far_it_gives_way(plan):
    def steps_for(means):
        goals = tuple(replace(goal, means=means) if goal.key == "college" else goal for goal in plan.goals)
        return {
            str(step.lever.kind) for step in steps_of(replace(plan, goals=goals)) if step.lever.subject == "college"
        }

    assert steps_for(ANY_MEANS) == {"goal_amount", "goal_year"}
    assert steps_for(GoalMeans(wait_years=0)) == {"goal_amount"}
    assert steps_for(GoalMeans(wait_years=2, least_share=0.9)) == set()
    assert steps_for(GoalMeans(least_share=0.95)) == {"goal_year"}


def chances(plan, cube, changes):
    answer = what_if(moved(plan, POLICY, changes), cube, standing(plan, cube))
    return {goal.key: goal.success for goal in answer.goals}


def test_what_helps_is_what_the_lever_itself_answers(plan, cube, found) -> None:
    before = chances(plan, cube, {})
    assert found
    for each in found:
        assert before[each.goal].value < POLICY.target
        assert each.success == chances(plan, cube, {each.lever: each.value})[each.goal]
        assert each.change.value == pytest.approx(each.success.value - before[each.goal].value, abs=1e-12)
        assert is_clear(each.change)


def test_no_other_step_lifts_the_goal_more(plan, cube, found) -> None:
    # a cube of 512 paths has no part that would save time: every step is seen on all of it
    for each in found:
        tried = {
            step.lever.key: chances(plan, cube, {step.lever.key: step.value})[each.goal].value
            for step in steps_of(plan)
            if step.may_help(each.goal)
        }
        assert each.success.value == max(tried.values())
        assert tried[each.lever] == each.success.value


def test_a_step_is_a_size_that_people_weigh_up(plan) -> None:
    steps = {step.lever.key: step.value for step in steps_of(plan)}
    assert steps["retirement_age:ana"] == 66.0
    # 12,500 less a twentieth, 5 % of salaries of 14,000, a tenth off each goal
    assert steps["retirement_spending"] == 11_880.0
    assert steps["extra_saving"] == 700.0
    assert (steps["goal_amount:boat"], steps["goal_year:boat"]) == (36_000.0, 2050.0)
    assert steps["claim_age:ana"] == 68.0
    # at 70 there is nothing left to wait for; stresses and shares are no help
    assert "claim_age:ben" not in steps
    assert not {"equity_share", "lower_returns"} & set(steps)


def test_another_goals_year_is_no_help(plan) -> None:
    (year,) = [step for step in steps_of(plan) if step.lever.key == "goal_year:boat"]
    assert year.may_help("boat")
    assert not year.may_help("college")


def test_goals_on_track_are_not_told_of(plan, cube) -> None:
    assert goal_helps(plan, cube, replace(POLICY, target=0.01)) == ()
    easy = replace(plan, goals=tuple(goal for goal in plan.goals if goal.kind is GoalKind.EDUCATION))
    easy = replace(easy, goals=tuple(replace(goal, annual_amount=100.0) for goal in easy.goals))
    assert goal_helps(easy, cube, POLICY) == ()


def test_a_rise_within_its_error_is_no_advice() -> None:
    assert is_clear(Estimate(0.02, 0.005, 8))
    assert not is_clear(Estimate(0.02, 0.011, 8))
    assert not is_clear(Estimate(0.0, 0.0, 8))
    assert is_clear(Estimate(0.02, None, 1))


def test_a_cancelled_search_stops(plan, cube) -> None:
    def cancelled(_part: float) -> None:
        raise InvalidInputError("stop", field="")

    with pytest.raises(InvalidInputError):
        goal_helps(plan, cube, POLICY, progress=cancelled)


@pytest.fixture(scope="module")
def alone(plan):
    """A boat that nothing but 25,000 in cash pays for, which is not enough."""
    means = GoalMeans(("savings",), only=True, wait_years=0, least_share=1.0)
    return replace(plan, goals=tuple(replace(g, means=means) if g.key == "boat" else g for g in plan.goals))


def test_that_other_accounts_pay_too_is_a_lever_of_goals_that_only_their_own_pay_for(plan, alone) -> None:
    key = "goal_accounts:boat"
    assert key not in {lever.key for lever in levers_of(plan)}
    (lever,) = [lever for lever in levers_of(alone) if lever.key == key]
    assert (lever.value, lever.low, lever.high) == (0.0, 0.0, 1.0)
    (boat,) = [goal for goal in moved(alone, POLICY, {key: 1.0}).inputs.goals if goal.key == "boat"]
    assert boat.means == GoalMeans(("savings",), only=False, wait_years=0, least_share=1.0)
    assert moved(alone, POLICY, {key: 0.0}).inputs is alone
    for wrong in (0.5, 2.0, -1.0):
        with pytest.raises(InvalidInputError):
            moved(alone, POLICY, {key: wrong})


def test_other_accounts_help_the_goal_and_the_cost_to_the_rest_is_told(alone, cube) -> None:
    (boat,) = [each for each in goal_helps(alone, cube, POLICY) if each.goal == "boat"]
    assert (boat.lever, boat.value) == ("goal_accounts:boat", 1.0)
    before = standing(alone, cube)
    answer = what_if(moved(alone, POLICY, {boat.lever: 1.0}), cube, before)
    assert boat.cost is not None
    assert (boat.cost.plan, boat.cost.left) == (answer.change, answer.terminal_change)
    # what was missing of it is paid now, and is missing at the end
    assert boat.cost.unpaid is not None
    assert -40_000.0 <= boat.cost.unpaid < 0.0
    assert boat.cost.left.value < 0.0
    others = {goal.key: goal.success.value for goal in answer.goals if goal.key != "boat"}
    for key, chance in chances(alone, cube, {}).items():
        if key in others and others[key] < chance.value:
            assert boat.cost.hurt_change is None or boat.cost.hurt_change.value <= others[key] - chance.value
