"""Whether the facts of a household have moved since a result was computed from them.

Facts are read as of the result's day, so that what time alone moves stays out: months that passed, incomes that ended
as they were stated to. Balances are today's. Prices move every night, and so do the averages of bank entries: up to
`STEADY` they are time's doing as well, and so is a debt that is paid down as it was agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors.firm_days import firm_today
from apps.kernel.errors import DomainError
from apps.money.selectors.facts import HouseholdFacts
from apps.money.selectors.situations import household_facts
from apps.plans.engine.digest import input_digest
from apps.plans.models import Plan, PlanStatus, ProjectionRun
from apps.plans.models.plan import IN_THE_WORKS
from apps.plans.selectors.moved_parts import MovedPart, keyed, parts_of
from apps.plans.services._advice_facts import papers_of
from apps.plans.services._kept_facts import facts_kept, said
from apps.plans.services._questions import check_facts, facts_for

# the part of all that is held that may move before it is told
STEADY = 0.05
UNWORKABLE = "unworkable"
PAPERS = "papers"
KINDS = {
    "people": _("people of the household"),
    "incomes": _("income"),
    "spending": _("living costs"),
    "accounts": _("balances of accounts"),
    "savings": _("regular saving"),
    "debts": _("debts"),
    "events": _("what is to come, property and insurance"),
    "taxes": _("where the household lives, IRAs and Roth accounts"),
    PAPERS: _("estate papers"),
    UNWORKABLE: _("facts without which no plan can be made"),
}
# names say how a row is called, not what it is
_NAME = "name"
_PRICE = "price"
# payments of a debt that may have been made besides those that months count
_EXTRA_PAYMENTS = 1


@dataclass(frozen=True, slots=True)
class MovedFact:
    """A kind of facts that says something else today; `names` are the rows where they are known, `value` today's.

    `parts` say what moved in it.
    """

    kind: str
    names: tuple[str, ...]
    value: Any
    parts: tuple[MovedPart, ...] = ()

    def __str__(self) -> str:
        label = str(KINDS[self.kind])
        return f"{label} ({', '.join(self.names)})" if self.names else label


@dataclass(frozen=True, slots=True)
class _Since:
    """What may have moved by itself since a result: averages of bank entries, and debts over some months."""

    is_averaged: bool
    months: int


def facts_of_result(plan: Plan, facts: HouseholdFacts) -> dict[str, Any]:
    """Return the facts as they are kept with a result. A query."""
    return {**facts_kept(facts), PAPERS: said(papers_of(plan.household))}


def moved_facts(plan: Plan, run: ProjectionRun | None) -> tuple[MovedFact, ...]:
    """Return what moved since the run was asked for; nothing of a run that kept no facts. Some twenty queries.

    What the advisor confirmed is left out, for as long as it says what it said then.
    """
    if run is None or run.facts is None:
        return ()
    today, then = firm_today(), run.facts_as_of
    current = facts_for(plan, household_facts(plan.household, today))
    try:
        check_facts(current)
    except DomainError as refused:
        return (MovedFact(UNWORKABLE, (), str(refused)),)
    facts = current if today == then else replace(household_facts(plan.household, then), accounts=current.accounts)
    spending, before = facts.spending, run.facts
    months = 12 * (today.year - then.year) + today.month - then.month
    since = _Since(spending is not None and spending.source == "bank", months)
    known = {row["kind"]: row["value"] for row in (plan.facts_confirmed or {}).get("facts", ())}
    moved = []
    for kind, value in facts_of_result(plan, facts).items():
        stated = [before.get(kind), *([known[kind]] if kind in known else [])]
        if not any(_alike(kind, each, value, since) for each in stated):
            named = _names(kind, before.get(kind), value, since)
            moved.append(MovedFact(kind, named, value, parts_of(kind, before.get(kind), value)))
    return tuple(moved)


def moved_of(plan: Plan | None) -> tuple[MovedFact, ...]:
    """Return what moved since the result of a plan that waits to be published or signed; nothing of any other."""
    if plan is None or plan.status not in {*IN_THE_WORKS, PlanStatus.PUBLISHED}:
        return ()
    return moved_facts(plan, plan.published_run or plan.runs.finished().first())


def as_kept(moved: Sequence[MovedFact]) -> list[dict[str, Any]]:
    """Return them as plain JSON values, as `Plan.facts_confirmed` keeps them."""
    return [{"kind": each.kind, "names": list(each.names), "value": each.value} for each in moved]


def digest_of(moved: Sequence[MovedFact]) -> str:
    """Return what names these facts with their values: who confirms them says by it which ones were seen."""
    return input_digest(as_kept(moved)) if moved else ""


def told(moved: Sequence[MovedFact]) -> str:
    """Return the kinds that moved as one text, in the reader's language."""
    return ", ".join(str(each) for each in moved)


def _alike(kind: str, before: Any, after: Any, since: _Since) -> bool:
    if kind == "accounts" and isinstance(before, dict):
        places = {*before, *after}
        moved = sum(abs(after.get(place, 0.0) - before.get(place, 0.0)) for place in places)
        return bool(moved <= STEADY * max(sum(map(abs, before.values())), sum(map(abs, after.values()))))
    if kind == "debts":
        return _same_debts(before, after, since)
    return _near(before, after, STEADY if kind == "spending" and since.is_averaged else 0.0)


def _same_debts(before: Any, after: Any, since: _Since) -> bool:
    old, new = keyed(before), keyed(after)
    return old.keys() == new.keys() and all(_same_debt(old[key], new[key], since) for key in new)


def _same_debt(before: dict[str, Any], after: dict[str, Any], since: _Since) -> bool:
    """Say whether the terms are the same and the balance is within what is steady, or paid down as agreed."""
    if not _near({**before, "balance": 0.0}, {**after, "balance": 0.0}, 0.0):
        return False
    owed, owes = before["balance"], after["balance"]
    paid = before["monthly_payment"] * (since.months + _EXTRA_PAYMENTS)
    return bool(_near(owed, owes, STEADY) or owed - paid <= owes <= owed)


def _near(before: Any, after: Any, part: float) -> bool:
    """Say whether two plain values are the same but for names, and for numbers that differ by no more than a part.

    Prices of shares may move by `STEADY` in any case.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        # what one of two builds does not know to tell is not set against the other
        keys = (before.keys() & after.keys()) - {_NAME}
        return all(_near(before[key], after[key], max(part, STEADY * (key == _PRICE))) for key in keys)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_near, before, after, [part] * len(after)))
    if isinstance(before, int | float) and isinstance(after, int | float):
        return abs(after - before) <= part * max(abs(before), abs(after))
    return bool(before == after)


def _names(kind: str, before: Any, after: Any, since: _Since) -> tuple[str, ...]:
    """Return the names of the rows that differ, where they have one."""
    old, new = keyed(before), keyed(after)
    names = []
    for key in {**old, **new}:
        if key in old and key in new:
            same = _same_debt(old[key], new[key], since) if kind == "debts" else _near(old[key], new[key], 0.0)
        else:
            same = False
        if not same:
            names.append(str(new.get(key, old.get(key, {})).get(_NAME, "")))
    return tuple(dict.fromkeys(name for name in names if name))
