"""Addresses that several pages of plans lead to."""

from __future__ import annotations

from django.urls import reverse

from apps.plans.models import Plan


def tab_of(plan: Plan, part: str = "") -> str:
    """Return the plan's tab in its household's page, at a part of it."""
    address = reverse("plans:household-plan", kwargs={"household_id": plan.household.public_id})
    return f"{address}#{part}" if part else address


def version_of(plan: Plan, part: str = "") -> str:
    """Return the plan's tab with this version, whatever is being prepared beside it, at a part of it."""
    address = f"{tab_of(plan)}?version={plan.version}"
    return f"{address}#{part}" if part else address


def figures_of(plan: Plan) -> str:
    """Return the address below which the passports of the plan's figures lie."""
    return reverse("plans:figure", kwargs={"plan_id": plan.public_id, "key": "-"}).removesuffix("-/")


def what_if_of(plan: Plan) -> str:
    """Return the address of the version's what-if page."""
    return reverse("plans:what-if", kwargs={"plan_id": plan.public_id})
