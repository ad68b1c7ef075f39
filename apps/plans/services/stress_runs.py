"""Stress tests of a result: asked for, computed by a job, kept; stopped when nobody waits for them any more."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from django.utils import timezone

from apps.core import audit, jobs
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import gettext_noop
from apps.plans.engine.digest import canonical_json, input_digest
from apps.plans.engine.results import ENGINE_VERSION
from apps.plans.models import Plan, ProjectionRun, StressRun
from apps.plans.selectors.overviews import run_shown
from apps.plans.selectors.run_values import inputs_of
from apps.plans.selectors.stress_pages import BASE, case_name
from apps.plans.selectors.what_if_values import spec_of
from apps.plans.services._plans import locked, tell
from apps.plans.services.explorers import history_source
from apps.plans.services.projections import Progress


def stress_question(run: ProjectionRun, care: Decimal) -> str:
    """Return the digest of a question; a new build or a new history asks anew."""
    told = {"run": run.input_digest, "care": float(care), "history": history_source(), "engine": ENGINE_VERSION}
    return input_digest(told)


def stresses_kept(run: ProjectionRun, care: Decimal) -> StressRun | None:
    """Return what was asked and perhaps answered already; None where nobody asked."""
    rows = StressRun.objects.select_related("job")
    return rows.filter(run=run, question_digest=stress_question(run, care)).first()


@service
def request_stresses(*, run: ProjectionRun, care: Decimal, by: Actor) -> StressRun:
    """Have a job put a result's plan through every test; progress is told on the household's topic.

    What is answered or under way is returned as it is; what failed or was stopped is begun again. What the person, or
    somebody for an older result, is still waited on for is stopped.
    """
    plan = locked(run.plan)
    digest = stress_question(run, care)
    rows = StressRun.objects.select_for_update(of=("self",)).select_related("job", "run")
    row = rows.filter(run=run, question_digest=digest).first()
    if row is not None and (row.is_open or row.result is not None):
        return row
    for other in rows.filter(run__plan=plan, result=None).exclude(run=run, question_digest=digest):
        if other.job is not None and other.is_open and (other.asked_by == by.key or other.run_id != run.pk):
            jobs.cancel(other.job, by=by)
    row = row or StressRun(run=run, care_cost=care, question_digest=digest)
    row.asked_by = by.key[:120]
    row.save()
    topic = f"household:{plan.household.public_id}"
    row.job = jobs.enqueue("plans.run_stress_tests", by=by, topic=topic, stress_run_id=row.pk)
    row.save(update_fields=["job", "updated_at"])
    audit.record("plans.request_stresses", by=by, target=row, after={"run": str(run.public_id), "care": str(care)})
    tell(plan, "plan.stress_requested")
    return row


def run_stresses(*, stress_run: StressRun, progress: Progress, by: Actor) -> StressRun:
    """Compute the tests and keep the answer; what has one stays. It stops where a newer result is shown by then.

    Not one transaction: the computing holds no locks. Raises JobCancelledError.
    """
    run = stress_run.run
    if stress_run.result is not None:
        return stress_run
    # the engine takes seconds to load: see `_what_if`
    from apps.plans.services._explorers import stress_table

    question = inputs_of(run)

    def told(fraction: float, key: str) -> None:
        if run_shown(Plan.objects.get(pk=run.plan_id)) != run:
            raise jobs.JobCancelledError(gettext_noop("The plan has a newer result by now."))
        progress(fraction, case_name(key, run.names))

    told(0.0, BASE)
    found = stress_table(question.inputs, spec_of(question, is_whole=True), float(stress_run.care_cost), told)
    return finish_stresses(stress_run=stress_run, data=canonical_json(found), by=by)


@service
def finish_stresses(*, stress_run: StressRun, data: bytes, by: Actor) -> StressRun:
    """Store the engine's answer (its canonical bytes), once."""
    row = StressRun.objects.select_for_update(of=("self",)).select_related("run__plan__household").get(pk=stress_run.pk)
    if row.result is not None:
        return row
    row.result, row.result_digest, row.finished_at = data, hashlib.sha256(data).hexdigest(), timezone.now()
    row.save(update_fields=["result", "result_digest", "finished_at", "updated_at"])
    audit.record("plans.finish_stresses", by=by, target=row, after={"result_digest": row.result_digest})
    tell(row.run.plan, "plan.stress_finished")
    return row


@service
def cancel_stresses(*, stress_run: StressRun, by: Actor) -> None:
    """Ask the tests to stop at the next one; finished ones stay."""
    if stress_run.job is not None and stress_run.is_open:
        jobs.cancel(stress_run.job, by=by)
        audit.record("plans.cancel_stresses", by=by, target=stress_run, after={"run": str(stress_run.run.public_id)})
        tell(stress_run.run.plan, "plan.stress_cancelled")
