"""Block orders: what is sent for several accounts together, who shares in it, and what was executed."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.portfolios.models.instrument import Instrument
from apps.portfolios.models.trade import ProposedTrade, Side
from apps.portfolios.models.transaction import Transaction

# the rule by which a block is shared out, stated before it is sent (engine/allocation.py)
ALLOCATION_RULE = "pro_rata_average_price"


class OrderState(models.TextChoices):
    """How far a block is."""

    READY = "ready", _("Ready to send")
    SENT = "sent", _("In the market")
    PARTIAL = "partial", _("Partly executed")
    FILLED = "filled", _("Executed")
    CLOSED = "closed", _("Closed")


class OrderDoubt(models.TextChoices):
    """Why nobody can be sure how an order that was said stands at the broker."""

    UNHEARD = "unheard", _("said, and never answered")
    MISSED = "missed", _("executions may be missing")
    UNKNOWN = "unknown", _("unknown to the broker")
    GONE = "gone", _("no longer known to the broker")
    SILENT = "silent", _("the broker answers no question about it")
    DIFFERS = "differs", _("the broker counts otherwise")


# what no answer of the broker ever confirmed: it may be said again under the same reference
UNCONFIRMED_DOUBTS = (OrderDoubt.UNHEARD, OrderDoubt.UNKNOWN, OrderDoubt.SILENT)
DONE_ORDER_STATES = (OrderState.FILLED, OrderState.CLOSED)
OPEN_ORDER_STATES = (OrderState.READY, OrderState.SENT, OrderState.PARTIAL)
IN_MARKET_STATES = (OrderState.SENT, OrderState.PARTIAL)


class OrderFile(BaseModel):
    """The orders of one custodian as a file, written once."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"written_label"})

    custodian = models.CharField(_("custodian"), max_length=120)
    content = models.TextField()  # encrypted with the firm's key: it names account numbers
    sha256 = models.CharField(max_length=64)
    written_label = models.CharField(_("written by"), max_length=200)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.custodian} {self.created_at:%Y-%m-%d}"


class BlockOrderQuerySet(models.QuerySet["BlockOrder"]):
    """Blocks by who may see them and by state."""

    def visible_to(self, actor: Actor) -> Self:
        """Return those in which a household that the actor may see has a share."""
        condition = households_of(actor, "shares__line__proposal__household")
        return self if condition is None else self.filter(condition).distinct()

    def open(self) -> Self:
        """Return those that may still be executed."""
        return self.filter(state__in=OPEN_ORDER_STATES)


class BlockOrder(BaseModel):
    """One order of a security and side at a custodian, for the day. Rule and seed of its sharing are fixed before."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"released_label", "note"})

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+", verbose_name=_("security"))
    side = models.CharField(_("side"), max_length=4, choices=Side.choices)
    custodian = models.CharField(_("custodian"), max_length=120)
    currency = models.CharField(max_length=3)
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=8)
    limit_price = models.DecimalField(_("limit price"), max_digits=18, decimal_places=6, null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=OrderState.choices, default=OrderState.READY)
    allocation_rule = models.CharField(max_length=30, default=ALLOCATION_RULE)
    seed = models.BigIntegerField(_("seed of the odd lots"))
    released_label = models.CharField(_("released by"), max_length=200)
    route = models.CharField(_("sent by"), max_length=20, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    doubt = models.CharField(_("in doubt"), max_length=8, choices=OrderDoubt.choices, blank=True, editable=False)
    doubt_since = models.DateTimeField(_("in doubt since"), null=True, editable=False)
    file = models.ForeignKey(OrderFile, models.PROTECT, null=True, blank=True, related_name="orders")
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = BlockOrderQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("block order")
        verbose_name_plural = _("block orders")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="order_quantity_positive"),
            models.CheckConstraint(condition=models.Q(state__in=OrderState.values), name="order_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.quantity.normalize():f} {self.instrument}"

    def get_absolute_url(self) -> str:
        """Return the page of the order."""
        return reverse("portfolios:order-detail", args=[self.public_id])

    @property
    def said_as(self) -> str:
        """The reference under which the market knows it now: that of the last change that was done."""
        done = self.changes.filter(kind="replace", state="done").order_by("-pk").values_list("reference", flat=True)
        return done.first() or self.reference

    @property
    def filled(self) -> Decimal:
        """What is executed so far."""
        return sum((fill.quantity for fill in self.fills.all()), Decimal(0))

    @property
    def average(self) -> Decimal | None:
        """The price of a unit over all executions, in the security's currency; None before the first."""
        fills = list(self.fills.all())
        worth = sum((fill.quantity * fill.price for fill in fills), Decimal(0))
        return worth / sum(fill.quantity for fill in fills) if fills else None


class OrderShare(BaseModel):
    """A line's part in a block and its place in the order drawn: the allocation statement. Never changed."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    order = models.ForeignKey(BlockOrder, models.CASCADE, related_name="shares")
    line = models.OneToOneField(ProposedTrade, models.PROTECT, related_name="share")
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=8)
    rank = models.PositiveIntegerField()

    class Meta:
        ordering = ("order", "rank")
        constraints = (models.UniqueConstraint(fields=["order", "rank"], name="order_rank_once"),)

    def __str__(self) -> str:
        return f"{self.line}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.line.proposal.household


class Fill(BaseModel):
    """An execution, known once by its id. Never changed."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    order = models.ForeignKey(BlockOrder, models.PROTECT, related_name="fills")
    key = models.CharField(_("execution id"), max_length=120, unique=True)
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=8)
    price = models.DecimalField(_("price"), max_digits=18, decimal_places=6)
    fees = models.DecimalField(_("fees"), max_digits=18, decimal_places=2, default=0)
    day = models.DateField(_("day"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(quantity__gt=0, price__gt=0, fees__gte=0), name="fill_positive"),
        )

    def __str__(self) -> str:
        return f"{self.quantity.normalize():f} @ {self.price.normalize():f}"


class FillProblem(BaseModel):
    """An execution that cannot be taken up, or that the custodian tells otherwise: a person has to look."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"note"})

    order = models.ForeignKey(BlockOrder, models.PROTECT, null=True, blank=True, related_name="problems")
    # whose part it is, where it is one account's alone: nobody else reads it
    line = models.ForeignKey(
        ProposedTrade, models.PROTECT, null=True, blank=True, related_name="problems", verbose_name=_("line")
    )
    key = models.CharField(_("execution id"), max_length=120, unique=True)
    reference = models.CharField(_("reference"), max_length=40)
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=8)
    price = models.DecimalField(_("price"), max_digits=18, decimal_places=6)
    day = models.DateField(_("day"), default=timezone.localdate)
    code = models.CharField(_("what is wrong"), max_length=20)
    source = models.CharField(_("source"), max_length=200)
    is_open = models.BooleanField(_("open"), default=True)
    note = models.CharField(_("how it was solved"), max_length=300, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.reference}: {self.code}"

    def audit_subject(self) -> Household | None:
        """Return whose trail this is, if it is one household's."""
        return self.line.proposal.household if self.line is not None else None


class EntryConfirmation(BaseModel):
    """That a custodian's file told an entry which was booked from an execution: it is not booked again."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    entry = models.ForeignKey(Transaction, models.CASCADE, related_name="confirmations")
    external_key = models.CharField(max_length=200)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["entry", "external_key"], name="entry_confirmed_once_by_a_line"),
        )

    def __str__(self) -> str:
        return self.external_key
