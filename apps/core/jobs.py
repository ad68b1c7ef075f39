"""Work in the background: asked for in a transaction, sent on commit, run once, run again if its worker died."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from celery import Task, current_app, shared_task
from celery.exceptions import Reject
from django.db import close_old_connections, transaction
from django.db.models import F, Q
from django.db.utils import OperationalError
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAwayError

from apps.core import realtime
from apps.core.actors import Actor
from apps.core.models import Job, JobState
from apps.core.tenancy.connections import connection
from apps.core.tenancy.names import current_schema
from apps.kernel.errors import DomainError

log = structlog.get_logger(__name__)

LEASE = dt.timedelta(seconds=20)
HEARTBEAT_SECONDS = 5
# a job that was sent but not taken up within this time is sent again (the broker may have lost it)
RESEND_AFTER = dt.timedelta(seconds=30)
JOB_HEADER = "steward_job"


class JobCancelledError(DomainError):
    """Somebody asked the job to stop."""

    code = "job_cancelled"


def enqueue(name: str, *, by: Actor, topic: str = "", **arguments: Any) -> Job:
    """Write a job into the current transaction; it is sent when that commits.

    `arguments` are ids and primitives. `topic` names the live topic that hears of progress.
    """
    job = Job.objects.create(name=name, arguments=arguments, asked_by=by.key, topic=topic)
    transaction.on_commit(lambda: send(job))
    return job


def send(job: Job) -> bool:
    """Hand the job to the broker; False when the broker is away: the sweeper will send it."""
    try:
        current_app.send_task(
            job.name,
            kwargs=job.arguments,
            headers={JOB_HEADER: str(job.public_id), "_schema_name": current_schema()},
            retry=False,
        )
    except BrokerAwayError as away:
        log.warning("job.not_sent", job=str(job.public_id), name=job.name, reason=str(away))
        return False
    Job.objects.filter(pk=job.pk).update(sent_at=timezone.now())
    return True


def sweep() -> int:
    """Send again what was lost: never sent, sent and not taken up, or left by a dead worker. Return how many."""
    now = timezone.now()
    lost = Q(state=JobState.QUEUED, sent_at=None, created_at__lt=now - dt.timedelta(seconds=5))
    lost |= Q(state=JobState.QUEUED, sent_at__lt=now - RESEND_AFTER)
    lost |= Q(state=JobState.RUNNING, lease_until__lt=now)
    sent = 0
    for job in Job.objects.filter(lost).order_by("id")[:500]:
        if job.attempts >= job.max_attempts:
            _finish(job.public_id, JobState.FAILED, error=f"Given up after {job.attempts} attempts.")
            continue
        sent += send(job)
    return sent


def cancel(job: Job, *, by: Actor) -> None:
    """Ask a job to stop at its next step; one that still waits never starts."""
    log.info("job.cancel", job=str(job.public_id), by=by.key)
    waiting = Job.objects.filter(pk=job.pk, state=JobState.QUEUED)
    if not waiting.update(state=JobState.CANCELLED, finished_at=timezone.now()):
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True)
    _tell(job.public_id)


def _claim(public_id: str) -> Job | None:
    """Take the job with a lease, or None when it is done, cancelled, or in another worker's hands."""
    now = timezone.now()
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, public_id=public_id, attempts__lt=F("max_attempts")).update(
        state=JobState.RUNNING,
        started_at=now,
        lease_until=now + LEASE,
        attempts=F("attempts") + 1,
        percent=0,
        step="",
    )
    return Job.objects.get(public_id=public_id) if taken else None


def _finish(public_id: Any, state: JobState, *, error: str = "") -> None:
    done = {"percent": 100} if state is JobState.DONE else {}
    Job.objects.filter(public_id=public_id).update(
        state=state, finished_at=timezone.now(), lease_until=None, error=error[:2000], **done
    )
    _tell(public_id)


def _tell(public_id: Any) -> None:
    job = Job.objects.get(public_id=public_id)
    if job.topic:
        realtime.send_now(
            job.topic, "job.progress", job=str(job.public_id), state=job.state, percent=job.percent, step=job.step
        )


class _Heartbeat(threading.Thread):
    """Renews the lease from a thread and a connection of its own while the job's thread computes."""

    def __init__(self, job: Job) -> None:
        super().__init__(daemon=True, name=f"lease-{job.public_id}")
        self.job, self.tenant, self.stopped = job, connection.tenant, threading.Event()

    def run(self) -> None:
        connection.set_tenant(self.tenant)
        while not self.stopped.wait(HEARTBEAT_SECONDS):
            close_old_connections()
            Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING).update(lease_until=timezone.now() + LEASE)
        connection.close()


class Progress:
    """Tells the page how far a job is; raises JobCancelledError once somebody asked it to stop."""

    def __init__(self, job: Job | None) -> None:
        self.job, self._last = job, 0.0

    def __call__(self, fraction: float, step: str) -> None:
        """Report the done fraction (0 to 1) and the name of the step; at most four reports a second are sent."""
        now = time.monotonic()
        if self.job is None or (step == self.job.step and now - self._last < 0.25):
            return
        self._last, self.job.step = now, step
        rows = Job.objects.filter(pk=self.job.pk)
        rows.update(percent=max(0, min(100, round(100 * fraction))), step=step[:200])
        if rows.filter(cancel_requested=True).exists():
            raise JobCancelledError("The job was cancelled.")
        _tell(self.job.public_id)


class LeasedTask(Task):  # type: ignore[type-arg]
    """Base of every task that `enqueue` names: claims the job, keeps the lease, records the end."""

    abstract = True
    progress = Progress(None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body under the job's lease."""
        public_id = (self.request.headers or {}).get(JOB_HEADER) or self.request.get(JOB_HEADER)
        if public_id is None:
            raise Reject(reason=f"{self.name} runs only as a job: use jobs.enqueue.", requeue=False)
        job = _claim(public_id)
        if job is None:
            log.info("job.not_mine", job=public_id, name=self.name)
            return None
        heartbeat = _Heartbeat(job)
        heartbeat.start()
        self.progress = Progress(job)
        structlog.contextvars.bind_contextvars(job=public_id, firm=current_schema())
        try:
            result = self.run(*args, **kwargs)
        except JobCancelledError:
            _finish(public_id, JobState.CANCELLED)
            return None
        except DomainError as refused:
            _finish(public_id, JobState.FAILED, error=str(refused))
            log.warning("job.refused", job=public_id, name=self.name, code=refused.code, reason=str(refused))
            return None
        except (OperationalError, OSError) as away:
            # a server was away: the lease runs out and the sweeper sends the job again
            log.warning("job.interrupted", job=public_id, name=self.name, reason=str(away))
            return None
        except BaseException as broken:
            _finish(public_id, JobState.FAILED, error=f"{type(broken).__name__}: {broken}")
            raise
        finally:
            heartbeat.stopped.set()
            structlog.contextvars.unbind_contextvars("job", "firm")
        _finish(public_id, JobState.DONE)
        return result


def job(name: str) -> Callable[[Callable[..., Any]], Task]:  # type: ignore[type-arg]
    """Declare the task behind a job's name; its body is called as `body(task, **arguments)`."""
    return shared_task(name=name, bind=True, base=LeasedTask, acks_late=True, ignore_result=True)
