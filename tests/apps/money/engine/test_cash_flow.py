"""Months of income and spending."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apps.money.engine.cash_flow import Posted, monthly_average, months_before, months_of_money

MONTHS = months_before(date(2025, 3, 15), 3)
ENTRIES = st.builds(
    Posted,
    st.dates(date(2024, 11, 1), date(2025, 4, 1)),
    st.decimals("-500", "500", places=2),
    st.sampled_from(["income", "groceries", "housing", "transfer", "saving", "other"]),
)


def test_months_are_whole_and_before_the_day_across_a_year() -> None:
    assert list(MONTHS) == [date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1)]


def test_transfers_and_savings_are_neither_income_nor_spending() -> None:
    entries = [
        Posted(date(2025, 1, 3), Decimal(4000), "income"),
        Posted(date(2025, 1, 4), Decimal(-500), "saving"),
        Posted(date(2025, 1, 4), Decimal(-300), "transfer"),
        Posted(date(2025, 1, 5), Decimal(-120), "groceries"),
        Posted(date(2025, 1, 6), Decimal(20), "groceries"),
    ]
    january = months_of_money(entries, MONTHS)[1]
    assert (january.income, january.spending, january.net) == (4000, 100, 3900)
    assert january.by_category == (("groceries", Decimal(100)),)


@given(st.lists(ENTRIES, max_size=30))
def test_months_add_up_to_what_was_posted_in_them(entries: list[Posted]) -> None:
    found = months_of_money(entries, MONTHS)
    counted = [e for e in entries if e.day.replace(day=1) in MONTHS and e.category not in {"transfer", "saving"}]
    assert sum(month.net for month in found) == sum(entry.amount for entry in counted)


def test_an_average_is_of_months_with_something_in_them() -> None:
    assert monthly_average([Decimal(0), Decimal(100), Decimal(201)]) == Decimal("150.50")
    assert monthly_average([Decimal(0)]) is None
