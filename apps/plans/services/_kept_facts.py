"""A household's facts by kinds as plain JSON values, kept with a result so that later ones can be set against them.

Facts as they were stated, not the engine's inputs that were made of them: an engine that lays them out in another way
moves nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from apps.money.selectors.facts import DebtFact, HouseholdFacts

# which day a fact is known for, and how it was come by, is not what it says
_UNSAID = frozenset({"as_of", "source", "n_months", "is_held_away", "cost_basis"})


def facts_kept(facts: HouseholdFacts) -> dict[str, Any]:
    """Return them by the kinds of `moved_facts.KINDS`; numbers as floats, days in ISO form."""
    return {
        "people": said([facts.filing_status, facts.people]),
        "incomes": said([facts.incomes, facts.former_spouses]),
        "spending": said(facts.spending),
        "accounts": _held(facts),
        "savings": said(facts.savings),
        "debts": said([debt for debt in facts.debts if not _is_card(debt)]),
        "events": said(
            [facts.phases, facts.windfalls, facts.properties, facts.insurance, facts.grants, facts.payments]
        ),
        "taxes": said([facts.state, facts.ira_bases, facts.roth_bases, sorted(facts.rented_out)]),
    }


def said(value: Any) -> Any:
    """Return a fact as plain JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: said(getattr(value, each.name)) for each in fields(value) if each.name not in _UNSAID}
    if isinstance(value, Mapping):
        return {str(key): said(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [said(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Enum):
        return str(value.value)
    return str(value) if isinstance(value, uuid.UUID | dt.date) else value


def _is_card(debt: DebtFact) -> bool:
    """Say whether it is paid off each month: it is less cash rather than a debt."""
    return debt.annual_rate == 0 and debt.monthly_payment == debt.balance


def _held(facts: HouseholdFacts) -> dict[str, float]:
    """Return what is held by how it is taxed and by class of assets; cards are less cash."""
    held: dict[str, Decimal] = {}
    for account in facts.accounts:
        for asset, weight in account.allocation:
            place = f"{account.treatment}:{asset}"
            held[place] = held.get(place, Decimal(0)) + account.balance * weight
    for debt in filter(_is_card, facts.debts):
        held["cash:cash"] = held.get("cash:cash", Decimal(0)) - debt.balance
    return {place: float(value) for place, value in held.items()}
