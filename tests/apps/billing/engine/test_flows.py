from datetime import date
from decimal import Decimal

import pytest

from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import AccountValues, BillingPeriod, Exclusion, ExclusionReason
from apps.billing.engine.receipts import verify_receipt
from apps.billing.engine.results import FlowTreatment
from apps.billing.engine.terms import FlowRule, FlowThreshold, Limit, PeriodFraction, ValueBasis
from apps.kernel.errors import InvalidInputError
from tests.apps.billing.engine.builders import Q2, Q3, account, bill, flat, flow, in_advance, rate, usd, value

RULE = FlowRule(usd(5000), clause="4.6")
NEXT = BillingPeriod(Q3, 4, previous=Q2)


def flows_of(billing):
    fee = calculate_household_fee(billing)
    assert verify_receipt(fee.receipt).holds
    return fee, fee.receipt.flows


def test_a_deposit_in_a_period_billed_in_advance_is_charged_from_its_day():
    # 100,000 on 16 May at 1.00 %: 46 of 365 days, both ends counted
    one = account("a", 500_000, day=Q2.last, flows=(flow(date(2026, 5, 16), 100_000),))
    fee, (line,) = flows_of(bill([one], in_advance(flat, flow_rule=RULE), NEXT))
    assert round(line.amount, 2) == Decimal("126.03")
    assert (line.parts[0].days, line.clause, line.source_id) == (46, "4.6", "transaction/2026-05-16")
    assert fee.total == usd("1386.30")  # 1,260.27 for the new quarter and 126.03


def test_a_withdrawal_in_a_period_billed_in_advance_is_a_credit():
    one = account("a", 500_000, day=Q2.last, flows=(flow(date(2026, 5, 16), -100_000),))
    _, (line,) = flows_of(bill([one], in_advance(flat, flow_rule=RULE), NEXT))
    assert round(line.amount, 2) == Decimal("-126.03")


def test_a_divided_year_counts_a_flow_by_the_days_of_its_quarter():
    one = account("a", 500_000, day=Q2.last, flows=(flow(date(2026, 5, 16), 100_000),))
    terms = in_advance(flat, flow_rule=RULE, period_fraction=PeriodFraction.DIVIDE)
    _, (line,) = flows_of(bill([one], terms, NEXT))
    assert round(line.amount, 2) == Decimal("126.37")  # 250 x 46/91


def test_flows_of_the_period_before_are_settled_at_the_rate_it_was_billed_at():
    one = account("a", 500_000, day=Q2.last, flows=(flow(date(2026, 5, 16), 100_000),))
    _, (line,) = flows_of(bill([one], in_advance(flat, flow_rule=RULE), NEXT, prior_rate=rate("0.02")))
    assert round(line.amount, 2) == Decimal("252.05")


def test_a_late_deposit_is_credited_for_the_days_before_it_when_the_closing_value_is_billed():
    # the published example: 31 of 91 days at 0.25 % a quarter on 100,000
    one = account("a", 600_000, flows=(flow(date(2026, 5, 2), 100_000),))
    _, (line,) = flows_of(bill([one], flat(flow_rule=RULE, period_fraction=PeriodFraction.DIVIDE)))
    assert round(line.amount, 2) == Decimal("-85.16")


def test_a_withdrawal_is_charged_for_the_days_it_was_there_when_the_closing_value_is_billed():
    one = account("a", 600_000, flows=(flow(date(2026, 5, 2), -100_000),))
    _, (line,) = flows_of(bill([one], flat(flow_rule=RULE)))
    assert round(line.amount, 2) == Decimal("84.93")  # 100,000 x 1 % x 31/365


def test_a_flow_on_the_first_day_changes_no_closing_value_fee():
    one = account("a", 600_000, flows=(flow(Q2.first, 100_000),))
    _, (line,) = flows_of(bill([one], flat(flow_rule=RULE)))
    assert (line.treatment, line.amount) == (FlowTreatment.ADJUSTED, 0)


def test_flows_below_the_threshold_are_left_alone_one_by_one_or_net():
    flows = (flow(date(2026, 5, 2), 4000), flow(date(2026, 5, 3), 3000))
    one = account("a", 600_000, flows=flows)
    _, lines = flows_of(bill([one], flat(flow_rule=RULE)))
    assert {line.treatment for line in lines} == {FlowTreatment.BELOW_THRESHOLD}
    net = FlowRule(usd(5000), FlowThreshold.NET)
    _, lines = flows_of(bill([one], flat(flow_rule=net)))
    assert {line.treatment for line in lines} == {FlowTreatment.ADJUSTED}


def test_an_adjustment_too_small_to_matter_is_dropped_with_its_reason():
    one = account("a", 600_000, flows=(flow(date(2026, 4, 2), 10_000),))
    _, (line,) = flows_of(bill([one], flat(flow_rule=FlowRule(usd(5000), de_minimis=usd(1)))))
    assert (line.treatment, line.amount) == (FlowTreatment.BELOW_DE_MINIMIS, 0)


def test_funding_and_closing_transfers_are_billed_by_days_and_not_adjusted_as_well():
    one = AccountValues(
        "a",
        (value(date(2026, 6, 10), 100_000),),
        flows=(flow(date(2026, 4, 20), 100_000), flow(date(2026, 6, 10), -100_000)),
        funded_on=date(2026, 4, 20),
        closed_on=date(2026, 6, 10),
    )
    fee, lines = flows_of(bill([one], flat(flow_rule=RULE)))
    assert [line.treatment for line in lines] == [FlowTreatment.FUNDING, FlowTreatment.CLOSING]
    assert fee.total == usd("142.47")  # 52 days of 1 % on 100,000


def test_a_minimum_that_set_the_fee_leaves_nothing_to_adjust():
    one = account("a", 60_000, flows=(flow(date(2026, 5, 2), 10_000),))
    fee, (line,) = flows_of(bill([one], flat(flow_rule=RULE, minimum=Limit(usd(2000)))))
    assert line.treatment is FlowTreatment.LIMIT_SET_FEE
    assert fee.total == usd("498.63")


def test_a_flow_of_an_account_that_is_not_billed_is_listed_without_amount():
    out = account(
        "a", 60_000, flows=(flow(date(2026, 5, 2), 10_000),), exclusions=(Exclusion(ExclusionReason.EMPLOYEE),)
    )
    _, (line,) = flows_of(bill([out, account("b", 100_000)], flat(flow_rule=RULE)))
    assert (line.treatment, line.amount) == (FlowTreatment.NOT_BILLED, 0)


def test_an_account_that_left_in_the_period_before_is_settled_until_its_last_day():
    gone = account("a", 0, day=Q2.first, flows=(flow(date(2026, 5, 16), 100_000),), closed_on=date(2026, 5, 31))
    fee, (line,) = flows_of(bill([gone, account("b", 100_000, day=Q2.last)], in_advance(flat, flow_rule=RULE), NEXT))
    assert line.parts[0].days == 16
    assert str(fee.accounts[0].fee.amount) == "43.84"


def test_flows_are_never_prorated_beside_an_average_balance():
    with pytest.raises(InvalidInputError, match="already inside an average"):
        flat(flow_rule=RULE, value_basis=ValueBasis.AVERAGE_DAILY_BALANCE)


def test_a_first_run_in_advance_has_no_period_to_settle():
    one = account("a", 500_000, day=Q2.last, flows=(flow(date(2026, 5, 16), 100_000),))
    _, lines = flows_of(bill([one], in_advance(flat, flow_rule=RULE), BillingPeriod(Q3, 4)))
    assert lines == ()


def test_an_opening_value_billed_in_arrears_charges_a_deposit_for_the_days_it_was_there():
    one = AccountValues("a", (value(date(2026, 3, 31), 500_000),), flows=(flow(date(2026, 5, 16), 100_000),))
    _, (line,) = flows_of(bill([one], flat(flow_rule=RULE, value_basis=ValueBasis.OPENING)))
    assert round(line.amount, 2) == Decimal("126.03")
