"""Whether the facts of a household have moved since a result was computed from them.

The plan is laid out anew from today's facts, on the first month, assumptions, markets and tax law of the result, so
that what time alone moves stays out: months that passed, ages, incomes that ended as the plan knew they would. Prices
move every night, and so do the averages of bank entries: up to `STEADY` they are time's doing as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors.firm_days import firm_today
from apps.kernel.errors import DomainError
from apps.money.selectors.facts import HouseholdFacts
from apps.money.selectors.situations import household_facts
from apps.plans.engine.digest import plain
from apps.plans.engine.inputs import Debt, ProjectionInputs
from apps.plans.models import Plan, PlanStatus, ProjectionRun
from apps.plans.models.plan import IN_THE_WORKS
from apps.plans.selectors.run_values import RunInputs, inputs_of
from apps.plans.services._advice_facts import advice_facts
from apps.plans.services._questions import Basis, asked_of, facts_for

# the part of all that is held that may move before it is told
STEADY = 0.05
UNWORKABLE = "unworkable"
KINDS = {
    "people": _("people of the household"),
    "incomes": _("income"),
    "spending": _("living costs"),
    "accounts": _("balances of accounts"),
    "savings": _("regular saving"),
    "debts": _("debts"),
    "events": _("what is to come, property and insurance"),
    "taxes": _("where the household lives, IRAs and Roth accounts"),
    "papers": _("cover and estate papers"),
    UNWORKABLE: _("facts without which no plan can be made"),
}
# numbers of these may move by `STEADY`, because prices or averages of bank entries stand behind them
_PRICED = frozenset({"accounts", "debts", "grants"})
_AVERAGED = frozenset({"spending", "payments"})


@dataclass(frozen=True, slots=True)
class MovedFact:
    """A kind of facts that says something else today; `names` are the rows where they are known, `value` today's."""

    kind: str
    names: tuple[str, ...]
    value: Any

    def __str__(self) -> str:
        label = str(KINDS[self.kind])
        return f"{label} ({', '.join(self.names)})" if self.names else label


def moved_facts(plan: Plan, run: ProjectionRun | None) -> tuple[MovedFact, ...]:
    """Return what moved since the run was asked for. Some twenty queries.

    What the advisor confirmed is left out, for as long as it says what it said then.
    """
    if run is None:
        return ()
    then, today = inputs_of(run), firm_today()
    facts = facts_for(plan, household_facts(plan.household, today))
    try:
        now, names = _laid_out(plan, facts, then)
    except DomainError as refused:
        return (MovedFact(UNWORKABLE, (), str(refused)),)
    before, after = _comparable(then, today), _comparable(now, today)
    is_averaged = facts.spending is not None and facts.spending.source == "bank"
    known = {row["kind"]: row["value"] for row in (plan.facts_confirmed or {}).get("facts", ())}
    moved = []
    for kind, value in after.items():
        then_or_confirmed = [before[kind], *([known[kind]] if kind in known else [])]
        if not any(_alike(kind, said, value, is_averaged=is_averaged) for said in then_or_confirmed):
            moved.append(MovedFact(kind, _names(kind, before[kind], value, {**run.names, **names}), value))
    return tuple(moved)


def moved_of(plan: Plan | None) -> tuple[MovedFact, ...]:
    """Return what moved since the result of a plan that waits to be published or signed; nothing of any other."""
    if plan is None or plan.status not in {*IN_THE_WORKS, PlanStatus.PUBLISHED}:
        return ()
    return moved_facts(plan, plan.published_run or plan.runs.finished().first())


def as_kept(moved: Sequence[MovedFact]) -> list[dict[str, Any]]:
    """Return them as plain JSON values, as `Plan.facts_confirmed` keeps them."""
    return [{"kind": each.kind, "names": list(each.names), "value": each.value} for each in moved]


def told(moved: Sequence[MovedFact]) -> str:
    """Return the kinds that moved as one text, in the reader's language."""
    return ", ".join(str(each) for each in moved)


def _laid_out(plan: Plan, facts: HouseholdFacts, then: RunInputs) -> tuple[RunInputs, dict[str, str]]:
    asked = then.inputs
    basis = Basis(asked.assumptions, asked.tax_table, asked.start_date, None, asked.simulation.market)
    found = asked_of(plan, facts, basis)
    inputs, policy = found.question.inputs, found.question.policy
    policy = replace(policy, facts=advice_facts(plan.household, facts, inputs))
    return RunInputs(inputs, policy), found.names


def _comparable(question: RunInputs, today: dt.date) -> dict[str, Any]:
    """Return the household's own part of a question by kinds, as plain values; what has ended by today is left out."""
    inputs, facts = question.inputs, question.policy.facts
    events = inputs.events
    people = [{**plain(adult), "survival": None} for adult in inputs.adults]
    owed = [debt for debt in inputs.debts if not _is_card(debt)]
    return {
        "people": [plain(inputs.filing_status), people, plain(inputs.children)],
        "incomes": [_going_on(inputs.incomes, today), plain(inputs.claims)],
        "spending": plain(inputs.spending),
        "accounts": _held(inputs),
        "savings": _going_on(inputs.contributions, today),
        "debts": plain(owed),
        "events": {
            "phases": _going_on(events.phases, today),
            "windfalls": plain(events.windfalls),
            "things": plain(events.things),
            "policies": _going_on(events.policies, today),
            "grants": _going_on(events.grants, today),
            "payments": plain(events.payments),
        },
        "taxes": [
            inputs.state_table.code if inputs.state_table else "",
            plain(inputs.ira_pools),
            plain(inputs.roth_pools),
        ],
        "papers": plain((facts.plans, facts.covers, facts.papers)) if facts else None,
    }


def _is_card(debt: Debt) -> bool:
    """Say whether it is paid off each month: it is less cash rather than a debt."""
    return debt.annual_rate == 0.0 and debt.monthly_payment == debt.balance


def _held(inputs: ProjectionInputs) -> dict[str, float]:
    """Return what is held by how it is taxed and by class of assets; cards are less cash."""
    held: dict[str, float] = {}
    for account in inputs.accounts:
        for asset, weight in account.allocation:
            place = f"{account.treatment}:{asset}"
            held[place] = held.get(place, 0.0) + account.balance * weight
    for debt in filter(_is_card, inputs.debts):
        held["cash:cash"] = held.get("cash:cash", 0.0) - debt.balance
    return held


def _going_on(rows: Sequence[Any], today: dt.date) -> list[Any]:
    """Return those that do not end, or not yet, as plain values."""
    ends = [(row, getattr(row, "end", None) or getattr(row, "expiry", None)) for row in rows]
    return [plain(row) for row, end in ends if not (isinstance(end, dt.date) and end <= today)]


def _alike(kind: str, before: Any, after: Any, *, is_averaged: bool) -> bool:
    if kind == "papers" and before is None:
        # an older result does not say what its advice rested on
        return True
    if kind == "accounts":
        places = {*before, *after}
        moved = sum(abs(after.get(place, 0.0) - before.get(place, 0.0)) for place in places)
        return bool(moved <= STEADY * max(sum(map(abs, before.values())), sum(map(abs, after.values()))))
    if kind == "events":
        return all(_alike(part, before[part], after[part], is_averaged=is_averaged) for part in after)
    may_move = kind in _PRICED or (kind in _AVERAGED and is_averaged)
    return _near(before, after, STEADY if may_move else 0.0)


def _near(before: Any, after: Any, part: float) -> bool:
    """Say whether two plain values are the same but for numbers that differ by no more than a part of themselves."""
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(_near(before[key], after[key], part) for key in after)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_near, before, after, [part] * len(after)))
    if isinstance(before, int | float) and isinstance(after, int | float):
        return abs(after - before) <= part * max(abs(before), abs(after))
    return bool(before == after)


def _names(kind: str, before: Any, after: Any, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the rows that differ, where they have one."""
    old, new = _keyed(before), _keyed(after)
    part = STEADY if kind in _PRICED else 0.0
    keys = [key for key in {**old, **new} if not _near(old.get(key), new.get(key), part)]
    return tuple(dict.fromkeys(names[key] for key in keys if key in names))


def _keyed(value: Any) -> dict[str, Any]:
    """Return the rows within a plain value by their keys."""
    if isinstance(value, dict):
        if "key" in value:
            return {str(value["key"]): value}
        value = list(value.values())
    if isinstance(value, list):
        return {key: row for each in value for key, row in _keyed(each).items()}
    return {}
