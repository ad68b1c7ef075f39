"""Jobs of plans."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors.firm_days import firm_today
from apps.core import jobs
from apps.core.actors import Actor
from apps.core.everywhere import everywhere
from apps.core.jobs import job
from apps.core.models import Job
from apps.plans.models import (
    ModelReading,
    Plan,
    PlanExplanation,
    PlanScenario,
    ProjectionRun,
    Recommendation,
    StressRun,
)
from apps.plans.services import (
    accepted_together,
    digests,
    explanations,
    likeness,
    monitoring,
    projections,
    publishing,
    readings,
    recommendations,
    scenarios,
    settling,
    step_reminders,
    stress_runs,
    watches,
)


@job("plans.run_projection")
def run_projection(task: Any, run_id: int) -> None:
    """Compute one run."""
    run = ProjectionRun.objects.select_related("plan__household", "job").get(pk=run_id)
    by = _asked_by("plans.run_projection", run.job)
    projections.run_projection(run=run, progress=task.progress, by=by)


@job("plans.measure_recommendation")
def measure_recommendation(task: Any, recommendation_id: int, value: str) -> None:
    """Compute the effect of an adjustment."""
    row = Recommendation.objects.select_related("run__plan__household", "measure_job").get(pk=recommendation_id)
    by = _asked_by("plans.measure_recommendation", row.measure_job)
    recommendations.measure_recommendation(recommendation=row, value=Decimal(value), progress=task.progress, by=by)


@job("plans.measure_accepted")
def measure_accepted(task: Any, run_id: int) -> None:
    """Compute what all that was taken of a result does together."""
    run = ProjectionRun.objects.select_related("plan__household", "together_job").get(pk=run_id)
    by = _asked_by("plans.measure_accepted", run.together_job)
    accepted_together.measure_accepted(run=run, progress=task.progress, by=by)


@job("plans.measure_scenario")
def measure_scenario(task: Any, scenario_id: int, revision: int) -> None:
    """Compute one scenario."""
    row = PlanScenario.objects.select_related("plan__household", "run", "job").get(pk=scenario_id)
    by = _asked_by("plans.measure_scenario", row.job)
    scenarios.measure_scenario(scenario=row, revision=revision, progress=task.progress, by=by)


@job("plans.run_stress_tests")
def run_stress_tests(task: Any, stress_run_id: int) -> None:
    """Put one result's plan through every stress test."""
    row = StressRun.objects.select_related("run__plan__household", "job").get(pk=stress_run_id)
    by = _asked_by("plans.run_stress_tests", row.job)
    stress_runs.run_stresses(stress_run=row, progress=task.progress, by=by)


@job("plans.file_report")
def file_report(_task: Any, plan_id: int) -> None:
    """Draw, file and send out the report of a published plan."""
    plan = Plan.objects.select_related("household", "published_run", "assumptions", "report_job").get(pk=plan_id)
    publishing.file_report(plan=plan, by=_asked_by("plans.file_report", plan.report_job))


@job("plans.follow_steps")
def follow_steps(_task: Any) -> None:
    """Do a firm's daily work on steps: judge contributions, remind of what is due, write to advisors what is new."""
    by, on = Actor.system("plans.follow_steps"), firm_today()
    watches.judge_contributions(on=on, by=by)
    step_reminders.remind_of_steps(on=on, by=by)
    digests.send_digests(on=on, by=by)


@job("plans.read_with_model")
def read_with_model(_task: Any, reading_id: int) -> None:
    """Have a language model read sentences."""
    row = ModelReading.objects.select_related("text__household", "text__person", "job").get(pk=reading_id)
    readings.read_with_model(reading=row, by=_asked_by("plans.read_with_model", row.job))


@job("plans.explain_with_model")
def explain_with_model(_task: Any, explanation_id: int) -> None:
    """Have a language model tell a result."""
    row = PlanExplanation.objects.select_related("run__plan__household", "job").get(pk=explanation_id)
    explanations.explain_with_model(explanation=row, by=_asked_by("plans.explain_with_model", row.job))


@shared_task(name="plans.follow_steps_everywhere")
def follow_steps_everywhere() -> int:
    """Ask each open firm for its daily work; return how many were asked."""
    by = Actor.system("plans.follow_steps_everywhere")

    def ask() -> int:
        jobs.enqueue("plans.follow_steps", by=by)
        return 1

    return everywhere("plans.follow_steps_everywhere", ask)


@job("plans.keep_likeness")
def keep_likeness(_task: Any) -> None:
    """Fit the firm's plans by meaning."""
    likeness.keep_likeness(by=Actor.system("plans.keep_likeness"))


@shared_task(name="plans.fit_likeness_everywhere")
def fit_likeness_everywhere() -> int:
    """Ask each open firm to fit its plans; return how many were asked."""
    by = Actor.system("plans.fit_likeness_everywhere")

    def ask() -> int:
        jobs.enqueue("plans.keep_likeness", by=by)
        return 1

    return everywhere("plans.fit_likeness_everywhere", ask)


@job("plans.monitor_night", title=_("Plans in force are being put in line for their measurement."))
def monitor_night(_task: Any) -> None:
    """Put every plan in force in line."""
    monitoring.start_night(by=Actor.system("plans.monitor_night"))


@job("plans.monitor_plans")
def monitor_plans(task: Any, plan_ids: list[int], day: str, *, again: bool) -> None:
    """Measure some plans in force."""
    by = Actor.system("plans.monitor_plans")
    on = dt.date.fromisoformat(day)
    monitoring.monitor_plans(plan_ids=plan_ids, day=on, again=again, by=by, progress=task.progress)


@job("plans.settle_plans")
def settle_plans(task: Any, plan_ids: list[int]) -> None:
    """Run what some plans were accepted with on all futures, by a new build."""
    settling.settle_plans(plan_ids=plan_ids, by=Actor.system("plans.settle_plans"), progress=task.progress)


@shared_task(name="plans.monitor_everywhere")
def monitor_everywhere() -> int:
    """Ask for the night of plans of each open firm whose clock says so; return how many were asked."""
    by = Actor.system("plans.monitor_everywhere")
    return everywhere("plans.monitor_everywhere", lambda: monitoring.ask_for_monitoring(by=by))


def _asked_by(name: str, asked: Job | None) -> Actor:
    """Return the job's actor, on behalf of who asked: by their key, as the trail finds what was done for somebody."""
    return Actor.system(name, on_behalf_of=asked.asked_by if asked else "")
