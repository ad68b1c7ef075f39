"""After a new build: what plans in force were accepted with is run again on all futures, when the night is over.

The night itself asks the first futures by how much a build moves a plan, and says that it did. What was computed on all
futures stays that of the older build, named in `accepted_by`, until a job here has run it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

import structlog
from django.utils.translation import gettext

from apps.core import jobs
from apps.core.actors import Actor
from apps.core.services import service
from apps.plans.engine.results import ENGINE_VERSION
from apps.plans.models import Plan, PlanMonitor, PlanStatus, ProjectionRun

if TYPE_CHECKING:
    from apps.plans.services._measuring import Baseline

log = structlog.get_logger(__name__)
SETTLE = "plans.settle_plans"
# what is kept of a plan's measuring besides when it was changed
MONITORED = [
    field.name
    for field in PlanMonitor._meta.concrete_fields
    if field.name not in {"id", "public_id", "created_at", "updated_at", "plan"}
]
Progress = Callable[[float, str], object]


def ask_to_settle(plan_ids: Sequence[int], by: Actor) -> None:
    """Have what some plans were accepted with run on all futures, after the jobs that wait already."""
    if plan_ids:
        jobs.enqueue(SETTLE, by=by, plan_ids=list(plan_ids))


def settle_plans(*, plan_ids: Sequence[int], by: Actor, progress: Progress = lambda _part, _step: None) -> int:
    """Run what plans in force were accepted with on all futures, where an older build did last; return how many.

    Runs again without harm: each is kept by itself, and what was settled meanwhile is left.
    """
    # the engine takes seconds to load: see `_answers`
    from apps.plans.services._nights import accepted_again

    plans = Plan.objects.filter(pk__in=plan_ids, status=PlanStatus.IN_FORCE, monitor__engine_version=ENGINE_VERSION)
    plans = plans.exclude(monitor__accepted_by=ENGINE_VERSION).exclude(published_run=None)
    settled, failed = 0, None
    for place, plan in enumerate(plans.select_related("published_run").defer("published_run__result").order_by("pk")):
        progress(place / len(plan_ids), gettext("Measuring plans in force"))
        run = cast("ProjectionRun", plan.published_run)
        try:
            settled += keep_settled(plan=plan, base=accepted_again(run), by=by)
        except Exception as wrong:
            # one plan that cannot be run keeps no other waiting
            log.exception("plans.not_settled", plan=str(plan.public_id))
            failed = wrong
    if failed is not None:
        # what was settled stays so: asked again, the job finds the failed ones alone
        raise failed
    return settled


@service
def keep_settled(*, plan: Plan, base: Baseline, by: Actor) -> bool:  # noqa: ARG001 (who asks is part of a service)
    """Keep what all futures say of an accepted plan, unless it was kept meanwhile; what was told since stays told."""
    from apps.plans.services._nights import settle

    monitor = PlanMonitor.objects.select_for_update().filter(plan=plan).first()
    if monitor is None or not settle(monitor, base):
        return False
    # not when it was changed: a measurement that runs meanwhile is not outdated by this
    monitor.save(update_fields=MONITORED)
    return True
