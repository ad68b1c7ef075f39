"""Whose portal it is."""

from __future__ import annotations

from dataclasses import dataclass

from apps.clients.models import Household, Person
from apps.clients.selectors.portal_people import portal_person
from apps.core.actors import Actor


@dataclass(frozen=True, slots=True)
class Membership:
    """A signed-in client: the person they are and the household they belong to."""

    person: Person
    household: Household


def membership(actor: Actor) -> Membership:
    """Return who the client is (one query). Raises NotFoundError for an account without a person behind it."""
    person = portal_person(actor)
    return Membership(person, person.household)
