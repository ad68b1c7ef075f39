"""Measuring what was accepted or adjusted of a result, all of it at once: effects of single advice do not add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.core import audit, jobs
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError
from apps.plans import policies
from apps.plans.engine.digest import plain
from apps.plans.engine.mixes import ADOPTED
from apps.plans.models import Decision, ProjectionRun, Recommendation
from apps.plans.selectors.accepted_together import Together
from apps.plans.selectors.run_values import inputs_of, result_of
from apps.plans.services._levers import Change
from apps.plans.services._mapping import number
from apps.plans.services._plans import locked, tell
from apps.plans.services.projections import Progress


def note_taken(*, run: ProjectionRun, by: Actor) -> None:
    """Have what is taken of the result now measured together, within the transaction that decided it.

    One piece of advice has its own effect, nothing taken has none: these are stored at once. More are run in a job.
    """
    run.refresh_from_db(fields=["accepted_together"])
    rows = list(run.recommendations.all())
    if policies.is_told_together(run, rows):
        return
    counted = _counted(rows)
    if len(counted) < 2 and not any(row.waits_for_effect for row in counted):
        keep_together(run=run, agreed=policies.agreed_on(rows), answer=_known(counted), by=by)
    elif len(counted) > 1:
        topic = f"household:{run.plan.household.public_id}"
        run.together_job = jobs.enqueue("plans.measure_accepted", by=by, topic=topic, run_id=run.pk)
        run.accepted_together = run.accepted_together or {}
        run.save(update_fields=["together_job", "accepted_together", "updated_at"])


def measure_accepted(*, run: ProjectionRun, progress: Progress, by: Actor) -> ProjectionRun:
    """Compute what all that is taken does together; nothing is done when it is known, or measured by itself."""
    rows = list(run.recommendations.all())
    counted = _counted(rows)
    if policies.is_told_together(run, rows) or len(counted) < 2:
        return run
    answer = _measured(run, counted, progress)
    return keep_together(run=run, agreed=policies.agreed_on(rows), answer=answer, by=by)


@service
def keep_together(
    *, run: ProjectionRun, agreed: Sequence[Sequence[str]], answer: Mapping[str, Any], by: Actor
) -> ProjectionRun:
    """Store what was measured together with the set that it is of, unless another set is taken by now."""
    plan = locked(run.plan)
    row = ProjectionRun.objects.select_for_update(of=("self",)).defer("inputs", "result").get(pk=run.pk)
    if policies.agreed_on(row.recommendations.all()) != agreed:
        return row
    row.accepted_together = {"taken": agreed, **answer} if agreed else {}
    row.save(update_fields=["accepted_together", "updated_at"])
    audit.record("plans.measure_accepted", by=by, target=plan, after={"accepted_together": row.accepted_together})
    tell(plan, "plan.accepted_measured")
    return row


def _counted(rows: Sequence[Recommendation]) -> list[Recommendation]:
    """Return what was taken and changes what the plan counts: not the mix that it counts on, nor papers and cover."""
    taken = (row for row in rows if row.decision in policies.TAKEN)
    return [row for row in taken if row.key != ADOPTED and row.proposal["effect"]]


def _known(counted: Sequence[Recommendation]) -> dict[str, Any]:
    """Return the answer that needs no run: of one piece of advice, or none."""
    if not counted:
        return {"state": Together.UNCHANGED}
    row = counted[0]
    told = row.adjusted_effect or row.proposal["effect"]
    return {"state": Together.MEASURED, "effect": {name: told[name] for name in row.proposal["effect"]}}


def _measured(run: ProjectionRun, counted: Sequence[Recommendation], progress: Progress) -> dict[str, Any]:
    """Return what a run of the plan with all of it says."""
    # the engine takes seconds to load: see `_answers`
    from apps.plans.services._together import measured_together

    result = result_of(run)
    kept = {item.key: item.changes for item in result.advice.recommendations} if result else {}
    if any(kept.get(row.key) is None for row in counted):
        return {"state": Together.OLDER}
    told = [_adjusted(row) or kept[row.key] or {} for row in counted]
    try:
        found = measured_together(inputs_of(run), told, progress)
    except InvalidInputError:
        return {"state": Together.REFUSED}
    keys = [row.key for row in counted]
    return {
        "state": Together.MEASURED,
        "effect": plain(found.effect),
        "overlaps": [[keys[earlier], keys[later]] for earlier, later in found.overlaps],
        "over_limits": list(found.over_limits),
    }


def _adjusted(row: Recommendation) -> Change | None:
    if row.decision != Decision.ADJUSTED or row.adjusted_value is None:
        return None
    return Change(row.key, row.kind, number(row.adjusted_value), dict(row.proposal["facts"]))
