from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.billing.engine.errors import BillingRefusedError
from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import CarriedItem, Credit
from apps.billing.engine.refunds import refund_unearned_fees, unearned_days, unearned_fee
from apps.billing.engine.terms import PeriodFraction
from apps.kernel.money import Money
from tests.apps.billing.engine.builders import Q2, account, bill, graduated, in_advance, usd
from tests.depth import examples

OPENING_DAY = date(2026, 3, 31)


def prepaid(*accounts, **more):
    return calculate_household_fee(bill(accounts, in_advance(graduated), **more))


def test_the_unused_days_of_a_prepaid_quarter_are_given_back():
    assert unearned_days(Q2, date(2026, 5, 15)) == 46
    assert unearned_fee(usd("2187.50"), Q2, date(2026, 5, 15)) == usd("1105.77")


def test_a_household_that_leaves_gets_the_same_refund_split_over_its_accounts():
    fee = prepaid(*(account(n, v, day=OPENING_DAY) for n, v in (("a", 400_000), ("b", 350_000), ("c", 250_000))))
    refund = refund_unearned_fees(fee.receipt, dict.fromkeys("abc", date(2026, 5, 15)))
    assert refund.total == usd("1105.77")
    assert [str(line.refund.amount) for line in refund.lines] == ["442.31", "387.02", "276.44"]
    assert {(line.unearned_days, line.paid_days) for line in refund.lines} == {(46, 91)}


def test_one_account_that_leaves_gets_its_own_share_only():
    fee = prepaid(account("a", 400_000, day=OPENING_DAY), account("b", 600_000, day=OPENING_DAY))
    refund = refund_unearned_fees(fee.receipt, {"a": date(2026, 5, 15)})
    assert refund.total == usd("442.31")


def test_what_an_earlier_period_owed_is_not_given_back():
    item = CarriedItem("a", usd(500), "Deposit in Q1")
    fee = prepaid(account("a", 400_000, day=OPENING_DAY), carried=(item,))
    assert fee.total == usd("1500.00")
    assert refund_unearned_fees(fee.receipt, {"a": date(2026, 5, 15)}).total == usd("505.49")


def test_only_what_was_paid_is_given_back():
    fee = prepaid(account("a", 400_000, day=OPENING_DAY), credits=(Credit("Goodwill", usd(90)),))
    assert fee.total == usd("910.00")
    assert refund_unearned_fees(fee.receipt, {"a": date(2026, 5, 15)}).total == usd("460.00")


@pytest.mark.parametrize(("last_day", "refund"), [(date(2026, 3, 1), "910.00"), (Q2.last, "0.00")])
def test_leaving_before_the_period_gives_all_back_and_after_it_nothing(last_day, refund):
    assert unearned_fee(usd(910), Q2, last_day) == usd(refund)


def test_a_fee_in_arrears_is_never_unearned():
    fee = calculate_household_fee(bill([account("a", 1000)], graduated()))
    with pytest.raises(BillingRefusedError, match="in advance"):
        refund_unearned_fees(fee.receipt, {"a": Q2.first})


def test_an_account_that_was_not_billed_has_no_refund():
    fee = prepaid(account("a", 1000, day=OPENING_DAY))
    with pytest.raises(BillingRefusedError, match="Account z was not billed"):
        refund_unearned_fees(fee.receipt, {"z": Q2.first})


@settings(max_examples=examples(60), deadline=None)
@given(
    st.decimals("0", "5000000", places=2),
    st.integers(0, 90),
    st.sampled_from([PeriodFraction.DIVIDE, PeriodFraction.ACTUAL_365]),
)
def test_prepaid_less_refund_is_the_fee_of_the_days_used(worth, day, method):
    terms = in_advance(graduated, period_fraction=method)
    last = Q2.first + timedelta(days=day)
    paid = calculate_household_fee(bill([account("a", worth, day=OPENING_DAY)], terms))
    used = calculate_household_fee(bill([account("a", worth, day=OPENING_DAY, closed_on=last)], terms))
    refund = refund_unearned_fees(paid.receipt, {"a": last})
    assert abs(paid.total.amount - refund.total.amount - used.total.amount) <= Decimal("0.01")
    assert sum((line.refund for line in refund.lines), Money.zero()) == refund.total
