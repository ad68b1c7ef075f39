"""Card payments through Stripe: started once, settled once, whatever is clicked, repeated or delivered twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.db import IntegrityError
from django.utils.translation import gettext as _

from apps.billing.models import (
    OPEN_PAYMENTS,
    Collection,
    Invoice,
    Payment,
    PaymentMethod,
    PaymentState,
    StripeEvent,
)
from apps.billing.policies import is_paid_by_client, payment_can_become
from apps.billing.services._papers import portal_path
from apps.billing.services._stripe import (
    CheckoutSession,
    from_minor_units,
    open_session,
    read_session,
    verified_event,
)
from apps.billing.services.invoices import InvoiceClosedError, settle_payment
from apps.clients.models import Person
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.core.tenancy.names import current_schema
from apps.kernel.errors import DomainError, gettext_noop

log = structlog.get_logger(__name__)
STRIPE = Actor.system("billing.stripe_webhook")


class DebitedError(DomainError):
    """The fee is debited from the accounts; a card payment would charge it twice."""

    code = "invoice_is_debited"


class ProcessingError(DomainError):
    """A payment of the invoice is being processed."""

    code = "payment_processing"


def start_payment(*, invoice: Invoice, by: Actor, return_path: str = "") -> Payment:
    """Return the payment of what is due on an invoice, with the address (`checkout_url`) where the card is entered.

    Asked for twice, even at once, it is the same payment and the same page at Stripe. The row is committed before
    Stripe is asked, so that whatever Stripe reports finds it. `return_path` is where Stripe sends the client back to
    on this site, by default the portal's page of the invoice.

    Raises InvoiceClosedError, DebitedError for a fee that is debited, ProcessingError while the bank still works on a
    payment, PaymentsUnavailableError when cards are not taken or Stripe is away.
    """
    payment = _open_payment(invoice=invoice, by=by)
    if payment.session_id:
        session = read_session(payment.session_id)
        if session is not None and session.status == "open":
            return payment
        _take_over(payment=payment, session=session, by=by)
        payment = _open_payment(invoice=invoice, by=by)
    title = _("Invoice %(number)s") % {"number": payment.invoice.number}
    person = Person.objects.filter(user_id=by.user_id).first() if by.user_id else None
    session = open_session(
        payment,
        title=title,
        email=person.email if person else "",
        return_url=site_url(return_path or portal_path(payment.invoice)),
    )
    return _record_session(payment=payment, session=session, by=by)


def receive_event(*, payload: bytes, signature: str) -> StripeEvent | None:
    """Take in a webhook of Stripe: check its signature, store the event once, do what it says once.

    A second delivery, even at the same moment, waits for the first and changes nothing. Events may come in any order.
    One of another firm, or of a kind that means nothing here, is left alone with a line in the log. Returns None for
    what was left alone or known before. Raises WebhookRefusedError.
    """
    event = verified_event(payload, signature)
    found = _Told.of(event)
    if found.firm and found.firm != current_schema():
        log.info("billing.webhook_of_another_firm", event_id=found.event_id, kind=found.kind)
        return None
    try:
        return _take_in(told=found, by=STRIPE)
    except IntegrityError:
        if not StripeEvent.objects.filter(event_id=found.event_id).exists():
            raise
        log.info("billing.webhook_repeated", event_id=found.event_id, kind=found.kind)
        return None


@service
def _open_payment(*, invoice: Invoice, by: Actor) -> Payment:
    invoice = Invoice.objects.select_for_update().select_related("household").get(pk=invoice.pk)
    if not invoice.is_open:
        raise InvoiceClosedError(
            gettext_noop("Invoice %(number)s is closed: %(state)s."),
            number=invoice.number,
            state=invoice.get_state_display().lower(),
        )
    if not is_paid_by_client(invoice):
        raise DebitedError(
            gettext_noop("This fee is collected otherwise: %(how)s."),
            mend=gettext_noop("There is nothing to pay."),
            how=str(Collection(invoice.collection).label).lower(),
        )
    running = invoice.payments.filter(state__in=OPEN_PAYMENTS).first()
    if running is not None and running.state == PaymentState.PROCESSING:
        raise ProcessingError(
            gettext_noop("A payment of invoice %(number)s is being processed."),
            mend=gettext_noop("Wait for its result; you will not be charged twice."),
            number=invoice.number,
        )
    if running is not None:
        return running
    payment = Payment.objects.create(
        invoice=invoice,
        method=PaymentMethod.CARD,
        currency=invoice.currency,
        amount=invoice.due,
        started_by=by.label,
    )
    audit.record("billing.start_payment", by=by, target=payment, after=audit.snapshot(payment))
    return payment


@service
def _record_session(*, payment: Payment, session: CheckoutSession, by: Actor) -> Payment:  # noqa: ARG001 - services name their actor
    payment = Payment.objects.select_for_update(of=("self",)).select_related("invoice").get(pk=payment.pk)
    payment.checkout_url = session.url
    payment.save(update_fields=["checkout_url", "updated_at"])
    _name(payment, session_id=session.id, intent_id=session.intent_id)
    return payment


@service
def _take_over(*, payment: Payment, session: CheckoutSession | None, by: Actor) -> None:
    """Take up what became of a session of which no webhook has come yet."""
    if session is not None and session.payment_status == "paid":
        _name(payment, session_id="", intent_id=session.intent_id)
        settle_payment(payment=payment, amount=session.amount, by=by)
    elif session is not None and session.status == "complete":
        _move(payment, PaymentState.PROCESSING, by)
    else:
        _move(payment, PaymentState.EXPIRED, by)


@dataclass(frozen=True, slots=True)
class _Told:
    """What an event says, of whichever kind of object."""

    event_id: str
    kind: str
    happened_at: dt.datetime
    firm: str
    payment_id: str
    session_id: str
    intent_id: str
    is_paid: bool
    amount: Decimal | None
    currency: str
    failure: str

    @classmethod
    def of(cls, event: dict[str, Any]) -> _Told:
        """Read a checkout session's or a payment intent's event."""
        about: dict[str, Any] = event.get("data", {}).get("object", {})
        is_session = about.get("object") == "checkout.session"
        marks = about.get("metadata") or {}
        currency = str(about.get("currency") or "").upper()
        units = about.get("amount_total") if is_session else about.get("amount_received")
        return cls(
            event_id=str(event["id"]),
            kind=str(event["type"]),
            happened_at=dt.datetime.fromtimestamp(int(event.get("created", 0)), tz=dt.UTC),
            firm=str(marks.get("firm", "")),
            payment_id=str(marks.get("payment", "")),
            session_id=str(about.get("id")) if is_session else "",
            intent_id=str((about.get("payment_intent") if is_session else about.get("id")) or ""),
            is_paid=about.get("payment_status") == "paid" if is_session else about.get("status") == "succeeded",
            amount=from_minor_units(int(units), currency) if units and currency else None,
            currency=currency,
            failure=str((about.get("last_payment_error") or {}).get("message", ""))[:300],
        )


@service
def _take_in(*, told: _Told, by: Actor) -> StripeEvent | None:
    handle = _HANDLERS.get(told.kind)
    payment = _payment_of(told) if handle is not None else None
    if handle is None or payment is None:
        log.info("billing.webhook_ignored", event_id=told.event_id, kind=told.kind, payment=told.payment_id)
        return None
    # the row first: of two deliveries at once the second waits here for the first one's commit, then is refused
    event = StripeEvent(event_id=told.event_id, kind=told.kind, happened_at=told.happened_at, payment=payment)
    event.save(force_insert=True)
    # then the invoice: different events of one invoice follow one another
    Invoice.objects.select_for_update().get(pk=payment.invoice_id)
    payment.refresh_from_db()
    event.outcome = handle(payment, told, by)
    event.save(update_fields=["outcome", "updated_at"])
    log.info("billing.webhook_taken", event_id=told.event_id, kind=told.kind, outcome=event.outcome)
    return event


def _payment_of(told: _Told) -> Payment | None:
    if told.payment_id:
        try:
            return Payment.objects.filter(public_id=UUID(told.payment_id)).first()
        except ValueError:
            return None
    if told.session_id:
        return Payment.objects.filter(session_id=told.session_id).first()
    return Payment.objects.filter(intent_id=told.intent_id).first() if told.intent_id else None


def _paid(payment: Payment, told: _Told, by: Actor) -> str:
    if not told.is_paid:
        _move(payment, PaymentState.PROCESSING, by)
        return "processing"
    if told.currency != payment.currency:
        log.error("billing.webhook_currency", event_id=told.event_id, told=told.currency, known=payment.currency)
        return "refused: currency"
    was = payment.state
    _name(payment, session_id=told.session_id, intent_id=told.intent_id)
    settle_payment(payment=payment, amount=told.amount, by=by)
    return "already settled" if was == PaymentState.SUCCEEDED else "settled"


def _name(payment: Payment, *, session_id: str, intent_id: str) -> None:
    """Keep what Stripe calls the payment, as far as it is known now."""
    payment.session_id = session_id or payment.session_id
    payment.intent_id = intent_id or payment.intent_id
    payment.save(update_fields=["session_id", "intent_id", "updated_at"])


def _expired(payment: Payment, told: _Told, by: Actor) -> str:  # noqa: ARG001 - handlers share one shape
    return "expired" if _move(payment, PaymentState.EXPIRED, by) else "too late"


def _failed(payment: Payment, told: _Told, by: Actor) -> str:
    return "failed" if _move(payment, PaymentState.FAILED, by, failure=told.failure) else "too late"


def _declined(payment: Payment, told: _Told, by: Actor) -> str:
    """A declined card does not end the session: the client may try another one on the same page."""
    if payment.state not in OPEN_PAYMENTS:
        return "too late"
    payment.failure = told.failure
    payment.save(update_fields=["failure", "updated_at"])
    audit.record("billing.note_declined_card", by=by, target=payment, reason=told.failure)
    _tell(payment)
    return "declined"


_HANDLERS = {
    "checkout.session.completed": _paid,
    "checkout.session.async_payment_succeeded": _paid,
    "checkout.session.async_payment_failed": _failed,
    "checkout.session.expired": _expired,
    "payment_intent.succeeded": _paid,
    "payment_intent.payment_failed": _declined,
}


def _move(payment: Payment, state: PaymentState, by: Actor, *, failure: str = "") -> bool:
    """Take the payment to a state that may follow its own; say whether it did."""
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    if not payment_can_become(locked.state, state):
        return False
    before = {"state": locked.state}
    locked.state, locked.failure = state, failure
    locked.save(update_fields=["state", "failure", "updated_at"])
    audit.record("billing.move_payment", by=by, target=locked, before=before, after={"state": state}, reason=failure)
    _tell(locked)
    return True


def _tell(payment: Payment) -> None:
    invoice = payment.invoice
    topic = f"household:{invoice.household.public_id}"
    realtime.publish(topic, "billing.invoice", invoice=str(invoice.public_id))
