import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.core.actors import Actor
from apps.core.leases import JobCancelledError, JobLostError, Lease, Progress, claim, held_by
from apps.core.models import Job, JobState

BY = Actor.system("tests")


@pytest.fixture
def waiting(in_alpha):
    return Job.objects.create(name="notices.send_mail", arguments={"mail_id": 1}, asked_by=BY.key)


def lapse(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))


def test_a_job_is_claimed_once(waiting):
    first = claim(waiting.public_id, waiting.name)
    assert first is not None
    assert (first.state, first.attempts) == (JobState.RUNNING, 1)
    assert claim(waiting.public_id, waiting.name) is None


def test_a_job_is_not_claimed_by_a_task_of_another_name(waiting):
    assert claim(waiting.public_id, "tests.other") is None


def test_a_job_whose_lease_ran_out_goes_to_the_next_and_leaves_the_first(waiting):
    first = claim(waiting.public_id, waiting.name)
    lapse(waiting)
    second = claim(waiting.public_id, waiting.name)
    assert second.attempts == 2
    assert not held_by(first).exists()
    assert held_by(second).exists()
    with pytest.raises(JobLostError):
        Progress(first)(0.5, "Computing")


def test_a_job_is_not_claimed_more_often_than_its_attempts(waiting):
    Job.objects.filter(pk=waiting.pk).update(max_attempts=1)
    assert claim(waiting.public_id, waiting.name)
    lapse(waiting)
    assert claim(waiting.public_id, waiting.name) is None


def test_progress_stops_a_job_that_somebody_cancelled(waiting):
    job = claim(waiting.public_id, waiting.name)
    Progress(job)(0.1, "Reading")
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    with pytest.raises(JobCancelledError):
        Progress(job)(0.2, "Computing")


def test_progress_outside_of_a_job_is_silent():
    Progress(None)(0.5, "Computing")


def test_the_lease_writes_progress_while_the_jobs_transaction_is_open(django_db_setup, django_db_blocker):
    """The job's own transaction never locks its row, so nobody can take the job for dead."""
    with django_db_blocker.unblock(), schema_context("alpha"):
        job = Job.objects.create(name="notices.send_mail", arguments={"mail_id": 1}, asked_by=BY.key)
        lease = Lease(claim(job.public_id, job.name))
        lease.start()
        try:
            with transaction.atomic():
                Progress(lease.job, lease)(0.4, "Computing")
                assert _waits_for(lambda: Job.objects.get(pk=job.pk).percent == 40)
                assert Job.objects.get(pk=job.pk).lease_until > lease.job.lease_until
        finally:
            lease.end()
            lease.join(5)
            # the row alone: Django would look for registrations that name it, which the firm's role may not touch
            Job.objects.filter(pk=job.pk)._raw_delete(connection.alias)
            connection.close()
        assert not lease.is_alive()


def _waits_for(condition, seconds=5.0):
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return True
        pause.wait(0.05)
    return False
