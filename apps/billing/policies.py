"""What may be done with a run, an invoice, a payment: pure predicates on loaded objects."""

from __future__ import annotations

from decimal import Decimal

from apps.billing.models import Collection, HouseholdFee, Invoice, PaymentState, RunState

# the life of a run; changed values lead back to the draft from every state before the lock
TRANSITIONS: dict[str, frozenset[str]] = {
    RunState.DRAFT: frozenset({RunState.CALCULATED, RunState.DISCARDED}),
    RunState.CALCULATED: frozenset({RunState.CALCULATED, RunState.DRAFT, RunState.IN_REVIEW, RunState.DISCARDED}),
    RunState.IN_REVIEW: frozenset({RunState.CALCULATED, RunState.DRAFT, RunState.APPROVED}),
    RunState.APPROVED: frozenset({RunState.CALCULATED, RunState.DRAFT, RunState.LOCKED}),
    RunState.LOCKED: frozenset({RunState.INVOICED}),
    RunState.INVOICED: frozenset(),
    RunState.DISCARDED: frozenset(),
}
# states in which the fees of a run stand for good
SETTLED = frozenset({RunState.LOCKED, RunState.INVOICED})
# what a payment may still become; succeeded is the end, and a late success outruns a failure or an expiry
PAYMENT_STEPS: dict[str, frozenset[str]] = {
    PaymentState.STARTED: frozenset(
        {PaymentState.PROCESSING, PaymentState.SUCCEEDED, PaymentState.FAILED, PaymentState.EXPIRED}
    ),
    PaymentState.PROCESSING: frozenset({PaymentState.SUCCEEDED, PaymentState.FAILED}),
    PaymentState.FAILED: frozenset({PaymentState.SUCCEEDED}),
    PaymentState.EXPIRED: frozenset({PaymentState.SUCCEEDED}),
    PaymentState.SUCCEEDED: frozenset(),
}
# a fee that differs from the last period's by more than this share is listed as an exception for the reviewer
EXCEPTION_SHARE_PERCENT = 20


def can_become(state: str, target: str) -> bool:
    """Say whether a run in `state` may go to `target`."""
    return target in TRANSITIONS.get(state, frozenset())


def payment_can_become(state: str, target: str) -> bool:
    """Say whether a payment in `state` may go to `target`."""
    return target in PAYMENT_STEPS.get(state, frozenset())


def is_paid_by_client(invoice: Invoice) -> bool:
    """Say whether the client pays this invoice; others are debited from the accounts."""
    return invoice.collection == Collection.INVOICE


def change_of(fee: HouseholdFee) -> Decimal | None:
    """Return what a fee differs by from the last period's; None where there was none."""
    return fee.total - fee.previous_total if fee.previous_total is not None else None


def differs_much(now: Decimal, before: Decimal | None) -> bool:
    """Say whether a fee is an exception against that of the last period."""
    if not before:
        return False
    return abs(now - before) * 100 > abs(before) * EXCEPTION_SHARE_PERCENT
