"""The ages of the statute, by the day of birth."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.kernel.required_ages import first_year, start_age


@pytest.mark.parametrize(
    ("born", "age", "year"),
    [
        ("1949-06-30", "70.5", 2019),
        ("1948-07-01", "70.5", 2019),
        ("1949-07-01", "72", 2021),
        ("1950-12-31", "72", 2022),
        ("1951-01-01", "73", 2024),
        ("1959-12-31", "73", 2032),
        ("1960-01-01", "75", 2035),
    ],
)
def test_distributions_begin_at_the_age_of_the_statute(born: str, age: str, year: int) -> None:
    day = dt.date.fromisoformat(born)
    assert (start_age(day), first_year(day)) == (Decimal(age), year)
