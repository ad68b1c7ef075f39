import datetime as dt

import pytest
from celery.exceptions import Reject
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.core import jobs
from apps.core.actors import Actor, ActorKind
from apps.core.models import Job, JobState
from apps.core.models.cache_entry import CacheEntry
from apps.core.priorities import FIRST, LAST
from apps.core.templatetags.face import step_of
from apps.kernel.errors import NotFoundError
from tests import live_tasks

BY = Actor.system("tests")
NOW = timezone.now


@jobs.job("tests.refuse")
def refuse(_task):
    raise NotFoundError("There is no such household.", mend="Look for it by name.")


@jobs.job("tests.break")
def break_down(_task):
    raise ZeroDivisionError("no paths")


@jobs.job("tests.lose_server")
def lose_server(_task):
    raise ConnectionRefusedError("mail server away")


@jobs.job("tests.be_stopped")
def be_stopped(_task):
    raise SystemExit(0)


def asked(name, **arguments):
    return jobs.enqueue(name, by=BY, **arguments)


def run(task, job, schema="alpha", **arguments):
    headers = {jobs.JOB_HEADER: str(job.public_id), jobs.SCHEMA_HEADER: schema}
    done = task.apply(kwargs=arguments, headers=headers)
    job.refresh_from_db()
    return done


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


def test_a_job_is_sent_after_the_commit_and_only_then(in_alpha, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as later:
        job = asked("tests.write", key="a")
    assert job.sent_at is None
    assert len(later) == 1
    later[0]()
    job.refresh_from_db()
    assert job.sent_at is not None


def test_a_job_of_a_transaction_that_fails_is_gone(in_alpha, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as later, pytest.raises(RuntimeError), transaction.atomic():
        asked("tests.write", key="a")
        raise RuntimeError("the service failed")
    assert later == []
    assert not Job.objects.exists()


def test_a_job_that_commits_after_its_firm_was_left_is_sent_for_its_firm(
    firm_a, firm_b, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as later, tenant_context(firm_b):
        job = asked("tests.write", key="a")
    with tenant_context(firm_a):
        later[0]()
    with tenant_context(firm_b):
        assert Job.objects.get(pk=job.pk).sent_at is not None


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("tests.nothing", {}, "No task is called tests.nothing."),
        ("tests.write", {}, "missing a required argument: 'key'"),
        ("tests.write", {"key": "a", "colour": "red"}, "unexpected keyword argument 'colour'"),
    ],
)
def test_a_wrong_name_or_argument_is_refused_with_its_reason_and_leaves_no_row(in_alpha, name, arguments, told):
    with pytest.raises(jobs.JobUnknownError) as refused:
        asked(name, **arguments)
    assert told in str(refused.value)
    assert not Job.objects.exists()


@jobs.job("tests.ask_on")
def ask_on(_task):
    asked_in_turn.append(jobs.enqueue("tests.write", by=PERSON, topic="firm:all", key="b"))


asked_in_turn = []
PERSON = Actor(kind=ActorKind.PERSON, key="person:ada", label="Ada")
PARTNER = Actor(kind=ActorKind.PARTNER, key="partner:crm", label="CRM")


@pytest.mark.parametrize(
    ("by", "topic", "priority"),
    [(PERSON, "firm:all", FIRST), (PERSON, "", LAST), (BY, "firm:all", LAST), (PARTNER, "firm:all", LAST)],
)
def test_what_a_person_waits_for_is_sent_before_all_else_and_sent_again_so(in_alpha, monkeypatch, by, topic, priority):
    sent = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda _name, **options: sent.append(options["priority"]))
    job = jobs.enqueue("tests.write", by=by, topic=topic, key="a")
    jobs.send(job)
    Job.objects.filter(pk=job.pk).update(sent_at=NOW() - dt.timedelta(hours=1))
    assert jobs.sweep() == 1
    assert sent == [priority, priority]


@pytest.mark.parametrize(("by", "waited_for"), [(PERSON, True), (BY, False)])
def test_what_a_job_asks_for_is_waited_for_as_that_job_is(in_alpha, by, waited_for):
    run(ask_on, jobs.enqueue("tests.ask_on", by=by, topic="firm:all"))
    assert asked_in_turn.pop().waited_for is waited_for
    assert jobs.enqueue("tests.write", by=PERSON, topic="firm:all", key="c").waited_for


def test_a_waiting_person_reads_how_many_stand_before_them(in_alpha):
    asked("tests.write", key="a")
    first, second, third = (jobs.enqueue("tests.write", by=PERSON, topic="firm:all", key=key) for key in "bcd")
    said = ["Waiting for a worker", "Waiting: 1 task before it", "Waiting: 2 tasks before it"]
    assert [step_of(job) for job in (first, second, third)] == said
    Job.objects.filter(pk=first.pk).update(state=JobState.RUNNING, step="Computing")
    first.refresh_from_db()
    assert [step_of(job) for job in (first, second, third)] == ["Computing", *said[:2]]
    assert step_of(None) == step_of(asked("tests.write", key="e")) == "Waiting for a worker"


def test_a_job_runs_once_and_is_done(in_alpha):
    job = asked("tests.write", key="a")
    run(live_tasks.write, job, key="a")
    assert (job.state, job.percent, job.attempts, job.lease_until) == (JobState.DONE, 100, 1, None)
    run(live_tasks.write, job, key="a")
    assert job.attempts == 1
    assert CacheEntry.objects.filter(cache_key__startswith="a:").count() == 1


def test_a_refusal_fails_the_job_with_its_reason_and_is_not_tried_again(in_alpha):
    job = asked("tests.refuse")
    assert run(refuse, job).successful()
    assert (job.state, job.error) == (JobState.FAILED, "There is no such household. Look for it by name.")


def test_a_fault_of_ours_fails_the_job_and_reaches_the_log(in_alpha):
    job = asked("tests.break")
    assert not run(break_down, job).successful()
    assert (job.state, job.error) == (JobState.FAILED, "ZeroDivisionError: no paths")


def test_an_argument_that_came_past_the_check_fails_the_job_with_its_reason(in_alpha):
    job = asked("tests.write", key="a")
    run(live_tasks.write, job, colour="red")
    assert job.state == JobState.FAILED
    assert "colour" in job.error


def test_a_server_that_is_away_postpones_the_job(in_alpha):
    job = asked("tests.lose_server")
    assert run(lose_server, job).successful()
    assert (job.state, job.error) == (JobState.RUNNING, "mail server away")
    assert NOW() + dt.timedelta(seconds=10) < job.lease_until < NOW() + dt.timedelta(seconds=16)


def test_a_worker_that_is_stopped_gives_its_job_back_at_once(in_alpha):
    job = asked("tests.be_stopped")
    with pytest.raises(SystemExit):
        run(be_stopped, job)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    assert job.lease_until <= NOW()


def test_a_job_that_waits_and_is_cancelled_never_starts(in_alpha, home):
    job = asked("tests.write", key="a")
    jobs.cancel(job, by=BY)
    run(live_tasks.write, job, key="a")
    assert (job.state, job.attempts) == (JobState.CANCELLED, 0)
    assert not list(home.iterdir())


def test_a_job_that_runs_and_is_cancelled_stops_at_its_next_step(in_alpha):
    job = asked("tests.write", key="a", seconds=5)
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    run(live_tasks.write, job, key="a", seconds=5)
    assert job.state == JobState.CANCELLED
    assert not CacheEntry.objects.exists()


def test_cancelling_a_job_that_is_done_changes_nothing(in_alpha):
    job = asked("tests.write", key="a")
    run(live_tasks.write, job, key="a")
    jobs.cancel(job, by=BY)
    job.refresh_from_db()
    assert (job.state, job.cancel_requested) == (JobState.DONE, False)


def test_a_task_without_a_job_is_refused(in_alpha):
    with pytest.raises(Reject, match="runs only as a job"):
        live_tasks.write(key="a")


def test_a_job_of_another_firm_is_not_found_there(firm_a, firm_b, home):
    with tenant_context(firm_a):
        job = asked("tests.write", key="a")
    with tenant_context(firm_b):
        headers = {jobs.JOB_HEADER: str(job.public_id), jobs.SCHEMA_HEADER: "beta"}
        live_tasks.write.apply(kwargs={"key": "a"}, headers=headers)
        assert not CacheEntry.objects.exists()
    with tenant_context(firm_a):
        job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert not list(home.iterdir())


def test_a_header_of_an_unknown_firm_runs_nothing_anywhere(in_alpha, home):
    job = asked("tests.write", key="a")
    run(live_tasks.write, job, schema="nobody", key="a")
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert not list(home.iterdir())


AGO = dt.timedelta


@pytest.mark.parametrize(
    ("facts", "sent"),
    [
        ({"state": "queued", "sent_at": None, "created_at": AGO(seconds=6)}, 1),
        ({"state": "queued", "sent_at": None, "created_at": AGO(seconds=1)}, 0),
        ({"state": "queued", "sent_at": AGO(minutes=16), "created_at": AGO(minutes=17)}, 1),
        ({"state": "queued", "sent_at": AGO(seconds=5), "created_at": AGO(seconds=6)}, 0),
        ({"state": "running", "sent_at": AGO(seconds=40), "lease_until": AGO(seconds=1)}, 1),
        ({"state": "running", "sent_at": AGO(seconds=3), "lease_until": AGO(seconds=9)}, 0),
        ({"state": "running", "sent_at": AGO(seconds=40), "lease_until": AGO(seconds=-9)}, 0),
        ({"state": "done", "sent_at": AGO(hours=1), "lease_until": None}, 0),
        ({"state": "cancelled", "sent_at": None, "created_at": AGO(hours=1)}, 0),
    ],
)
def test_the_sweeper_sends_what_was_lost_and_nothing_else(in_alpha, facts, sent):
    job = asked("tests.write", key="a")
    Job.objects.filter(pk=job.pk).update(
        **{name: NOW() - value if isinstance(value, dt.timedelta) else value for name, value in facts.items()}
    )
    assert jobs.sweep() == sent


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"attempts": 5, "state": "running"}, "Given up after 5 attempts. Its worker died each time."),
        ({"attempts": 5, "state": "running", "error": "mail server away"}, "Given up after 5 attempts. mail server"),
        ({"name": "tests.removed", "state": "queued"}, "No task is called tests.removed."),
    ],
)
def test_the_sweeper_gives_up_what_has_no_hope_with_the_reason(in_alpha, facts, reason):
    job = asked("tests.write", key="a")
    long_ago = NOW() - dt.timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(created_at=long_ago, lease_until=long_ago, **facts)
    assert jobs.sweep() == 0
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.error.startswith(reason)
