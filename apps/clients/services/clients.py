"""Clients as partners bring them: one person, with a household of their own or one that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import User
from apps.accounts.policies import Role
from apps.clients.models import Household, Person, Relationship
from apps.clients.services.households import add_person, onboard_household
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop


@dataclass(frozen=True, slots=True)
class NewClient:
    """What is said of a new client. With `joins` they become a member of that household, else the head of a new one."""

    person: Mapping[str, Any]
    household: Mapping[str, Any] = field(default_factory=dict)
    joins: Household | None = None
    advisor: User | None = None


@service
def create_client(*, client: NewClient, by: Actor) -> Person:
    """Take a client on.

    Raises InvalidInputError at a field with a wrong value, for a head in a household that has one, and when nobody
    could advise them.
    """
    if client.joins is not None:
        if client.person.get("relationship") in {None, Relationship.HEAD}:
            raise InvalidInputError(
                gettext_noop("The household has a head."),
                mend=gettext_noop("Give the relationship to the head: partner, child, dependant or other."),
                field="relationship",
            )
        return add_person(household=client.joins, fields=dict(client.person), by=by)
    person = {**client.person, "relationship": Relationship.HEAD}
    details = dict(client.household)
    name = details.pop("name", "") or str(client.person.get("last_name", ""))
    household = onboard_household(
        name=name, advisor=client.advisor or _first_principal(), people=[person], details=details, by=by
    )
    return household.people.get()


def _first_principal() -> User:
    principal = User.objects.active().filter(role=Role.PRINCIPAL).order_by("id").first()
    if principal is None:
        raise InvalidInputError(
            gettext_noop("Nobody could advise this client."), mend=gettext_noop("Name an advisor."), field="advisor"
        )
    return principal
