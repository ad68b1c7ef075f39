"""The names behind the keys of a question, and refusals of the engine told by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apps.kernel.errors import InvalidInputError
from apps.money.selectors.facts import HouseholdFacts
from apps.plans.models import Goal, Plan
from apps.plans.selectors.refusals import CHOICES_ASKED, ENTRY
from apps.plans.services._life_facts import event_names
from apps.plans.services._saving_places import opened_names


def names_of(facts: HouseholdFacts, goals: Sequence[Goal]) -> dict[str, str]:
    """Return what people call that which the engine knows by a key."""
    rows = [(str(person.person_id), person.name) for person in facts.people]
    for named in (facts.accounts, facts.debts, facts.incomes):
        rows += [(fact.key, fact.name) for fact in named]
    rows += [*event_names(facts), *opened_names()]
    return dict([*rows, *((str(goal.public_id), goal.name) for goal in goals)])


def by_name(wrong: InvalidInputError, names: Mapping[str, str]) -> InvalidInputError:
    """Return a refusal with names for keys; its field stays, for whoever finds the fact by it."""
    params = {name: _word(value, names) if isinstance(value, str) else value for name, value in wrong.params.items()}
    return InvalidInputError(wrong.message, mend=wrong.mend, field=wrong.field, **params)


def _word(value: str, names: Mapping[str, str]) -> str:
    if value in CHOICES_ASKED:
        return str(Plan._meta.get_field(CHOICES_ASKED[value]).verbose_name)  # type: ignore[union-attr]
    entry = ENTRY.match(value)
    return names.get(entry["key"] if entry else value, value)
