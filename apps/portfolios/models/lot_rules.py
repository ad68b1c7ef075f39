"""Which lots leave: standing orders of an account, lots named for one sale, and the rates of tax by which to choose."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.portfolios.models.account import Account
from apps.portfolios.models.transaction import Transaction


class LotMethod(models.TextChoices):
    """Standing orders; lots are named for one sale by LotChoice."""

    FIFO = "fifo", _("First in, first out")
    LIFO = "lifo", _("Last in, first out")
    HIFO = "hifo", _("Highest cost first")
    MINIMUM_TAX = "minimum_tax", _("Least tax")
    AVERAGE = "average", _("Average cost")


class ElectionScope(models.TextChoices):
    """What a standing order is for."""

    ALL = "all", _("All securities")
    FUNDS = "funds", _("Mutual funds alone")


class LotElection(BaseModel):
    """The standing order of an account from a day on, until the next of the same scope.

    Average cost is for mutual funds alone (Treas. Reg. 1.1012-1(e)).
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"reason"})

    account = models.ForeignKey(Account, models.CASCADE, related_name="lot_elections", verbose_name=_("account"))
    scope = models.CharField(_("for"), max_length=5, choices=ElectionScope.choices, default=ElectionScope.ALL)
    method = models.CharField(_("method"), max_length=12, choices=LotMethod.choices)
    starts_on = models.DateField(_("from"))
    # when the order reached the custodian; None of orders that were recorded without it
    given_on = models.DateField(_("given on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("lot method")
        verbose_name_plural = _("lot methods")
        ordering = ("-starts_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["account", "scope", "starts_on"],
                name="lot_election_once_a_day",
                violation_error_message=_("The account has a lot method from this day already."),
            ),
            models.CheckConstraint(condition=models.Q(method__in=LotMethod.values), name="lot_method_known"),
            models.CheckConstraint(
                condition=~models.Q(method=LotMethod.AVERAGE) | models.Q(scope=ElectionScope.FUNDS),
                name="average_cost_for_funds",
                violation_error_message=_("Average cost is for mutual funds alone."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.starts_on}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.account.household


class LotChoice(BaseModel):
    """So much of a lot, named for a sale when it was recorded (Treas. Reg. 1.1012-1(c)).

    A lot is named after the entry that opened it, one of a spin-off after its lot and the action.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    transaction = models.ForeignKey(Transaction, models.CASCADE, related_name="lot_choices")
    lot_id = models.CharField(max_length=300)
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=8)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["transaction", "lot_id"], name="lot_choice_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="lot_choice_positive"),
        )

    def __str__(self) -> str:
        return f"{self.lot_id} {self.quantity.normalize():f}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.transaction.account.household


class TaxRateQuerySet(models.QuerySet["TaxRate"]):
    """Rates by who may see them."""

    def visible_to(self, actor: Actor) -> TaxRateQuerySet:
        """Return those of the firm, and of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition | models.Q(household=None))

    def of_firm(self) -> TaxRateQuerySet:
        """Return those that hold where a household has none of its own."""
        return self.filter(household=None)


class TaxRate(BaseModel):
    """What a further dollar of gain is taxed with, from a day on: of one household, or of all that have none."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"short", "long", "reason"})

    household = models.ForeignKey(
        Household, models.CASCADE, null=True, blank=True, related_name="tax_rates", verbose_name=_("household")
    )
    short = models.DecimalField(
        _("short-term rate"), max_digits=5, decimal_places=4, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    long = models.DecimalField(
        _("long-term rate"), max_digits=5, decimal_places=4, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    starts_on = models.DateField(_("from"))
    reason = models.CharField(_("reason"), max_length=300)

    objects = TaxRateQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ("-starts_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["household", "starts_on"],
                name="tax_rate_once_a_day",
                nulls_distinct=False,
                violation_error_message=_("There are rates from this day already."),
            ),
            models.CheckConstraint(
                condition=models.Q(short__gte=0, short__lte=1, long__gte=0, long__lte=1),
                name="tax_rate_is_a_share",
                violation_error_message=_("A tax rate is between 0 % and 100 %."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.short} / {self.long} {self.starts_on:%Y-%m-%d}"

    def audit_subject(self) -> Household | None:
        """Return whose trail this is."""
        return self.household

    def holds_on(self, day: dt.date) -> bool:
        """Whether it has begun."""
        return self.starts_on <= day
