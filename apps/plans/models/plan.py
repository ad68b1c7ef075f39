"""A financial plan: one version of what a household aims for and what it should do."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import is_client
from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel


class PlanStatus(models.TextChoices):
    """Where a version is in its life; the steps between are in policies.TRANSITIONS."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("Advisor review")
    PUBLISHED = "published", _("With the client")
    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")


class SpendingRuleKind(models.TextChoices):
    """How the spending of a year in retirement is set."""

    SAME = "same", _("The same each year, in money of today")
    RATE = "rate", _("Guardrails around the rate drawn (Guyton and Klinger)")
    SHARE = "share", _("A share of what there is each year")
    DOLLARS = "dollars", _("Guardrails in dollars")


# what a client may ever see: a version that was given to them
GIVEN_TO_CLIENT = frozenset({PlanStatus.PUBLISHED, PlanStatus.IN_FORCE})
# no plan is certain: what may be aimed for
LEAST_TARGET, MOST_TARGET = Decimal("0.01"), Decimal("0.999")
IN_THE_WORKS = frozenset({PlanStatus.DRAFT, PlanStatus.IN_REVIEW})


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans by who may see them and by state."""

    def visible_to(self, actor: Actor) -> PlanQuerySet:
        """Return those of households the actor may see; a client sees what was published to them."""
        condition = households_of(actor, "household")
        rows = self if condition is None else self.filter(condition)
        if is_client(actor):
            return rows.exclude(published_at=None)
        return rows

    def in_the_works(self) -> PlanQuerySet:
        """Return those that are being prepared."""
        return self.filter(status__in=IN_THE_WORKS)

    def newest_first(self) -> PlanQuerySet:
        """Return the latest version first."""
        return self.order_by("-version")


def _fraction(name: str | Promise, default: str, places: int = 3) -> models.DecimalField[Decimal, Decimal]:
    """Return a field for a proportion from nothing to the whole."""
    return models.DecimalField(
        verbose_name=name,  # type: ignore[arg-type]
        max_digits=places + 1,
        decimal_places=places,
        default=Decimal(default),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
    )


class Plan(BaseModel):
    """One version. Facts lie with clients, money and portfolios; a plan holds goals, choices and overrides.

    `published_run` is the result that the client was given; with it the version is frozen.
    `inputs_changed_at` is when goals, choices or overrides last changed: a result asked for before is out of date.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"facts_confirmed"})

    household = models.ForeignKey(Household, models.PROTECT, related_name="plans", verbose_name=_("household"))
    version = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=12, choices=PlanStatus.choices, default=PlanStatus.DRAFT)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="later")
    assumptions = models.ForeignKey("plans.AssumptionTable", models.PROTECT, related_name="plans")
    prepared_by = models.CharField(_("prepared by"), max_length=200)
    inputs_changed_at = models.DateTimeField()

    # choices of planning: not facts of the household but how the plan is made, shown among its assumptions
    target_success = _fraction(_("success aimed for"), "0.85")
    horizon_age = models.PositiveSmallIntegerField(
        _("plan to the age of"), default=95, validators=[MinValueValidator(70), MaxValueValidator(110)]
    )
    annual_fee = models.DecimalField(
        _("all costs of investing, a year"),
        max_digits=6,
        decimal_places=5,
        default=Decimal("0.01"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal("0.1"))],
    )
    survivor_share = _fraction(_("living costs of a survivor, of the couple's"), "0.70")
    surplus_saved_share = _fraction(_("part of unspent income that is saved"), "0.50")
    latest_retirement_age = models.PositiveSmallIntegerField(
        _("nobody works past the age of"), default=70, validators=[MinValueValidator(40), MaxValueValidator(100)]
    )
    max_savings_rate = _fraction(_("highest savings rate to look for"), "0.50")
    emergency_months = models.PositiveSmallIntegerField(
        _("months of living costs kept in cash"), default=6, validators=[MaxValueValidator(60)]
    )
    extra_debt_payment = models.DecimalField(
        _("extra payment a month to try on a debt"),
        max_digits=10,
        decimal_places=2,
        default=Decimal(200),
        validators=[MinValueValidator(Decimal(0))],
    )

    # the mix that the plan is computed with, as {kind, weights, run, by, on}; None: what the accounts hold today
    chosen_mix = models.JSONField(_("mix chosen"), null=True, blank=True, default=None)

    # how spending in retirement moves, as {kind, floor, ceiling, cut, …} with numbers as text; None: it stays the same
    spending_rule = models.JSONField(_("rule of spending"), null=True, blank=True, default=None)

    published_run = models.OneToOneField(
        "plans.ProjectionRun", models.PROTECT, null=True, blank=True, related_name="published_plan"
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.CharField(_("published by"), max_length=200, blank=True)
    report_job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    document = models.ForeignKey(
        "clients.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("report")
    )
    signature_request = models.ForeignKey(
        "clients.SignatureRequest", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # facts that moved since the result and that the advisor confirmed the plan holds with, as
    # {facts: [{kind, names, value}], reason, by, at}; None: nothing was confirmed
    facts_confirmed = models.JSONField(_("changed facts confirmed"), null=True, blank=True, default=None)
    in_force_at = models.DateTimeField(_("in force since"), null=True, blank=True)

    objects = PlanQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("household", "-version")
        constraints = (
            models.UniqueConstraint(fields=["household", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(status__in=sorted(IN_THE_WORKS)),
                name="one_plan_in_the_works",
                violation_error_message=_("A plan of this household is being prepared already."),
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(status=PlanStatus.IN_FORCE),
                name="one_plan_in_force",
                violation_error_message=_("Another plan of this household is in force."),
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=sorted(IN_THE_WORKS), published_run=None, published_at=None)
                | models.Q(status=PlanStatus.SUPERSEDED)
                | models.Q(status__in=sorted(GIVEN_TO_CLIENT), published_run__isnull=False, published_at__isnull=False),
                name="given_plan_has_its_result",
            ),
        )

    def __str__(self) -> str:
        return f"{self.household}, {self.version}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household
