"""What happens in a household's life as values of the engine: whom it supports.

Each reader returns what the engine takes and what had to be assumed for it, as message ids with what fills them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from apps.clients.models import Relationship
from apps.kernel.errors import gettext_noop
from apps.money.selectors.facts import PersonFact
from apps.plans.engine.dependants import MAX_SUPPORTED_AGE, Child

Caveat = tuple[str, dict[str, str]]
SUPPORTED = frozenset({Relationship.CHILD, Relationship.DEPENDANT})


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
            told.append((_COUNTED, {"name": person.name, "year": str(person.date_of_birth.year + ends - 1)}))
    return tuple(found), told


_COUNTED = gettext_noop(
    "%(name)s counts as a dependant up to the year %(year)s: federal tax credits are taken, those of states are not."
)


def _age_in(person: PersonFact, day: dt.date) -> int:
    """Return the age attained by the end of the year, by which the law counts."""
    return 0 if person.date_of_birth is None else day.year - person.date_of_birth.year
