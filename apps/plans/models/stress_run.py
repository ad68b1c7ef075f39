"""The stress tests of one result: what was asked, and what came out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household
from apps.core.models import BaseModel, JobState
from apps.plans.models.projection_run import ProjectionRun


class StressRun(BaseModel):
    """All tests of one result, at one cost of a year of care (in the plan's currency, money of the start).

    `question_digest` is of all that decides the answer: the same question is answered once. `result` holds the engine's
    canonical bytes of a `StressTable`, None until its job has computed it. How far it is, its job tells (`state`).
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"result"})

    run = models.ForeignKey(ProjectionRun, models.CASCADE, related_name="stress_runs")
    care_cost = models.DecimalField(_("a year of care"), max_digits=12, decimal_places=2)
    question_digest = models.CharField(max_length=64)
    # the key of whoever asked last: a newer question of theirs stops this one
    asked_by = models.CharField(_("asked by"), max_length=120)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    result = models.BinaryField(null=True, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["run", "question_digest"], name="stress_question_once"),
            models.CheckConstraint(
                condition=models.Q(finished_at=None, result=None, result_digest="")
                | (models.Q(finished_at__isnull=False, result__isnull=False) & ~models.Q(result_digest="")),
                name="finished_stress_run_has_its_result",
            ),
        )

    def __str__(self) -> str:
        return f"{self.run.plan}: {self.created_at:%Y-%m-%d %H:%M}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.run.plan.household

    @property
    def state(self) -> str:
        """How far it is: the job's word until there is a result."""
        if self.finished_at is not None:
            return JobState.DONE
        return self.job.state if self.job is not None else JobState.FAILED

    @property
    def is_interrupted(self) -> bool:
        """Whether whoever was at it has gone silent: another worker takes it up soon."""
        job = self.job
        until = job.lease_until if job is not None and job.state == JobState.RUNNING else None
        return until is not None and until < timezone.now()

    @property
    def is_open(self) -> bool:
        """Whether a result is still to come."""
        return self.state in {JobState.QUEUED, JobState.RUNNING}
