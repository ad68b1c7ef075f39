"""Means that contradict themselves, the goal or the household are refused where they stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.digest import input_digest
from apps.plans.engine.goal_choices import ANY_MEANS, GoalMeans
from tests.apps.plans.engine.households import family


def given(goal: str, means: GoalMeans) -> object:
    base = family()
    return replace(base, goals=tuple(replace(item, means=means) if item.key == goal else item for item in base.goals))


@pytest.mark.parametrize(
    ("goal", "means", "field"),
    [
        ("boat", GoalMeans(only=True), "accounts"),
        ("boat", GoalMeans(("savings", "savings")), "accounts"),
        ("boat", GoalMeans(("nowhere",)), "accounts"),
        ("boat", GoalMeans(("college",)), "accounts"),
        ("boat", GoalMeans(wait_years=31), "wait_years"),
        ("boat", GoalMeans(wait_years=-1), "wait_years"),
        ("boat", GoalMeans(least_share=1.01), "least_share"),
        ("boat", GoalMeans(least_share=float("nan")), "least_share"),
        ("boat", GoalMeans(least_share=0.04), "least_share"),
        ("retirement", GoalMeans(("roth",), only=True), "only"),
        ("retirement", GoalMeans(wait_years=1), "wait_years"),
        ("retirement", GoalMeans(least_share=0.9), "wait_years"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(goal: str, means: GoalMeans, field: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        given(goal, means)
    assert refusal.value.field == f"goals[{goal}].means.{field}"


def test_what_can_be_is_taken() -> None:
    given("retirement", GoalMeans(("roth", "plan_ana"), wait_years=0, least_share=1.0))
    given("college", GoalMeans(("college", "savings"), only=True, wait_years=30, least_share=0.05))


def test_a_goal_that_says_none_of_it_keeps_the_name_of_its_plan() -> None:
    assert input_digest(given("boat", ANY_MEANS)) == input_digest(family())
    assert input_digest(given("boat", GoalMeans(wait_years=0))) != input_digest(family())


def test_a_goal_before_the_plan_is_refused() -> None:
    base = family()
    past = replace(base.goals[2], start=date(2020, 1, 1))
    with pytest.raises(InvalidInputError) as refusal:
        replace(base, goals=(*base.goals[:2], past))
    assert refusal.value.field == "goals[boat].start"


def test_who_gives_way() -> None:
    assert not ANY_MEANS.gives_way
    assert not GoalMeans(wait_years=0, least_share=1.0).gives_way
    assert GoalMeans(wait_years=1).gives_way
    assert GoalMeans(least_share=0.99).gives_way
