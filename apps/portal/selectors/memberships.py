"""Whose portal it is."""

from __future__ import annotations

from dataclasses import dataclass

from apps.clients.models import Household, Person
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop


@dataclass(frozen=True, slots=True)
class Membership:
    """A signed-in client: the person they are and the household they belong to."""

    person: Person
    household: Household


def membership(actor: Actor) -> Membership:
    """Return who the client is (one query). Raises NotFoundError for an account without a person behind it."""
    rows = Person.objects.visible_to(actor).select_related("household__advisor")
    person = rows.filter(user_id=actor.user_id or 0).first()
    if person is None:
        raise NotFoundError(
            gettext_noop("Your account does not belong to a household yet."),
            mend=gettext_noop("Ask your advisor to connect it."),
        )
    return Membership(person, person.household)
