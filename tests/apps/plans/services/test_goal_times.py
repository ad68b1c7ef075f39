import datetime as dt
from decimal import Decimal

import pytest

from apps.plans.models import Goal
from apps.plans.selectors.goal_times import AFTER_END, COSTS_NOTHING, OVER, UNDER_WAY
from apps.plans.services._goal_times import CountedGoal, counted_goals

START, MONTHS = dt.date(2026, 11, 1), 14


def goal(starts_on: dt.date | None, years: int = 4, amount: int = 20_000) -> Goal:
    kind = "education" if starts_on else "retirement"
    return Goal(kind=kind, name="College", starts_on=starts_on, years=years, annual_amount=Decimal(amount))


def test_goals_within_the_plan_and_living_in_retirement_are_counted_as_they_are():
    college, rest = goal(dt.date(2027, 12, 1)), goal(None, years=0)
    counted, told = counted_goals([college, rest], START, MONTHS)
    assert counted == [CountedGoal(college, dt.date(2027, 12, 1), 4), CountedGoal(rest, None, 0)]
    assert told == []


def test_a_goal_under_way_goes_on_for_what_is_left():
    college = goal(dt.date(2025, 9, 1))
    counted, told = counted_goals([college], START, MONTHS)
    assert counted == [CountedGoal(college, dt.date(2027, 9, 1), 2)]
    assert told == [(UNDER_WAY, {"name": "College", "day": "2027-09-01"})]


@pytest.mark.parametrize(
    ("wanted", "message", "params"),
    [
        (goal(dt.date(2028, 1, 1)), AFTER_END, {"name": "College", "year": "2028"}),
        (goal(dt.date(9999, 12, 31)), AFTER_END, {"name": "College", "year": "9999"}),
        (goal(dt.date(2022, 9, 1)), OVER, {"name": "College"}),
        (goal(dt.date(2027, 9, 1), amount=0), COSTS_NOTHING, {"name": "College"}),
    ],
)
def test_what_would_be_met_in_every_future_is_told_instead_of_counted(wanted, message, params):
    assert counted_goals([wanted], START, MONTHS) == ([], [(message, params)])
