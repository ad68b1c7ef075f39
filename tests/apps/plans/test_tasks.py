import pytest
from celery import current_app

from apps.core.jobs import LeasedTask
from apps.core.models import AuditEvent, Job
from apps.plans import tasks
from apps.plans.services.projections import request_projection
from apps.plans.services.publishing import publish_plan
from tests.factories import plans


@pytest.mark.parametrize("task", [tasks.run_projection, tasks.measure_recommendation, tasks.file_report])
def test_every_job_of_plans_runs_under_a_lease(task):
    assert isinstance(current_app.tasks[task.name], LeasedTask)


def test_a_job_computes_its_run_and_tells_its_steps_in_order(ada, monkeypatch):
    plan = plans.drafted(ada)
    run = request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
    told: list[tuple[float, str]] = []
    monkeypatch.setattr(tasks.run_projection, "progress", lambda fraction, step: told.append((fraction, step)))
    tasks.run_projection.run(**Job.objects.get(name=tasks.run_projection.name).arguments)
    run.refresh_from_db()
    assert run.finished_at is not None
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    steps = list(dict.fromkeys(step for _, step in told))
    assert steps[0] == "Gathering the household's facts"
    assert steps[-1] == "Keeping the result"


def test_what_jobs_do_for_somebody_is_found_on_the_trail_by_who_asked(ada):
    """A name may be longer than a key, and two people may bear the same."""
    ada.full_name = "Ada " + "von und zu " * 16
    ada.save()
    plan = plans.drafted(ada)
    request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
    tasks.run_projection.run(**Job.objects.get(name=tasks.run_projection.name).arguments)
    publish_plan(plan=plan, by=ada.as_actor())
    tasks.file_report.run(**Job.objects.get(name=tasks.file_report.name).arguments)
    done = AuditEvent.objects.filter(action__in=["plans.finish_projection", "plans.file_report"])
    assert set(done.values_list("action", "on_behalf_of")) == {
        ("plans.finish_projection", ada.as_actor().key),
        ("plans.file_report", ada.as_actor().key),
    }


def test_the_report_job_draws_what_was_published(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    publish_plan(plan=plan, by=ada.as_actor())
    tasks.file_report.run(**Job.objects.get(name=tasks.file_report.name).arguments)
    plan.refresh_from_db()
    assert plan.document.title == "Financial plan, version 1"
    assert plan.signature_request is None  # nobody of the household has a portal account
