"""Work in the background: asked for in a transaction, sent on commit, run once, run again if its worker died.

A job is a row of the outbox (`core.Job`); the broker only carries its id. Whoever runs it holds a lease on the row
(apps/core/leases.py); `sweep` sends again what the broker lost or a dead worker left. What a person waits
for is sent to stand before all else. See “A job” in CONTRIBUTING.md.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import structlog
from celery import Task, current_app, shared_task
from celery.exceptions import Reject
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django_tenants.utils import tenant_context
from kombu.exceptions import OperationalError as BrokerAwayError
from redis.exceptions import RedisError
from tenant_schemas_celery.task import TenantTask

from apps.core import realtime
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.leases import JobCancelledError, JobLostError, Lease, Progress, claim, held_by
from apps.core.models import Job, JobState
from apps.core.priorities import FIRST, LAST
from apps.core.tenancy.connections import connection
from apps.core.tenancy.names import current_schema
from apps.core.zones import in_firms_zone
from apps.kernel.errors import DomainError, gettext_noop

__all__ = [
    "JobCancelledError",
    "JobLostError",
    "LeasedTask",
    "Progress",
    "cancel",
    "enqueue",
    "job",
    "send",
    "sweep",
    "titles",
]

log = structlog.get_logger(__name__)

_titles: dict[str, str | Promise] = {}  # filled by @job as the tasks are declared
# a job that nobody sent within this time was left between commit and sending
UNSENT_AFTER = dt.timedelta(seconds=5)
# one that was sent and not taken up: at once when the broker holds nothing, late when it may still stand in line
RESEND_AFTER, RESEND_BUSY_AFTER = dt.timedelta(seconds=30), dt.timedelta(minutes=15)
SWEEP_AT_MOST = 500
# whether a person waits for the job that runs here; where none runs, a person's own request may
_waited_for: ContextVar[bool] = ContextVar("waited_for", default=True)
JOB_HEADER, SCHEMA_HEADER, REQUEST_HEADER = "steward_job", "_schema_name", "steward_request"


class JobUnknownError(DomainError):
    """No task bears the name, or it does not take these arguments."""

    code = "job_unknown"
    status = 500


def enqueue(name: str, *, by: Actor, topic: str = "", is_urgent: bool = False, **arguments: Any) -> Job:
    """Write a job into the current transaction; it is sent when that commits.

    `arguments` are ids and primitives. `topic` names the live topic that hears of progress: a job with one that a
    person asks for, on a page or in a job they wait for, goes before all others, and so does one that `is_urgent`:
    somebody waits for it elsewhere. Raises JobUnknownError, before anything is written, for a name that no task bears
    or arguments that it does not take.
    """
    _check(name, arguments)
    job = Job.objects.create(
        name=name,
        arguments=arguments,
        asked_by=by.key,
        topic=topic,
        language=get_language() or "",
        waited_for=is_urgent or (bool(topic) and by.is_person and _waited_for.get()),
    )
    firm = connection.tenant

    def send_in_its_firm() -> None:
        # the commit may come later than the block that entered the firm
        with tenant_context(firm):
            send(job, request_id=by.origin.request_id)

    transaction.on_commit(send_in_its_firm)
    return job


def _check(name: str, arguments: dict[str, Any]) -> None:
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()
    task = current_app.tasks.get(name)
    if task is None:
        raise JobUnknownError(
            gettext_noop("No task is called %(name)s."),
            mend=gettext_noop("Declare it in the tasks.py of an installed app with @job."),
            name=name,
        )
    try:
        inspect.signature(task.run).bind(**arguments)
    except TypeError as wrong:
        raise JobUnknownError(
            gettext_noop("The task %(name)s does not take these arguments: %(reason)s."),
            mend=gettext_noop("Hand over the ids that its declaration names."),
            name=name,
            reason=str(wrong),
        ) from wrong


def titles() -> Mapping[str, str | Promise]:
    """Return what the jobs that have a title do, by name."""
    current_app.loader.import_default_modules()
    return _titles


def send(job: Job, *, request_id: str = "") -> bool:
    """Hand the job to the broker; False when the broker is away: the sweeper will send it."""
    headers = {JOB_HEADER: str(job.public_id), SCHEMA_HEADER: current_schema(), REQUEST_HEADER: request_id}
    priority = FIRST if job.waited_for else LAST
    try:
        current_app.send_task(job.name, kwargs=job.arguments, headers=headers, priority=priority, retry=False)
    except (BrokerAwayError, RedisError, OSError) as away:
        log.warning("job.not_sent", job=str(job.public_id), name=job.name, reason=str(away))
        return False
    Job.objects.filter(pk=job.pk).update(sent_at=timezone.now())
    return True


def sweep() -> int:
    """Send again what was lost: never sent, sent and not taken up, or left by a dead worker. Return how many."""
    now = timezone.now()
    patience = RESEND_BUSY_AFTER if _broker_holds_messages() else RESEND_AFTER
    lost = Q(state=JobState.QUEUED, sent_at=None, created_at__lt=now - UNSENT_AFTER)
    lost |= Q(state=JobState.QUEUED, sent_at__lt=now - patience)
    # a job whose lease ran out is sent once for each lease, and again if that message was lost too
    unsent_since = Q(sent_at=None) | Q(sent_at__lt=F("lease_until")) | Q(sent_at__lt=now - patience)
    lost |= Q(state=JobState.RUNNING, lease_until__lt=now) & unsent_since
    sent = 0
    for job in Job.objects.filter(lost).order_by("id")[:SWEEP_AT_MOST]:
        if reason := _hopeless(job):
            _give_up(job, reason)
            continue
        if not send(job):
            break  # the broker is away: the next sweep tries again
        sent += 1
    return sent


def _broker_holds_messages() -> bool:
    """Say whether jobs still stand in line, so that one not taken up is late rather than lost."""
    try:
        with current_app.connection_for_read() as broker:
            channel: Any = broker.default_channel
            queue = channel.queue_declare(queue=current_app.conf.task_default_queue, passive=True)
            return bool(queue.message_count)
    except (BrokerAwayError, RedisError, OSError) as away:
        log.warning("job.broker_away", reason=str(away))
        return False
    except broker.channel_errors:
        return False  # a queue that was never used does not exist


def _hopeless(job: Job) -> str:
    if job.name not in current_app.tasks:
        return f"No task is called {job.name}."
    if job.attempts >= job.max_attempts:
        return f"Given up after {job.attempts} attempts. {job.error or 'Its worker died each time.'}"
    return ""


def _give_up(job: Job, reason: str) -> None:
    seen = Job.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts)
    if seen.update(state=JobState.FAILED, finished_at=timezone.now(), lease_until=None, error=reason[:2000]):
        log.error("job.given_up", job=str(job.public_id), name=job.name, reason=reason)
        _tell(job.pk)


def cancel(job: Job, *, by: Actor) -> None:
    """Ask a job to stop at its next step; one that still waits never starts."""
    log.info("job.cancel", job=str(job.public_id), by=by.key)
    waiting = Job.objects.filter(pk=job.pk, state=JobState.QUEUED)
    if not waiting.update(state=JobState.CANCELLED, finished_at=timezone.now()):
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True)
    _tell(job.pk)


def _tell(pk: int) -> None:
    job = Job.objects.get(pk=pk)
    if job.topic:
        realtime.send_now(
            job.topic, "job.progress", job=str(job.public_id), state=job.state, percent=job.percent, step=job.step
        )


class LeasedTask(TenantTask):
    """Base of every task that `enqueue` names: enters the firm, claims the job, keeps the lease, records the end."""

    abstract = True
    progress = Progress(None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body under the job's lease."""
        job = self._claim()
        if job is None:
            return
        lease = Lease(job)
        lease.start()
        self.progress = Progress(job, lease)
        waited_for = _waited_for.set(job.waited_for)
        names = {"job": str(job.public_id), "firm": current_schema(), "request_id": self._header(REQUEST_HEADER)}
        try:
            with structlog.contextvars.bound_contextvars(**names), override(job.language or settings.LANGUAGE_CODE):
                self._run(job, args, kwargs)
        finally:
            _waited_for.reset(waited_for)
            lease.end()
            self.progress = Progress(None)

    def _claim(self) -> Job | None:
        public_id, schema = self._header(JOB_HEADER), self._header(SCHEMA_HEADER)
        if not public_id:
            raise Reject(reason=f"{self.name} runs only as a job: use jobs.enqueue.", requeue=False)
        try:
            wanted = UUID(public_id)
        except ValueError:
            raise Reject(reason=f"“{public_id}” is no id of a job.", requeue=False) from None
        if schema != current_schema():
            # the gate could not enter the firm: it is unknown, or the database is away and the sweeper sends it again
            log.error("job.no_such_firm", job=public_id, name=self.name, firm=schema)
            return None
        job = claim(wanted, self.name)
        if job is None:
            log.info("job.not_mine", job=public_id, name=self.name, firm=schema)
        return job

    def _header(self, name: str) -> str:
        return str((self.request.headers or {}).get(name) or self.request.get(name) or "")

    def _run(self, job: Job, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            with in_firms_zone():
                self.run(*args, **kwargs)
            _end(job, JobState.DONE)
        except JobLostError as lost:
            log.warning("job.lost", name=self.name, reason=str(lost))
        except JobCancelledError:
            _end(job, JobState.CANCELLED)
        except DomainError as refused:
            log.warning("job.refused", name=self.name, code=refused.code, reason=str(refused))
            _end(job, JobState.FAILED, error=shown(refused).sentence)
        except (OperationalError, InterfaceError, OSError) as away:
            # a server was away: the lease is given back, and the sweeper sends the job again
            log.warning("job.interrupted", name=self.name, reason=str(away))
            _postpone(job, str(away))
        except (SystemExit, KeyboardInterrupt):
            log.warning("job.stopped", name=self.name)
            _postpone(job, "The worker was stopped.", wait=dt.timedelta(0))
            raise
        except BaseException as broken:
            _end(job, JobState.FAILED, error=f"{type(broken).__name__}: {broken}")
            raise


def _end(job: Job, state: JobState, *, error: str = "") -> None:
    done = {"percent": 100} if state is JobState.DONE else {}
    ended = held_by(job).update(state=state, finished_at=timezone.now(), lease_until=None, error=error[:2000], **done)
    if ended:
        _tell(job.pk)


def _postpone(job: Job, reason: str, *, wait: dt.timedelta | None = None) -> None:
    """Give the lease back, to be taken up later: after 15 s, 1, 4 and 16 minutes."""
    if wait is None:
        wait = dt.timedelta(seconds=15 * 4 ** (job.attempts - 1))
    try:
        if not connection.in_atomic_block:  # a test's transaction would end with its connection
            connection.close_if_unusable_or_obsolete()
        held_by(job).update(lease_until=timezone.now() + wait, error=reason[:2000])
    except (OperationalError, InterfaceError) as away:
        log.warning("job.not_postponed", reason=str(away))  # its lease runs out by itself


def job(name: str, *, title: str | Promise = "") -> Callable[[Callable[..., Any]], Task]:  # type: ignore[type-arg]
    """Declare the task behind a job's name; its body is called as `body(task, **arguments)`.

    `title` says what it does to those who wait for it; a job of the whole firm that has one is shown while it runs.
    """
    if title:
        _titles[name] = title
    return shared_task(name=name, bind=True, base=LeasedTask, acks_late=True, ignore_result=True)
