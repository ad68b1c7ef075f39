"""Payments, and every event that Stripe sent about them, once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.billing.models.invoice import Invoice
from apps.billing.models.schedule import may_read_bills
from apps.clients.models import Household
from apps.clients.models.household import households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel


class PaymentMethod(models.TextChoices):
    """How an amount came."""

    CARD = "card", _("Card")
    DEBIT = "debit", _("Debited at the custodian")
    TRANSFER = "transfer", _("Bank transfer")
    CHECK = "check", _("Check")


class PaymentState(models.TextChoices):
    """How far a payment has come; succeeded is final, whatever arrives later."""

    STARTED = "started", _("Started")
    PROCESSING = "processing", _("Being processed")
    SUCCEEDED = "succeeded", _("Paid")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


class Unapplied(models.TextChoices):
    """What became of an amount that came for an invoice that was void already."""

    NO = "", _("Counted on its invoice")
    WAITING = "waiting", _("To be given back or applied")
    RETURNED = "returned", _("Given back")
    APPLIED = "applied", _("Applied to another invoice")


OPEN_PAYMENTS = frozenset({PaymentState.STARTED, PaymentState.PROCESSING})


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Payments by who may see them and by state."""

    def visible_to(self, actor: Actor) -> PaymentQuerySet:
        """Return those of households the actor may see; of staff, only for those who read billing."""
        if not may_read_bills(actor):
            return self.none()
        condition = households_of(actor, "invoice__household")
        return self if condition is None else self.filter(condition)

    def unapplied(self) -> PaymentQuerySet:
        """Return those that came for a void invoice and of which nothing has become yet."""
        return self.filter(unapplied=Unapplied.WAITING)

    def open(self) -> PaymentQuerySet:
        """Return those that may still succeed."""
        return self.filter(state__in=OPEN_PAYMENTS)


class Payment(BaseModel):
    """An amount paid, or on its way, towards an invoice.

    `public_id` is the idempotency key at Stripe: however often the request is repeated, one session comes of it.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"amount", "reference"})

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    method = models.CharField(_("method"), max_length=8, choices=PaymentMethod.choices)
    state = models.CharField(_("state"), max_length=10, choices=PaymentState.choices, default=PaymentState.STARTED)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=4)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    session_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    intent_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    checkout_url = models.URLField(max_length=1000, blank=True)
    failure = models.CharField(_("why it failed"), max_length=300, blank=True)
    started_by = models.CharField(_("started by"), max_length=200)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    unapplied = models.CharField(
        _("came after the invoice was void"), max_length=8, choices=Unapplied.choices, default=Unapplied.NO, blank=True
    )
    # how it was given back, or which invoice it was applied to
    unapplied_note = models.CharField(_("what became of it"), max_length=300, blank=True)

    objects = PaymentQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["invoice"],
                condition=models.Q(state__in=["started", "processing"]),
                name="one_open_payment_per_invoice",
                violation_error_message=_("A payment of this invoice is on its way already."),
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_of_something"),
            models.CheckConstraint(
                condition=~models.Q(state="succeeded") | models.Q(paid_at__isnull=False), name="paid_payment_dated"
            ),
        )

    def __str__(self) -> str:
        return f"{self.invoice}: {self.amount} {self.currency}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.invoice.household


class StripeEvent(BaseModel):
    """An event that Stripe delivered. Its id is unique: a second delivery finds it and does nothing."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    event_id = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=80)
    happened_at = models.DateTimeField()
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="events")
    outcome = models.CharField(max_length=200)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
