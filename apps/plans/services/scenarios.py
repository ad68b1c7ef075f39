"""Scenarios: levers kept under a name as a branch of a plan, measured, changed, locked, set aside and restored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.utils import timezone

from apps.core import audit, jobs
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.what_if_levers import moved
from apps.plans.models import Plan, PlanScenario, ProjectionRun
from apps.plans.selectors.overviews import run_shown
from apps.plans.selectors.run_values import inputs_of
from apps.plans.selectors.what_if import Asked, moved_only
from apps.plans.services._checks import checked
from apps.plans.services._plans import locked, tell
from apps.plans.services.errors import NoResultError, ScenarioConflictError, ScenarioLockedError
from apps.plans.services.projections import Progress

MOST_KEPT = 12


@service
def keep_scenario(*, plan: Plan, name: str, changes: Mapping[str, float], by: Actor) -> PlanScenario:
    """Keep moved levers under a name; a job measures them on all paths.

    Raises NoResultError before the first result, InvalidInputError without a name or a moved lever, for a name that is
    taken, and for a value that its lever cannot take.
    """
    plan = locked(plan)
    run = run_shown(plan)
    if run is None:
        raise NoResultError(
            gettext_noop("This version has no result to start from."), mend=gettext_noop("Generate the plan first.")
        )
    if plan.scenarios.kept().count() >= MOST_KEPT:
        raise InvalidInputError(
            gettext_noop("The plan keeps %(count)s scenarios already."),
            mend=gettext_noop("Set one aside first."),
            count=MOST_KEPT,
        )
    row = PlanScenario(plan=plan, run=run, name=name.strip(), changes=_checked(run, changes), kept_by=by.label)
    checked(row)
    row.save()
    _measure(row, by)
    audit.record("plans.keep_scenario", by=by, target=row, after=_image(row))
    tell(plan, "plan.scenario_kept")
    return row


@service
def change_scenario(
    *, scenario: PlanScenario, name: str, changes: Mapping[str, float], revision: int, by: Actor
) -> PlanScenario:
    """Change a scenario that is as it was when looked at (`revision`); it starts from the newest result.

    Raises ScenarioLockedError, ScenarioConflictError when somebody changed it since, InvalidInputError.
    """
    row = _changeable(scenario)
    if row.revision != revision:
        raise ScenarioConflictError(
            gettext_noop("Somebody changed this scenario since you opened it."),
            mend=gettext_noop("Keep yours under another name, or open it again."),
        )
    before = _image(row)
    row.run = run_shown(row.plan) or row.run
    row.name, row.changes, row.kept_by = name.strip() or row.name, _checked(row.run, changes), by.label
    row.revision, row.result, row.result_digest = row.revision + 1, None, ""
    checked(row)
    row.save()
    _measure(row, by)
    audit.record("plans.change_scenario", by=by, target=row, before=before, after=_image(row))
    tell(row.plan, "plan.scenario_kept")
    return row


def measure_scenario(*, scenario: PlanScenario, revision: int, progress: Progress, by: Actor) -> PlanScenario:
    """Compute a scenario; nothing is done when it was changed since, or has its result."""
    if scenario.revision != revision or scenario.result is not None:
        return scenario
    # the engine takes seconds to load: see `_what_if`
    from apps.plans.services._what_if import scenario_result

    run = scenario.run
    result = scenario_result(inputs_of(run), scenario.changes, run.input_digest, progress)
    return finish_scenario(scenario=scenario, revision=revision, data=result.to_json_bytes(), by=by)


@service
def finish_scenario(*, scenario: PlanScenario, revision: int, data: bytes, by: Actor) -> PlanScenario:
    """Store the engine's answer (its canonical bytes), unless the scenario was changed since."""
    row = _locked(scenario)
    if row.revision != revision or row.result is not None:
        return row
    row.result, row.result_digest = data, hashlib.sha256(data).hexdigest()
    row.save(update_fields=["result", "result_digest", "updated_at"])
    audit.record("plans.finish_scenario", by=by, target=row, after={"result_digest": row.result_digest})
    tell(row.plan, "plan.scenario_measured")
    return row


@service
def lock_scenario(*, scenario: PlanScenario, by: Actor) -> PlanScenario:
    """Let a scenario stay as it is: nobody changes it or sets it aside any more. Raises ScenarioLockedError."""
    row = _changeable(scenario)
    row.locked_by, row.locked_at = by.label, timezone.now()
    row.save(update_fields=["locked_by", "locked_at", "updated_at"])
    audit.record("plans.lock_scenario", by=by, target=row, after={"locked_by": row.locked_by})
    tell(row.plan, "plan.scenario_kept")
    return row


@service
def set_scenario_aside(*, scenario: PlanScenario, by: Actor) -> PlanScenario:
    """Take a scenario off the list; it can be restored. Raises ScenarioLockedError."""
    row = _changeable(scenario)
    if row.set_aside_at is None:
        row.set_aside_at = timezone.now()
        row.save(update_fields=["set_aside_at", "updated_at"])
        audit.record("plans.set_scenario_aside", by=by, target=row, after={"name": row.name})
        tell(row.plan, "plan.scenario_kept")
    return row


@service
def restore_scenario(*, scenario: PlanScenario, by: Actor) -> PlanScenario:
    """Put a scenario back on the list. Raises InvalidInputError when its name was taken since."""
    row = _locked(scenario)
    if row.set_aside_at is not None:
        row.set_aside_at = None
        checked(row)
        row.save(update_fields=["set_aside_at", "updated_at"])
        audit.record("plans.restore_scenario", by=by, target=row, after={"name": row.name})
        tell(row.plan, "plan.scenario_kept")
    return row


def _locked(scenario: PlanScenario) -> PlanScenario:
    rows = PlanScenario.objects.select_for_update(of=("self",)).select_related("plan__household", "run")
    return rows.get(pk=scenario.pk)


def _changeable(scenario: PlanScenario) -> PlanScenario:
    row = _locked(scenario)
    if row.is_locked:
        raise ScenarioLockedError(
            gettext_noop("%(name)s locked this scenario: it stays as it is."),
            mend=gettext_noop("Open it and keep it under another name."),
            name=row.locked_by,
        )
    return row


def _checked(run: ProjectionRun, changes: Mapping[str, float]) -> dict[str, float]:
    question = inputs_of(run)
    moved(question.inputs, question.policy, changes)
    found = moved_only(Asked(run, question), changes)
    if not found:
        raise InvalidInputError(gettext_noop("No lever is moved."), mend=gettext_noop("Move one, then keep it."))
    return found


def _measure(row: PlanScenario, by: Actor) -> None:
    topic = f"household:{row.plan.household.public_id}"
    row.job = jobs.enqueue("plans.measure_scenario", by=by, topic=topic, scenario_id=row.pk, revision=row.revision)
    row.save(update_fields=["job", "updated_at"])


def _image(row: PlanScenario) -> dict[str, object]:
    return {"name": row.name, "changes": row.changes, "run": str(row.run.public_id), "revision": row.revision}
