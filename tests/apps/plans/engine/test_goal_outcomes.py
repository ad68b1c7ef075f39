"""Three ways of meeting a goal that gives way make up its chance; what is unpaid counts from its first day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from apps.plans.engine.books import F_GOALS, NEVER
from apps.plans.engine.goal_outcomes import missing_of, outcome_of
from apps.plans.engine.inputs import GoalPriority
from apps.plans.engine.schedules import Demand

START = date(2026, 7, 1)


def trip() -> Demand:
    """1,000 a year for three years from month 12 on."""
    real = np.zeros((1, 120))
    real[0, [12, 24, 36]] = 1_000.0
    return Demand("trip", "life_event", GoalPriority.IMPORTANT, F_GOALS, real, np.zeros((1, 120)))


def test_a_goal_that_does_not_give_way_says_nothing_of_it() -> None:
    failed = np.array([NEVER, 24, NEVER, 36], dtype=np.int32)
    found = outcome_of(trip(), failed, None, 2, START)
    assert found.given is None
    assert found.success.value == 0.5
    assert found.first_shortfall_year == 2028
    assert found.unpaid == pytest.approx((2_000.0 + 1_000.0) / 2)


def test_in_time_later_and_smaller_make_the_chance() -> None:
    failed = np.array([NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, 48, 36], dtype=np.int32)
    given = np.array([[0.0, 1.0, 3.0, 0.0, 2.0, 0.0, 2.0, 0.0], [1.0, 1.0, 1.0, 0.6, 0.8, 1.0, 1.0, 1.0]])
    found = outcome_of(trip(), failed, given, 2, START)
    assert found.given is not None
    parts = (found.given.as_wished.value, found.given.later.value, found.given.smaller.value)
    assert parts == (0.25, 0.25, 0.25)
    assert sum(parts) == found.success.value
    assert found.given.years_later == 2.0
    assert found.given.part == pytest.approx(0.7)
    # month 48 after two years of waiting is the second payment; month 36 in time the third
    assert found.unpaid == pytest.approx((2_000.0 + 1_000.0) / 2)


def test_what_is_missing_is_a_mean_over_all_paths_and_counts_waiting() -> None:
    failed = np.array([NEVER, 24, NEVER, 36], dtype=np.int32)
    assert missing_of(trip(), failed, None) == pytest.approx(3_000.0 / 4)
    waited = np.array([[0.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
    # month 24 after a year of waiting is the first payment
    assert missing_of(trip(), failed, waited) == pytest.approx(4_000.0 / 4)
    assert missing_of(trip(), np.full(4, NEVER, dtype=np.int32), None) == 0.0
    nominal = trip()._replace(nominal=np.ones((1, 120)))
    assert missing_of(nominal, failed, None) is None


def test_where_nothing_waits_or_is_cut_there_is_no_mean_of_it() -> None:
    found = outcome_of(trip(), np.full(4, NEVER, dtype=np.int32), np.array([[0.0] * 4, [1.0] * 4]), 2, START)
    assert found.given is not None
    assert (found.given.years_later, found.given.part) == (None, None)
    assert found.first_shortfall_year is None
