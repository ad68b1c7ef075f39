"""May this be done: the steps of a plan's life, and predicates on loaded objects."""

from __future__ import annotations

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


def is_outdated(plan: Plan, run: ProjectionRun) -> bool:
    """Say whether goals, choices or overrides changed after the run was asked for."""
    return plan.inputs_changed_at > run.created_at


def needs_risk_limit(recommendation: Recommendation) -> bool:
    """Say whether the advice is about the allocation and the client would be given it."""
    return recommendation.kind == "allocation" and recommendation.decision != Decision.DECLINED


STEP_MOVES: dict[str, frozenset[str]] = {
    StepStatus.OPEN: frozenset({StepStatus.BLOCKED, StepStatus.DONE, StepStatus.DROPPED}),
    StepStatus.BLOCKED: frozenset({StepStatus.OPEN, StepStatus.DONE, StepStatus.DROPPED}),
    StepStatus.DONE: frozenset({StepStatus.OPEN}),
    StepStatus.DROPPED: frozenset({StepStatus.OPEN}),
}


def can_move_step(step: PlanStep, to: str) -> bool:
    """Say whether the step may go to this status."""
    return to in STEP_MOVES[step.status]
