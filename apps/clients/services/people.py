"""Changing the people of a household."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from apps.accounts.models import User
from apps.accounts.services.invitations import Subject, revoke_portal_invitations
from apps.clients import policies
from apps.clients.models import Person
from apps.clients.services._checks import checked
from apps.clients.services._identifiers import stored
from apps.clients.services._locks import locked
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop

# what an invitation to the portal says that it is for
PORTAL_SUBJECT = "clients.person"
EDITABLE = frozenset(
    {
        "relationship",
        "first_name",
        "last_name",
        "date_of_birth",
        "email",
        "phone",
        "marital_status",
        "tax_id",
        "occupation",
        "employment_status",
        "annual_income",
        "retirement_age",
        "supported_until",
        "external_id",
    }
)


@service
def update_person(
    *, person: Person, fields: Mapping[str, Any], by: Actor, seen_at: dt.datetime | None = None
) -> Person:
    """Change what is given; `tax_id` is given in clear and stored encrypted.

    With another e-mail, a link to the portal that waits in the old mailbox stops working. `seen_at` is the `updated_at`
    that the editor saw. Raises EditConflictError when somebody changed the person since, InvalidInputError for a wrong
    value or a field that is not the editor's to set.
    """
    person = locked(Person.objects.select_related("household"), person.pk, seen_at)
    unknown = sorted(set(fields) - EDITABLE)
    if unknown:
        raise InvalidInputError(gettext_noop("This field cannot be changed here."), field=unknown[0])
    before, secret_before = audit.snapshot(person), person.tax_id
    for name, value in stored(fields).items():
        setattr(person, name, value)
    checked(person, exclude=["household", "user"])
    if person.user_id is not None and not policies.is_of_age(person):
        raise InvalidInputError(
            gettext_noop("%(name)s signs in to the portal, and only the head and the partner do."),
            mend=gettext_noop("Withdraw the portal access first."),
            field="relationship",
            name=str(person),
        )
    after = audit.snapshot(person)
    if before == after and "tax_id" not in fields:
        return person
    person.save()
    if fields.get("tax_id") and secret_before:
        after["tax_id"] = "set anew"
    audit.record("clients.update_person", by=by, target=person, before=before, after=after)
    if before["email"] != after["email"]:
        close_portal_links(person=person, by=by)
    _tell(person)
    return person


@service
def link_portal_account(*, person: Person, user: User, by: Actor) -> Person:
    """Tie the person to the account they sign in with.

    Raises InvalidInputError for an account of the firm's staff, a person who does not decide for the household, or one
    who has another account: a second link must not take the first one's place.
    """
    person = locked(Person.objects.select_related("household"), person.pk)
    if person.user_id not in {None, user.pk}:
        raise InvalidInputError(gettext_noop("This person has an account of the portal."), field="user")
    if user.is_of_staff or not policies.is_of_age(person):
        raise InvalidInputError(
            gettext_noop("Only the head and the partner of a household have a portal account of their own."),
            field="user",
        )
    before = audit.snapshot(person)
    person.user = user
    checked(person, exclude=["household"])
    person.save(update_fields=["user", "updated_at"])
    audit.record("clients.link_portal_account", by=by, target=person, before=before, after=audit.snapshot(person))
    _tell(person)
    return person


@service
def unlink_portal_account(*, person: Person, reason: str, by: Actor) -> Person:
    """Take the account from the person who signs in with it; what they did stays theirs."""
    person = locked(Person.objects.select_related("household"), person.pk)
    before = audit.snapshot(person)
    person.user = None
    person.save(update_fields=["user", "updated_at"])
    after = audit.snapshot(person)
    audit.record("clients.withdraw_portal_access", by=by, target=person, before=before, after=after, reason=reason)
    _tell(person)
    return person


@service
def close_portal_links(*, person: Person, by: Actor) -> None:
    """Close the invitations to the portal that were sent for a person and not accepted."""
    revoke_portal_invitations(subject=Subject(PORTAL_SUBJECT, str(person.public_id)), by=by)


def _tell(person: Person) -> None:
    household = str(person.household.public_id)
    realtime.publish(f"household:{household}", "household.changed", household=household)
