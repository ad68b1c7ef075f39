"""The firm's plans by meaning: read, fitted, measured and kept, once a day."""

from __future__ import annotations

import math
from dataclasses import dataclass

from apps.clients.models import Relationship
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.plans.engine.hidden_names import without_names
from apps.plans.engine.likeness import fit_likeness, precision_at, telling
from apps.plans.models import Decision, GoalKind, Plan, PlanLikeness, PlanStatus, PlanVector, Recommendation
from apps.plans.selectors.overviews import run_shown
from apps.plans.services._asked import hidden_names

_TAKEN = (Decision.ACCEPTED, Decision.ADJUSTED)


@dataclass(frozen=True, slots=True)
class ToldPlan:
    """A plan as it is compared: its words without names, and what it is about, as codes."""

    plan: Plan
    text: str
    traits: tuple[str, ...]

    @property
    def labels(self) -> frozenset[str]:
        """What it is about besides the situation."""
        return frozenset(trait for trait in self.traits if not trait.startswith("is:"))


@service
def keep_likeness(*, by: Actor) -> PlanLikeness | None:
    """Fit the plans that count, one of each household, and keep where each lies; None while there are too few."""
    told = [_told(plan) for plan in _plans()]
    if len(told) < 2:
        return None
    try:
        fitted = fit_likeness([each.text for each in told])
    except ValueError:
        return None
    precision = precision_at(fitted, telling([each.labels for each in told]))
    PlanLikeness.objects.all().delete()
    row = PlanLikeness(n_plans=len(told), precision=None if math.isnan(precision) else precision)
    row.save()
    PlanVector.objects.bulk_create(
        PlanVector(likeness=row, plan=each.plan, vector=vector.tolist(), traits=list(each.traits))
        for each, vector in zip(told, fitted.vectors, strict=True)
    )
    audit.record("plans.keep_likeness", by=by, target=row, after=audit.snapshot(row))
    return row


def _plans() -> list[Plan]:
    """Return the newest version of each household that counts."""
    rows = Plan.objects.exclude(status=PlanStatus.SUPERSEDED).select_related("household", "published_run")
    newest: dict[int, Plan] = {}
    for plan in rows.prefetch_related("goals", "household__people").order_by("household_id", "version"):
        newest[plan.household_id] = plan
    return list(newest.values())


def _told(plan: Plan) -> ToldPlan:
    household, people = plan.household, list(plan.household.people.all())
    goals = list(plan.goals.all())
    run = run_shown(plan)
    taken = Recommendation.objects.filter(run=run, decision__in=_TAKEN) if run is not None else ()
    advice = sorted({row.kind for row in taken})
    is_couple = any(person.relationship == Relationship.PARTNER for person in people)
    children = any(person.relationship in {Relationship.CHILD, Relationship.DEPENDANT} for person in people)
    traits = [f"goal:{kind}" for kind in sorted({goal.kind for goal in goals} - {GoalKind.OTHER})]
    traits += [f"advice:{kind}" for kind in advice]
    traits += ["is:couple" if is_couple else "is:single", *(["is:children"] if children else [])]
    words = [f"{goal.kind}. {goal.name}. {goal.own_words}" for goal in goals]
    words += [household.objectives, " ".join(kind.replace("_", " ") for kind in advice)]
    words += ["couple" if is_couple else "single", "children" if children else ""]
    hidden = without_names("\n".join(words), hidden_names(household))
    return ToldPlan(plan, hidden.text, tuple(traits))
