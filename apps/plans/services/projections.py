"""Asking the engine how a plan fares, and keeping its answer."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.selectors.firm_days import firm_today
from apps.compliance.selectors.risk_limits import RiskLimit
from apps.core import audit, jobs
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import gettext_noop
from apps.plans import policies
from apps.plans.engine.digest import input_digest, plain
from apps.plans.engine.results import ENGINE_VERSION
from apps.plans.models import Plan, PlanStatus, ProjectionRun, Recommendation
from apps.plans.selectors.run_values import RunInputs, RunResult, inputs_of
from apps.plans.services._levers import lever_of
from apps.plans.services._mapping import N_BATCHES, N_PATHS, Mapped, proportion
from apps.plans.services._plans import changeable, locked, tell
from apps.plans.services._questions import question_of
from apps.plans.services.errors import RunInProgressError
from apps.plans.services.moved_facts import facts_of_result

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Precision:
    """How many futures, in how many independent scrambles (their spread is the standard error)."""

    n_paths: int
    n_batches: int


STANDARD = Precision(N_PATHS, N_BATCHES)


@service
def request_projection(*, plan: Plan, by: Actor, precision: Precision = STANDARD) -> ProjectionRun:
    """Freeze what the plan is made from and have a job compute it; progress is told on the household's topic.

    Raises PlanFrozenError, RunInProgressError, FactsMissingError, NoTableError, and InvalidInputError whose field
    names the fact that the engine cannot take.
    """
    plan = changeable(plan)
    newest = plan.runs.select_related("job").first()
    if newest is not None and newest.is_open:
        raise RunInProgressError(
            gettext_noop("The plan is being generated already."),
            mend=gettext_noop("Wait for the result, or cancel it."),
        )
    today = firm_today()
    found, facts, limit = question_of(plan, today)
    question = _with_precision(found, precision)
    data = question.to_json_bytes()
    run = ProjectionRun(
        plan=plan,
        requested_by=by.label,
        facts_as_of=facts.as_of,
        facts=facts_of_result(plan, facts),
        seed=question.inputs.simulation.seed,
        n_paths=precision.n_paths,
        engine_version=ENGINE_VERSION,
        names=found.names,
        caveats=found.caveats,
        inputs=data,
        input_digest=hashlib.sha256(data).hexdigest(),
        assumptions_digest=input_digest(question.inputs.assumptions),
        risk_limit=_kept_limit(limit, today),
    )
    run.save()
    topic = f"household:{plan.household.public_id}"
    run.job = jobs.enqueue("plans.run_projection", by=by, topic=topic, run_id=run.pk)
    run.save(update_fields=["job", "updated_at"])
    image = {"run": str(run.public_id), "input_digest": run.input_digest, "engine": ENGINE_VERSION, "seed": run.seed}
    audit.record("plans.request_projection", by=by, target=plan, after=image)
    tell(plan, "plan.run_requested")
    return run


def run_projection(*, run: ProjectionRun, progress: Progress, by: Actor) -> ProjectionRun:
    """Compute the run and store its result; one that has a result stays as it is.

    Not one transaction: the computing holds no locks. Raising from `progress` cancels.
    """
    if run.finished_at is not None:
        return run
    began = time.monotonic()
    progress(0.01, _("Gathering the household's facts"))
    # the engine takes seconds to load (numba, scipy): only where a run is computed, and once per process
    from apps.plans.services._answers import answered

    question = inputs_of(run)
    result = answered(question, progress)
    progress(0.99, _("Keeping the result"))
    milliseconds = round(1000 * (time.monotonic() - began))
    return finish_projection(run=run, result=result, milliseconds=milliseconds, by=by)


@service
def finish_projection(*, run: ProjectionRun, result: RunResult, milliseconds: int, by: Actor) -> ProjectionRun:
    """Store the result and its recommendations, and hand the plan to the advisor's review."""
    plan = locked(run.plan)
    run = ProjectionRun.objects.select_for_update().get(pk=run.pk)
    if run.finished_at is not None:
        return run
    run.result = result.to_json_bytes()
    run.result_digest = hashlib.sha256(run.result).hexdigest()
    run.cube_digest = result.projection.cube_digest
    run.success = proportion(result.projection.success.value)
    run.milliseconds, run.finished_at = milliseconds, timezone.now()
    run.save()
    _keep_recommendations(run, result)
    if plan.status == PlanStatus.DRAFT and not policies.is_outdated(plan, run):
        plan.status = PlanStatus.IN_REVIEW
        plan.save(update_fields=["status", "updated_at"])
    image = {"run": str(run.public_id), "result_digest": run.result_digest, "success": run.success}
    audit.record("plans.finish_projection", by=by, target=plan, after=image)
    tell(plan, "plan.run_finished")
    return run


@service
def cancel_projection(*, run: ProjectionRun, by: Actor) -> None:
    """Ask the run to stop at its next step; one that still waits never starts. A finished one stays."""
    if run.job is not None and run.is_open:
        jobs.cancel(run.job, by=by)
        audit.record("plans.cancel_projection", by=by, target=run.plan, after={"run": str(run.public_id)})
        tell(run.plan, "plan.run_cancelled")


def _with_precision(found: Mapped, precision: Precision) -> RunInputs:
    spec = replace(found.question.inputs.simulation, n_paths=precision.n_paths, n_batches=precision.n_batches)
    return replace(found.question, inputs=replace(found.question.inputs, simulation=spec))


def _kept_limit(limit: RiskLimit | None, day: dt.date) -> dict[str, object] | None:
    if limit is None:
        return None
    return {**asdict(limit), "sources": [str(source) for source in limit.sources], "on": day.isoformat()}


def _keep_recommendations(run: ProjectionRun, result: RunResult) -> None:
    for position, item in enumerate(result.advice.recommendations, start=1):
        lever = lever_of(item.kind)
        Recommendation.objects.create(
            run=run,
            position=position,
            key=item.key,
            kind=item.kind,
            # what it changes stays in the result: no page and no trail needs it
            proposal=plain(replace(item, changes=None)),
            lever=lever.fact if lever else "",
        )
