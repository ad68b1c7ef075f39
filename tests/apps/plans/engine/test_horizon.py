"""Months, counted from the start of the plan."""

from __future__ import annotations

from datetime import date

from apps.plans.engine.horizon import (
    age_in_months,
    calendar_years,
    first_month_of_year,
    first_year_months,
    horizon_months,
    household_retirement_month,
    last_month_of,
    month_of,
    resolve,
    year_of,
)
from apps.plans.engine.inputs import Adult, Boundary
from tests.apps.plans.engine.households import family

START = date(2026, 7, 1)
ANA = Adult("ana", date(1981, 3, 9), date(2046, 4, 1), 92)


def test_months_count_from_the_start_and_are_negative_before_it() -> None:
    assert month_of(date(2027, 1, 31), START) == 6
    assert month_of(date(2026, 6, 30), START) == -1


def test_ages_and_ends_are_to_the_month() -> None:
    assert age_in_months(ANA, START, 0) == 45 * 12 + 4
    assert last_month_of(ANA, START) == month_of(date(2073, 3, 1), START)


def test_the_horizon_is_the_december_of_the_last_end() -> None:
    """Ana reaches 92 in March 2073: six months of 2026 and 47 years."""
    assert horizon_months(family().adults, START) == 6 + 47 * 12
    december = Adult("ana", date(1981, 1, 9), date(2046, 4, 1), 92)
    assert horizon_months((december,), START) == 6 + 46 * 12
    soon = Adult("ana", date(1981, 8, 9), date(2046, 4, 1), 45)
    assert horizon_months((soon,), START) == 6


def test_a_plan_counts_in_calendar_years() -> None:
    assert first_year_months(START) == 6
    assert first_year_months(date(2026, 1, 1)) == 12
    assert [first_month_of_year(year, START) for year in range(3)] == [0, 6, 18]
    assert [year_of(month, START) for month in (0, 5, 6, 17, 18)] == [0, 0, 1, 1, 2]


def test_months_lie_in_the_years_that_a_plan_counts_in() -> None:
    for start in (START, date(2026, 1, 1), date(2026, 12, 1)):
        assert calendar_years(40, start).tolist() == [year_of(month, start) for month in range(40)]


def test_the_household_retires_with_the_last_of_its_adults() -> None:
    inputs = family()
    assert household_retirement_month(inputs) == month_of(date(2046, 4, 1), START)
    assert resolve(Boundary.RETIREMENT, "ben", inputs) == month_of(date(2045, 1, 1), START)
    assert resolve(Boundary.RETIREMENT, "", inputs) == household_retirement_month(inputs)
    assert resolve(Boundary.PLAN_START, "ben", inputs) == 0
    assert resolve(Boundary.HORIZON, "ben", inputs) == 570
    assert resolve(date(2030, 7, 15), "ben", inputs) == 48
