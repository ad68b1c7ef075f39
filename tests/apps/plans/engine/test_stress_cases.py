"""What each stress test asks of a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.falls import falls_from_mapping
from apps.plans.engine.horizon import horizon_months
from apps.plans.engine.inputs import Boundary, GoalPriority, IncomeKind
from apps.plans.engine.stress_cases import (
    CARE,
    StressKind,
    main_earner,
    months_needed,
    stress_cases,
    with_early_death,
)
from tests.apps.plans.engine.households import APPS, family, read_toml

FALLS = falls_from_mapping(read_toml(APPS / "plans" / "reference" / "market_falls.toml"))


def by_kind(kind: StressKind, care: float = 100_000.0) -> list:
    return [case for case in stress_cases(family(), FALLS, care) if case.kind is kind]


def test_history_holds_the_named_falls_whole() -> None:
    lengths = {case.key: case.fall.months for case in stress_cases(family(), FALLS, 0.0) if case.fall}
    assert lengths == {
        "episode-2008": 16,
        "episode-2000": 25,
        "episode-1973": 21,
        "episode-1929": 34,
        "episode-1966": 17 * 12,
    }


def test_a_household_is_put_through_what_can_happen_to_it() -> None:
    cases = stress_cases(family(), FALLS, 100_000.0)
    assert len({case.key for case in cases}) == len(cases) == 5 + 2 + 2 + 1 + 1 + 1
    alone = replace(
        family(),
        adults=family().adults[:1],
        incomes=(),
        contributions=(),
        accounts=tuple(replace(account, owner="") for account in family().accounts),
    )
    kinds = {case.kind for case in stress_cases(alone, FALLS, 0.0)}
    assert kinds == {StressKind.EPISODE, StressKind.FALL_NOW, StressKind.INFLATION, StressKind.LONG_LIFE}
    with pytest.raises(InvalidInputError):
        stress_cases(family(), FALLS, -1.0)


def test_a_partner_dies_in_five_years_and_the_other_lives_on() -> None:
    first, second = by_kind(StressKind.EARLY_DEATH)
    assert [adult.horizon_age for adult in first.inputs.adults] == [50, 90]
    assert [adult.horizon_age for adult in second.inputs.adults] == [92, 51]
    old = replace(family().adults[0], birth_date=date(1938, 1, 1), horizon_age=92)
    assert with_early_death(family(), old) is None


def test_long_lives_reach_a_hundred_and_need_longer_markets() -> None:
    (case,) = by_kind(StressKind.LONG_LIFE)
    assert {adult.horizon_age for adult in case.inputs.adults} == {100}
    assert months_needed(family()) >= horizon_months(case.inputs.adults, case.inputs.start_date)


def test_the_main_earner_is_without_work_for_two_years() -> None:
    (case,) = by_kind(StressKind.JOB_LOSS)
    assert case.subject == main_earner(family()) == "ana"
    starts = {income.key: income.start for income in case.inputs.incomes}
    assert starts["ana"] == date(2028, 7, 1)
    assert starts["ben"] is Boundary.PLAN_START
    assert starts["pension"] is Boundary.RETIREMENT
    paid_in = {item.key: item.start for item in case.inputs.contributions}
    assert paid_in["own"] == paid_in["match"] == date(2028, 7, 1)
    assert paid_in["college"] is Boundary.PLAN_START
    assert (
        main_earner(replace(family(), incomes=tuple(i for i in family().incomes if i.kind is not IncomeKind.SALARY)))
        == ""
    )


def test_care_is_an_essential_of_the_last_three_years() -> None:
    (case,) = by_kind(StressKind.CARE)
    goal = case.inputs.goals[-1]
    assert (goal.key, goal.priority, goal.annual_amount, goal.years) == (CARE, GoalPriority.ESSENTIAL, 100_000.0, 3)
    # Ana, born in March 1981, is counted on until she is 92
    assert goal.start == date(2070, 3, 1)
