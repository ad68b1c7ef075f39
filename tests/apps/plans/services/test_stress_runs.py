"""Stress tests of a result as a job: asked once, stopped when stale, kept whole."""

from decimal import Decimal

import pytest

from apps.core.jobs import JobCancelledError
from apps.core.models import AuditEvent, Job, JobState
from apps.plans import tasks
from apps.plans.engine.stress_cases import StressTable
from apps.plans.models import StressRun
from apps.plans.selectors.frozen_values import read_frozen
from apps.plans.selectors.run_values import result_of
from apps.plans.services import stress_runs
from apps.plans.services.stress_runs import cancel_stresses, request_stresses, run_stresses, stresses_kept
from tests.factories import plans

CARE = Decimal(100_000)


@pytest.fixture
def run(ada):
    return plans.computed(plans.drafted(ada), ada)


def ask(run, who, care=CARE):
    return request_stresses(run=run, care=care, by=who.as_actor())


def jobs():
    return Job.objects.filter(name="plans.run_stress_tests").order_by("id")


def test_the_job_computes_on_the_plans_own_futures_and_tells_each_test_by_its_name(run, ada, monkeypatch):
    row = ask(run, ada)
    assert stresses_kept(run, CARE) == row
    assert stresses_kept(run, Decimal(1)) is None
    told: list[tuple[float, str]] = []
    monkeypatch.setattr(tasks.run_stress_tests, "progress", lambda fraction, step: told.append((fraction, step)))
    tasks.run_stress_tests.run(**jobs().get().arguments)
    row.refresh_from_db()
    found = read_frozen(row.result, StressTable)
    assert found.n_paths == run.n_paths
    stood = result_of(run).projection
    assert found.base.success == stood.success, "the plan as it stands fares as its own page says"
    assert found.base.wealth == stood.terminal.real[stood.percentiles.index(50)]
    assert len(found.results) == len(told) - 1
    assert [fraction for fraction, _step in told] == sorted(fraction for fraction, _step in told)
    assert told[0][1] == "The plan as it stands"
    assert "Shares fall by a quarter now" in [step for _fraction, step in told]
    assert all(step[0].isupper() for _fraction, step in told), "no key of the engine is shown"
    written = AuditEvent.objects.filter(action__in=["plans.request_stresses", "plans.finish_stresses"])
    assert set(written.values_list("action", "on_behalf_of")) == {
        ("plans.request_stresses", ""),
        ("plans.finish_stresses", ada.as_actor().key),
    }


def test_the_same_question_is_computed_once_and_what_ended_badly_begins_again(run, ada, paul):
    row = ask(run, ada)
    assert ask(run, paul) == row
    assert jobs().count() == 1
    jobs().update(state=JobState.FAILED)
    again = ask(run, paul)
    assert again.pk == row.pk
    assert again.is_open
    assert jobs().count() == 2
    done = run_stresses(stress_run=again, progress=plans.silent, by=ada.as_actor())
    data = bytes(done.result)
    assert ask(run, ada) == done
    run_stresses(stress_run=done, progress=unwanted, by=ada.as_actor())
    assert bytes(StressRun.objects.get().result) == data
    assert jobs().count() == 2


def unwanted(_fraction, _step):
    raise AssertionError("computed again")


def test_a_newer_question_of_the_same_person_stops_the_one_before_and_nobody_elses(run, ada, paul):
    ask(run, ada)
    ask(run, paul, Decimal(1))
    ask(run, ada, Decimal(2))
    assert list(jobs().values_list("state", flat=True)) == [JobState.CANCELLED, JobState.QUEUED, JobState.QUEUED]


def test_tests_of_an_older_result_stop_at_their_next_step_and_when_the_newer_is_asked_about(run, ada, paul):
    old = ask(run, ada)
    newer = plans.computed(run.plan, ada)
    with pytest.raises(JobCancelledError):
        run_stresses(stress_run=old, progress=plans.silent, by=ada.as_actor())
    assert StressRun.objects.get().result is None
    ask(newer, paul)
    assert list(jobs().values_list("state", flat=True)) == [JobState.CANCELLED, JobState.QUEUED]


def test_a_new_build_asks_anew(run, ada, monkeypatch):
    ask(run, ada)
    monkeypatch.setattr(stress_runs, "ENGINE_VERSION", "plans-99.0.0")
    assert stresses_kept(run, CARE) is None


def test_what_is_done_is_not_stopped(run, ada):
    row = plans.stressed(run, ada, CARE)
    cancel_stresses(stress_run=row, by=ada.as_actor())
    assert not AuditEvent.objects.filter(action="plans.cancel_stresses").exists()
    other = ask(run, ada, Decimal(3))
    cancel_stresses(stress_run=other, by=ada.as_actor())
    other.job.refresh_from_db()
    assert other.state == JobState.CANCELLED
    assert AuditEvent.objects.filter(action="plans.cancel_stresses").count() == 1
