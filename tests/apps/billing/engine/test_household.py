from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.billing.engine.errors import BillingRefusedError
from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import AccountValues, BillingPeriod, CarriedItem, Credit, Exclusion, ExclusionReason
from apps.billing.engine.receipts import verify_receipt
from apps.billing.engine.results import FeeStep, WarningCode
from apps.billing.engine.terms import FeeTerms, Limit, PeriodFraction, ScheduleKind, Scope, ValueBasis
from apps.kernel.dates import DateSpan
from apps.kernel.money import Money
from tests.apps.billing.engine.builders import (
    ARREARS,
    Q2,
    Q3,
    TIERS,
    account,
    bill,
    cents,
    flat,
    graduated,
    in_advance,
    rate,
    usd,
    value,
)
from tests.depth import examples

YEAR = BillingPeriod(DateSpan(date(2026, 1, 1), date(2026, 12, 31)), 1)


@pytest.mark.parametrize(("worth", "annual"), [(1_000_000, "8750.00"), (3_200_000, "22250.00")])
def test_a_graduated_fee_charges_each_slice_at_its_own_rate(worth, annual):
    fee = calculate_household_fee(bill([account("a", worth, day=date(2026, 12, 31))], graduated(), YEAR))
    assert str(fee.total.amount) == annual


def test_a_cliff_fee_charges_the_whole_value_at_one_rate():
    terms = graduated(kind=ScheduleKind.CLIFF)
    fee = calculate_household_fee(bill([account("a", 1_000_000, day=date(2026, 12, 31))], terms, YEAR))
    assert fee.total == usd("7500.00")


def test_the_accounts_of_a_household_share_its_breakpoints_and_its_cents():
    accounts = [account("a", 400_000), account("b", 350_000), account("c", 250_000)]
    fee = calculate_household_fee(bill(accounts, graduated()))
    assert fee.total == usd("2187.50")
    assert cents(fee) == ["875.00", "765.63", "546.87"]
    assert fee.annual_rate == Decimal("0.00875")
    assert [tier.clause for tier in fee.receipt.tiers] == ["4.1(a)", "4.1(b)"]


def test_without_householding_each_account_reaches_its_own_breakpoint():
    accounts = [account("a", 400_000), account("b", 350_000), account("c", 250_000)]
    fee = calculate_household_fee(bill(accounts, graduated(breakpoint_scope=Scope.ACCOUNT)))
    assert fee.total == usd("2500.00")


def test_an_average_daily_balance_weighs_each_day():
    # 500,000 for 30 days, then 100,000 for 61: 231,868.13, where the closing value would bill 100,000
    days = {day: 500_000 if day < date(2026, 5, 1) else 100_000 for day in Q2}
    one = AccountValues("a", tuple(value(day, amount) for day, amount in days.items()))
    fee = calculate_household_fee(bill([one], flat(value_basis=ValueBasis.AVERAGE_DAILY_BALANCE)))
    assert fee.accounts[0].billable_value.rounded() == usd("231868.13")
    assert fee.total == usd("578.08")  # 231,868.1319 x 1 % x 91/365
    assert len(fee.receipt.values) == 91


def test_an_annual_minimum_is_billed_by_the_period():
    # 300 a quarter is 120,000 at 1 %; the minimum of 2,000 a year asks for 500
    terms = flat(period_fraction=PeriodFraction.DIVIDE, minimum=Limit(usd(2000), clause="4.3"))
    fee = calculate_household_fee(bill([account("a", 120_000)], terms))
    assert fee.total == usd("500.00")
    minimum = fee.receipt.steps[-1]
    assert (minimum.step, minimum.amount, minimum.clause) == (FeeStep.MINIMUM, Decimal(800), "4.3")


def test_a_minimum_is_compared_after_the_discount_and_prorated_in_a_stub():
    terms = flat(period_fraction=PeriodFraction.DIVIDE, discount=rate("0.5"), minimum=Limit(usd(3640), Scope.ACCOUNT))
    young = account("a", 400_000, funded_on=date(2026, 6, 1))
    fee = calculate_household_fee(bill([young], terms))
    assert fee.total == usd("300.00")  # 400,000 at 1 % less half is 2,000, below 3,640; 3,640 / 4 x 30/91


def test_the_steps_are_taken_in_the_order_of_the_agreement():
    terms = graduated(
        negotiated_rate=rate("0.02"),
        discount=rate("0.1"),
        minimum=Limit(usd(20_000)),
        maximum=Limit(usd(19_000), Scope.ACCOUNT),
        maximum_rate=rate("0.015"),
    )
    fee = calculate_household_fee(bill([account("a", 1_000_000)], terms))
    assert [(s.step, s.after) for s in fee.receipt.steps] == [
        (FeeStep.STANDARD, Decimal(8750)),
        (FeeStep.NEGOTIATED, Decimal(20_000)),
        (FeeStep.DISCOUNT, Decimal(18_000)),
        (FeeStep.MINIMUM, Decimal(20_000)),
        (FeeStep.MAXIMUM, Decimal(19_000)),
        (FeeStep.MAXIMUM, Decimal(15_000)),
    ]
    assert fee.total == usd("3750.00")
    assert fee.annual_rate == Decimal("0.018")
    assert fee.effective_rate == Decimal("0.015")


def test_a_new_account_is_billed_from_its_funding_day():
    # the published stub: 31 of 91 days of a quarter at 0.25 % of 100,000
    terms = flat(period_fraction=PeriodFraction.DIVIDE)
    fee = calculate_household_fee(bill([account("a", 100_000, funded_on=date(2026, 5, 31))], terms))
    assert fee.total == usd("85.16")
    assert fee.receipt.prorations[0].days == 31


def test_an_account_that_left_before_the_period_is_not_billed():
    gone = account("a", 100_000, day=date(2026, 3, 31), closed_on=date(2026, 3, 31))
    fee = calculate_household_fee(bill([gone, account("b", 100_000)], flat()))
    assert [line.account_id for line in fee.accounts] == ["b"]


def test_a_household_without_a_managed_account_owes_nothing():
    fee = calculate_household_fee(bill([account("a", 1, funded_on=date(2027, 1, 1))], graduated()))
    assert fee.total == usd(0)
    assert fee.annual_rate is None
    assert verify_receipt(fee.receipt).holds


@pytest.mark.parametrize("worth", [0, -5000])
def test_nothing_or_less_than_nothing_is_billed_at_zero(worth):
    fee = calculate_household_fee(bill([account("a", worth)], graduated()))
    assert fee.total == usd(0)


def test_nothing_is_billed_at_the_minimum_where_one_was_agreed():
    fee = calculate_household_fee(bill([account("a", 0)], graduated(minimum=Limit(usd(2000)))))
    assert fee.total == usd("500.00")
    assert WarningCode.HIGH_EFFECTIVE_RATE in {w.code for w in fee.warnings}


def test_a_fixed_fee_is_borne_by_value_but_not_by_retirement_accounts_beside_others():
    terms = FeeTerms(ScheduleKind.FIXED, fixed_annual=usd(4000), period_fraction=PeriodFraction.DIVIDE)
    accounts = [account("a", 300_000), account("b", 100_000), account("ira", 600_000, is_retirement=True)]
    assert cents(calculate_household_fee(bill(accounts, terms))) == ["750.00", "250.00", "0.00"]
    alone = calculate_household_fee(bill([account("ira", 600_000, is_retirement=True)], terms))
    assert alone.total == usd("1000.00")


def test_an_excluded_account_pays_nothing_and_may_still_lift_the_breakpoint():
    unsupervised = Exclusion(ExclusionReason.UNSUPERVISED, uses=frozenset({"billing"}))
    accounts = [account("a", 500_000), account("b", 500_000, exclusions=(unsupervised,))]
    fee = calculate_household_fee(bill(accounts, graduated()))
    assert cents(fee) == ["1093.75", "0.00"]  # 8,750 a year on the million, half of it billable
    assert verify_receipt(fee.receipt).holds


def test_a_household_that_is_left_out_entirely_owes_nothing_in_spite_of_a_minimum():
    employee = Exclusion(ExclusionReason.EMPLOYEE)
    fee = calculate_household_fee(
        bill([account("a", 500_000, exclusions=(employee,))], graduated(minimum=Limit(usd(2000))))
    )
    assert fee.total == usd(0)


def test_a_cliff_that_lowers_the_fee_as_the_value_rises_is_warned_of():
    terms = graduated(kind=ScheduleKind.CLIFF)
    warned = calculate_household_fee(bill([account("a", 500_001)], terms)).warnings
    assert [w.code for w in warned] == [WarningCode.CLIFF_EDGE]
    assert dict(warned[0].params)["edge"] == "500000"
    assert "costs 3750.01 a year, less than 5000" in warned[0].message % dict(warned[0].params)
    assert not calculate_household_fee(bill([account("a", 500_000)], terms)).warnings


def test_an_effective_rate_above_two_per_cent_is_warned_of():
    terms = flat(minimum=Limit(usd(2000)))
    warned = calculate_household_fee(bill([account("a", 50_000)], terms)).warnings
    assert [w.message % dict(w.params) for w in warned] == ["The annual fee is 4 % of the billable value, above 2 %."]
    assert not calculate_household_fee(bill([account("a", 100_000)], terms)).warnings


def test_more_adjustments_than_fee_are_owed_to_the_client():
    item = CarriedItem("a", usd(-1000), "Deposit double-billed in Q1", "adjustment/7")
    fee = calculate_household_fee(bill([account("a", 100_000)], flat(), carried=(item,)))
    assert fee.total == usd("-750.68")
    assert [w.code for w in fee.warnings] == [WarningCode.NET_CREDIT]


def test_a_carried_item_of_a_stranger_is_refused():
    with pytest.raises(BillingRefusedError, match="not in the household"):
        calculate_household_fee(bill([account("a", 1)], flat(), carried=(CarriedItem("z", usd(1), "x"),)))


def test_the_order_of_the_accounts_does_not_matter():
    accounts = [account(name, 333_333.33) for name in "abc"]
    first = calculate_household_fee(bill(accounts, graduated()))
    again = calculate_household_fee(bill(reversed(accounts), graduated()))
    assert first.accounts == again.accounts
    assert first.receipt.postings == again.receipt.postings


def test_every_line_of_a_rerun_is_the_same():
    run = bill([account("a", 123_456.78)], in_advance(flat), BillingPeriod(Q3, 4, Q2))
    assert calculate_household_fee(run) == calculate_household_fee(run)


amounts = st.decimals("0", "5000000", places=2)
kinds = st.sampled_from([ScheduleKind.GRADUATED, ScheduleKind.CLIFF])
methods = st.sampled_from(list(PeriodFraction))
limits = st.none() | st.builds(Limit, st.integers(0, 40_000).map(usd), st.sampled_from(list(Scope)), st.just("4.3"))


@st.composite
def billings(draw):
    n = draw(st.integers(1, 6))
    accounts = []
    for i in range(n):
        funded_on = draw(st.none() | st.dates(date(2026, 3, 1), date(2026, 6, 30)))
        closed_on = draw(st.none() | st.dates(funded_on or date(2026, 4, 1), date(2026, 7, 31)))
        values = tuple(value(day, draw(amounts)) for day in Q2 if not (funded_on and day < funded_on))
        accounts.append(AccountValues(f"account-{i}", values, funded_on=funded_on, closed_on=closed_on))
    low, high = draw(limits), draw(limits)
    if low and high and low.annual_amount > high.annual_amount:
        low, high = high, low
    terms = graduated(
        kind=draw(kinds),
        period_fraction=draw(methods),
        value_basis=draw(st.sampled_from([b for b in ValueBasis if b is not ValueBasis.OPENING])),
        breakpoint_scope=draw(st.sampled_from(list(Scope))),
        discount=rate(draw(st.sampled_from(["0", "0.1", "0.3333"]))),
        minimum=low,
        maximum=high,
    )
    granted = draw(st.lists(st.builds(Credit, st.just("goodwill"), st.integers(0, 900).map(usd)), max_size=2))
    return bill(accounts, terms, credits=tuple(granted))


@settings(max_examples=examples(60), deadline=None)
@given(billings())
def test_the_accounts_sum_to_the_household_and_the_receipt_proves_it(billing):
    fee = calculate_household_fee(billing)
    assert sum((line.fee for line in fee.accounts), Money.zero()) == fee.total
    assert sum((charge.amount for charge in fee.charges), Money.zero()) == fee.total
    assert all(line.fee.rounded() == line.fee for line in fee.accounts)
    check = verify_receipt(fee.receipt)
    assert check.differences == ()
    assert check.total == fee.total


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(amounts, min_size=1, max_size=5), st.integers(1, 10**6), st.integers(0, 4))
def test_a_graduated_fee_never_falls_when_a_value_rises(worths, more, place):
    place %= len(worths)
    richer = [worth + (more if i == place else 0) for i, worth in enumerate(worths)]
    fees = [
        calculate_household_fee(bill([account(f"{i}", w) for i, w in enumerate(each)], graduated())).total
        for each in (worths, richer)
    ]
    assert fees[0] <= fees[1]


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(amounts, min_size=1, max_size=5))
def test_householding_never_raises_a_graduated_fee(worths):
    accounts = [account(f"{i}", worth) for i, worth in enumerate(worths)]
    together = calculate_household_fee(bill(accounts, graduated())).total
    apart = calculate_household_fee(bill(accounts, graduated(breakpoint_scope=Scope.ACCOUNT))).total
    assert together <= apart


@settings(max_examples=examples(60), deadline=None)
@given(amounts, st.integers(0, 89), methods)
def test_a_period_that_is_split_at_a_day_costs_the_same_within_rounding(worth, day, method):
    cut = Q2.first + timedelta(days=day)
    terms = in_advance(graduated, period_fraction=method)
    before = (value(Q2.first - timedelta(days=1), worth),)
    whole, first, second = (
        calculate_household_fee(bill([AccountValues("a", before, **served)], terms, BillingPeriod(Q2, 4))).total.amount
        for served in ({}, {"closed_on": cut}, {"closed_on": Q2.last})
    )
    later = account("a", worth, day=cut + timedelta(days=1), funded_on=cut + timedelta(days=1))
    rest = calculate_household_fee(bill([later], terms, BillingPeriod(Q2, 4))).total.amount
    assert second == whole
    assert abs(first + rest - whole) <= Decimal("0.01")


@given(amounts)
def test_the_fee_is_the_formula_to_the_cent(worth):
    fee = calculate_household_fee(bill([account("a", worth)], graduated(), ARREARS))
    edges = [Fraction(0), Fraction(500_000), Fraction(2_000_000), Fraction(10**12)]
    exact = sum(
        Fraction(tier.rate.fraction) * max(Fraction(0), min(Fraction(worth), high) - low)
        for tier, low, high in zip(TIERS, edges, edges[1:], strict=False)
    )
    assert abs(Fraction(fee.total.amount) - exact / 4) <= Fraction(1, 200)
