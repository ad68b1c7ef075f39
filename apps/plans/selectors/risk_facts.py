"""What plans say of risk, household by household, for compliance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from apps.clients.models import Household
from apps.plans.models import Plan, PlanStatus, ProjectionRun


def chances_of_plans(households: Sequence[Household], on: dt.date) -> dict[int, dict[str, Decimal]]:
    """Return the chance of success of each household's newest plan that counts, as `plan_chance`.

    Of the result that the client was given, else of the newest, computed on facts up to the day; a household without
    one is left out.
    """
    plans = Plan.objects.filter(household__in=households).exclude(status=PlanStatus.SUPERSEDED)
    runs = ProjectionRun.objects.filter(plan__in=plans, finished_at__isnull=False, facts_as_of__lte=on)
    newest = {run.plan_id: run for run in runs.only("plan_id", "success", "finished_at").order_by("id")}
    given = plans.select_related("published_run").only("household_id", "version", "published_run__success")
    found: dict[int, dict[str, Decimal]] = {}
    for plan in given.order_by("household_id", "version"):
        run = plan.published_run or newest.get(plan.pk)
        if run is not None and run.success is not None:
            found[plan.household_id] = {"plan_chance": run.success}
    return found
