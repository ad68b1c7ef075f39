"""Trades from the proposal on: what is to be done in which account, why, and how far it has come."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.portfolios.models.account import Account
from apps.portfolios.models.instrument import Instrument


class TradeSource(models.TextChoices):
    """Where a proposal came from."""

    FORM = "form", _("Written by hand")
    REBALANCE = "rebalance", _("Rebalancing")
    HARVEST = "harvest", _("Harvesting of losses")
    CASH = "cash", _("Cash need")


class TradeState(models.TextChoices):
    """How far a proposal has come; the steps between are in policies.TRADE_STEPS."""

    DRAFT = "draft", _("Draft")
    CHECKING = "checking", _("At the checkpoints")
    CLEARED = "cleared", _("Cleared")
    ORDERED = "ordered", _("Ordered")
    FILLED = "filled", _("Executed")
    VERIFIED = "verified", _("Verified")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class Side(models.TextChoices):
    """In which direction."""

    BUY = "buy", _("Buy")
    SELL = "sell", _("Sell")


# what may still come: its sales and its cash are spoken for
OPEN_TRADE_STATES = (TradeState.DRAFT, TradeState.CHECKING, TradeState.CLEARED, TradeState.ORDERED)


# the kinds of approval that stand before the market
ADVISOR_REVIEW, MANAGER_REVIEW = "portfolios.trade_advisor", "portfolios.trade_manager"
COMPLIANCE_REVIEW = "portfolios.trade_compliance"
REVIEW_KINDS = (ADVISOR_REVIEW, MANAGER_REVIEW, COMPLIANCE_REVIEW)


class TradeProposalQuerySet(models.QuerySet["TradeProposal"]):
    """Proposals by who may see them and by state."""

    def visible_to(self, actor: Actor) -> TradeProposalQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)

    def open(self) -> TradeProposalQuerySet:
        """Return those whose trades may still come."""
        return self.filter(state__in=OPEN_TRADE_STATES)


class TradeProposal(BaseModel):
    """Trades of one household that are decided and carried out together. Its lines never change once proposed."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"purpose", "ended_because"})

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="trade_proposals", verbose_name=_("household")
    )
    source = models.CharField(_("source"), max_length=10, choices=TradeSource.choices, default=TradeSource.FORM)
    purpose = models.CharField(_("purpose"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=TradeState.choices, default=TradeState.DRAFT)
    proposed_on = models.DateField(_("proposed on"))
    # prices and holdings move: what is not ordered by then is proposed anew
    expires_on = models.DateField(_("holds until"))
    proposed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposed by")
    )
    proposed_label = models.CharField(_("proposed by"), max_length=200)
    ended_because = models.CharField(_("why it ended"), max_length=300, blank=True)

    objects = TradeProposalQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("trade proposal")
        verbose_name_plural = _("trade proposals")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=TradeState.values), name="trade_state_known"),
            models.CheckConstraint(
                condition=models.Q(expires_on__gte=models.F("proposed_on")), name="trade_expires_after_proposed"
            ),
        )

    def __str__(self) -> str:
        return self.purpose

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household

    def approval_payload(self) -> dict[str, Any]:
        """Return what is approved: the lines with their lots."""
        return {
            "household": str(self.household.public_id),
            "purpose": self.purpose,
            "lines": [line.payload() for line in self.lines.prefetch_related("lots").order_by("pk")],
        }

    def get_absolute_url(self) -> str:
        """Return the page of the proposal."""
        return reverse("portfolios:trade-detail", args=[self.public_id])


class ProposedTradeQuerySet(models.QuerySet["ProposedTrade"]):
    """Lines by whether they may still come."""

    def pending(self) -> ProposedTradeQuerySet:
        """Return those of open proposals whose orders are not done."""
        return self.filter(proposal__state__in=OPEN_TRADE_STATES).exclude(share__order__state__in=("filled", "closed"))


class ProposedTrade(BaseModel):
    """One line: so much of a security in an account. Estimates are those of the day of the proposal.

    `amount` is what was asked for in money, where quantity followed from it. `filled_quantity` is what is executed so
    far, None before the first execution; nothing executed of an order that is done is zero.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"reason"})

    proposal = models.ForeignKey(TradeProposal, models.CASCADE, related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT, related_name="proposed_trades", verbose_name=_("account"))
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+", verbose_name=_("security"))
    side = models.CharField(_("side"), max_length=4, choices=Side.choices)
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=8)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, null=True, blank=True)
    limit_price = models.DecimalField(_("limit price"), max_digits=18, decimal_places=6, null=True, blank=True)
    estimated_price = models.DecimalField(_("estimated price"), max_digits=18, decimal_places=6)
    priced_on = models.DateField(_("price of"))
    estimated_amount = models.DecimalField(_("estimated amount"), max_digits=18, decimal_places=2)
    # of a sale, by the lots that are named or would leave by standing order; None where nobody knows
    estimated_gain = models.DecimalField(_("estimated gain"), max_digits=18, decimal_places=2, null=True, blank=True)
    estimated_tax = models.DecimalField(_("estimated tax"), max_digits=18, decimal_places=2, null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    filled_quantity = models.DecimalField(
        _("executed quantity"), max_digits=20, decimal_places=8, null=True, blank=True
    )
    filled_amount = models.DecimalField(_("executed amount"), max_digits=18, decimal_places=2, null=True, blank=True)
    filled_fees = models.DecimalField(_("fees"), max_digits=18, decimal_places=2, null=True, blank=True)

    objects = ProposedTradeQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed trade")
        verbose_name_plural = _("proposed trades")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="trade_quantity_positive"),
            models.CheckConstraint(condition=models.Q(side__in=Side.values), name="trade_side_known"),
            models.CheckConstraint(
                condition=models.Q(filled_quantity=None)
                | models.Q(filled_quantity__gte=0, filled_quantity__lte=models.F("quantity")),
                name="trade_filled_within_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.quantity.normalize():f} {self.instrument}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.proposal.household

    def payload(self) -> dict[str, Any]:
        """Return what of the line is approved."""
        return {
            "account": str(self.account.public_id),
            "instrument": self.instrument_id,
            "side": self.side,
            "quantity": f"{self.quantity.normalize():f}",
            "limit_price": f"{self.limit_price.normalize():f}" if self.limit_price is not None else None,
            "lots": sorted([lot.lot_id, f"{lot.quantity.normalize():f}"] for lot in self.lots.all()),
        }

    @property
    def left(self) -> Decimal:
        """What may still be executed."""
        return self.quantity - (self.filled_quantity or Decimal(0))

    @property
    def amount_left(self) -> Decimal:
        """What that is estimated to add to the cash: negative for a purchase."""
        return Decimal(self.signed_amount) * self.left / self.quantity

    @property
    def signed_amount(self) -> Any:
        """What the line is estimated to add to the cash: negative for a purchase."""
        return -self.estimated_amount if self.side == Side.BUY else self.estimated_amount


class ProposedLot(BaseModel):
    """A lot that a sale takes, named before the trade (Treas. Reg. 1.1012-1(c))."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    trade = models.ForeignKey(ProposedTrade, models.CASCADE, related_name="lots")
    lot_id = models.CharField(max_length=300)
    acquired_on = models.DateField(_("acquired on"))
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=8)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["trade", "lot_id"], name="trade_lot_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="trade_lot_positive"),
        )

    def __str__(self) -> str:
        return f"{self.acquired_on} {self.quantity.normalize():f}"


def default_expiry(day: dt.date) -> dt.date:
    """Return until when a proposal of the day holds: a working week."""
    return day + dt.timedelta(days=7)
