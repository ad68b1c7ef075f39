"""Facts of a household's money: added, changed and removed, each on the trail."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from apps.clients.models import Household
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.models import (
    Debt,
    EquityGrant,
    ExpenseLine,
    FactOfHousehold,
    FormerSpouse,
    IncomeSource,
    InsurancePolicy,
    IraBasis,
    Property,
    RegularSaving,
    RothBasis,
    SpendingPhase,
    Windfall,
    YearlyPayment,
)

# the word of each kind in addresses and on the trail
FACT_KINDS: dict[str, type[FactOfHousehold]] = {
    "income": IncomeSource,
    "expense": ExpenseLine,
    "saving": RegularSaving,
    "debt": Debt,
    "property": Property,
    "insurance": InsurancePolicy,
    "phase": SpendingPhase,
    "windfall": Windfall,
    "former_spouse": FormerSpouse,
    "ira_basis": IraBasis,
    "roth_basis": RothBasis,
    "grant": EquityGrant,
    "payment": YearlyPayment,
}
_WORDS = {model: word for word, model in FACT_KINDS.items()}


def fact_kind(word: str) -> type[FactOfHousehold]:
    """Return the kind of fact; raise InvalidInputError for an unknown word."""
    if word not in FACT_KINDS:
        raise InvalidInputError(gettext_noop("“%(kind)s” is no kind of fact."), field="kind", kind=word)
    return FACT_KINDS[word]


@service
def add_fact(*, kind: str, household: Household, fields: dict[str, Any], by: Actor) -> FactOfHousehold:
    """Add a fact of one of `FACT_KINDS` to the household: an income, a debt, a policy, a grant …

    Raises InvalidInputError for a wrong field, and for a person or account of another household.
    """
    fact = fact_kind(kind)(household=household, **{"currency": household.currency, **fields})
    _clean(fact)
    fact.save()
    audit.record(f"money.add_{kind}", by=by, target=fact, after=audit.snapshot(fact))
    _tell(household)
    return fact


@service
def change_fact(*, fact: FactOfHousehold, fields: dict[str, Any], by: Actor) -> FactOfHousehold:
    """Change a fact; its earlier state stays in its history. Raises what `add_fact` raises."""
    rows = type(fact)._default_manager  # noqa: SLF001 - Django documents it
    locked: FactOfHousehold = rows.select_for_update(of=("self",)).get(pk=fact.pk)
    before = audit.snapshot(locked)
    for name, value in fields.items():
        setattr(locked, name, value)
    _clean(locked)
    locked.save(update_fields=[*fields, "updated_at"])
    audit.record(
        f"money.change_{_WORDS[type(fact)]}", by=by, target=locked, before=before, after=audit.snapshot(locked)
    )
    _tell(locked.household)
    return locked


@service
def remove_fact(*, fact: FactOfHousehold, by: Actor) -> None:
    """Remove a fact that is no more; its history stays."""
    before, household = audit.snapshot(fact), fact.household
    audit.record(f"money.remove_{_WORDS[type(fact)]}", by=by, target=fact, before=before)
    fact.delete()
    _tell(household)


def _clean(fact: FactOfHousehold) -> None:
    for name in ("person", "account", "debt", "rented_out"):
        other = getattr(fact, name, None)
        if other is not None and other.household_id != fact.household_id:
            raise InvalidInputError(
                gettext_noop("This belongs to another household."),
                mend=gettext_noop("Choose one of this household."),
                field=name,
            )
    try:
        fact.full_clean(exclude=["household"])
    except ValidationError as wrong:
        name, messages = next(iter(wrong.message_dict.items()))
        raise InvalidInputError(messages[0], field="" if name == "__all__" else name) from wrong


def _tell(household: Household) -> None:
    realtime.publish(f"household:{household.public_id}", "money.changed", household=str(household.public_id))
