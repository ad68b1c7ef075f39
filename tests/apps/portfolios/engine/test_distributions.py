"""Required distributions against the statute, the printed table and worked examples."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.kernel.life_tables import uniform_divisor
from apps.portfolios.engine.distributions import (
    Employment,
    LifeTable,
    lifetime_divisor,
    plan_first_year,
    required_distribution,
    still_to_take,
)

D = Decimal


def test_the_table_is_the_one_in_force_since_2022() -> None:
    told = {72: "27.4", 73: "26.5", 75: "24.6", 80: "20.2", 85: "16.0", 90: "12.2", 100: "6.4", 115: "2.9", 120: "2.0"}
    assert {age: uniform_divisor(age) for age in told} == {age: D(divisor) for age, divisor in told.items()}
    assert uniform_divisor(121) == uniform_divisor(120)
    divisors = [uniform_divisor(age) for age in range(72, 121)]
    assert divisors == sorted(divisors, reverse=True)
    with pytest.raises(ValueError, match="no divisor for 71"):
        uniform_divisor(71)


def test_half_a_million_at_73_asks_for_18_867_92() -> None:
    found = required_distribution(dt.date(1952, 5, 1), 2025, D(500_000))
    assert found is not None
    assert (found.age, found.divisor, found.amount) == (73, D("26.5"), D("18867.92"))
    assert found.due_on == dt.date(2026, 4, 1)  # the first
    later = required_distribution(dt.date(1952, 5, 1), 2026, D(500_000))
    assert later is not None
    assert later.due_on == dt.date(2026, 12, 31)


def test_a_spouse_more_than_ten_years_younger_who_alone_inherits_makes_it_less() -> None:
    assert lifetime_divisor(73, None) == lifetime_divisor(73, 63) == lifetime_divisor(73, 80) == ("uniform", D("26.5"))
    assert lifetime_divisor(73, 58) == (LifeTable.JOINT, D("30.1"))
    found = required_distribution(dt.date(1952, 5, 1), 2025, D(301_000), dt.date(1967, 12, 31))
    assert found is not None
    assert (found.table, found.divisor, found.amount) == ("joint", D("30.1"), D("10000.00"))


def test_nothing_is_asked_before_the_first_year_or_of_nothing() -> None:
    assert required_distribution(dt.date(1960, 5, 1), 2034, D(500_000)) is None
    assert required_distribution(dt.date(1940, 5, 1), 2034, D(0)) is None


@pytest.mark.parametrize(
    ("required", "taken", "owed"),
    [
        ({"a": "100", "b": "300"}, {}, {"a": "100", "b": "300"}),
        ({"a": "100", "b": "300"}, {"a": "100"}, {"a": "0", "b": "300"}),
        ({"a": "100", "b": "300"}, {"a": "250"}, {"a": "0", "b": "150"}),
        ({"a": "100", "b": "300"}, {"b": "500"}, {"a": "0", "b": "0"}),
        ({"a": "10", "b": "10", "c": "10"}, {"c": "20.01"}, {"a": "5.00", "b": "4.99", "c": "0"}),
        ({}, {}, {}),
    ],
)
def test_what_one_account_paid_too_much_counts_for_the_others(
    required: dict[str, str], taken: dict[str, str], owed: dict[str, str]
) -> None:
    found = still_to_take({k: D(v) for k, v in required.items()}, {k: D(v) for k, v in taken.items()})
    assert found == {k: D(v) for k, v in owed.items()}


@pytest.mark.parametrize(
    ("retired_on", "owned", "first"),
    [
        (None, False, None),
        (None, True, 2025),
        (dt.date(2023, 6, 1), False, 2025),
        (dt.date(2028, 6, 1), False, 2028),
        (dt.date(2028, 6, 1), True, 2025),
    ],
)
def test_a_plan_waits_for_the_year_of_leaving_unless_more_than_five_per_cent_was_owned(
    retired_on: dt.date | None, *, owned: bool, first: int | None
) -> None:
    assert plan_first_year(dt.date(1952, 5, 1), Employment(retired_on, owned)) == first


def test_the_first_of_a_plan_left_late_is_due_in_april_after_the_year_of_leaving() -> None:
    found = required_distribution(dt.date(1952, 5, 1), 2028, D(235_000), first=2028)
    assert found is not None
    assert (found.divisor, found.due_on) == (D("23.7"), dt.date(2029, 4, 1))
    assert required_distribution(dt.date(1952, 5, 1), 2027, D(235_000), first=2028) is None
