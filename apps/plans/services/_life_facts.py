"""What happens in a household's life as values of the engine: whom it supports, what it expects, what it owns.

Each reader returns what the engine takes and what had to be assumed for it, as message ids with what fills them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from apps.clients.models import Relationship
from apps.kernel.errors import gettext_noop
from apps.kernel.money import in_cents
from apps.money.selectors.facts import HouseholdFacts, PersonFact, PhaseFact, WindfallFact
from apps.plans.engine.dependants import MAX_SUPPORTED_AGE, Child
from apps.plans.engine.inputs import Account, TaxTreatment
from apps.plans.engine.life_events import LifeEvents, SpendingPhase, Windfall
from apps.plans.services._grants import grant_names
from apps.plans.services._life_cover import cover_of_lives
from apps.plans.services._things import things_of

Caveat = tuple[str, dict[str, str]]
SUPPORTED = frozenset({Relationship.CHILD, Relationship.DEPENDANT})
_OPEN = (TaxTreatment.TAXABLE, TaxTreatment.CASH)


def children_of(people: Sequence[PersonFact], day: dt.date, horizon_age: int) -> tuple[tuple[Child, ...], list[Caveat]]:
    """Return whom the household supports on a day; who has grown up is nobody's dependant any more.

    A relative whose support has no stated end is supported to the age that the plan is made for.
    """
    found: list[Child] = []
    told: list[Caveat] = []
    for person in people:
        if person.relationship not in SUPPORTED:
            continue
        if person.date_of_birth is None:
            message = gettext_noop("%(name)s has no date of birth: no tax credit is counted for them.")
            told.append((message, {"name": person.name}))
            continue
        ends = min(person.supported_until or max(horizon_age, _age_in(person, day) + 1), MAX_SUPPORTED_AGE)
        if _age_in(person, day) < ends:
            found.append(Child(str(person.person_id), person.date_of_birth, ends))
            told.append((_COUNTED, {"name": person.name}))
    return tuple(found), told


_COUNTED = gettext_noop(
    "%(name)s counts as a dependant until support ends: federal tax credits are taken, those of states are not."
)


def _age_in(person: PersonFact, day: dt.date) -> int:
    """Return the age attained by the end of the year, by which the law counts."""
    return 0 if person.date_of_birth is None else day.year - person.date_of_birth.year


def events_of(
    facts: HouseholdFacts, adults: Sequence[str], accounts: Sequence[Account], day: dt.date, inflation: float
) -> tuple[LifeEvents, list[Caveat]]:
    """Return what the household expects and owns, from the first of a plan's months on.

    ``inflation`` is the expected one a year, by which things grow of which nothing else is stated.
    """
    told: list[Caveat] = []
    open_accounts = {account.key for account in accounts if account.treatment in _OPEN}
    debts = {debt.key for debt in facts.debts if debt.balance > 0}
    windfalls = []
    for fact in facts.windfalls:
        if fact.expected_on < day:
            told.append((_HAS_PASSED, {"name": fact.name, "day": fact.expected_on.isoformat()}))
            continue
        told.append((_CERTAIN, {"name": fact.name, "day": fact.expected_on.isoformat()}))
        windfalls.append(_windfall(fact, adults, open_accounts, facts.currency))
    things, owned = things_of(facts, debts, day, inflation)
    told += owned
    told += [(_PHASE, {"name": fact.name}) for fact in facts.phases]
    phases = tuple(_phase(fact, facts.currency) for fact in facts.phases)
    policies, covered = cover_of_lives(facts, adults)
    return LifeEvents(phases, tuple(windfalls), things, policies), told + covered


def untaken(facts: HouseholdFacts) -> list[Caveat]:
    """Return what of the facts is left out, and from when on prices are not real."""
    message = gettext_noop("%(name)s is left out: it has no price, or another currency.")
    told: list[Caveat] = [(message, {"name": name}) for name in facts.left_out]
    if facts.simulation is not None:
        simulated = gettext_noop("Prices from %(day)s on are simulated: balances are for illustration.")
        told.append((simulated, {"day": facts.simulation.simulated_from.isoformat()}))
    return told


def event_names(facts: HouseholdFacts) -> list[tuple[str, str]]:
    """Return the names behind the keys of phases, windfalls, things, policies and grants."""
    named = (facts.phases, facts.windfalls, facts.properties, facts.insurance, facts.payments)
    return [*((fact.key, fact.name) for facts_of_kind in named for fact in facts_of_kind), *grant_names(facts)]


_PHASE = gettext_noop("The phase “%(name)s” is part of the living costs, as stated.")
_CERTAIN = gettext_noop("“%(name)s” is taken to come on %(day)s for certain: that it may not come is not counted.")
_HAS_PASSED = gettext_noop("“%(name)s” was expected on %(day)s, which has passed: it is not counted.")


def _phase(fact: PhaseFact, currency: str) -> SpendingPhase:
    return SpendingPhase(
        key=fact.key,
        monthly_amount=in_cents(fact.monthly_amount),
        share=float(fact.share),
        start=fact.starts_on,
        from_retirement=fact.starts_at_retirement,
        end=fact.ends_on,
        years=fact.years,
        is_essential=fact.is_essential,
        currency=currency,
    )


def _windfall(fact: WindfallFact, adults: Sequence[str], open_accounts: set[str], currency: str) -> Windfall:
    return Windfall(
        key=fact.key,
        owner=str(fact.person_id) if str(fact.person_id) in adults else "",
        amount=in_cents(fact.amount),
        is_real=fact.is_inflation_linked,
        day=fact.expected_on,
        is_taxable=fact.is_taxable,
        account=fact.account_key if fact.account_key in open_accounts else "",
        currency=currency,
    )
