"""Lists of plans: all of them for staff, what waits for somebody, and the versions of one household."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.plans import policies
from apps.plans.models import Plan, PlanQuestion, PlanStatus, ProjectionRun
from apps.plans.selectors.figures import Figure

TONES = {
    PlanStatus.DRAFT: "note",
    PlanStatus.IN_REVIEW: "warn",
    PlanStatus.PUBLISHED: "note",
    PlanStatus.IN_FORCE: "good",
    PlanStatus.SUPERSEDED: "",
}
SORTS = {
    "household": "household__name",
    "status": "status",
    "success": "newest_success",
    "date": "newest_on",
}


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One version in a list."""

    plan_id: uuid.UUID
    household_id: uuid.UUID
    household: str
    advisor: str
    version: int
    status: str
    status_label: str
    tone: str
    success: Figure
    on: dt.date | None


def plan_rows(plans: QuerySet[Plan] | list[Plan]) -> list[PlanRow]:
    """Return the rows of plans that `listed_plans` has annotated."""
    return [_row(plan) for plan in plans]


def listed_plans(actor: Actor, *, status: str = "", sort: str = "") -> QuerySet[Plan]:
    """Return the current versions of all households the actor may see, with their newest result's chance and day."""
    newest = ProjectionRun.objects.filter(plan=OuterRef("pk")).finished()
    rows = (
        Plan.objects.visible_to(actor)
        .select_related("household__advisor", "signature_request")
        .annotate(
            newest_success=Subquery(newest.values("success")[:1]),
            newest_on=Subquery(newest.values("facts_as_of")[:1]),
        )
    )
    rows = rows.filter(status=status) if status in PlanStatus.values else rows.exclude(status=PlanStatus.SUPERSEDED)
    column = SORTS.get(sort.removeprefix("-"), "household__name")
    return rows.order_by(f"-{column}" if sort.startswith("-") else column, "-version")


def versions_of(household: Household, actor: Actor) -> list[PlanRow]:
    """Return all versions of a household's plan that the actor may see, the newest first."""
    newest = ProjectionRun.objects.filter(plan=OuterRef("pk")).finished()
    rows = (
        Plan.objects.visible_to(actor)
        .filter(household=household)
        .select_related("household__advisor", "signature_request")
        .annotate(
            newest_success=Subquery(newest.values("success")[:1]),
            newest_on=Subquery(newest.values("facts_as_of")[:1]),
        )
        .newest_first()
    )
    return plan_rows(rows)


def plans_in_review(actor: Actor) -> QuerySet[Plan]:
    """Return the plans that wait for the advisor to publish them."""
    return Plan.objects.visible_to(actor).filter(status=PlanStatus.IN_REVIEW).select_related("household")


def open_questions(actor: Actor) -> QuerySet[PlanQuestion]:
    """Return the clients' questions that wait for an answer, the oldest first."""
    rows = PlanQuestion.objects.visible_to(actor).open()
    return rows.select_related("plan__household", "person").order_by("id")


def _row(plan: Plan) -> PlanRow:
    success, is_held = getattr(plan, "newest_success", None), policies.is_held(plan)
    return PlanRow(
        plan_id=plan.public_id,
        household_id=plan.household.public_id,
        household=plan.household.name,
        advisor=str(plan.household.advisor),
        version=plan.version,
        status=plan.status,
        status_label=gettext("Signed, to be confirmed") if is_held else str(PlanStatus(plan.status).label),
        tone="warn" if is_held else TONES[PlanStatus(plan.status)],
        success=Figure(success, "percent", "success", str(plan)),
        on=getattr(plan, "newest_on", None),
    )
