from decimal import Decimal

import pytest

from apps.billing.models import HouseholdFee, PaymentState, RunState
from apps.billing.policies import (
    PAYMENT_STEPS,
    TRANSITIONS,
    can_become,
    change_of,
    differs_much,
    payment_can_become,
)


def test_every_state_is_in_its_table():
    assert set(TRANSITIONS) == set(RunState.values)
    assert set(PAYMENT_STEPS) == set(PaymentState.values)


def test_a_run_is_locked_only_when_approved_and_then_stands():
    assert [state for state in RunState.values if can_become(state, RunState.LOCKED)] == [RunState.APPROVED]
    assert TRANSITIONS[RunState.LOCKED] == {RunState.INVOICED}


def test_a_payment_that_succeeded_is_the_end_and_a_late_success_counts():
    assert PAYMENT_STEPS[PaymentState.SUCCEEDED] == frozenset()
    assert payment_can_become(PaymentState.EXPIRED, PaymentState.SUCCEEDED)
    assert not payment_can_become(PaymentState.FAILED, PaymentState.STARTED)


@pytest.mark.parametrize(
    ("now", "before", "much"), [("120", "100", False), ("120.01", "100", True), ("79", "100", True), ("5", None, False)]
)
def test_a_fee_is_an_exception_from_a_fifth_on(now, before, much):
    assert differs_much(Decimal(now), None if before is None else Decimal(before)) is much


def test_a_first_fee_has_no_change():
    assert change_of(HouseholdFee(total=Decimal(9))) is None
    assert change_of(HouseholdFee(total=Decimal(9), previous_total=Decimal(11))) == -2
