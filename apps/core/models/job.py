"""The outbox of background work: a job is a row in the transaction that asked for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models.base import BaseModel


class JobState(models.TextChoices):
    """How far a job has come."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(BaseModel):
    """One piece of background work, run until it is done once.

    The worker holds a lease while it runs and renews it; a lease that has run out means that the worker died,
    and the sweeper sends the job again. `attempts` stops a job that always kills its worker.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    name = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    asked_by = models.CharField(max_length=120)
    # of whoever asked: progress and refusals are told in it
    language = models.CharField(max_length=8, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    sent_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=200, blank=True)
    topic = models.CharField(max_length=120, blank=True)
    # by a person, on a page that shows its progress: such a job goes before those of machines
    waited_for = models.BooleanField(default=False, db_default=False)
    cancel_requested = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["state", "lease_until"], name="job_open", condition=models.Q(state__in=["queued", "running"])
            ),
        )
        constraints = (models.CheckConstraint(condition=models.Q(percent__lte=100), name="job_percent_at_most_100"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"

    @property
    def is_open(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in {JobState.QUEUED, JobState.RUNNING}

    def count_before(self) -> int:
        """Return how many of the firm's jobs that people wait for stand in line before this one."""
        waiting = Job.objects.filter(state=JobState.QUEUED, waited_for=True)
        return waiting.filter(pk__lt=self.pk).count() if self.waited_for and self.state == JobState.QUEUED else 0
