import datetime as dt
from decimal import Decimal

import pytest
from celery import current_app
from django_tenants.utils import tenant_context

from apps.core.jobs import LeasedTask
from apps.core.models import AuditEvent, Job
from apps.notices.models import Mail
from apps.plans import tasks
from apps.plans.models import PlanStep
from apps.plans.services.projections import request_projection
from apps.plans.services.publishing import publish_plan
from tests.factories import plans


@pytest.mark.parametrize(
    "task",
    [
        tasks.run_projection,
        tasks.measure_recommendation,
        tasks.measure_accepted,
        tasks.file_report,
        tasks.follow_steps,
        tasks.read_with_model,
        tasks.explain_with_model,
        tasks.keep_likeness,
        tasks.run_stress_tests,
    ],
)
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


def test_each_open_firm_is_asked_to_follow_its_steps(firm_a, firm_b):
    assert tasks.follow_steps_everywhere() == 2
    for firm in (firm_a, firm_b):
        with tenant_context(firm):
            assert Job.objects.filter(name="plans.follow_steps").count() == 1


def test_steps_are_followed_once(ada):
    watch = plans.watched(ada, Decimal(400), dt.date(2026, 6, 1))
    for _time in range(2):
        tasks.follow_steps.run()
    watch.refresh_from_db()
    assert watch.judged_through is not None
    missed = PlanStep.objects.filter(code__startswith="missed").count()
    assert Mail.objects.filter(kind="plans/contribution_missed").count() == missed > 0
    assert Mail.objects.filter(kind="plans/digest").count() == 1
    assert not Mail.objects.filter(kind="plans/steps_due").exists(), "the digest tells the advisor"
