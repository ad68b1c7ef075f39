"""What custodians say an account holds, and where our book says otherwise."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.portfolios.models.account import Account
from apps.portfolios.models.instrument import Instrument
from apps.portfolios.models.transaction import Transaction


class StatementKind(models.TextChoices):
    """What a custodian's list is of."""

    POSITIONS = "positions", _("Positions")
    LOTS = "lots", _("Tax lots")


class PositionStatement(BaseModel):
    """A custodian's list of one account's positions, or of their tax lots, at the close of a day."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    account = models.ForeignKey(Account, models.CASCADE, related_name="statements")
    as_of = models.DateField(_("as of"))
    kind = models.CharField(_("list of"), max_length=9, choices=StatementKind.choices, default=StatementKind.POSITIONS)
    source = models.CharField(_("source"), max_length=200)
    opened_book = models.BooleanField(default=False)
    reconciled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-as_of", "-id")
        constraints = (
            models.UniqueConstraint(fields=["account", "as_of", "kind"], name="statement_of_a_kind_once_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.account} {self.as_of}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.account.household


class StatementLine(BaseModel):
    """One position of a statement, or one lot of it with its day of acquisition; cash has no instrument."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    statement = models.ForeignKey(PositionStatement, models.CASCADE, related_name="lines")
    # the same for the same position in every file of the day
    key = models.CharField(max_length=200)
    instrument = models.ForeignKey(Instrument, models.PROTECT, null=True, blank=True, related_name="+")
    quantity = models.DecimalField(max_digits=20, decimal_places=8, default=0)
    price = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    market_value = models.DecimalField(max_digits=18, decimal_places=4)
    cost_basis = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    acquired_on = models.DateField(_("acquired on"), null=True, blank=True)
    currency = models.CharField(max_length=3, default="USD")

    class Meta:
        ordering = ("statement", "id")
        constraints = (models.UniqueConstraint(fields=["statement", "key"], name="statement_line_once"),)

    def __str__(self) -> str:
        return f"{self.instrument or self.currency} {self.quantity}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.statement.account.household


class BreakState(models.TextChoices):
    """What became of a break."""

    OPEN = "open", _("Open")
    ENTERED = "entered", _("Proposed entry recorded")
    EXPLAINED = "explained", _("Explained")
    GONE = "gone", _("Gone at the next reconciliation")


class BreakQuerySet(models.QuerySet["ReconciliationBreak"]):
    """Breaks by who may see them and by state."""

    def visible_to(self, actor: Actor) -> BreakQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "account__household")
        return self if condition is None else self.filter(condition)

    def open(self) -> BreakQuerySet:
        """Return those that still need a person."""
        return self.filter(state=BreakState.OPEN)


class ReconciliationBreak(BaseModel):
    """One difference between our book and a statement, its likely cause, and the entry that would mend it."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    account = models.ForeignKey(Account, models.CASCADE, related_name="breaks")
    statement = models.ForeignKey(PositionStatement, models.CASCADE, related_name="breaks")
    kind = models.CharField(_("what differs"), max_length=20)
    instrument = models.ForeignKey(Instrument, models.PROTECT, null=True, blank=True, related_name="+")
    ours = models.DecimalField(_("our book"), max_digits=24, decimal_places=8, null=True, blank=True)
    theirs = models.DecimalField(_("custodian"), max_digits=24, decimal_places=8, null=True, blank=True)
    cause = models.CharField(_("likely cause"), max_length=40)
    # the proposed entry as plain values, empty where none can be proposed
    proposal = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=BreakState.choices, default=BreakState.OPEN)
    note = models.CharField(_("note"), max_length=300, blank=True)
    entry = models.ForeignKey(Transaction, models.SET_NULL, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = BreakQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("account", "id")
        indexes = (models.Index(fields=["account"], name="break_open", condition=models.Q(state=BreakState.OPEN)),)

    def __str__(self) -> str:
        return f"{self.account} {self.kind}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.account.household
