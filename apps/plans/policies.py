"""May this be done: the steps of a plan's life, and predicates on loaded objects."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from apps.plans.models import Decision, Plan, PlanStatus, PlanStep, ProjectionRun, Recommendation, StepStatus
from apps.plans.models.plan import GIVEN_TO_CLIENT, IN_THE_WORKS

TRANSITIONS: dict[str, frozenset[str]] = {
    PlanStatus.DRAFT: frozenset({PlanStatus.IN_REVIEW, PlanStatus.SUPERSEDED}),
    PlanStatus.IN_REVIEW: frozenset({PlanStatus.DRAFT, PlanStatus.PUBLISHED, PlanStatus.SUPERSEDED}),
    PlanStatus.PUBLISHED: frozenset({PlanStatus.IN_FORCE, PlanStatus.SUPERSEDED}),
    PlanStatus.IN_FORCE: frozenset({PlanStatus.SUPERSEDED}),
    PlanStatus.SUPERSEDED: frozenset(),
}


def can_move(plan: Plan, to: str) -> bool:
    """Say whether the version may go to this status."""
    return to in TRANSITIONS[plan.status]


def can_change(plan: Plan) -> bool:
    """Say whether goals, choices and overrides may still change: a published version is frozen."""
    return plan.status in IN_THE_WORKS


def is_given_to_client(plan: Plan) -> bool:
    """Say whether the client has it: they may ask about it."""
    return plan.status in GIVEN_TO_CLIENT


def is_held(plan: Plan) -> bool:
    """Say whether all have signed and the version still waits: facts had moved that the advisor must confirm first."""
    request = plan.signature_request
    return plan.status == PlanStatus.PUBLISHED and request is not None and request.state == "completed"


def is_outdated(plan: Plan, run: ProjectionRun) -> bool:
    """Say whether goals, choices or overrides changed after the run was asked for."""
    return plan.inputs_changed_at > run.created_at


def needs_risk_limit(recommendation: Recommendation) -> bool:
    """Say whether the advice is about the allocation and the client would be given it."""
    return recommendation.kind == "allocation" and recommendation.decision != Decision.DECLINED


# what was agreed on: these make steps
TAKEN = frozenset({Decision.ACCEPTED, Decision.ADJUSTED})
# a chance this near to the target has reached it: solves stop within it
REACHED_WITHIN = 0.005


def reaches_alone(recommendation: Recommendation, target: Decimal) -> bool:
    """Say whether the advice by itself brings a plan that misses its target to it, as the engine measured it."""
    effect = recommendation.proposal.get("effect")
    wanted = float(target)
    return bool(effect and effect["success_before"] < wanted <= effect["success_after"] + REACHED_WITHIN)


def alternatives(recommendations: Iterable[Recommendation], target: Decimal) -> list[Recommendation]:
    """Return those that replace each other, each reaching the target alone; nothing where only one does."""
    found = [row for row in recommendations if reaches_alone(row, target)]
    return found if len(found) > 1 else []


def agreed_on(recommendations: Iterable[Recommendation]) -> list[list[str]]:
    """Return what was taken, as plain values that tell one set from another: ids, and numbers that were changed."""
    return [
        [str(row.public_id), "" if row.adjusted_value is None else format(row.adjusted_value.normalize(), "f")]
        for row in recommendations
        if row.decision in TAKEN
    ]


def is_told_together(run: ProjectionRun, recommendations: Iterable[Recommendation]) -> bool:
    """Say whether the run knows what all that was taken does together; one from before such measures does not."""
    return run.accepted_together is not None and run.accepted_together.get("taken", []) == agreed_on(recommendations)


def waits_together(run: ProjectionRun, recommendations: Iterable[Recommendation]) -> bool:
    """Say whether what all that was taken does together is still to be computed."""
    return run.accepted_together is not None and not is_told_together(run, recommendations)


def taken_without_need(recommendations: Iterable[Recommendation], target: Decimal) -> list[Recommendation]:
    """Return what was accepted though it replaces other accepted advice and nobody said why the client needs both.

    One of those that reach the target alone is taken for no other reason; each further one needs its own.
    """
    taken = [row for row in alternatives(recommendations, target) if row.decision in TAKEN]
    silent = [row for row in taken if not row.reason]
    return silent if len(silent) > 1 else []


STEP_MOVES: dict[str, frozenset[str]] = {
    StepStatus.OPEN: frozenset({StepStatus.BLOCKED, StepStatus.DONE, StepStatus.DROPPED}),
    StepStatus.BLOCKED: frozenset({StepStatus.OPEN, StepStatus.DONE, StepStatus.DROPPED}),
    StepStatus.DONE: frozenset({StepStatus.OPEN}),
    StepStatus.DROPPED: frozenset({StepStatus.OPEN}),
}


def can_move_step(step: PlanStep, to: str) -> bool:
    """Say whether the step may go to this status."""
    return to in STEP_MOVES[step.status]
