"""Invoices and credit notes, numbered without gaps by firm and year."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.billing.models.assignment import Collection
from apps.billing.models.run import AccountFee, HouseholdFee
from apps.billing.models.schedule import may_read_bills
from apps.clients.models import Household
from apps.clients.models.household import households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel


class SeriesKind(models.TextChoices):
    """What is numbered."""

    INVOICE = "invoice", _("Invoices")
    CREDIT_NOTE = "credit_note", _("Credit notes")


class NumberSeries(BaseModel):
    """The last number given in a year. Its row is locked while a paper takes the next one, in the paper's own
    transaction: a paper that fails gives its number back, so the series has no gap."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    kind = models.CharField(max_length=12, choices=SeriesKind.choices)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "year"], name="number_series_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last_number}"


class InvoiceState(models.TextChoices):
    """What has become of an invoice."""

    ISSUED = "issued", _("Open")
    PARTIAL = "partial", _("Partly paid")
    PAID = "paid", _("Paid")
    VOID = "void", _("Void")


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Invoices by who may see them and by state."""

    def visible_to(self, actor: Actor) -> InvoiceQuerySet:
        """Return those of households the actor may see; of staff, only for those who read billing."""
        if not may_read_bills(actor):
            return self.none()
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)

    def open(self) -> InvoiceQuerySet:
        """Return those on which something is due."""
        return self.filter(state__in=[InvoiceState.ISSUED, InvoiceState.PARTIAL])


class Invoice(BaseModel):
    """A bill to a household."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"total", "paid"})

    household = models.ForeignKey(Household, models.PROTECT, related_name="invoices")
    household_fee = models.OneToOneField(
        HouseholdFee, models.PROTECT, null=True, blank=True, related_name="invoice", verbose_name=_("fee")
    )
    number = models.CharField(_("number"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=InvoiceState.choices, default=InvoiceState.ISSUED)
    issued_on = models.DateField(_("issued"))
    due_on = models.DateField(_("due"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    currency = models.CharField(_("currency"), max_length=3)
    total = models.DecimalField(_("total"), max_digits=16, decimal_places=4)
    paid = models.DecimalField(_("paid"), max_digits=16, decimal_places=4, default=0)
    collection = models.CharField(_("collected"), max_length=8, choices=Collection.choices)
    document = models.ForeignKey(
        "clients.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    void_reason = models.CharField(_("why it is void"), max_length=300, blank=True)

    objects = InvoiceQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("-issued_on", "-id")
        constraints = (
            models.CheckConstraint(condition=models.Q(total__gt=0), name="invoice_asks_for_something"),
            models.CheckConstraint(condition=models.Q(paid__gte=0), name="invoice_paid_not_negative"),
            models.CheckConstraint(condition=models.Q(state__in=InvoiceState.values), name="invoice_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="void") | ~models.Q(void_reason=""), name="void_invoice_says_why"
            ),
        )

    def __str__(self) -> str:
        return self.number

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household

    def get_absolute_url(self) -> str:
        """Return the staff's page of the invoice."""
        return reverse("billing:invoice-detail", kwargs={"invoice_id": self.public_id})

    @property
    def due(self) -> Decimal:
        """What is still to be paid; nothing on a void one."""
        return Decimal(0) if self.state == InvoiceState.VOID else max(Decimal(0), self.total - self.paid)

    @property
    def is_overdue(self) -> bool:
        """Whether something is due and the day it was due on has passed."""
        return self.is_open and self.due_on < timezone.localdate()

    @property
    def is_open(self) -> bool:
        """Whether something is due."""
        return self.state in {InvoiceState.ISSUED, InvoiceState.PARTIAL}


class InvoiceLine(BaseModel):
    """One amount on an invoice, and the fee it stands for."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"description", "amount"})

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    account_fee = models.OneToOneField(
        AccountFee, models.PROTECT, null=True, blank=True, related_name="invoice_line", verbose_name=_("fee")
    )
    description = models.CharField(_("for"), max_length=200)
    billable_value = models.DecimalField(_("billable value"), max_digits=20, decimal_places=4, null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=4)

    class Meta:
        ordering = ("invoice", "id")

    def __str__(self) -> str:
        return self.description


class CreditNoteQuerySet(models.QuerySet["CreditNote"]):
    """Credit notes by who may see them."""

    def visible_to(self, actor: Actor) -> CreditNoteQuerySet:
        """Return those of households the actor may see; of staff, only for those who read billing."""
        if not may_read_bills(actor):
            return self.none()
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)


class CreditNote(BaseModel):
    """What the firm owes a household: a run that ended in its favour, or an invoice that was taken back after it was
    paid."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"amount", "reason"})

    household = models.ForeignKey(Household, models.PROTECT, related_name="credit_notes")
    household_fee = models.OneToOneField(
        HouseholdFee, models.PROTECT, null=True, blank=True, related_name="credit_note", verbose_name=_("fee")
    )
    invoice = models.OneToOneField(
        Invoice, models.PROTECT, null=True, blank=True, related_name="credit_note", verbose_name=_("invoice")
    )
    number = models.CharField(_("number"), max_length=20, unique=True)
    issued_on = models.DateField(_("issued"))
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=4)
    reason = models.CharField(_("why"), max_length=300)

    objects = CreditNoteQuerySet.as_manager()

    class Meta:
        ordering = ("-issued_on", "-id")
        constraints = (models.CheckConstraint(condition=models.Q(amount__gt=0), name="credit_note_owes_something"),)

    def __str__(self) -> str:
        return self.number

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household
