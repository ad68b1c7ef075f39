"""Stripe's API as payments use it: hosted checkout sessions, and events whose signature is checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings

from apps.billing.models import Payment
from apps.core.tenancy.names import require_firm
from apps.kernel.errors import DomainError, gettext_noop
from apps.kernel.money import minor_units

if TYPE_CHECKING:
    import stripe

log = structlog.get_logger(__name__)


class PaymentsUnavailableError(DomainError):
    """Card payments are not set up, or Stripe cannot be reached."""

    code = "payments_unavailable"
    status = 503


class WebhookRefusedError(DomainError):
    """What came to the webhook is not signed by Stripe."""

    code = "webhook_signature"
    status = 400


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """A payment page at Stripe. `status` is open, complete or expired; `payment_status` paid, unpaid."""

    id: str
    url: str
    status: str
    payment_status: str
    intent_id: str
    amount: Decimal


def _client() -> stripe.StripeClient:
    if not settings.STRIPE_SECRET_KEY:
        raise PaymentsUnavailableError(
            gettext_noop("Card payments are not set up."),
            mend=gettext_noop("Pay by bank transfer; the firm can set STRIPE_SECRET_KEY to take cards."),
        )
    # imported when asked for, here and below: it takes 0.7 s
    import stripe

    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY, base_addresses={"api": settings.STRIPE_API_BASE}, max_network_retries=2
    )


def open_session(payment: Payment, *, title: str, email: str, return_url: str) -> CheckoutSession:
    """Open the payment's page, once: the payment's id is the idempotency key, so a repeated request finds the same.

    Raises PaymentsUnavailableError.
    """
    marks = {"firm": require_firm(), "payment": str(payment.public_id), "invoice": payment.invoice.number}
    params: dict[str, Any] = {
        "mode": "payment",
        "payment_method_types": ["card"],
        "client_reference_id": str(payment.public_id),
        "metadata": marks,
        "payment_intent_data": {"metadata": marks, "description": title},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": payment.currency.lower(),
                    "unit_amount": in_minor_units(payment.amount, payment.currency),
                    "product_data": {"name": title},
                },
            }
        ],
        "success_url": return_url,
        "cancel_url": return_url,
    }
    if email:
        params["customer_email"] = email
    options: Any = {"idempotency_key": f"{require_firm()}-{payment.public_id}"}
    return _asked(lambda client: client.v1.checkout.sessions.create(params, options))


def read_session(session_id: str) -> CheckoutSession | None:
    """Return a session as it stands now, None where Stripe knows none such. Raises PaymentsUnavailableError."""
    try:
        return _asked(lambda client: client.v1.checkout.sessions.retrieve(session_id))
    except _SessionUnknownError:
        return None


def verified_event(payload: bytes, signature: str) -> dict[str, Any]:
    """Return the event of a webhook. Raises WebhookRefusedError when it was not signed with our secret, or long ago."""
    import stripe

    try:
        stripe.Webhook.construct_event(payload, signature, settings.STRIPE_WEBHOOK_SECRET)
        event: dict[str, Any] = json.loads(payload)
    except (stripe.SignatureVerificationError, ValueError) as wrong:
        log.warning("billing.webhook_refused", reason=str(wrong), bytes=len(payload))
        raise WebhookRefusedError(
            gettext_noop("The signature of this webhook does not match."),
            mend=gettext_noop("Set STRIPE_WEBHOOK_SECRET to the signing secret of this endpoint."),
        ) from wrong
    return event


def in_minor_units(amount: Decimal, currency: str) -> int:
    """Return the amount as Stripe counts it: in cents, or whole yen."""
    return int(amount.scaleb(minor_units(currency)))


def from_minor_units(units: int, currency: str) -> Decimal:
    """Return the amount that Stripe names in its smallest unit."""
    return Decimal(units).scaleb(-minor_units(currency))


class _SessionUnknownError(Exception):
    """Stripe has no session of this id."""


def _asked(call: Any) -> CheckoutSession:
    import stripe

    try:
        session = call(_client())
    except stripe.InvalidRequestError as wrong:
        if wrong.code == "resource_missing":
            raise _SessionUnknownError from wrong
        log.warning("billing.stripe_refused", reason=str(wrong), code=wrong.code, param=wrong.param)
        raise PaymentsUnavailableError(
            gettext_noop("Stripe refused this payment: %(reason)s"),
            mend=gettext_noop("Pay by bank transfer, or ask the firm."),
            reason=str(wrong.user_message or wrong),
        ) from wrong
    except stripe.AuthenticationError as wrong:
        log.warning("billing.stripe_key_refused", reason=str(wrong))
        raise PaymentsUnavailableError(
            gettext_noop("The card processor does not know this firm's key."),
            mend=gettext_noop("The firm has to correct STRIPE_SECRET_KEY; nothing was charged."),
        ) from wrong
    except stripe.StripeError as away:
        log.warning("billing.stripe_away", reason=str(away))
        raise PaymentsUnavailableError(
            gettext_noop("The card processor cannot be reached."),
            mend=gettext_noop("Try again in a minute; nothing was charged."),
        ) from away
    currency = str(session.currency or "").upper()
    return CheckoutSession(
        id=str(session.id),
        url=str(session.url or ""),
        status=str(session.status or ""),
        payment_status=str(session.payment_status or ""),
        intent_id=str(session.payment_intent or ""),
        amount=from_minor_units(int(session.amount_total or 0), currency),
    )
