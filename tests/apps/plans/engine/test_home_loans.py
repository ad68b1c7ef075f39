"""Interest on loans on a home, by hand (IRS Publication 936, table 1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apps.plans.engine.home_loans import allowed_debt, deductible_interest
from apps.plans.engine.inputs import Debt
from apps.plans.engine.life_events import LifeEvents
from tests.apps.plans.engine.households import family
from tests.apps.plans.engine.test_kernel_deductions import HOME

D = Decimal
OLD, NEW = D(1_000_000), D(750_000)


@pytest.mark.parametrize(
    ("loans", "allowed"),
    [
        ([], 0),
        ([(D(400_000), NEW)], 400_000),
        ([(D(900_000), NEW)], 750_000),
        ([(D(900_000), OLD)], 900_000),
        ([(D(1_200_000), OLD)], 1_000_000),
        # an older loan uses up the limit of a newer one
        ([(D(500_000), NEW), (D(400_000), OLD)], 750_000),
        ([(D(900_000), OLD), (D(100_000), NEW)], 900_000),
        ([(D(300_000), NEW), (D(600_000), NEW)], 750_000),
    ],
)
def test_older_loans_use_up_the_limit_of_newer_ones(loans: list[tuple[Decimal, Decimal]], allowed: int) -> None:
    assert allowed_debt(loans) == allowed


def test_interest_falls_as_the_loan_is_paid_off_and_ends_with_it() -> None:
    loan = Debt("loan", 12_000.0, 0.12, 1_000.0, "USD", home_limit=750_000.0)
    interest = deductible_interest(replace(family(), debts=(loan,)), 36)
    # six months of 2026: 1 % of 12,000, then of 12,000 × 1.01 - 1,000 …
    owed, told = 12_000.0, []
    while owed > 0.0:
        told.append(0.01 * owed)
        owed = owed * 1.01 - min(1_000.0, owed * 1.01)
    assert interest[0] == pytest.approx(sum(told[:6]))
    assert interest[1] == pytest.approx(sum(told[6:18]))
    assert interest[2] == 0.0


def test_a_large_loan_counts_for_the_part_that_the_limit_is_of_it_and_a_sale_ends_it() -> None:
    loan = Debt("mortgage", 1_000_000.0, 0.06, 5_000.01, "USD", home_limit=750_000.0)
    sold = replace(HOME, sale_day=date(2027, 3, 1))
    inputs = replace(family(), debts=(loan,), events=LifeEvents(things=(sold,)))
    interest = deductible_interest(inputs, 36)
    assert interest[0] == pytest.approx(0.75 * 6 * 5_000.0, rel=1e-5)
    assert interest[1] == pytest.approx(0.75 * 3 * 5_000.0, rel=1e-5)
    assert interest[2] == 0.0


def test_when_one_second_home_is_sold_another_takes_its_place() -> None:
    own = Debt("own", 300_000.0, 0.06, 1_500.01, "USD", home_limit=750_000.0)
    lake = Debt("lake", 200_000.0, 0.06, 1_000.01, "USD", home_limit=750_000.0, second_home="lake")
    flat = Debt("flat", 100_000.0, 0.06, 500.01, "USD", home_limit=750_000.0, second_home="flat")
    sold = replace(HOME, key="lake", debt="lake", sale_day=date(2027, 3, 1))
    inputs = replace(family(), debts=(own, lake, flat), events=LifeEvents(things=(sold,)))
    interest = deductible_interest(inputs, 36)
    assert interest[0] == pytest.approx(6 * 2_500.0, rel=1e-4)
    # in 2027 the flat's whole year is worth more than three months of the lake house's
    assert interest[1] == pytest.approx(12 * 1_500.0 + 12 * 500.0, rel=1e-4)
    assert interest[2] == pytest.approx(interest[1] / 2 * 2, rel=1e-4)
    # both count with a single limit where they are one residence
    together = replace(inputs, debts=(own, replace(lake, second_home="flat"), flat), events=LifeEvents())
    assert deductible_interest(together, 36)[0] == pytest.approx(6 * 3_000.0, rel=1e-4)


def test_other_debts_have_no_interest_to_deduct() -> None:
    assert not deductible_interest(family(), 120).any()
