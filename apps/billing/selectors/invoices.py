"""Invoices, payments and what the firm billed, as far as the reader may see them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from apps.billing.models import CreditNote, FeeAssignment, Invoice, InvoiceState, Payment
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.templatetags.formats import money_text
from apps.kernel.errors import NotFoundError, gettext_noop

NOTHING = Decimal(0)


def invoices_for(actor: Actor) -> list[Invoice]:
    """Return the invoices that the actor may see, the newest first, with household and document."""
    return list(Invoice.objects.visible_to(actor).select_related("household", "document"))


def invoice_for(actor: Actor, public_id: uuid.UUID | str) -> Invoice:
    """Return one invoice with its lines, fee and payments. Raises NotFoundError."""
    found = (
        Invoice.objects.visible_to(actor)
        .select_related("household", "document", "household_fee__run", "household_fee__assignment__agreement")
        .prefetch_related("lines__account_fee", "payments")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFoundError(gettext_noop("There is no such invoice, or it is not yours to see."))
    return found


@dataclass(frozen=True, slots=True)
class UnappliedPayment:
    """An amount that came after its invoice was void, and the invoices it could be counted on."""

    payment: Payment
    invoices: tuple[Invoice, ...]

    @property
    def amount(self) -> str:
        """The amount as a sentence names it."""
        return money_text(self.payment.amount, self.payment.currency, style="exact")


def unapplied_payments(invoice: Invoice) -> tuple[UnappliedPayment, ...]:
    """Return what waits on an invoice that the caller has checked; two queries, one where nothing waits."""
    waiting = list(Payment.objects.unapplied().filter(invoice=invoice).order_by("pk"))
    if not waiting:
        return ()
    others = list(Invoice.objects.open().filter(household=invoice.household_id, currency=invoice.currency))
    return tuple(
        UnappliedPayment(payment, tuple(other for other in others if other.due >= payment.amount))
        for payment in waiting
    )


def payment_for(actor: Actor, public_id: uuid.UUID | str) -> Payment:
    """Return one payment with its invoice. Raises NotFoundError."""
    found = Payment.objects.visible_to(actor).select_related("invoice").filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such payment, or it is not yours to see."))
    return found


@dataclass(frozen=True, slots=True)
class HouseholdBillingView:
    """What a household pays by, and what it was billed."""

    current: FeeAssignment | None
    assignments: tuple[FeeAssignment, ...]
    invoices: tuple[Invoice, ...]
    credit_notes: tuple[CreditNote, ...]
    billed: Decimal
    due: Decimal
    currency: str
    as_of: dt.date


def household_billing(household: Household, on: dt.date) -> HouseholdBillingView:
    """Return the billing of a household that the caller has checked, in a fixed number of queries."""
    rows = FeeAssignment.objects.filter(household=household).select_related(
        "version__schedule", "agreement", "paying_account"
    )
    assignments = tuple(rows)
    invoices = tuple(Invoice.objects.filter(household=household).select_related("document"))
    return HouseholdBillingView(
        current=next((a for a in assignments if a.starts_on <= on and (a.ends_on is None or a.ends_on >= on)), None),
        assignments=assignments,
        invoices=invoices,
        credit_notes=tuple(CreditNote.objects.filter(household=household)),
        billed=sum((i.total for i in invoices if i.state != InvoiceState.VOID), NOTHING),
        due=sum((i.due for i in invoices), NOTHING),
        currency=household.currency,
        as_of=on,
    )


@dataclass(frozen=True, slots=True)
class RevenueReport:
    """What was billed and received between two days, as far as the reader may see it."""

    first_day: dt.date
    last_day: dt.date
    currency: str
    invoices: int
    billed: Decimal
    received: Decimal
    open: Decimal
    overdue: Decimal
    voided: int
    by_schedule: tuple[tuple[str, Decimal], ...]


def revenue_report(actor: Actor, first: dt.date, last: dt.date, *, currency: str, today: dt.date) -> RevenueReport:
    """Return the revenue of invoices issued from the first to the last day."""
    rows = Invoice.objects.visible_to(actor).filter(issued_on__range=(first, last), currency=currency)
    valid = rows.exclude(state=InvoiceState.VOID)
    sums = valid.aggregate(
        n=Count("id"),
        billed=Sum("total"),
        received=Sum("paid"),
        overdue=Sum("total", filter=Q(due_on__lt=today, state__in=[InvoiceState.ISSUED, InvoiceState.PARTIAL])),
        overdue_paid=Sum("paid", filter=Q(due_on__lt=today, state__in=[InvoiceState.ISSUED, InvoiceState.PARTIAL])),
    )
    name = "household_fee__assignment__version__schedule__name"
    grouped = valid.order_by(name).values_list(name).annotate(billed=Sum("total"))
    billed, received = sums["billed"] or NOTHING, sums["received"] or NOTHING
    return RevenueReport(
        first_day=first,
        last_day=last,
        currency=currency,
        invoices=sums["n"],
        billed=billed,
        received=received,
        open=sum((i.due for i in valid), NOTHING),
        overdue=(sums["overdue"] or NOTHING) - (sums["overdue_paid"] or NOTHING),
        voided=rows.filter(state=InvoiceState.VOID).count(),
        by_schedule=tuple((str(schedule or ""), amount) for schedule, amount in grouped),
    )
