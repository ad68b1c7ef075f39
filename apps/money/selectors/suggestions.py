"""What clients see of their facts, and what they suggested."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.kernel.money import Money
from apps.money.models import (
    Debt,
    EquityGrant,
    ExpenseLine,
    FactOfHousehold,
    FactSuggestion,
    IncomeSource,
    InsurancePolicy,
    IraBasis,
    Property,
    RegularSaving,
    RothBasis,
    SpendingPhase,
    SuggestedAction,
    Windfall,
    YearlyPayment,
)

_SHOWN = 30
# what a client tells of, by the word of its kind, with the field of its amount and the words that go with it
OWN_KINDS: Mapping[str, tuple[type[FactOfHousehold], str, str]] = {
    "income": (IncomeSource, "annual_amount", "year"),
    "expense": (ExpenseLine, "monthly_amount", "month"),
    "saving": (RegularSaving, "monthly_amount", "month"),
    "debt": (Debt, "balance", "owed"),
    "property": (Property, "value", "worth"),
    "insurance": (InsurancePolicy, "coverage", "cover"),
    "phase": (SpendingPhase, "monthly_amount", "month"),
    "windfall": (Windfall, "amount", "expected"),
    "grant": (EquityGrant, "price", "share"),
    "ira_basis": (IraBasis, "amount", "tax_year"),
    "roth_basis": (RothBasis, "contributions", "tax_year"),
    "payment": (YearlyPayment, "annual_amount", "year"),
}


@dataclass(frozen=True, slots=True)
class OwnFact:
    """An entry as its client reads it; `whose` is empty where it belongs to nobody alone.

    `amount` is None where none is known. `waits` says that a change of it is with the advisor.
    """

    fact: FactOfHousehold
    whose: str
    amount: Money | None
    per: str
    waits: bool


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One field of a suggestion: what it was when it was suggested, what it is now, what it shall be."""

    label: str
    before: str
    now: str
    after: str

    @property
    def is_changed(self) -> bool:
        """Whether the suggestion changes what is there now."""
        return self.after != self.now

    @property
    def is_stale(self) -> bool:
        """Whether somebody changed it since."""
        return self.before != self.now


def own_facts(household: Household) -> list[tuple[str, list[OwnFact]]]:
    """Return what the firm holds of a household's money, by kind (a query for each, and one)."""
    waiting = set(FactSuggestion.objects.waiting().filter(household=household).values_list("fact_id", flat=True))
    found = []
    for kind, (model, amount, per) in OWN_KINDS.items():
        pointed = [name for name in ("person", "account") if any(field.name == name for field in model._meta.fields)]
        rows = cast("Any", model).objects.filter(household=household).select_related(*pointed)
        entries = [_own(row, getattr(row, amount), per, waits=row.public_id in waiting) for row in rows]
        found.append((kind, entries))
    return found


def _own(row: FactOfHousehold, amount: Decimal | None, per: str, *, waits: bool) -> OwnFact:
    known = None if amount is None else Money(Decimal(amount), row.currency)
    # the person of a phase is the one whose age ends it
    person = None if isinstance(row, SpendingPhase) else getattr(row, "person", None)
    return OwnFact(fact=row, whose=str(person or ""), amount=known, per=per, waits=waits)


def suggestions_of(household: Household, actor: Actor) -> list[FactSuggestion]:
    """Return the newest suggestions of a household, as far as the actor may see them."""
    rows = FactSuggestion.objects.visible_to(actor).filter(household=household)
    return list(rows.select_related("person")[:_SHOWN])


def waiting_suggestions(household: Household, actor: Actor) -> list[FactSuggestion]:
    """Return those that wait for a decision."""
    rows = FactSuggestion.objects.visible_to(actor).waiting().filter(household=household)
    return list(rows.select_related("person"))


def suggestion_for(actor: Actor, public_id: uuid.UUID) -> FactSuggestion:
    """Return a suggestion the actor may see. Raises NotFoundError."""
    rows = FactSuggestion.objects.visible_to(actor).select_related("household__advisor", "person")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such entry, or its household is not assigned to you."))
    return found


def fact_of(suggestion: FactSuggestion) -> FactOfHousehold | None:
    """Return the fact that a suggestion is about; None for one to add, and where it is no more."""
    model = OWN_KINDS[suggestion.kind][0]
    rows = cast("Any", model).objects.filter(household=suggestion.household, public_id=suggestion.fact_id)
    found: FactOfHousehold | None = rows.first() if suggestion.fact_id else None
    return found


def is_stale(suggestion: FactSuggestion, now: Mapping[str, str]) -> bool:
    """Whether the fact is not what it was when the client suggested; `now` is what its form says."""
    return suggestion.action != SuggestedAction.ADD and dict(suggestion.before) != dict(now)
