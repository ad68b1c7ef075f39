"""Taking households on and assigning them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from guardian.shortcuts import assign_perm, remove_perm

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.clients import policies
from apps.clients.models import Household, HouseholdStatus, Person, Relationship
from apps.clients.services._checks import checked
from apps.clients.services._identifiers import stored
from apps.clients.services._locks import locked
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop

EDITABLE = frozenset(
    {
        "name",
        "advisor",
        "filing_status",
        "address",
        "city",
        "state",
        "postal_code",
        "country",
        "currency",
        "next_review_on",
        "objectives",
        "external_id",
    }
)


class HouseholdStatusError(DomainError):
    """The relationship cannot take this step."""

    code = "household_status"


@service
def onboard_household(
    *, name: str, advisor: User, people: Sequence[dict[str, Any]], by: Actor, details: dict[str, Any] | None = None
) -> Household:
    """Take a household on with its people and assign it to its advisor.

    Raises InvalidInputError when there is no head among the people, or at a field with a wrong value.
    """
    if not any(fields.get("relationship") == Relationship.HEAD for fields in people):
        raise InvalidInputError(
            gettext_noop("The household has no head."),
            mend=gettext_noop("Mark one person as the head."),
            field="relationship",
        )
    household = Household(name=name, advisor=advisor, status=HouseholdStatus.ONBOARDING, **(details or {}))
    checked(household)
    household.save()
    audit.record("clients.onboard_household", by=by, target=household, after=audit.snapshot(household))
    for fields in people:
        add_person(household=household, fields=fields, by=by)
    assign_household(household=household, user=advisor, by=by)
    return household


@service
def add_person(*, household: Household, fields: dict[str, Any], by: Actor) -> Person:
    """Add one member; a `tax_id` is given in clear and stored encrypted.

    Raises InvalidInputError at a field with a wrong value.
    """
    person = Person(household=household, **stored(fields))
    checked(person, exclude=["household"])
    person.save()
    audit.record("clients.add_person", by=by, target=person, after=audit.snapshot(person))
    _tell(household)
    return person


@service
def update_household(
    *, household: Household, fields: Mapping[str, Any], by: Actor, seen_at: dt.datetime | None = None
) -> Household:
    """Change what is given; a new advisor is let in at once.

    `seen_at` is the `updated_at` that the editor saw. Raises EditConflictError when somebody changed the household
    since, InvalidInputError for a wrong value or a field that is not the editor's to set.
    """
    household = locked(Household.objects.select_related("advisor"), household.pk, seen_at)
    unknown = sorted(set(fields) - EDITABLE)
    if unknown:
        raise InvalidInputError(gettext_noop("This field cannot be changed here."), field=unknown[0])
    before = audit.snapshot(household)
    for name, value in fields.items():
        setattr(household, name, value)
    checked(household)
    after = audit.snapshot(household)
    if before == after:
        return household
    household.save()
    audit.record("clients.update_household", by=by, target=household, before=before, after=after)
    if before["advisor"] != after["advisor"]:
        assign_household(household=household, user=household.advisor, by=by)
    _tell(household)
    return household


@service
def change_status(*, household: Household, status: str, reason: str, by: Actor) -> Household:
    """Move the relationship on, such as from onboarding to active; the first time it is active, its date is kept.

    Raises HouseholdStatusError for a step that the relationship cannot take.
    """
    household = locked(Household.objects.all(), household.pk)
    if not policies.can_change_status(household.status, status):
        raise HouseholdStatusError(
            gettext_noop("A household cannot go from “%(before)s” to “%(after)s”."),
            mend=gettext_noop("Choose one of the next steps."),
            before=household.status,
            after=status,
        )
    before = audit.snapshot(household)
    household.status = status
    if status == HouseholdStatus.ACTIVE and household.client_since is None:
        household.client_since = firm_today()
    checked(household)
    household.save()
    after = audit.snapshot(household)
    audit.record("clients.change_status", by=by, target=household, before=before, after=after, reason=reason)
    _tell(household)
    return household


@service
def assign_household(*, household: Household, user: User, by: Actor) -> None:
    """Let a person of the firm see the household; a second time changes nothing.

    Raises InvalidInputError for somebody who is not of the firm.
    """
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
    realtime.recheck("holder", str(user.public_id))


def _tell(household: Household) -> None:
    realtime.publish(f"household:{household.public_id}", "household.changed", household=str(household.public_id))
