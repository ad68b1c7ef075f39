"""What the firm offers: services in versions that a second person approves, and who takes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import Permission
from apps.clients.models.household import Household
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.portfolios.models.mandate import CashReserve, Mandate, _Dated, _DatedQuerySet, _in_order
from apps.portfolios.models.model_portfolio import ModelPortfolio, VersionState
from apps.portfolios.models.rebalance_run import RunMode


class ServiceKind(models.TextChoices):
    """What kind of work it is."""

    INVESTMENT = "investment", _("Investment management")
    FINANCIAL = "financial", _("Financial planning")
    RETIREMENT = "retirement", _("Retirement planning")
    ESTATE = "estate", _("Estate planning")


class Rhythm(models.IntegerChoices):
    """How often something comes, in months."""

    NEVER = 0, _("never")
    QUARTERLY = 3, _("every quarter")
    HALF_YEARLY = 6, _("twice a year")
    YEARLY = 12, _("once a year")


class Way(models.TextChoices):
    """How the firm gets in touch."""

    PORTAL = "portal", _("in the portal")
    MAIL = "mail", _("by mail")
    PHONE = "phone", _("by phone")
    VIDEO = "video", _("by video")
    IN_PERSON = "in_person", _("in person")


class ServiceOfferingQuerySet(models.QuerySet["ServiceOffering"]):
    """Services by who may see them."""

    def visible_to(self, actor: Actor) -> ServiceOfferingQuerySet:
        """Return all for those who read portfolios; a client sees its own through what it took."""
        return self if not actor.is_person or actor.can(Permission.VIEW_PORTFOLIOS) else self.none()


class ServiceOffering(BaseModel):
    """A service by its name; what it says stands in its versions."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    name = models.CharField(
        _("name"), max_length=120, unique=True, error_messages={"unique": _("There is a service of this name already.")}
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ServiceKind.choices)

    objects = ServiceOfferingQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=ServiceKind.values), name="service_kind_known"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the service."""
        return reverse("portfolios:service-detail", kwargs={"service_id": self.public_id})


class ServiceVersion(BaseModel):
    """What a service says from a day on: promise, portfolio, quality checks, and how the firm keeps in touch."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    offering = models.ForeignKey(ServiceOffering, models.PROTECT, related_name="versions", verbose_name=_("service"))
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    effective_from = models.DateField(_("in force from"), null=True, blank=True)
    until = models.DateField(_("in force until"), null=True, blank=True)
    note = models.CharField(_("what changed and why"), max_length=300, blank=True)
    promise = models.TextField(_("what the client gets"))
    # the portfolio: bands stand in the model's versions
    model = models.ForeignKey(
        ModelPortfolio, models.PROTECT, null=True, blank=True, related_name="services", verbose_name=_("model")
    )
    client_approves = models.BooleanField(_("the client approves each trade"), default=False)
    cash_share = models.DecimalField(
        _("share kept in cash"),
        max_digits=7,
        decimal_places=6,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(Decimal("0.5"))],
    )
    rebalance_mode = models.CharField(_("rebalancing"), max_length=12, choices=RunMode.choices, default=RunMode.TO_BAND)
    minimum_amount = models.DecimalField(
        _("smallest trade"), max_digits=14, decimal_places=2, default=250, validators=[MinValueValidator(0)]
    )
    blocks_short_gains = models.BooleanField(_("no short-term gains"), default=True)
    review_months = models.PositiveSmallIntegerField(_("review"), choices=Rhythm.choices[1:], default=Rhythm.YEARLY)
    meeting_way = models.CharField(_("reviews are held"), max_length=10, choices=Way.choices, default=Way.IN_PERSON)
    report_months = models.PositiveSmallIntegerField(
        _("performance report"), choices=Rhythm.choices, default=Rhythm.QUARTERLY
    )
    # one line each
    checklist = models.JSONField(_("quality checks"), default=list, blank=True)

    history = history()

    class Meta:
        verbose_name = _("version of a service")
        verbose_name_plural = _("versions of services")
        ordering = ("offering", "-number")
        constraints = (
            models.UniqueConstraint(fields=["offering", "number"], name="service_version_number_once"),
            models.UniqueConstraint(
                fields=["offering"],
                condition=models.Q(state__in=["draft", "waiting"]),
                name="service_version_open_once",
                violation_error_message=_("This service has a version in work already."),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=VersionState.values), name="service_version_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "superseded", "retired"])
                | models.Q(effective_from__isnull=False),
                name="service_version_approved_from_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offering} {self.number}"

    def get_absolute_url(self) -> str:
        """Return the page that an approver reads: the service with this version."""
        return f"{self.offering.get_absolute_url()}?version={self.number}"

    def terms(self) -> dict[str, Any]:
        """Return what it says, as it is approved and kept."""
        return {
            "promise": self.promise,
            "model": self.model_id,
            "client_approves": self.client_approves,
            "cash_share": f"{Decimal(self.cash_share).normalize():f}",
            "rebalance_mode": self.rebalance_mode,
            "minimum_amount": f"{Decimal(self.minimum_amount).normalize():f}",
            "blocks_short_gains": self.blocks_short_gains,
            "review_months": self.review_months,
            "meeting_way": self.meeting_way,
            "report_months": self.report_months,
            "checklist": list(self.checklist),
        }

    def approval_payload(self) -> dict[str, Any]:
        """Return what a second person approves: every term, and the day."""
        return {"offering": self.offering_id, "effective_from": self.effective_from, **self.terms()}


class HouseholdServiceQuerySet(_DatedQuerySet["HouseholdService"]):
    """Services taken."""


class HouseholdService(_Dated):
    """A service that a household takes from a day on, by the version that was in force; with mandate and reserve."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    offering = models.ForeignKey(ServiceOffering, models.PROTECT, related_name="taken", verbose_name=_("service"))
    version = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="taken", verbose_name=_("version"))
    mandate = models.OneToOneField(Mandate, models.PROTECT, null=True, blank=True, related_name="service")
    reserve = models.OneToOneField(
        CashReserve, models.PROTECT, null=True, blank=True, related_name="service", verbose_name=_("cash reserve")
    )

    objects = HouseholdServiceQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("service of a household")
        verbose_name_plural = _("services of households")
        ordering = ("from_day", "id")
        constraints = (
            _in_order("household_service_days_in_order"),
            models.UniqueConstraint(
                fields=["household", "offering", "account"],
                condition=models.Q(until=None),
                nulls_distinct=False,
                name="household_service_open_once",
                violation_error_message=_("The household takes this service already."),
            ),
        )

    def __str__(self) -> str:
        return str(self.offering)


class QualityCheck(BaseModel):
    """That somebody went through the checks of a service for a household: what was in order, and what was not."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"note"})

    service = models.ForeignKey(HouseholdService, models.PROTECT, related_name="checks", verbose_name=_("service"))
    day = models.DateField(_("checked on"))
    # [{"item": …, "is_met": …}]: the words as they stood
    items = models.JSONField(_("checks"), default=list)
    note = models.CharField(_("what is to be done"), max_length=300, blank=True)
    checked_by = models.CharField(max_length=200)

    class Meta:
        ordering = ("-day", "-id")

    def __str__(self) -> str:
        return f"{self.service} {self.day}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.service.household

    @property
    def is_clean(self) -> bool:
        """Whether all was in order."""
        return all(item["is_met"] for item in self.items)
