"""Model portfolios: what the firm wants its clients to hold, in versions that a second person approves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import Permission
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.market.models import AssetClass
from apps.portfolios.models.instrument import Instrument


class VersionState(models.TextChoices):
    """How a version stands. Which approved one is in force follows from its days."""

    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    SUPERSEDED = "superseded", _("Superseded")
    RETIRED = "retired", _("Retired")


# versions that are, were or will be in force
STANDING = (VersionState.APPROVED, VersionState.SUPERSEDED, VersionState.RETIRED)


class ModelPortfolioQuerySet(models.QuerySet["ModelPortfolio"]):
    """Models by who may see them."""

    def visible_to(self, actor: Actor) -> ModelPortfolioQuerySet:
        """Return all for those who read portfolios: a model says nothing of a client. A client sees none."""
        return self if not actor.is_person or actor.can(Permission.VIEW_PORTFOLIOS) else self.none()


class ModelPortfolio(BaseModel):
    """A named target; what it holds stands in its versions."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    name = models.CharField(
        _("name"), max_length=120, unique=True, error_messages={"unique": _("There is a model of this name already.")}
    )
    description = models.CharField(_("for whom"), max_length=300, blank=True)
    # the level of the firm's risk table that it suits; the suggestion for a household goes by it
    risk_level = models.PositiveSmallIntegerField(
        _("risk level"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )

    objects = ModelPortfolioQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("model portfolio")
        verbose_name_plural = _("model portfolios")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the model's page."""
        return reverse("portfolios:model-detail", kwargs={"model_id": self.public_id})


class ModelVersion(BaseModel):
    """What a model holds from a day on. Drafts change; a version that was put to a second person does not."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    model = models.ForeignKey(ModelPortfolio, models.PROTECT, related_name="versions", verbose_name=_("model"))
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    effective_from = models.DateField(_("in force from"), null=True, blank=True)
    until = models.DateField(_("in force until"), null=True, blank=True)
    # how much may be held of classes that the model does not name before it counts as off target
    outside_band = models.DecimalField(
        _("may be held outside the model"),
        max_digits=7,
        decimal_places=6,
        default=Decimal("0.05"),
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    # what portfolios that follow the model are held against, where they have no choice of their own
    benchmark = models.ForeignKey(
        "portfolios.Benchmark",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="model_versions",
        verbose_name=_("benchmark"),
    )
    note = models.CharField(_("what changed and why"), max_length=300, blank=True)

    history = history()

    class Meta:
        verbose_name = _("version of a model")
        verbose_name_plural = _("versions of models")
        ordering = ("model", "-number")
        constraints = (
            models.UniqueConstraint(fields=["model", "number"], name="model_version_number_once"),
            models.UniqueConstraint(
                fields=["model"],
                condition=models.Q(state__in=["draft", "waiting"]),
                name="model_version_open_once",
                violation_error_message=_("This model has a version in work already."),
            ),
            models.CheckConstraint(condition=models.Q(state__in=VersionState.values), name="model_version_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "superseded", "retired"])
                | models.Q(effective_from__isnull=False),
                name="model_version_approved_from_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.number}"

    def get_absolute_url(self) -> str:
        """Return the page that an approver reads: the model with this version."""
        return f"{self.model.get_absolute_url()}?version={self.number}"

    def approval_payload(self) -> dict[str, Any]:
        """Return what a second person approves: every weight, band and substitute, the benchmark, and the day."""
        sleeves = self.sleeves.prefetch_related("holdings__substitutes").order_by("place", "pk")
        # versions that waited before there were benchmarks are still what was asked for
        named = {"benchmark": self.benchmark_id} if self.benchmark_id is not None else {}
        return {
            **named,
            "model": self.model_id,
            "effective_from": self.effective_from,
            "outside_band": _plain(self.outside_band),
            "sleeves": [sleeve.terms() for sleeve in sleeves],
        }


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"


class _Banded(BaseModel):
    """Something with a target weight and bands around it; both limits hold, the tighter one bites (5/25)."""

    absolute_band = models.DecimalField(
        _("band, in points"),
        max_digits=7,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    relative_band = models.DecimalField(
        _("band, of the target"),
        max_digits=7,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True


class Sleeve(_Banded):
    """One asset class of a version, as a share of the whole. Cash without holdings is money kept in the account."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="sleeves", verbose_name=_("version"))
    name = models.CharField(_("sleeve"), max_length=80)
    asset_class = models.CharField(_("asset class"), max_length=24, choices=AssetClass.choices)
    weight = models.DecimalField(_("weight"), max_digits=7, decimal_places=6)

    history = history()

    class Meta:
        verbose_name = _("sleeve")
        verbose_name_plural = _("sleeves")
        ordering = ("version", "place", "id")
        constraints = (
            models.UniqueConstraint(fields=["version", "name"], name="sleeve_name_once"),
            models.UniqueConstraint(fields=["version", "asset_class"], name="sleeve_class_once"),
            models.CheckConstraint(
                condition=models.Q(weight__gt=0, weight__lte=1),
                name="sleeve_weight_of_whole",
                violation_error_message=_("A weight is more than nothing and at most 100 %."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def terms(self) -> dict[str, Any]:
        """Return what is approved of it."""
        return {
            "name": self.name,
            "asset_class": self.asset_class,
            "weight": _plain(self.weight),
            "absolute_band": _plain(self.absolute_band),
            "relative_band": _plain(self.relative_band),
            "holdings": [holding.terms() for holding in self.holdings.all()],
        }


class SleeveHolding(_Banded):
    """A security of a sleeve, as a share of the sleeve. Its bands are points and parts of its weight in the whole."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    sleeve = models.ForeignKey(Sleeve, models.CASCADE, related_name="holdings", verbose_name=_("sleeve"))
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+", verbose_name=_("security"))
    share = models.DecimalField(_("share of the sleeve"), max_digits=7, decimal_places=6)

    history = history()

    class Meta:
        verbose_name = _("holding of a sleeve")
        verbose_name_plural = _("holdings of sleeves")
        ordering = ("sleeve", "place", "id")
        constraints = (
            models.UniqueConstraint(fields=["sleeve", "instrument"], name="sleeve_holding_once"),
            models.CheckConstraint(
                condition=models.Q(share__gt=0, share__lte=1),
                name="holding_share_of_sleeve",
                violation_error_message=_("A share is more than nothing and at most 100 %."),
            ),
        )

    def __str__(self) -> str:
        return str(self.instrument)

    def terms(self) -> dict[str, Any]:
        """Return what is approved of it."""
        return {
            "instrument": self.instrument_id,
            "share": _plain(self.share),
            "absolute_band": _plain(self.absolute_band),
            "relative_band": _plain(self.relative_band),
            "substitutes": [each.instrument_id for each in self.substitutes.all()],
        }


class Substitute(BaseModel):
    """A security that may stand in for a holding: the first that serves is taken."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    holding = models.ForeignKey(SleeveHolding, models.CASCADE, related_name="substitutes", verbose_name=_("holding"))
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+", verbose_name=_("security"))
    place = models.PositiveSmallIntegerField(default=0)

    history = history()

    class Meta:
        verbose_name = _("substitute")
        verbose_name_plural = _("substitutes")
        ordering = ("holding", "place", "id")
        constraints = (models.UniqueConstraint(fields=["holding", "instrument"], name="substitute_once"),)

    def __str__(self) -> str:
        return str(self.instrument)
