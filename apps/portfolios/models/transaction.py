"""The ledger of an account: entries that are added and taken back, never changed."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.models import BaseModel
from apps.portfolios.models.account import Account
from apps.portfolios.models.instrument import Instrument


class TransactionKind(models.TextChoices):
    """What happened."""

    DEPOSIT = "deposit", _("Deposit")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    BUY = "buy", _("Purchase")
    SELL = "sell", _("Sale")
    DIVIDEND = "dividend", _("Dividend")
    INTEREST = "interest", _("Interest")
    REINVEST = "reinvest", _("Reinvestment")
    FEE = "fee", _("Fee")
    ADVISORY_FEE = "advisory_fee", _("Advisory fee")
    TRANSFER_IN = "transfer_in", _("Transfer in")
    TRANSFER_OUT = "transfer_out", _("Transfer out")
    SPLIT = "split", _("Split")
    STOCK_DIVIDEND = "stock_dividend", _("Dividend in shares")
    RETURN_OF_CAPITAL = "return_of_capital", _("Return of capital")
    MERGER = "merger", _("Merger")
    SPIN_OFF = "spin_off", _("Spin-off")
    SYMBOL_CHANGE = "symbol_change", _("Change of symbol")
    CASH_IN_LIEU = "cash_in_lieu", _("Cash in lieu of a fraction")
    RECEIVED = "received", _("Received in a corporate action")
    JOURNAL = "journal", _("Journal")
    REVERSAL = "reversal", _("Reversal")


class TransactionQuerySet(models.QuerySet["Transaction"]):
    """Entries by who may see them and by time."""

    def visible_to(self, actor: Actor) -> TransactionQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "account__household")
        return self if condition is None else self.filter(condition)

    def traded_by(self, day: dt.date) -> TransactionQuerySet:
        """Return those that count on the day."""
        return self.filter(trade_date__lte=day)

    def known_at(self, moment: dt.datetime) -> TransactionQuerySet:
        """Return what the book said at the moment: entries recorded later are left out, as are their reversals."""
        return self.filter(recorded_at__lte=moment)

    def standing(self) -> TransactionQuerySet:
        """Return those that count: neither reversals nor taken back by one."""
        return self.filter(reversal=None).exclude(kind=TransactionKind.REVERSAL)


class Transaction(BaseModel):
    """One entry. `units` is what it adds to the holding, `cash` what it adds to the cash, both signed.

    `cost` is what came along with units that no cash of the account paid for (transfers in kind, reinvestments); None
    where nobody knows it. A corporate action that leads to another security (`into`) has a second row of the kind
    `received`, its leg, which adds the new units: each row moves one security. `fair_old` and `fair_new` are the values
    per share by which it shares the cost. A reversal carries the opposite of its target on the target's own day, so
    that sums over any days are right; what the book said before the reversal is found by `recorded_at`.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"description"})

    account = models.ForeignKey(Account, models.PROTECT, related_name="transactions", verbose_name=_("account"))
    kind = models.CharField(_("kind"), max_length=18, choices=TransactionKind.choices)
    trade_date = models.DateField(_("trade date"))
    settle_date = models.DateField(_("settlement date"), null=True, blank=True)
    instrument = models.ForeignKey(
        Instrument, models.PROTECT, null=True, blank=True, related_name="transactions", verbose_name=_("security")
    )
    units = models.DecimalField(_("quantity"), max_digits=20, decimal_places=8, default=0)
    price = models.DecimalField(_("price"), max_digits=18, decimal_places=6, null=True, blank=True)
    cash = models.DecimalField(_("amount"), max_digits=18, decimal_places=4, default=0)
    fees = models.DecimalField(_("fees"), max_digits=18, decimal_places=4, default=0)
    cost = models.DecimalField(_("cost basis"), max_digits=18, decimal_places=4, null=True, blank=True)
    acquired_on = models.DateField(_("acquired on"), null=True, blank=True)
    split_new = models.DecimalField(_("new shares"), max_digits=20, decimal_places=8, null=True, blank=True)
    split_old = models.DecimalField(_("for old shares"), max_digits=20, decimal_places=8, null=True, blank=True)
    into = models.ForeignKey(
        Instrument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("becomes")
    )
    fair_old = models.DecimalField(_("value of an old share"), max_digits=18, decimal_places=6, null=True, blank=True)
    fair_new = models.DecimalField(_("value of a new share"), max_digits=18, decimal_places=6, null=True, blank=True)
    leg_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="legs", verbose_name=_("part of")
    )
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    description = models.CharField(_("description"), max_length=300, blank=True)
    reversal_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name=_("takes back")
    )
    # the custodian's key of the entry, the same in every file: importing a file twice changes nothing
    external_key = models.CharField(max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.CharField(max_length=120)

    objects = TransactionQuerySet.as_manager()

    class Meta:
        ordering = ("-trade_date", "-id")
        indexes = (models.Index(fields=["account", "trade_date"], name="transaction_of_account"),)
        constraints = (
            models.UniqueConstraint(
                fields=["account", "external_key"],
                condition=~models.Q(external_key=""),
                name="transaction_key_once",
                violation_error_message=_("The account has this entry already."),
            ),
            models.CheckConstraint(
                condition=models.Q(units=0) | models.Q(instrument__isnull=False), name="transaction_units_of_something"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=TransactionKind.REVERSAL, reversal_of__isnull=False)
                | (~models.Q(kind=TransactionKind.REVERSAL) & models.Q(reversal_of=None)),
                name="transaction_reversal_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=TransactionKind.RECEIVED, leg_of__isnull=False)
                | (~models.Q(kind=TransactionKind.RECEIVED) & models.Q(leg_of=None)),
                name="transaction_leg_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(settle_date=None) | models.Q(settle_date__gte=models.F("trade_date")),
                name="transaction_settles_after_trade",
                violation_error_message=_("An entry cannot settle before it was traded."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.trade_date}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.account.household
