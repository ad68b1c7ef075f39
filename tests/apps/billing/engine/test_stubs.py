from datetime import date

import pytest

from apps.billing.engine.errors import BillingRefusedError
from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import Credit
from apps.billing.engine.receipts import verify_receipt
from apps.billing.engine.stubs import stub_billing
from apps.billing.engine.terms import FeeTerms, FlowRule, Limit, ScheduleKind, Scope, Timing, ValueBasis
from tests.apps.billing.engine.builders import account, bill, flat, graduated, in_advance, usd

OPENING, FUNDED = date(2026, 3, 31), date(2026, 5, 31)
OLD = account("old", 900_000, day=OPENING)
NEW = account("new", 100_000, day=FUNDED, funded_on=FUNDED)


def test_a_stub_is_billed_from_its_funding_day_at_the_breakpoint_of_the_household():
    terms = in_advance(graduated, minimum=Limit(usd(50_000)), flow_rule=FlowRule(usd(1)))
    billing = bill([OLD, NEW], terms, credits=(Credit("Goodwill", usd(5)),))
    fee = calculate_household_fee(stub_billing(billing, {"new"}))
    # 8,750 a year on the million, a tenth of it, a quarter, 31 of 91 days
    assert {line.account_id: line.fee for line in fee.accounts} == {"new": usd("74.52"), "old": usd("0.00")}
    assert verify_receipt(fee.receipt).holds


def test_the_published_stub_is_reproduced():
    terms = in_advance(graduated, negotiated_rate=flat().tiers[0].rate)
    assert calculate_household_fee(stub_billing(bill([NEW], terms), {"new"})).total == usd("85.16")


def test_a_minimum_per_account_is_kept_and_prorated():
    terms = in_advance(graduated, minimum=Limit(usd(36_400), Scope.ACCOUNT))
    fee = calculate_household_fee(stub_billing(bill([OLD, NEW], terms), {"new"}))
    assert fee.total == usd("3100.00")


@pytest.mark.parametrize("account_id", ["old", "stranger"])
def test_only_an_account_that_came_in_the_period_has_a_stub(account_id):
    with pytest.raises(BillingRefusedError, match=f"{account_id} was not funded in the period"):
        stub_billing(bill([OLD, NEW], in_advance(graduated)), {account_id})


def test_a_fixed_fee_covers_new_accounts():
    fixed = FeeTerms(ScheduleKind.FIXED, fixed_annual=usd(4000), timing=Timing.ADVANCE, value_basis=ValueBasis.OPENING)
    with pytest.raises(BillingRefusedError, match="covers its new accounts"):
        stub_billing(bill([OLD, NEW], fixed), {"new"})
