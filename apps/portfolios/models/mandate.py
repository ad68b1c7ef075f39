"""What a client agreed that we hold: the model, what it must not hold, and the cash that stays."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self, TypeVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.market.models import AssetClass
from apps.portfolios.models.account import Account
from apps.portfolios.models.instrument import Instrument
from apps.portfolios.models.model_portfolio import ModelPortfolio

T = TypeVar("T", bound="models.Model")


class _DatedQuerySet(models.QuerySet[T]):
    """Terms by who may see them and by day."""

    def visible_to(self, actor: Actor) -> Self:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)

    def on(self, day: dt.date) -> Self:
        """Return those in force on the day."""
        return self.filter(models.Q(until=None) | models.Q(until__gte=day), from_day__lte=day)

    def not_over(self, day: dt.date) -> Self:
        """Return those in force on the day or to come."""
        return self.filter(models.Q(until=None) | models.Q(until__gte=day))


class MandateQuerySet(_DatedQuerySet["Mandate"]):
    """Mandates."""


class RestrictionQuerySet(_DatedQuerySet["Restriction"]):
    """Restrictions."""


class CashReserveQuerySet(_DatedQuerySet["CashReserve"]):
    """Cash reserves."""


class _Dated(BaseModel):
    """A term of a household, or of one of its accounts, from a day and perhaps until one (both counted)."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="%(class)ss", verbose_name=_("household"))
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("only this account"),
    )
    from_day = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household

    def is_on(self, day: dt.date) -> bool:
        """Say whether it is in force on the day."""
        return self.from_day <= day and (self.until is None or day <= self.until)


def _in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(until=None) | models.Q(until__gte=models.F("from_day")),
        name=name,
        violation_error_message=_("The last day lies before the first."),
    )


class Mandate(_Dated):
    """Which model a household's managed accounts follow together, or one account by itself."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"note"})

    model = models.ForeignKey(ModelPortfolio, models.PROTECT, related_name="mandates", verbose_name=_("model"))
    # of the households that decide themselves (non-discretionary): each trade is put to them first
    client_approves = models.BooleanField(_("the client approves each trade"), default=False)
    note = models.CharField(_("why this model"), max_length=300, blank=True)

    objects = MandateQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ("from_day", "id")
        constraints = (
            _in_order("mandate_days_in_order"),
            models.UniqueConstraint(
                fields=["household", "account"],
                condition=models.Q(until=None),
                nulls_distinct=False,
                name="mandate_open_once",
                violation_error_message=_("Another mandate is in force without an end."),
            ),
        )

    def __str__(self) -> str:
        return str(self.model)


class RestrictionKind(models.TextChoices):
    """What a client's restriction forbids."""

    NEVER_BUY = "never_buy", _("Never buy")
    NEVER_SELL = "never_sell", _("Never sell")
    HOLD = "hold", _("Neither buy nor sell")
    MAX_WEIGHT = "max_weight", _("No more than a share")


class Restriction(_Dated):
    """What must not be done with a security, or with all of an asset class. It holds at every entry of a trade.

    `successors` are row ids of what the security has become by changes of its symbol (selectors/successors.py).
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"reason"})
    successors: frozenset[int] = frozenset()

    kind = models.CharField(_("restriction"), max_length=10, choices=RestrictionKind.choices)
    instrument = models.ForeignKey(
        Instrument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("security")
    )
    asset_class = models.CharField(_("asset class"), max_length=24, choices=AssetClass.choices, blank=True)
    max_weight = models.DecimalField(
        _("at most"),
        max_digits=7,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    reason = models.CharField(_("reason"), max_length=300)

    objects = RestrictionQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        ordering = ("from_day", "id")
        constraints = (
            _in_order("restriction_days_in_order"),
            models.CheckConstraint(
                condition=(models.Q(instrument=None) & ~models.Q(asset_class=""))
                | (models.Q(instrument__isnull=False) & models.Q(asset_class="")),
                name="restriction_of_one_thing",
                violation_error_message=_("Name either a security or an asset class."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind="max_weight", max_weight__isnull=False)
                | (~models.Q(kind="max_weight") & models.Q(max_weight=None)),
                name="restriction_share_of_max_weight",
                violation_error_message=_("A share belongs to “No more than a share”, and to it alone."),
            ),
            models.CheckConstraint(condition=models.Q(kind__in=RestrictionKind.values), name="restriction_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.target_label}"

    @property
    def target_label(self) -> str:
        """What it is about."""
        return str(self.instrument) if self.instrument is not None else str(self.get_asset_class_display())

    @property
    def instrument_ids(self) -> frozenset[int]:
        """Row ids of the security that is named and of what it has become; none for an asset class."""
        return self.successors | {self.instrument_id} if self.instrument_id is not None else frozenset()

    def is_about(self, instrument: Instrument) -> bool:
        """Say whether it holds for this security."""
        if self.instrument_id is not None:
            return instrument.pk in self.instrument_ids
        return self.asset_class == instrument.asset_class


class CashReserve(_Dated):
    """Cash that is not invested: an amount, or a share of the value."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"amount", "share", "purpose"})

    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    share = models.DecimalField(
        _("share of the value"),
        max_digits=7,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    purpose = models.CharField(_("what for"), max_length=200)

    objects = CashReserveQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("cash reserve")
        verbose_name_plural = _("cash reserves")
        ordering = ("from_day", "id")
        constraints = (
            _in_order("reserve_days_in_order"),
            models.CheckConstraint(
                condition=models.Q(amount__isnull=False, amount__gt=0, share=None)
                | models.Q(amount=None, share__isnull=False, share__gt=0, share__lt=1),
                name="reserve_by_amount_or_share",
                violation_error_message=_("Give either an amount or a share of the value."),
            ),
        )

    def __str__(self) -> str:
        return self.purpose
