"""One run of the engine on a plan: what went in, what came out, and by which build."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household
from apps.core.models import BaseModel, JobState
from apps.plans.models.plan import Plan


class ProjectionRunQuerySet(models.QuerySet["ProjectionRun"]):
    """Runs by state."""

    def finished(self) -> ProjectionRunQuerySet:
        """Return those with a result, the newest first."""
        return self.filter(finished_at__isnull=False).order_by("-id")


class ProjectionRun(BaseModel):
    """Inputs are frozen when it is asked for: a run that is run again gives the same bytes.

    `inputs` and `result` are the engine's canonical bytes; the digests are their SHA-256. How far a run is, its job
    tells (`state`).
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"accepted_together", "facts", "inputs", "names", "result"})

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="runs")
    job = models.OneToOneField("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    requested_by = models.CharField(_("asked for by"), max_length=200)
    facts_as_of = models.DateField(_("facts as of"))
    # the household's facts as they were stated, by kinds: what moves later is set against them
    facts = models.JSONField(_("facts"), null=True, blank=True, default=None)
    seed = models.PositiveBigIntegerField(_("seed"))
    n_paths = models.PositiveIntegerField(_("futures"))
    engine_version = models.CharField(_("engine"), max_length=40)
    # how people, accounts, debts and goals were called: the engine knows keys only
    names = models.JSONField(default=dict)
    # what the facts did not carry and the plan had to take instead, as texts with their values
    caveats = models.JSONField(default=list)
    inputs = models.BinaryField()
    input_digest = models.CharField(max_length=64)
    assumptions_digest = models.CharField(max_length=64)
    risk_limit = models.JSONField(null=True, blank=True)
    result = models.BinaryField(null=True, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    cube_digest = models.CharField(max_length=64, blank=True)
    success = models.DecimalField(_("chance of success"), max_digits=7, decimal_places=6, null=True, blank=True)
    milliseconds = models.PositiveIntegerField(_("computed in"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # what the advice that was taken does together, with the set it was measured for; None of a run from before
    accepted_together = models.JSONField(_("what was accepted, together"), null=True, blank=True, default=dict)
    together_job = models.ForeignKey(
        "core.Job", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("job that measures")
    )

    objects = ProjectionRunQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["plan", "-id"], name="newest_run_of_plan"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(finished_at=None, result=None, success=None)
                | (
                    models.Q(finished_at__isnull=False, result__isnull=False, success__isnull=False)
                    & ~models.Q(result_digest="")
                ),
                name="finished_run_has_its_result",
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan}: {self.created_at:%Y-%m-%d %H:%M}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.plan.household

    @property
    def state(self) -> str:
        """How far it is: the job's word until there is a result."""
        if self.finished_at is not None:
            return JobState.DONE
        return self.job.state if self.job is not None else JobState.FAILED

    @property
    def is_open(self) -> bool:
        """Whether a result is still to come."""
        return self.state in {JobState.QUEUED, JobState.RUNNING}
