"""Plans like one: the nearest of the firm's plans that a person may see, with what they have in common."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext, gettext_lazy

from apps.accounts.models.role import Permission
from apps.core.actors import Actor
from apps.plans.engine.likeness import FEWEST_PLANS, LEAST_ALIKE, NEAREST, is_good
from apps.plans.models import GoalKind, Plan, PlanLikeness, PlanVector
from apps.plans.selectors.advice_kinds import kind_label

_SITUATIONS = {
    "couple": gettext_lazy("a couple"),
    "single": gettext_lazy("one adult"),
    "children": gettext_lazy("children"),
}


@dataclass(frozen=True, slots=True)
class LikeLine:
    """A plan like this one: `shared` are words for what both are about."""

    plan: Plan
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlansLike:
    """What the plan page shows; `why_not` says to who runs the firm why nothing is compared."""

    lines: tuple[LikeLine, ...] = ()
    why_not: str = ""
    model_name: str = ""


def has_vectors() -> bool:
    """Say whether the server has pgvector where firms find it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regtype('public.vector') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def plans_like(plan: Plan, actor: Actor) -> PlansLike:
    """Return the plans most like one, of other households that the actor may see."""
    fit = PlanLikeness.objects.order_by("-id").first()
    if fit is None or not is_good(fit.n_plans, fit.precision) or not has_vectors():
        return PlansLike(why_not=_why_not(fit) if actor.can(Permission.MANAGE_FIRM) else "")
    own = PlanVector.objects.filter(likeness=fit, plan=plan).first()
    if own is None:
        return PlansLike()
    distance = RawSQL(
        "(plans_planvector.vector::public.vector) OPERATOR(public.<=>) %s::public.vector", [json.dumps(own.vector)]
    )
    seen = PlanVector.objects.filter(likeness=fit, plan__in=Plan.objects.visible_to(actor))
    near = seen.exclude(plan__household=plan.household_id).annotate(distance=distance).order_by("distance", "pk")
    rows = near.select_related("plan__household")[:NEAREST]
    return PlansLike(
        tuple(
            LikeLine(row.plan, tuple(_word(trait) for trait in own.traits if trait in row.traits))
            for row in rows
            if 1.0 - row.distance >= LEAST_ALIKE
        ),
        model_name=fit.model_name,
    )


def _why_not(fit: PlanLikeness | None) -> str:
    n_plans = fit.n_plans if fit is not None else 0
    if n_plans < FEWEST_PLANS:
        return gettext("Plans like this one are shown once the firm has more plans.")
    if not has_vectors():
        return gettext("Plans like this one cannot be found: the database lacks pgvector. Who runs Steward can add it.")
    return gettext("Plans like this one are not shown yet: too few of those that would be shown fit.")


def _word(trait: str) -> str:
    what, _, code = trait.partition(":")
    if what == "goal":
        return str(GoalKind(code).label)
    return kind_label(code) if what == "advice" else str(_SITUATIONS.get(code, code))
