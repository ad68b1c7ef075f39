"""What a client may look at more closely: their published plan alone, with the choices that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.plans.engine.conversion_map import converters_of, planned_way
from apps.plans.selectors.claiming_pages import USUAL_RATE, Chosen
from apps.plans.selectors.conversion_pages import USUAL_HEIRS, ChosenWay
from apps.plans.selectors.overviews import plan_shown
from apps.plans.selectors.what_if import Asked, asked_of

TOPIC_LABELS: Mapping[str, Promise | str] = {
    "social-security": _("Social Security"),
    "roth": _("Roth conversions"),
    "taxes": _("Taxes by year"),
    "stress": _("Hard times"),
    "spending": _("Spending in retirement"),
}


def closer_pages(path: str = "") -> list[dict[str, Any]]:
    """Return the pages beside each other: url, label, and whether the address lies below it."""
    tried = reverse("portal:what-if")
    pages: list[dict[str, Any]] = [{"url": tried, "label": _("What if"), "active": path.startswith(tried), "pages": []}]
    for slug, label in TOPIC_LABELS.items():
        url = reverse("portal:closer", kwargs={"topic": slug})
        pages.append({"url": url, "label": label, "active": path.startswith(url), "pages": []})
    return pages


def asked_given(household: Household, actor: Actor) -> Asked | None:
    """Return the question behind the result that the client was given; None before the first."""
    plan = plan_shown(household, actor)
    if plan is None or plan.published_run is None:
        return None
    return asked_of(plan)


def planned_ages(asked: Asked) -> Chosen:
    """Return the claim ages of the plan, at the usual rate."""
    return Chosen(USUAL_RATE, tuple(claim.claim_age for claim in asked.question.inputs.claims) or None)


def planned_conversions(asked: Asked, told: Mapping[str, str]) -> ChosenWay | None:
    """Return how the adult that the address names, or the first, converts in the plan; None where nobody can.

    Where the plan converts an amount a year, which is none of the ways that are compared, the way is left open.
    """
    inputs = asked.question.inputs
    owners = converters_of(inputs)
    if not owners:
        return None
    named = told.get("person", "")
    owner = named if named in owners else owners[0]
    way = planned_way(inputs, owner)
    return ChosenWay(owner, way.key if way else "", USUAL_HEIRS)
