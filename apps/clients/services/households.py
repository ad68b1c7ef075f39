"""Taking households on and assigning them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from guardian.shortcuts import assign_perm, remove_perm

from apps.accounts.models import User
from apps.clients.models import Household, HouseholdStatus, Person, Relationship
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop


@service
def onboard_household(
    *, name: str, advisor: User, people: Sequence[dict[str, Any]], by: Actor, details: dict[str, Any] | None = None
) -> Household:
    """Take a household on with its people and assign it to its advisor.

    Raises InvalidInputError when there is no head among the people; ValidationError names a wrong field.
    """
    if not any(fields.get("relationship") == Relationship.HEAD for fields in people):
        raise InvalidInputError(
            gettext_noop("The household has no head."),
            mend=gettext_noop("Mark one person as the head."),
            field="relationship",
        )
    household = Household(name=name, advisor=advisor, status=HouseholdStatus.ONBOARDING, **(details or {}))
    household.full_clean()
    household.save()
    audit.record("clients.onboard_household", by=by, target=household, after=audit.snapshot(household))
    for fields in people:
        add_person(household=household, fields=fields, by=by)
    assign_household(household=household, user=advisor, by=by)
    return household


@service
def add_person(*, household: Household, fields: dict[str, Any], by: Actor) -> Person:
    """Add one member; ValidationError names a wrong field."""
    person = Person(household=household, **fields)
    person.full_clean(exclude=["household"])
    person.save()
    audit.record("clients.add_person", by=by, target=person, after=audit.snapshot(person))
    realtime.publish(f"household:{household.public_id}", "household.changed", household=str(household.public_id))
    return person


@service
def assign_household(*, household: Household, user: User, by: Actor) -> None:
    """Let a person of the firm see the household; a second time changes nothing."""
    if not user.is_of_staff:
        raise InvalidInputError(gettext_noop("Only people of the firm can be assigned."), field="user")
    assign_perm("clients.view_household", user, household)
    audit.record("clients.assign_household", by=by, target=household, after={"assigned": str(user.public_id)})


@service
def unassign_household(*, household: Household, user: User, by: Actor) -> None:
    """Take the grant back; the household's own advisor keeps theirs.

    Raises InvalidInputError for the advisor: name another advisor first.
    """
    if user.pk == household.advisor_id:
        raise InvalidInputError(
            gettext_noop("%(name)s is the advisor of this household."),
            mend=gettext_noop("Name another advisor first."),
            field="user",
            name=user.full_name,
        )
    remove_perm("clients.view_household", user, household)
    audit.record("clients.unassign_household", by=by, target=household, before={"assigned": str(user.public_id)})
