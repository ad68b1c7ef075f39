from datetime import date

import pytest

from apps.billing.engine.errors import ValueMissingError
from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import AccountValues, BillingPeriod, Exclusion, ExclusionReason
from apps.billing.engine.results import WarningCode
from apps.billing.engine.terms import ValueBasis
from apps.billing.engine.values import billable_account
from apps.kernel.errors import InvalidInputError, MixedCurrenciesError
from apps.kernel.money import Money
from tests.apps.billing.engine.builders import ARREARS, Q2, Q3, account, bill, flat, in_advance, rate, usd, value

MONTH_ENDS = flat(value_basis=ValueBasis.AVERAGE_MONTH_ENDS)
AVERAGE = flat(value_basis=ValueBasis.AVERAGE_DAILY_BALANCE)


def test_a_day_without_a_value_takes_the_latest_before_it_and_says_so():
    one = account("a", 100, day=date(2026, 6, 27))
    (line,) = billable_account(one, ARREARS, flat()).lines
    assert (line.day, line.observed_on, line.source_id) == (Q2.last, date(2026, 6, 27), "valuation/2026-06-27")


def test_a_value_that_is_too_old_is_not_billed_on():
    with pytest.raises(ValueMissingError, match=r"2026-06-24.*Load the missing values"):
        billable_account(account("a", 100, day=date(2026, 6, 24)), ARREARS, flat())


def test_a_value_may_be_carried_for_as_many_days_as_the_terms_allow():
    assert billable_account(account("a", 100, day=date(2026, 6, 25)), ARREARS, flat()).billable == 100


def test_an_account_without_a_value_is_refused_and_not_billed_at_zero():
    with pytest.raises(ValueMissingError, match="has no value for 2026-06-30"):
        billable_account(AccountValues("a", ()), ARREARS, flat())


def test_a_value_from_before_the_funding_day_is_not_the_accounts():
    odd = account("a", 100, day=date(2026, 6, 28), funded_on=date(2026, 6, 29))
    with pytest.raises(ValueMissingError):
        billable_account(odd, ARREARS, flat())


def test_an_average_of_month_ends_takes_the_last_day_of_each_month():
    ends = {date(2026, 4, 30): 300, date(2026, 5, 31): 600, date(2026, 6, 30): 900}
    one = AccountValues("a", tuple(value(day, amount) for day, amount in ends.items()))
    assert billable_account(one, ARREARS, MONTH_ENDS).billable == 600


def test_an_account_that_saw_no_month_end_is_billed_on_its_last_day():
    one = account("a", 700, day=date(2026, 5, 20), funded_on=date(2026, 5, 2), closed_on=date(2026, 5, 20))
    assert billable_account(one, ARREARS, MONTH_ENDS).billable == 700


def test_an_average_is_taken_over_managed_days_only():
    values = tuple(value(day, 910) for day in Q2 if day >= date(2026, 6, 1))
    one = AccountValues("a", values, funded_on=date(2026, 6, 1))
    found = billable_account(one, ARREARS, AVERAGE)
    assert (found.billable, len(found.lines)) == (910, 30)


def test_the_opening_value_is_the_close_of_the_day_before_the_period():
    one = AccountValues("a", (value(Q2.last, 100), value(Q3.first, 200)))
    assert billable_account(one, BillingPeriod(Q3, 4), in_advance(flat)).billable == 100


def test_the_opening_value_of_a_stub_is_that_of_its_funding_day():
    day = date(2026, 8, 10)
    one = account("a", 500, day=day, funded_on=day)
    assert billable_account(one, BillingPeriod(Q3, 4), in_advance(flat)).lines[0].day == day


def test_the_closing_value_of_an_account_that_left_is_that_of_its_last_managed_day():
    one = AccountValues("a", (value(date(2026, 5, 15), 800), value(Q2.last, 0)), closed_on=date(2026, 5, 15))
    assert billable_account(one, ARREARS, flat()).billable == 800


def test_positions_are_excluded_in_part_and_for_one_use_alone():
    cut = Exclusion(
        ExclusionReason.DOUBLE_FEE, (value(Q2.last, 400),), rate("0.5"), frozenset({"billing"}), "Own fund", "4.2"
    )
    found = billable_account(account("a", 1000, exclusions=(cut,)), ARREARS, flat())
    assert (found.billable, found.breakpoint_value, found.is_left_out) == (800, 1000, False)
    assert found.lines[0].excluded[0].clause == "4.2"


def test_an_excluded_holding_without_a_recent_value_is_asked_for():
    cut = Exclusion(ExclusionReason.CASH, (value(date(2026, 4, 1), 400),))
    with pytest.raises(ValueMissingError, match="enter zero"):
        billable_account(account("a", 1000, exclusions=(cut,)), ARREARS, flat())


def test_a_holding_that_was_bought_later_excludes_nothing_before():
    cut = Exclusion(ExclusionReason.RECENT_PURCHASE, (value(date(2026, 7, 1), 400),))
    assert billable_account(account("a", 1000, exclusions=(cut,)), ARREARS, flat()).billable == 1000


def test_excluding_more_than_the_account_holds_is_warned_of_and_billed_as_zero():
    cut = Exclusion(ExclusionReason.CASH, (value(Q2.last, 1001),))
    fee = calculate_household_fee(bill([account("a", 1000, exclusions=(cut,))], flat()))
    assert [w.code for w in fee.warnings] == [WarningCode.EXCLUDED_MORE_THAN_VALUE]
    assert fee.total == usd(0)


def test_a_negative_value_is_warned_of_and_billed_as_zero():
    fee = calculate_household_fee(bill([account("a", -1)], flat()))
    assert [(w.code, w.account_id) for w in fee.warnings] == [(WarningCode.NEGATIVE_VALUE, "a")]


def test_two_values_for_one_day_are_refused():
    twice = AccountValues("a", (value(Q2.last, 1), value(Q2.last, 2)))
    with pytest.raises(InvalidInputError, match="two values for one day"):
        billable_account(twice, ARREARS, flat())


def test_a_value_in_another_currency_is_refused():
    euro = account("a", 1)
    euro = AccountValues("a", (type(euro.values[0])(Q2.last, Money(euro.values[0].value.amount, "EUR")),))
    with pytest.raises(MixedCurrenciesError, match="EUR"):
        billable_account(euro, ARREARS, flat())


def test_no_managed_day_in_the_period_means_no_billable_account():
    assert billable_account(account("a", 1, funded_on=date(2026, 7, 1)), ARREARS, flat()) is None
