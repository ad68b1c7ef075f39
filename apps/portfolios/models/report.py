"""Performance reports: one a household for the quarter, made in a batch, looked at, delivered to the portal."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel


class ReportBatchQuerySet(models.QuerySet["ReportBatch"]):
    """Batches by who may see them."""

    def visible_to(self, actor: Actor) -> ReportBatchQuerySet:
        """Return all for those who see portfolios: the reports inside are narrowed to their households."""
        may = not actor.is_person or actor.can(Permission.VIEW_PORTFOLIOS)
        return self if may else self.none()


class ReportBatch(BaseModel):
    """The reports of one period for every household with a managed portfolio."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), unique=True, error_messages={"unique": _("This quarter has a batch.")})
    message = models.TextField(
        _("letter to the clients"),
        blank=True,
        max_length=4000,
        help_text=_("Stands on the first page of each report. Leave it empty for none."),
    )
    started_by = models.CharField(_("started by"), max_length=200)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("job"))

    objects = ReportBatchQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("-last_day",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(last_day__gt=models.F("first_day")), name="report_dates_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m-%d} – {self.last_day:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """Return the page of the batch."""
        return reverse("portfolios:report-batch", kwargs={"batch_id": self.public_id})

    @property
    def is_working(self) -> bool:
        """Whether its reports are being made."""
        return self.job is not None and self.job.is_open


class ReportState(models.TextChoices):
    """How far a household's report has come."""

    WAITING = "waiting", _("Waiting")
    MADE = "made", _("Ready to deliver")
    FAILED = "failed", _("Failed")
    DELIVERED = "delivered", _("Delivered")


class PerformanceReportQuerySet(models.QuerySet["PerformanceReport"]):
    """Reports by who may see them."""

    def visible_to(self, actor: Actor) -> PerformanceReportQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)


class PerformanceReport(BaseModel):
    """One household's report: the figures as they were reported, the paper that says them, or why there is none."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"figures"})

    batch = models.ForeignKey(
        ReportBatch, models.PROTECT, related_name="reports", verbose_name=_("reports of the quarter")
    )
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="performance_reports", verbose_name=_("household")
    )
    state = models.CharField(_("state"), max_length=9, choices=ReportState.choices, default=ReportState.WAITING)
    problem = models.TextField(_("why there is no report"), blank=True)
    # the moment as of which the ledger counts in it: what was reported can be asked again
    known_at = models.DateTimeField(_("as known on"), null=True, blank=True)
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    engine_version = models.CharField(_("engine version"), max_length=40, blank=True)
    document = models.ForeignKey(
        "clients.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    # why it takes the place of one that was delivered; the earlier paper stays with the client
    restated_because = models.CharField(_("restated because"), max_length=300, blank=True)

    # what the client has: it stays while the report is made anew, until the new one is delivered
    published = models.ForeignKey("clients.Document", models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    # the last change of the shared prices that counts in it (market.PriceMark)
    prices_until = models.BigIntegerField(_("prices known until"), null=True, blank=True)

    objects = PerformanceReportQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("batch", "household__name", "id")
        constraints = (
            models.UniqueConstraint(fields=["batch", "household"], name="household_reported_once_a_batch"),
            models.CheckConstraint(condition=models.Q(state__in=ReportState.values), name="report_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["made", "delivered"]) | models.Q(document__isnull=False),
                name="made_report_has_its_paper",
            ),
        )

    def __str__(self) -> str:
        return f"{self.household}: {self.batch}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household
