"""The demo firm's fees: two quarters in arrears, reviewed by a second person, invoiced, mostly paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from apps.accounts.models import ApprovalRequest, FirmProfile, User
from apps.accounts.services.approvals import decide_approval
from apps.billing.models import (
    BillingRun,
    FeeSchedule,
    FeeScheduleVersion,
    FeeTiming,
    Invoice,
    PaymentMethod,
    RunState,
)
from apps.billing.services.assignments import assign_fee
from apps.billing.services.invoices import issue_invoices, record_payment
from apps.billing.services.runs import APPROVAL_KIND, calculate_run, lock_run, start_run, submit_run
from apps.billing.services.schedules import define_schedule
from apps.clients.models import Agreement
from apps.clients.services.agreement_texts import FeeSummary, FeeTier
from apps.core import jobs
from apps.core.actors import Actor
from apps.core.services import service
from apps.firms.services.demo.firm import STAFF
from apps.kernel.money import Money

N_QUARTERS = 2
NAME = "Advisory fee"
_CLAUSE = "4.2"  # of the standard agreement: its fee schedule
_BANDS = ((Decimal(500_000), Decimal("0.0100")), (Decimal(2_000_000), Decimal("0.0075")), (None, Decimal("0.0050")))


def fees() -> FeeSummary:
    """Return what the demo agreements say about fees."""
    return FeeSummary(tiers=tuple(FeeTier(Money(upper) if upper else None, rate) for upper, rate in _BANDS))


def first_billed_day(today: dt.date) -> dt.date:
    """Return the first day of the quarters that are billed: those before the running one."""
    months = today.year * 12 + (today.month - 1) // 3 * 3 - 3 * N_QUARTERS
    return dt.date(months // 12, months % 12 + 1, 1)


def put_on_schedule(agreement: Agreement, *, by: Actor) -> None:
    """Put the household of a signed agreement on the firm's schedule from the day that the agreement counts."""
    schedule = _schedule(effective_on=agreement.effective_on, by=by)
    assign_fee(
        household=agreement.household,
        version=schedule,
        agreement=agreement,
        clause=_CLAUSE,
        starts_on=agreement.effective_on,
        by=by,
    )


@service
def _schedule(*, effective_on: dt.date, by: Actor) -> FeeScheduleVersion:
    FirmProfile.objects.select_for_update().first()  # two households built at once define one schedule
    found = FeeSchedule.objects.filter(name=NAME).first()
    if found is not None:
        return FeeScheduleVersion.objects.filter(schedule=found).latest("number")
    terms = {
        "kind": "graduated",
        "tiers": [{"up_to": upper, "rate": rate, "clause": _CLAUSE} for upper, rate in _BANDS],
        "timing": FeeTiming.ARREARS,
        "value_basis": "period_end",
    }
    return define_schedule(name=NAME, terms=terms, effective_on=effective_on, by=by)


def bill_quarters(*, today: dt.date) -> None:
    """Bill the last quarters; a quarter that has a run already is left as it is.

    An advisor calculates and sends the run, the principal approves and locks it. Of the newest quarter every third
    invoice is still open.
    """
    principal, advisor = (User.objects.get(email=STAFF[place][2]).as_actor() for place in (0, 1))
    first = first_billed_day(today)
    for place in range(N_QUARTERS):
        month = first.month - 1 + 3 * place
        begins = dt.date(first.year + month // 12, month % 12 + 1, 1)
        if BillingRun.objects.filter(first_day=begins).exclude(state=RunState.DISCARDED).exists():
            continue
        invoices = _bill(begins, advisor, principal)
        _collect(invoices, is_newest=place == N_QUARTERS - 1, by=advisor)


def _bill(begins: dt.date, advisor: Actor, principal: Actor) -> list[Invoice]:
    run = _open_run(first_day=begins, by=advisor)
    calculate_run(run=run, by=advisor)
    submit_run(run=run, by=advisor)
    request = ApprovalRequest.objects.filter(kind=APPROVAL_KIND, target_id=str(run.public_id)).latest("id")
    decide_approval(request=request, decision="approve", by=principal)
    run.refresh_from_db()
    return issue_invoices(run=lock_run(run=run, by=principal), by=principal)


@service
def _open_run(*, first_day: dt.date, by: Actor) -> BillingRun:
    """Open a run whose calculation is not left to a job: the caller is one."""
    run = start_run(timing=FeeTiming.ARREARS, first_day=first_day, by=by)
    if run.job is not None:
        jobs.cancel(run.job, by=by)
    return run


def _collect(invoices: list[Invoice], *, is_newest: bool, by: Actor) -> None:
    for place, invoice in enumerate(invoices):
        if (is_newest and place % 3 == 0) or not invoice.due:
            continue
        method = PaymentMethod.CHECK if place % 2 else PaymentMethod.TRANSFER
        record_payment(invoice=invoice, amount=invoice.due, method=method, reference=f"Ref. {invoice.number}", by=by)
