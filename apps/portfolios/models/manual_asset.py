"""What no custodian reports: property, companies, private funds; who valued it when, and what moved."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.document import Document
from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.portfolios.models.account import Account
from apps.portfolios.models.instrument import Instrument
from apps.portfolios.models.mandate import CashReserve


class ManualAssetKind(models.TextChoices):
    """What it is."""

    PROPERTY = "property", _("Property held as an investment")
    PRIVATE_FUND = "private_fund", _("Private fund")
    COMPANY = "company", _("Share of a private company")
    LOAN = "loan", _("Money lent")
    COLLECTIBLE = "collectible", _("Collectible")
    OTHER = "other", _("Other")


class ManualAssetQuerySet(models.QuerySet["ManualAsset"]):
    """Assets by who may see them."""

    def visible_to(self, actor: Actor) -> ManualAssetQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "account__household")
        return self if condition is None else self.filter(condition)


class ManualAsset(BaseModel):
    """An asset that people value by hand.

    It lies alone in an account held away, as one instrument of the firm's own; its value is that instrument's price by
    day, so that all that values accounts values it. One unit is the whole of it; of a private fund, one per cent of the
    commitment. Without an agreement it is not billed.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"commitment", "billing_note"})

    account = models.OneToOneField(Account, models.PROTECT, related_name="manual_asset")
    instrument = models.OneToOneField(Instrument, models.PROTECT, related_name="manual_asset")
    kind = models.CharField(_("kind"), max_length=12, choices=ManualAssetKind.choices)
    commitment = models.DecimalField(
        _("commitment"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    is_billed = models.BooleanField(_("fees are charged on it"), default=False)
    billing_note = models.CharField(_("where that is agreed"), max_length=300, blank=True)
    ended_on = models.DateField(_("sold or wound up on"), null=True, blank=True)

    objects = ManualAssetQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("manual asset")
        verbose_name_plural = _("manual assets")
        ordering = ("account__household", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind="private_fund", commitment__isnull=False, commitment__gt=0)
                | (~models.Q(kind="private_fund") & models.Q(commitment=None)),
                name="manual_asset_commitment_of_fund",
                violation_error_message=_("A private fund has a commitment above zero, and nothing else has one."),
            ),
            models.CheckConstraint(
                condition=models.Q(is_billed=False) | ~models.Q(billing_note=""),
                name="manual_asset_billed_by_agreement",
                violation_error_message=_("Say where it is agreed that fees are charged on it."),
            ),
            models.CheckConstraint(condition=models.Q(kind__in=ManualAssetKind.values), name="manual_asset_kind_known"),
        )

    def __str__(self) -> str:
        return self.account.name

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.account.household

    @property
    def is_fund(self) -> bool:
        """Whether it calls and distributes capital."""
        return self.kind == ManualAssetKind.PRIVATE_FUND


class AppraisalSource(models.TextChoices):
    """What a value rests on."""

    STATEMENT = "statement", _("Statement of the manager")
    APPRAISER = "appraiser", _("Appraiser")
    PURCHASE = "purchase", _("Price paid")
    TAX = "tax", _("Tax assessment")
    INDEX = "index", _("Index or model")
    OWNER = "owner", _("Owner's own estimate")


class Appraisal(BaseModel):
    """A value that somebody stated for the close of a day; taken back where it was wrong, never changed."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"value", "valued_by"})

    asset = models.ForeignKey(ManualAsset, models.PROTECT, related_name="appraisals", verbose_name=_("asset"))
    day = models.DateField(_("as of"))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal(0))])
    source = models.CharField(_("rests on"), max_length=10, choices=AppraisalSource.choices)
    valued_by = models.CharField(_("who valued it"), max_length=120)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paper")
    )
    recorded_by = models.CharField(max_length=200)
    taken_back_because = models.CharField(_("why it was taken back"), max_length=300, blank=True)

    history = history()

    class Meta:
        ordering = ("-day", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["asset", "day"],
                condition=models.Q(taken_back_because=""),
                name="appraisal_once_a_day",
                violation_error_message=_("There is a value of this day already; take that one back first."),
            ),
            models.CheckConstraint(
                condition=models.Q(value__gte=0),
                name="appraisal_not_negative",
                violation_error_message=_("A value is not below nothing: what is owed belongs to the debts."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.asset} {self.day}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.asset.account.household


class AssetFlowKind(models.TextChoices):
    """What moves between the household and the asset."""

    CALL = "call", _("Capital call")
    CALL_OUTSIDE = "call_outside", _("Call beside the commitment")
    RETURN_OF_CAPITAL = "return_of_capital", _("Distribution: return of capital")
    GAIN = "gain", _("Distribution: gain")
    INCOME = "income", _("Distribution: income")


class AssetFlowState(models.TextChoices):
    """Whether it is to come, happened, or was taken back."""

    ANNOUNCED = "announced", _("Announced")
    BOOKED = "booked", _("Booked")
    TAKEN_BACK = "taken_back", _("Taken back")


class AssetFlowQuerySet(models.QuerySet["AssetFlow"]):
    """Flows by who may see them."""

    def visible_to(self, actor: Actor) -> AssetFlowQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "asset__account__household")
        return self if condition is None else self.filter(condition)

    def announced(self) -> AssetFlowQuerySet:
        """Return the calls that are not paid yet."""
        return self.filter(state=AssetFlowState.ANNOUNCED)


class AssetFlow(BaseModel):
    """Money called by an asset or given by it. `day` is when it moved, or when a call that was announced is due.

    An announced call keeps its cash back by a reserve, which ends when it is paid.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"amount", "note"})

    asset = models.ForeignKey(ManualAsset, models.PROTECT, related_name="flows", verbose_name=_("asset"))
    kind = models.CharField(_("kind"), max_length=18, choices=AssetFlowKind.choices)
    day = models.DateField(_("day"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    is_recallable = models.BooleanField(_("can be called again"), default=False)
    state = models.CharField(max_length=10, choices=AssetFlowState.choices, default=AssetFlowState.BOOKED)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paper")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    reserve = models.OneToOneField(
        CashReserve, models.PROTECT, null=True, blank=True, related_name="call", verbose_name=_("cash reserve")
    )
    recorded_by = models.CharField(max_length=200)

    objects = AssetFlowQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("-day", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["asset", "kind", "day", "amount"],
                condition=~models.Q(state="taken_back"),
                name="asset_flow_once",
                violation_error_message=_("The same amount of the same day is there already."),
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0),
                name="asset_flow_above_zero",
                violation_error_message=_("The amount is above zero."),
            ),
            models.CheckConstraint(
                condition=models.Q(is_recallable=False) | ~models.Q(kind__in=["call", "call_outside"]),
                name="asset_flow_recallable_distribution",
                violation_error_message=_("Only a distribution can be recallable."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="announced") | models.Q(kind__in=["call", "call_outside"]),
                name="asset_flow_announced_call",
                violation_error_message=_("Only a call is announced."),
            ),
            models.CheckConstraint(condition=models.Q(kind__in=AssetFlowKind.values), name="asset_flow_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.day}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.asset.account.household

    @property
    def is_call(self) -> bool:
        """Whether money goes to the asset."""
        return self.kind in {AssetFlowKind.CALL, AssetFlowKind.CALL_OUTSIDE}
