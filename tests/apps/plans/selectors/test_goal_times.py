import datetime as dt

import pytest
from django.utils import translation

from apps.plans.selectors.goal_times import Left, goal_name, last_year_of, left_of
from tests.factories import plans

START = dt.date(2026, 11, 1)


@pytest.mark.parametrize(
    ("starts_on", "years", "left"),
    [
        (dt.date(2030, 9, 1), 4, Left(dt.date(2030, 9, 1), 4)),
        (dt.date(2026, 11, 20), 1, Left(dt.date(2026, 11, 20), 1)),
        # of four autumns two have passed
        (dt.date(2025, 9, 1), 4, Left(dt.date(2027, 9, 1), 2)),
        # the payment of this very month is still to come
        (dt.date(2025, 11, 5), 4, Left(dt.date(2026, 11, 5), 3)),
        (dt.date(2026, 10, 31), 1, Left(dt.date(2027, 10, 31), 0)),
        (dt.date(2024, 2, 29), 5, Left(dt.date(2027, 2, 1), 2)),
    ],
)
def test_what_is_left_of_a_goal_are_its_payments_still_to_come(starts_on, years, left):
    assert left_of(starts_on, years, START) == left


def test_a_plan_ends_with_the_year_in_which_its_last_adult_reaches_its_age(ada):
    plan = plans.drafted(ada)
    people, day = plan.household.people, dt.date(2026, 11, 3)
    people.filter(relationship="head").update(date_of_birth=dt.date(1980, 5, 17))
    people.filter(relationship="partner").update(date_of_birth=dt.date(1981, 1, 9))
    assert last_year_of(plan, day) == 2075  # the partner is 95 in January 2076, as 2075 ends
    people.filter(relationship="partner").update(date_of_birth=dt.date(1981, 2, 9))
    assert last_year_of(plan, day) == 2076
    people.update(date_of_birth=None)
    assert last_year_of(plan, day) == 2146


def test_a_name_that_nobody_typed_is_told_in_the_readers_language() -> None:
    with translation.override("pt-br"):
        assert goal_name("Retirement") == "Aposentadoria"
        assert goal_name("Education of Ana") == "Education of Ana"
    assert goal_name("Retirement") == "Retirement"
