"""Refinancing and lump sums: cases by hand, and the rate at which both ways are the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.money.engine.amortisation import Extra, Frequency, Loan, accelerated
from apps.money.engine.refinancing import refinance, repay_or_invest

D = Decimal
FIRST = date(2026, 1, 1)
SMALL = Loan(D(1000), D("0.12"), 3, FIRST)
HOUSE = Loan(D(200_000), D("0.065"), 300, FIRST)


def test_a_new_loan_by_hand():
    """Interest of 10.00, 6.70, 3.37 against 5.00, 3.34, 1.68; 3.35 less a month; costs of 6."""
    told = refinance(SMALL, replace(SMALL, annual_rate=D("0.06")), D(6))
    assert (told.payment_change, told.saved) == (D("-3.35"), D("4.05"))
    assert told.paid_back_on == told.ahead_on == date(2026, 2, 1)  # 6.70 and 8.36 by then
    assert told.behind_on is None


def test_a_longer_loan_falls_behind_again():
    told = refinance(HOUSE, replace(HOUSE, annual_rate=D("0.06"), payments=420), D(1500))
    assert told.payment_change < 0
    assert FIRST < told.ahead_on < told.behind_on
    assert told.saved < 0  # ten years more of interest


def test_costs_that_are_never_made_up_for():
    told = refinance(SMALL, replace(SMALL, annual_rate=D("0.11")), D(100))
    assert (told.paid_back_on, told.ahead_on, told.behind_on) == (None, None, None)
    assert told.saved < 0


def test_costs_may_be_borrowed_with_it():
    told = refinance(HOUSE, replace(HOUSE, principal=D(204_000), annual_rate=D("0.05")), D(4000))
    assert told.paid_back_on == FIRST  # nothing was paid in cash
    assert told.ahead_on > FIRST
    assert told.saved == told.old.interest - told.new.interest - 4000


@given(rate=st.integers(1, 80), new_rate=st.integers(1, 80), costs=st.integers(0, 20_000), years=st.integers(5, 40))
def test_what_is_saved_is_told_by_the_days(rate, new_rate, costs, years):
    old = replace(HOUSE, annual_rate=D(rate) / 1000)
    told = refinance(old, replace(old, annual_rate=D(new_rate) / 1000, payments=12 * years), D(costs))
    assert told.saved == told.old.interest - told.new.interest - costs
    # one rate against another: it rises and falls once, and what holds at the end of both is the total
    assert (told.saved >= 0) == (told.ahead_on is not None and told.behind_on is None)


def test_a_lump_sum_by_hand():
    """669.98 with the first payment ends the loan; 340.02 and 340.03 fall away, 680.05 in all."""
    told = repay_or_invest(SMALL, D(700), FIRST, D(0))
    assert (told.amount, told.ends_on, told.repaid_on) == (D("669.98"), FIRST, FIRST)
    assert (told.repaid_worth, told.invested_worth, told.interest_saved) == (D("680.05"), D("669.98"), D("10.07"))
    assert told.break_even_return == pytest.approx(1.01**12 - 1, abs=2e-4)  # but for cents


@given(rate=st.integers(5, 120), amount=st.integers(5000, 150_000), month=st.integers(0, 200))
def test_repaying_earns_the_effective_rate_of_the_loan(rate, amount, month):
    loan = replace(HOUSE, annual_rate=D(rate) / 1000)
    day = date(2026 + month // 12, 1 + month % 12, 1)
    told = repay_or_invest(loan, D(amount), day, D("0.04"))
    assert told.break_even_return == pytest.approx((1 + rate / 12_000) ** 12 - 1, abs=5e-4)  # but for cents
    if abs(told.break_even_return - 0.04) > 0.001:
        assert (told.repaid_worth > told.invested_worth) == (told.break_even_return > 0.04)
    # at the return of the loan itself both come to the same
    same = repay_or_invest(loan, D(amount), day, D(str(round(told.break_even_return, 12))))
    assert float(same.repaid_worth) == pytest.approx(float(same.invested_worth), rel=1e-6, abs=0.02)


def test_a_lump_sum_lowers_a_balloon_and_stands_beside_other_extra_payments():
    loan = replace(HOUSE, due_in_full=84, extras=(Extra(D(100), FIRST, every=1),))
    told = repay_or_invest(loan, D(10_000), date(2028, 3, 2), D("0.05"))
    assert (told.amount, told.repaid_on) == (D(10_000), date(2028, 4, 1))
    assert told.break_even_return == pytest.approx((1 + 0.065 / 12) ** 12 - 1, abs=1e-5)


def test_without_interest_nothing_is_saved():
    told = repay_or_invest(replace(HOUSE, annual_rate=D(0)), D(5000), FIRST, D("0.05"))
    assert told.interest_saved == 0
    assert told.break_even_return == pytest.approx(0, abs=1e-9)
    assert told.invested_worth > told.repaid_worth


@pytest.mark.parametrize(
    "ask",
    [
        lambda: refinance(SMALL, SMALL, D(-1)),
        lambda: refinance(SMALL, replace(SMALL, principal=D(999)), D(0)),
        lambda: refinance(HOUSE, accelerated(HOUSE), D(0)),
        lambda: repay_or_invest(SMALL, D(0), FIRST, D(0)),
        lambda: repay_or_invest(SMALL, D(1), date(2026, 3, 1), D(0)),
        lambda: repay_or_invest(SMALL, D(1), FIRST, D("-0.01")),
        lambda: repay_or_invest(replace(SMALL, frequency=Frequency.YEARLY), D(1), date(2040, 1, 1), D(0)),
    ],
)
def test_what_cannot_be_set_side_by_side_is_refused(ask):
    with pytest.raises(InvalidInputError):
        ask()
