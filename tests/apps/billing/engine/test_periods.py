from datetime import date
from fractions import Fraction

import pytest

from apps.billing.engine.periods import day_counts, managed_days, month_ends, year_fraction
from apps.billing.engine.terms import PeriodFraction
from apps.kernel.dates import DateSpan
from tests.apps.billing.engine.builders import Q2

WINTER = DateSpan(date(2027, 12, 1), date(2028, 2, 29))


@pytest.mark.parametrize(
    ("method", "fraction"),
    [
        (PeriodFraction.DIVIDE, Fraction(1, 4)),
        (PeriodFraction.ACTUAL_365, Fraction(91, 365)),
        (PeriodFraction.ACTUAL_ACTUAL, Fraction(31, 365) + Fraction(60, 366)),
    ],
)
def test_a_period_over_a_new_year_and_a_leap_day(method, fraction):
    assert year_fraction(day_counts(method, WINTER, WINTER, 4)) == fraction


def test_a_divided_period_counts_its_own_days():
    assert year_fraction(day_counts(PeriodFraction.DIVIDE, DateSpan(date(2026, 5, 31), Q2.last), Q2, 4)) == Fraction(
        31, 364
    )


@pytest.mark.parametrize("method", list(PeriodFraction))
def test_the_parts_of_a_period_add_up_to_it(method):
    cut = DateSpan(WINTER.first, date(2028, 1, 14)), DateSpan(date(2028, 1, 15), WINTER.last)
    parts = [year_fraction(day_counts(method, days, WINTER, 4)) for days in cut]
    assert sum(parts) == year_fraction(day_counts(method, WINTER, WINTER, 4))


def test_managed_days_run_from_funding_to_closing():
    assert managed_days(Q2, None, None) == Q2
    assert managed_days(Q2, date(2026, 5, 2), date(2026, 5, 2)) == DateSpan(date(2026, 5, 2), date(2026, 5, 2))
    assert managed_days(Q2, date(2026, 7, 1), None) is None
    assert managed_days(Q2, None, date(2026, 3, 31)) is None


def test_month_ends_know_leap_years():
    assert month_ends(WINTER) == [date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29)]
