"""Plans that all have signed and that wait for the advisor, and what advisors confirmed of facts that changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from apps.clients.models import SignatureRequestState
from apps.core.actors import Actor
from apps.plans.models import Plan, PlanStatus


@dataclass(frozen=True, slots=True)
class ConfirmedFacts:
    """That a plan holds with facts that moved since its result: who said so, when, and why."""

    by: str
    at: dt.datetime
    reason: str


def confirmed_of(plan: Plan | None) -> ConfirmedFacts | None:
    """Return what was confirmed last; None where nothing was."""
    kept = plan.facts_confirmed if plan else None
    return ConfirmedFacts(kept["by"], dt.datetime.fromisoformat(kept["at"]), kept["reason"]) if kept else None


def plans_held(actor: Actor) -> QuerySet[Plan]:
    """Return the plans that all have signed and that are not in force because facts had moved, the oldest first."""
    rows = Plan.objects.visible_to(actor).filter(
        status=PlanStatus.PUBLISHED, signature_request__state=SignatureRequestState.COMPLETED
    )
    return rows.select_related("household", "signature_request").order_by("signature_request__completed_at")
