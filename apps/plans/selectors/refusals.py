"""Where that is mended which the engine cannot take."""

from __future__ import annotations

import re
from uuid import UUID

from django.urls import reverse

from apps.plans.models import Plan

# what the engine calls a choice of the plan
CHOICES_ASKED = {
    "target": "target_success",
    "max_savings_rate": "max_savings_rate",
    "latest_retirement_age": "latest_retirement_age",
    "debt_payment": "extra_debt_payment",
    "emergency_months": "emergency_months",
    "surplus_saved_share": "surplus_saved_share",
    "spending.survivor_share": "survivor_share",
}
_FACTS = {
    "debts": ("debt", "debt_facts"),
    "incomes": ("income", "incomesource_facts"),
    "contributions": ("saving", "regularsaving_facts"),
}
ENTRY = re.compile(r"^(?P<list>\w+)\[(?P<key>[^\]]+)\](?:\.\w+)*$")


def place_of(field: str, plan: Plan) -> str:
    """Return the address of the form that mends what the engine cannot take, empty where there is none."""
    if field in CHOICES_ASKED or field.endswith("].horizon_age"):
        return reverse("plans:choices-edit", kwargs={"plan_id": plan.public_id})
    entry = ENTRY.match(field)
    return "" if entry is None else _place_of_entry(entry["list"], _uuid_in(entry["key"]), plan)


def _place_of_entry(kind: str, key: UUID, plan: Plan) -> str:
    household = plan.household
    own = {"household_id": household.public_id}
    if kind == "adults" and household.people.filter(public_id=key).exists():
        return reverse("clients:person-edit", kwargs={**own, "person_id": key})
    if kind == "goals" and plan.goals.filter(public_id=key).exists():
        return reverse("plans:goal-edit", kwargs={"plan_id": plan.public_id, "goal_id": key})
    if kind not in _FACTS:
        return ""
    word, rows = _FACTS[kind]
    if getattr(household, rows).filter(public_id=key).exists():
        return reverse("money:fact-edit", kwargs={"kind": word, "fact_id": key})
    return reverse("money:household-money", kwargs=own)


def _uuid_in(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        return UUID(int=0)  # the key of nothing that is kept
