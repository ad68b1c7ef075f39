"""What may be moved, within which bounds, and what the moved plan says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.advice_facts import SavingPlaces
from apps.plans.engine.inputs import GoalKind
from apps.plans.engine.ira_choices import IraGifts, IraPool
from apps.plans.engine.levers import EXTRA_SAVING, INVESTED, retirement_spending
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.saving_places import with_saving
from apps.plans.engine.what_if_levers import (
    LeverKind,
    Stress,
    equity_share,
    levers_of,
    moved,
    with_equity_share,
)
from tests.apps.plans.engine.households import claiming, family, insured

POLICY = AdvicePolicy(0.85, "roth", 0.5, 70, None, 200.0, 6, 24)


def by_kind(kind: LeverKind) -> list:
    return [lever for lever in levers_of(family()) if lever.kind is kind]


def test_a_household_is_offered_what_it_has() -> None:
    kinds = [lever.kind for lever in levers_of(family())]
    assert kinds.count(LeverKind.RETIREMENT_AGE) == 2
    goals = [goal for goal in family().goals if goal.kind is not GoalKind.RETIREMENT and isinstance(goal.start, date)]
    assert kinds.count(LeverKind.GOAL_AMOUNT) == kinds.count(LeverKind.GOAL_YEAR) == len(goals) > 0
    assert {LeverKind.EXTRA_SAVING, LeverKind.EQUITY_SHARE, LeverKind.LOWER_RETURNS} <= set(kinds)
    retired = replace(
        family(),
        adults=tuple(replace(adult, retirement_date=family().start_date) for adult in family().adults),
        incomes=(),
    )
    assert not {LeverKind.RETIREMENT_AGE, LeverKind.EXTRA_SAVING} & {lever.kind for lever in levers_of(retired)}


def test_the_plan_lies_within_its_own_bounds_and_levers_left_alone_change_nothing() -> None:
    levers = levers_of(family())
    assert all(lever.low <= lever.value <= lever.high for lever in levers)
    assert len({lever.key for lever in levers}) == len(levers)
    same = moved(family(), POLICY, {lever.key: lever.value for lever in levers})
    assert same.inputs == family()
    assert same.stress.is_calm


def test_each_lever_moves_its_own_thing() -> None:
    (first, _) = by_kind(LeverKind.RETIREMENT_AGE)
    goal = by_kind(LeverKind.GOAL_AMOUNT)[0]
    year = by_kind(LeverKind.GOAL_YEAR)[0]
    plan = moved(
        family(),
        POLICY,
        {
            first.key: first.value + 2,
            "retirement_spending": 7000.0,
            "extra_saving": 300.0,
            goal.key: goal.value + 1000.0,
            year.key: year.value + 3,
        },
    ).inputs
    adult, before = plan.adults[0], family().adults[0]
    assert (adult.retirement_date.year, adult.retirement_date.month) == (
        before.retirement_date.year + 2,
        before.birth_date.month,
    )
    assert plan.adults[1] == family().adults[1]
    assert retirement_spending(plan) == 7000.0
    assert plan.contributions[-1].monthly_amount == 300.0
    changed = next(each for each in plan.goals if each.key == goal.subject)
    kept = next(each for each in family().goals if each.key == goal.subject)
    assert changed.annual_amount == kept.annual_amount + 1000.0
    assert (changed.start.year, changed.start.month) == (kept.start.year + 3, kept.start.month)


def test_a_stress_leaves_the_plan_alone() -> None:
    plan = moved(family(), POLICY, {"lower_returns": 1.0, "first_year_fall": 30.0})
    assert plan.inputs == family()
    assert plan.stress == Stress(lower_returns=0.01, first_year_fall=0.3)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"no_such": 1.0}, "no_such"),
        ({"extra_saving": -1.0}, "extra_saving"),
        ({"extra_saving": 1e9}, "extra_saving"),
        ({"retirement_spending": float("nan")}, "retirement_spending"),
        ({"lower_returns": 50.0}, "lower_returns"),
    ],
)
def test_what_a_lever_cannot_take_is_refused_at_the_lever(changes: dict[str, float], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        moved(family(), POLICY, changes)
    assert refused.value.field == field


def test_ages_are_whole() -> None:
    lever = by_kind(LeverKind.RETIREMENT_AGE)[0]
    with pytest.raises(InvalidInputError, match="whole years"):
        moved(family(), POLICY, {lever.key: lever.value + 0.5})


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_share_of_equities_is_what_was_asked(share: float) -> None:
    plan = with_equity_share(family(), share)
    assert equity_share(plan) == pytest.approx(share, abs=1e-5)
    for account in plan.accounts:
        if account.treatment not in INVESTED:
            assert account in family().accounts
        assert sum(weight for _, weight in account.allocation) == pytest.approx(1.0, abs=1e-12)


ROTH = SavingPlaces("roth", None)


def test_saving_more_twice_is_the_second_amount() -> None:
    once = with_saving(family(), ROTH, 500.0)
    assert with_saving(with_saving(family(), ROTH, 200.0), ROTH, 500.0) == once
    assert [item.key for item in once.contributions].count(EXTRA_SAVING) == 1
    assert with_saving(once, ROTH, 0.0).spending == family().spending


def test_a_claim_age_is_moved_in_whole_years_while_it_is_open() -> None:
    plan = claiming(family(), (67 * 12, 64 * 12 + 5))
    first, second = (lever for lever in levers_of(plan) if lever.kind is LeverKind.CLAIM_AGE)
    assert (first.value, first.low, first.high) == (67.0, 62.0, 70.0)
    assert second.value == pytest.approx(64 + 5 / 12)
    then = moved(plan, POLICY, {first.key: 62.0, second.key: second.value}).inputs
    # born in the middle of a month: the first whole month at 62 is paid
    assert [claim.claim_age for claim in then.claims] == [62 * 12 + 1, 64 * 12 + 5]
    assert moved(plan, POLICY, {second.key: 70.0}).inputs.claims[1].claim_age == 70 * 12
    for value in (61.0, 71.0, 66.5):
        with pytest.raises(InvalidInputError) as refusal:
            moved(plan, POLICY, {first.key: value})
        assert refusal.value.field == first.key
    assert not [lever for lever in levers_of(family()) if lever.kind is LeverKind.CLAIM_AGE]
    paid = replace(plan, adults=tuple(replace(adult, birth_date=date(1955, 1, 5)) for adult in plan.adults))
    assert not [lever for lever in levers_of(paid) if lever.kind is LeverKind.CLAIM_AGE]


def test_conversions_follow_one_way_and_the_other_lever_says_so() -> None:
    both = {"roth_bracket:ana": 22.0, "roth_step:ana": 2.0}
    with pytest.raises(InvalidInputError) as refused:
        moved(insured(family()), POLICY, both)
    assert refused.value.field == "roth_step:ana"
    for one in ({**both, "roth_step:ana": 0.0}, {**both, "roth_bracket:ana": 0.0}):
        assert moved(insured(family()), POLICY, one).inputs.conversions
    fills = moved(insured(family()), POLICY, {"roth_bracket:ana": 22.0}).inputs
    (way,) = moved(fills, POLICY, both).inputs.conversions
    assert way.value == 1.0, "what the plan does already is not moved: the other lever takes its place"


def test_gifts_from_iras_are_a_lever_where_the_household_gives_and_has_an_ira() -> None:
    assert not by_kind(LeverKind.IRA_GIFTS)
    pools = (IraPool("ana", ("plan_ana",), 0.0, "USD"),)
    giving = replace(family(), ira_pools=pools, ira_gifts=IraGifts(0.0, 12_000.0, 111_000.0, "USD"))
    (lever,) = [each for each in levers_of(giving) if each.kind is LeverKind.IRA_GIFTS]
    assert (lever.key, lever.value, lever.low, lever.high, lever.step) == ("ira_gifts", 0.0, 0.0, 12_000.0, 100.0)
    plan = moved(giving, POLICY, {"ira_gifts": 6_000.0}).inputs
    assert plan == replace(giving, ira_gifts=IraGifts(6_000.0, 12_000.0, 111_000.0, "USD"))
    with pytest.raises(InvalidInputError):
        moved(giving, POLICY, {"ira_gifts": 12_001.0})
