"""Who runs a job: the lease on its row, renewed by a thread of its own, and what the running job tells.

The thread has a connection of its own, for two reasons: the job's thread computes for minutes, and its transaction
would keep the row locked against everybody if it wrote progress itself. `attempts` tells one holder from the next:
who was taken for dead (a stopped machine, a lost network) and comes back finds the row in other hands.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import Any
from uuid import UUID

import structlog
from django.db.models import F, Q, QuerySet
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone

from apps.core import realtime
from apps.core.models import Job, JobState
from apps.core.tenancy.connections import connection
from apps.kernel.errors import DomainError, gettext_noop

log = structlog.get_logger(__name__)

LEASE = dt.timedelta(seconds=20)
HEARTBEAT_SECONDS = 5.0
REPORT_EVERY_SECONDS = 0.25


class JobCancelledError(DomainError):
    """Somebody asked the job to stop."""

    code = "job_cancelled"


class JobLostError(DomainError):
    """The lease ran out and another worker has the job."""

    code = "job_lost"


def claim(public_id: UUID, name: str) -> Job | None:
    """Take the job with a lease, or None when it is done, cancelled, or in another worker's hands."""
    now = timezone.now()
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, public_id=public_id, name=name, attempts__lt=F("max_attempts")).update(
        state=JobState.RUNNING,
        started_at=now,
        lease_until=now + LEASE,
        attempts=F("attempts") + 1,
        percent=0,
        step="",
    )
    return Job.objects.get(public_id=public_id) if taken else None


def held_by(job: Job) -> QuerySet[Job]:
    """Return the row as long as the holder that read `job` still has it."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


class Lease(threading.Thread):
    """Renews the lease and writes progress while the job's own thread computes."""

    def __init__(self, job: Job) -> None:
        super().__init__(daemon=True, name=f"lease-{job.public_id}")
        self.job, self.tenant = job, connection.tenant
        self._news: dict[str, Any] = {}
        self._wake, self._ended = threading.Event(), threading.Event()

    def report(self, percent: int, step: str) -> None:
        """Have the latest progress written and told, soon."""
        self._news = {"percent": percent, "step": step}
        self._wake.set()

    def end(self) -> None:
        """Renew no more; what was reported last is superseded by the job's end."""
        self._ended.set()
        self._wake.set()

    def run(self) -> None:
        """Renew until the end, through a database that comes and goes."""
        try:
            while not self._ended.is_set():
                self._wake.wait(HEARTBEAT_SECONDS)
                self._wake.clear()
                if not self._ended.is_set():
                    self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        news, self._news = self._news, {}
        try:
            connection.set_tenant(self.tenant)
            kept = held_by(self.job).update(lease_until=timezone.now() + LEASE, **news)
        except (OperationalError, InterfaceError) as away:
            log.warning("job.lease_not_renewed", job=str(self.job.public_id), reason=str(away))
            connection.close()
            return
        if kept and news and self.job.topic:
            realtime.send_now(
                self.job.topic, "job.progress", job=str(self.job.public_id), state=JobState.RUNNING.value, **news
            )


class Progress:
    """Tells the page how far a job is, from inside a transaction too.

    Raises JobCancelledError once somebody asked the job to stop, JobLostError once another worker has it.
    """

    def __init__(self, job: Job | None, lease: Lease | None = None) -> None:
        self.job, self.lease, self._last, self._step = job, lease, float("-inf"), ""

    def __call__(self, fraction: float, step: str) -> None:
        """Report the done fraction (0 to 1) and the name of the step; at most four reports a second are sent."""
        now = time.monotonic()
        if self.job is None or (step == self._step and now - self._last < REPORT_EVERY_SECONDS):
            return
        self._last, self._step = now, step
        asked = held_by(self.job).values_list("cancel_requested", flat=True).first()
        if asked is None:
            raise JobLostError(gettext_noop("Another worker has taken the job over."))
        if asked:
            raise JobCancelledError(gettext_noop("The job was cancelled."))
        if self.lease is not None:
            self.lease.report(max(0, min(100, round(100 * fraction))), str(step)[:200])
