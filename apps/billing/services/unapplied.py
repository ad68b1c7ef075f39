"""Money that came for an invoice after it was void: the client's, until it is given back or applied."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.billing.models import Invoice, Payment, PaymentState, Unapplied
from apps.billing.services.invoices import settle_payment
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.kernel.money import minor_units


class NotUnappliedError(DomainError):
    """Nothing is left of the payment to give back or to apply."""

    code = "payment_not_unapplied"


@service
def note_return(*, payment: Payment, note: str, by: Actor) -> Payment:
    """Note how an amount was given back: at Stripe, by check, by transfer.

    Raises NotUnappliedError when something became of it already, InvalidInputError without a note.
    """
    payment = _locked(payment)
    if not note.strip():
        raise InvalidInputError(gettext_noop("Say how the amount was given back."), field="note")
    _resolve(payment, Unapplied.RETURNED, note.strip(), action="billing.return_payment", by=by)
    return payment


@service
def apply_payment(*, payment: Payment, invoice: Invoice, by: Actor) -> Payment:
    """Count an amount on another open invoice of the household; return the payment there.

    Raises NotUnappliedError, InvalidInputError for an invoice of others, in another currency, or of which less is due.
    """
    # the invoice first, as everywhere: payments of one invoice follow one another
    invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
    payment = _locked(payment)
    _demand_fit(payment, invoice)
    applied = Payment.objects.create(
        invoice=invoice,
        method=payment.method,
        state=PaymentState.STARTED,
        currency=payment.currency,
        amount=payment.amount,
        reference=_("came for %(number)s") % {"number": payment.invoice.number},
        started_by=by.label,
    )
    settle_payment(payment=applied, by=by)
    _resolve(payment, Unapplied.APPLIED, invoice.number, action="billing.apply_payment", by=by)
    return applied


def _locked(payment: Payment) -> Payment:
    rows = Payment.objects.select_for_update(of=("self",)).select_related("invoice__household")
    locked = rows.get(pk=payment.pk)
    if locked.unapplied != Unapplied.WAITING:
        raise NotUnappliedError(
            gettext_noop("Nothing of this payment is left to give back or to apply."),
            mend=gettext_noop("Reload the page: somebody may have seen to it."),
        )
    return locked


def _demand_fit(payment: Payment, invoice: Invoice) -> None:
    if invoice.household_id != payment.invoice.household_id or invoice.currency != payment.currency:
        raise InvalidInputError(gettext_noop("Choose an open invoice of the same household."), field="invoice")
    if not invoice.is_open or invoice.due < payment.amount:
        raise InvalidInputError(
            gettext_noop("Of invoice %(number)s only %(due)s is due."),
            mend=gettext_noop("Choose another invoice, or give the amount back."),
            field="invoice",
            number=invoice.number,
            due=f"{invoice.due:.{minor_units(invoice.currency)}f}",
        )
    if invoice.payments.open().exists():
        raise InvalidInputError(
            gettext_noop("A card payment of invoice %(number)s has begun."),
            mend=gettext_noop("Wait until it is paid or has expired."),
            field="invoice",
            number=invoice.number,
        )


def _resolve(payment: Payment, became: Unapplied, note: str, *, action: str, by: Actor) -> None:
    before = {"unapplied": payment.unapplied, "unapplied_note": payment.unapplied_note}
    payment.unapplied, payment.unapplied_note = became, note[:300]
    payment.save(update_fields=["unapplied", "unapplied_note", "updated_at"])
    after = {"unapplied": payment.unapplied, "unapplied_note": payment.unapplied_note}
    audit.record(action, by=by, target=payment, before=before, after=after, facts={"amount": payment.amount})
    invoice = payment.invoice
    topic = f"household:{invoice.household.public_id}"
    realtime.publish(topic, "billing.invoice", invoice=str(invoice.public_id))
