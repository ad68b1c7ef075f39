import pytest
from celery import current_app

from apps.core.jobs import LeasedTask
from apps.core.leases import Progress, claim
from apps.core.models import Job
from apps.plans import tasks
from apps.plans.services.projections import request_projection
from tests.factories import plans


@pytest.mark.parametrize("task", [tasks.run_projection, tasks.measure_recommendation, tasks.file_report])
def test_every_job_of_plans_runs_under_a_lease(task):
    assert isinstance(current_app.tasks[task.name], LeasedTask)


def test_a_job_computes_its_run_and_tells_its_steps(ada):
    plan = plans.drafted(ada)
    run = request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
    job = claim(Job.objects.get(name=tasks.run_projection.name).public_id, tasks.run_projection.name)
    assert job is not None
    task = tasks.run_projection
    task.progress = Progress(job)
    task.run(**job.arguments)
    run.refresh_from_db()
    job.refresh_from_db()
    assert run.finished_at is not None
    assert job.percent > 0
    assert job.step


def test_the_report_job_draws_what_was_published(ada):
    from apps.plans.services.publishing import publish_plan

    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    publish_plan(plan=plan, by=ada.as_actor())
    tasks.file_report.run(**Job.objects.get(name=tasks.file_report.name).arguments)
    plan.refresh_from_db()
    assert plan.document.title == "Financial plan, version 1"
    assert plan.signature_request is None  # nobody of the household has a portal account
