"""Jobs of plans."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.core.actors import Actor
from apps.core.jobs import job
from apps.plans.models import Plan, ProjectionRun, Recommendation
from apps.plans.services import projections, publishing, recommendations


@job("plans.run_projection")
def run_projection(task: Any, run_id: int) -> None:
    """Compute one run."""
    run = ProjectionRun.objects.select_related("plan__household", "job").get(pk=run_id)
    by = Actor.system("plans.run_projection", on_behalf_of=run.requested_by)
    projections.run_projection(run=run, progress=task.progress, by=by)


@job("plans.measure_recommendation")
def measure_recommendation(task: Any, recommendation_id: int, value: str) -> None:
    """Compute the effect of an adjustment."""
    row = Recommendation.objects.select_related("run__plan__household").get(pk=recommendation_id)
    by = Actor.system("plans.measure_recommendation", on_behalf_of=row.decided_by)
    recommendations.measure_recommendation(recommendation=row, value=Decimal(value), progress=task.progress, by=by)


@job("plans.file_report")
def file_report(_task: Any, plan_id: int) -> None:
    """Draw, file and send out the report of a published plan."""
    plan = Plan.objects.select_related("household", "published_run", "assumptions").get(pk=plan_id)
    publishing.file_report(plan=plan, by=Actor.system("plans.file_report", on_behalf_of=plan.published_by))
