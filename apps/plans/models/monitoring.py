"""What the night finds of plans in force: measurements, what each stands on, and alerts."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import Permission, is_client
from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.plans.models.plan import Plan


def _chance(name: object, **options: object) -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(name, max_digits=7, decimal_places=6, **options)  # type: ignore[arg-type]


def _maybe(name: object, digits: int = 16, places: int = 2) -> models.DecimalField[Decimal | None, Decimal | None]:
    """Return a field for an amount (or a chance) that may not be known."""
    return models.DecimalField(name, max_digits=digits, decimal_places=places, null=True, blank=True)  # type: ignore[arg-type]


class MonitoringRules(BaseModel):
    """What the firm calls a drift, the corridor of its guardrails, whether clients hear of one. The latest holds."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"set_by"})

    drift = _chance(
        _("a change of the chance is told from"),
        validators=[MinValueValidator(Decimal("0.005")), MaxValueValidator(Decimal("0.5"))],
    )
    lower = _chance(
        _("guardrail below, at a chance of"),
        validators=[MinValueValidator(Decimal("0.05")), MaxValueValidator(Decimal("0.95"))],
    )
    upper = _chance(
        _("guardrail above, at a chance of"),
        validators=[MinValueValidator(Decimal("0.1")), MaxValueValidator(Decimal("0.99"))],
    )
    tells_clients = models.BooleanField(_("clients are told in the portal when a guardrail is reached"), default=False)
    set_by = models.CharField(max_length=200)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(lower__lt=models.F("upper")),
                name="corridor_is_open",
                violation_error_message=_("The guardrail above must lie over the one below."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.drift} / {self.lower} / {self.upper}"

    def audit_subject(self) -> None:
        """The rules are the firm's."""
        return


class PlanMonitor(BaseModel):
    """What a plan in force is compared with, and where it stood when it was last measured.

    `reference` is the chance last told, with `outcomes` (a bit for each future of the first look). `accepted_outcomes`
    are those of what was accepted, by `engine_version`; `accepted_success` was computed on all futures by
    `accepted_by`, an older build until the new one has come to it. Guardrails are wealth, and living costs a month past
    them.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"outcomes", "accepted_outcomes"})

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="monitor")
    engine_version = models.CharField(max_length=40)
    accepted_success = _chance(_("chance when accepted"))
    accepted_spending = _maybe(_("affordable living costs a year when accepted"))
    reference = _chance(_("chance last told"))
    reference_error = _chance(_("standard error"))
    outcomes = models.BinaryField()
    accepted_outcomes = models.BinaryField(default=bytes)
    accepted_by = models.CharField(max_length=40, blank=True)
    below = _maybe(_("guardrail below"))
    spending_below = _maybe(_("living costs a month below it"))
    above = _maybe(_("guardrail above"))
    spending_above = _maybe(_("living costs a month above it"))
    measured_on = models.DateField(_("last measured"), null=True, blank=True)
    distance = models.DecimalField(
        _("distance to the nearest guardrail"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    change = models.DecimalField(_("change since it was told"), max_digits=7, decimal_places=6, default=Decimal(0))

    class Meta:
        ordering = ("plan",)
        indexes = (models.Index(fields=["distance", "measured_on"], name="monitor_first"),)

    def __str__(self) -> str:
        return str(self.plan)

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.plan.household


class PlanMeasurement(BaseModel):
    """A plan in force on a day. `spending` (affordable a year) is kept where an alert was told."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"wealth", "spending"})

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="measurements", db_index=False)
    day = models.DateField(_("measured on"))
    success = _chance(_("chance of success"))
    standard_error = _maybe(_("standard error"), 7, 6)
    n_paths = models.PositiveIntegerField(_("futures"))
    spending = _maybe(_("affordable living costs a year"))
    wealth = models.DecimalField(_("in all accounts"), max_digits=16, decimal_places=2)
    input_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("plan", "day")
        constraints = (models.UniqueConstraint(fields=["plan", "day"], name="measured_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.plan}, {self.day}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.plan.household


class AlertKind(models.TextChoices):
    """What was found."""

    BELOW = "below", _("Guardrail below reached")
    DRIFT = "drift", _("The chance changed")
    ABOVE = "above", _("Guardrail above reached")
    UNMEASURED = "unmeasured", _("Cannot be measured")


class AlertState(models.TextChoices):
    """What became of it."""

    OPEN = "open", _("To be looked at")
    ACKNOWLEDGED = "acknowledged", _("Seen")
    DISMISSED = "dismissed", _("Dismissed")
    ANSWERED = "answered", _("New version drafted")
    GONE = "gone", _("No longer so")


STANDING = frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED})


class PlanAlertQuerySet(models.QuerySet["PlanAlert"]):
    """Alerts by who may see them and by state."""

    def visible_to(self, actor: Actor) -> PlanAlertQuerySet:
        """Return those of households the actor may see; a client sees what they were told."""
        if actor.is_person and not (actor.can(Permission.VIEW_PLANS) or is_client(actor)):
            return self.none()
        condition = households_of(actor, "plan__household")
        rows = self if condition is None else self.filter(condition)
        return rows.exclude(client_told_at=None) if is_client(actor) else rows

    def open(self) -> PlanAlertQuerySet:
        """Return those that nobody has looked at."""
        return self.filter(state=AlertState.OPEN)

    def standing(self) -> PlanAlertQuerySet:
        """Return those that still hold: open or seen."""
        return self.filter(state__in=STANDING)


class PlanAlert(BaseModel):
    """What changed since the plan was accepted, by how much, and what would bring it back.

    `parts` are the causes with their effect on the chance and on the affordable living costs a year, and add up to the
    differences; `adjustment` is what the engine proposes (living costs a month, months of later retirement); `cause`
    is that of the largest part. `told` fills the sentence of an alert without figures.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"parts", "adjustment", "told", "reason"})

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="alerts")
    kind = models.CharField(_("kind"), max_length=10, choices=AlertKind.choices)
    cause = models.CharField(_("cause"), max_length=12, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=AlertState.choices, default=AlertState.OPEN)
    opened_on = models.DateField(_("found on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    success_before = _maybe(_("chance when accepted"), 7, 6)
    success_after = _maybe(_("chance now"), 7, 6)
    change = models.DecimalField(_("change of the chance"), max_digits=7, decimal_places=6, null=True, blank=True)
    change_error = _maybe(_("standard error"), 7, 6)
    spending_before = _maybe(_("affordable living costs a year when accepted"))
    spending_after = _maybe(_("affordable living costs a year now"))
    wealth = _maybe(_("in all accounts"))
    guardrail = _maybe(_("guardrail"))
    parts = models.JSONField(default=list, blank=True)
    adjustment = models.JSONField(default=dict, blank=True)
    told = models.TextField(blank=True)
    client_told_at = models.DateTimeField(_("client told"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.CharField(_("by"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("at"), null=True, blank=True)
    draft = models.ForeignKey(Plan, models.SET_NULL, null=True, blank=True, related_name="answers", db_index=False)

    objects = PlanAlertQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("alert of a plan")
        verbose_name_plural = _("alerts of plans")
        ordering = ("-opened_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["plan", "kind"],
                condition=models.Q(state__in=sorted(STANDING)),
                name="alert_stands_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=AlertState.DISMISSED) | ~models.Q(reason=""),
                name="dismissal_has_its_reason",
                violation_error_message=_("Say why."),
            ),
        )
        indexes = (models.Index(fields=["state", "kind"], name="alert_by_state"),)

    def __str__(self) -> str:
        return f"{self.plan}: {self.get_kind_display()}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.plan.household

    @property
    def is_standing(self) -> bool:
        """Whether it still holds."""
        return self.state in STANDING

    @property
    def spending_change(self) -> Decimal | None:
        """By how much the affordable living costs a year changed."""
        if self.spending_before is None or self.spending_after is None:
            return None
        return self.spending_after - self.spending_before
