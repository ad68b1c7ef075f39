"""Invoices: issue them from a locked run, take one back, record what was paid another way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.selectors.firm_days import firm_today
from apps.billing.models import (
    BillingRun,
    CreditNote,
    HouseholdFee,
    Invoice,
    InvoiceLine,
    InvoiceState,
    Payment,
    PaymentMethod,
    PaymentState,
    RunState,
    SeriesKind,
    Unapplied,
)
from apps.billing.models.payment import OPEN_PAYMENTS
from apps.billing.policies import SETTLED
from apps.billing.services._checks import checked
from apps.billing.services._papers import file_credit_note, file_invoice, next_number, send_invoice
from apps.core import audit, jobs, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.kernel.money import minor_units

DAYS_TO_PAY = 30
ISSUE = "billing.issue_invoices"
Progress = Callable[[float, str], None]


class NotLockedError(DomainError):
    """Invoices are written only from fees that are locked."""

    code = "run_not_locked"


class InvoiceClosedError(DomainError):
    """The invoice is paid or void."""

    code = "invoice_closed"


class PaymentUnderWayError(DomainError):
    """A payment of the invoice has begun."""

    code = "payment_under_way"


@service
def request_invoices(*, run: BillingRun, by: Actor) -> BillingRun:
    """Have the invoices of a locked run written in the background. Raises NotLockedError."""
    run = BillingRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=run.pk)
    _demand_locked(run)
    is_asked = run.job is not None and run.job.is_open and run.job.name == ISSUE
    if run.state == RunState.INVOICED or is_asked:
        return run
    run.job = jobs.enqueue(ISSUE, by=by, topic="firm:all", run_id=run.pk)
    run.save(update_fields=["job", "updated_at"])
    audit.record("billing.request_invoices", by=by, target=run, facts={"job": str(run.job.public_id)})
    return run


def issue_invoices(*, run: BillingRun, by: Actor, progress: Progress | None = None) -> list[Invoice]:
    """Write the invoice of every fee of a locked run, each in a transaction of its own; what is written stays.

    A second run of the job goes on where the first stopped. A fee in the client's favour becomes a credit note, one of
    nothing becomes no paper. Raises NotLockedError.
    """
    _demand_locked(run)
    fees = list(run.fees.filter(invoice=None, credit_note=None).exclude(total=0).order_by("household__name", "id"))
    for n, fee in enumerate(fees):
        if progress is not None:
            progress(n / len(fees), _("Writing invoices"))
        issue_invoice(fee=fee, by=by)
    _finish(run=run, by=by)
    return list(Invoice.objects.filter(household_fee__run=run))


@service
def issue_invoice(*, fee: HouseholdFee, by: Actor) -> Invoice | CreditNote:
    """Write the invoice of a locked fee (or its credit note), file it for the client and mail that it is there.

    A fee that has its paper keeps it. Raises NotLockedError, InvalidInputError for a fee of nothing.
    """
    fee = HouseholdFee.objects.select_for_update().get(pk=fee.pk)
    _demand_locked(fee.run)
    written = Invoice.objects.filter(household_fee=fee).first() or CreditNote.objects.filter(household_fee=fee).first()
    if written is not None:
        return written
    if not fee.total:
        raise InvalidInputError(gettext_noop("Nothing is due, so there is nothing to invoice."))
    return _invoice(fee, by) if fee.total > 0 else _credit_note(fee, by)


@service
def void_invoice(*, invoice: Invoice, reason: str, by: Actor) -> Invoice:
    """Take an invoice back, with the reason; what was paid on it is owed to the client by a credit note.

    The number stays taken. Raises InvoiceClosedError for a void one, PaymentUnderWayError while a payment runs,
    InvalidInputError without a reason.
    """
    invoice = Invoice.objects.select_for_update().select_related("household").get(pk=invoice.pk)
    if invoice.state == InvoiceState.VOID:
        raise InvoiceClosedError(gettext_noop("Invoice %(number)s is void already."), number=invoice.number)
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why the invoice is taken back."), field="reason")
    _demand_no_payment(invoice)
    before = audit.snapshot(invoice)
    invoice.state, invoice.void_reason = InvoiceState.VOID, reason.strip()
    checked(invoice, exclude=["household"])
    invoice.save(update_fields=["state", "void_reason", "updated_at"])
    after = audit.snapshot(invoice)
    audit.record("billing.void_invoice", by=by, target=invoice, before=before, after=after, reason=reason.strip())
    if invoice.paid:
        note = _write_note(invoice.household_id, invoice.paid, invoice.currency, reason.strip())
        note.invoice = invoice
        _file_note(note, by)
    _tell(invoice)
    return invoice


@service
def record_payment(*, invoice: Invoice, amount: Decimal, method: str, reference: str, by: Actor) -> Payment:
    """Record what came by check, transfer or the custodian's debit.

    Raises InvoiceClosedError, PaymentUnderWayError while a card payment runs, InvalidInputError for an amount above
    what is due, one that is no amount, a reference that the invoice has already, or card as the method: those come
    from Stripe alone.
    """
    invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if not invoice.is_open:
        raise InvoiceClosedError(
            gettext_noop("Invoice %(number)s is closed: %(state)s."),
            number=invoice.number,
            state=invoice.get_state_display().lower(),
        )
    _demand_no_payment(invoice)
    if method == PaymentMethod.CARD or method not in PaymentMethod.values:
        raise InvalidInputError(
            gettext_noop("A card payment is recorded when Stripe reports it."),
            mend=gettext_noop("Choose check, transfer or debit."),
            field="method",
        )
    places = minor_units(invoice.currency)
    if not 0 < amount <= invoice.due or amount != round(amount, places):
        raise InvalidInputError(
            gettext_noop("Enter an amount up to %(due)s."), field="amount", due=f"{invoice.due:.{places}f}"
        )
    _demand_new_reference(invoice, method, reference.strip())
    payment = Payment(
        invoice=invoice,
        method=method,
        state=PaymentState.STARTED,
        currency=invoice.currency,
        amount=amount,
        reference=reference.strip(),
        started_by=by.label,
    )
    checked(payment, exclude=["invoice"])
    payment.save()
    return settle_payment(payment=payment, by=by)


@service
def settle_payment(*, payment: Payment, by: Actor, amount: Decimal | None = None) -> Payment:
    """Count a payment as received, once: a second call changes nothing. `amount` is what came, where it is known.

    More than is due is kept on the invoice as paid, so that the overpayment can be seen and given back. What comes
    when the invoice is void already is the client's money: it waits until the firm gives it back or applies it
    (services.unapplied).
    """
    invoice = Invoice.objects.select_for_update().select_related("household").get(pk=payment.invoice_id)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.state == PaymentState.SUCCEEDED:
        return payment
    before = {"state": payment.state, "paid": invoice.paid, "invoice": invoice.state}
    payment.amount = payment.amount if amount is None else amount
    payment.state, payment.failure, payment.paid_at = PaymentState.SUCCEEDED, "", timezone.now()
    if invoice.state == InvoiceState.VOID:
        payment.unapplied = Unapplied.WAITING
    else:
        invoice.paid += payment.amount
        invoice.state = InvoiceState.PAID if invoice.paid >= invoice.total else InvoiceState.PARTIAL
        invoice.save(update_fields=["paid", "state", "updated_at"])
    payment.save(update_fields=["amount", "state", "unapplied", "failure", "paid_at", "updated_at"])
    after = {"state": payment.state, "paid": invoice.paid, "invoice": invoice.state}
    facts = {"amount": payment.amount, "unapplied": payment.unapplied}
    audit.record("billing.settle_payment", by=by, target=payment, before=before, after=after, facts=facts)
    _tell(invoice)
    return payment


def _invoice(fee: HouseholdFee, by: Actor) -> Invoice:
    today = firm_today()
    invoice = Invoice(
        household=fee.household,
        household_fee=fee,
        number=next_number(SeriesKind.INVOICE, today),
        issued_on=today,
        due_on=today + dt.timedelta(days=DAYS_TO_PAY),
        first_day=fee.run.first_day,
        last_day=fee.run.last_day,
        currency=fee.currency,
        total=fee.total,
        collection=fee.assignment.collection,
    )
    checked(invoice, exclude=["household", "household_fee"])
    invoice.save()
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            account_fee=part,
            description=f"{part.account.name} {part.account.masked_number}".strip(),
            billable_value=part.billable_value,
            amount=part.amount,
        )
        for part in fee.accounts.select_related("account").order_by("account_id")
    )
    invoice.document = file_invoice(invoice, by)
    invoice.save(update_fields=["document", "updated_at"])
    audit.record("billing.issue_invoice", by=by, target=invoice, after=audit.snapshot(invoice))
    send_invoice(invoice, by)
    _tell(invoice)
    return invoice


def _credit_note(fee: HouseholdFee, by: Actor) -> CreditNote:
    reason = _("Fees of %(first)s to %(last)s: more was prepaid than earned") % {
        "first": fee.run.first_day.isoformat(),
        "last": fee.run.last_day.isoformat(),
    }
    note = _write_note(fee.household_id, -fee.total, fee.currency, reason)
    note.household_fee = fee
    return _file_note(note, by)


def _write_note(household_id: int, amount: Decimal, currency: str, reason: str) -> CreditNote:
    today = firm_today()
    return CreditNote(
        household_id=household_id,
        number=next_number(SeriesKind.CREDIT_NOTE, today),
        issued_on=today,
        currency=currency,
        amount=amount,
        reason=reason[:300],
    )


def _file_note(note: CreditNote, by: Actor) -> CreditNote:
    checked(note, exclude=["household", "household_fee", "invoice"])
    note.save()
    file_credit_note(note, by)
    audit.record("billing.issue_credit_note", by=by, target=note, after=audit.snapshot(note))
    return note


@service
def _finish(*, run: BillingRun, by: Actor) -> None:
    run = BillingRun.objects.select_for_update().get(pk=run.pk)
    if run.state != RunState.LOCKED:
        return
    run.state = RunState.INVOICED
    run.save(update_fields=["state", "updated_at"])
    n = Invoice.objects.filter(household_fee__run=run).count()
    audit.record("billing.invoice_run", by=by, target=run, after={"state": run.state, "invoices": n})
    realtime.publish("firm:all", "billing.run", run=str(run.public_id))


def _demand_locked(run: BillingRun) -> None:
    if run.state not in SETTLED:
        raise NotLockedError(
            gettext_noop("The fees of this run are not locked."),
            mend=gettext_noop("Have the run approved and lock it first."),
        )


def _demand_no_payment(invoice: Invoice) -> None:
    if invoice.payments.filter(state__in=OPEN_PAYMENTS, method=PaymentMethod.CARD).exists():
        raise PaymentUnderWayError(
            gettext_noop("A card payment of invoice %(number)s has begun."),
            mend=gettext_noop("Wait until it is paid or has expired."),
            number=invoice.number,
        )


def _demand_new_reference(invoice: Invoice, method: str, reference: str) -> None:
    """Refuse what the locked invoice has already: the same check or transfer does not come twice."""
    if (
        reference
        and invoice.payments.filter(method=method, reference__iexact=reference, state=PaymentState.SUCCEEDED).exists()
    ):
        raise InvalidInputError(
            gettext_noop("A payment with the reference “%(reference)s” is recorded on this invoice already."),
            mend=gettext_noop("Look at its payments; give another reference where it is another payment."),
            field="reference",
            reference=reference,
        )


def _tell(invoice: Invoice) -> None:
    topic = f"household:{invoice.household.public_id}"
    realtime.publish(topic, "billing.invoice", invoice=str(invoice.public_id))
