"""Bringing the people of a household into the portal."""

from __future__ import annotations

from apps.accounts.models import Invitation, User
from apps.accounts.services.invitations import Guest, Subject, invite_to_portal
from apps.clients import policies
from apps.clients.models import Person
from apps.clients.services._locks import locked
from apps.clients.services.people import PORTAL_SUBJECT, link_portal_account
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop

SUBJECT = PORTAL_SUBJECT


@service
def invite_person_to_portal(*, person: Person, by: Actor) -> Invitation:
    """Invite somebody who decides for the household to the portal, by the e-mail that is on file.

    Raises InvalidInputError for a person who has an account, has no e-mail, or does not decide for the household, and
    for an address that is invited already.
    """
    person = locked(Person.objects.select_related("household", "user"), person.pk)
    if person.user is not None:
        raise InvalidInputError(gettext_noop("This person has an account of the portal."), field="person")
    if not policies.is_of_age(person):
        raise InvalidInputError(
            gettext_noop("Only the head and the partner of a household are invited to the portal."), field="person"
        )
    if not person.email:
        raise InvalidInputError(
            gettext_noop("There is no e-mail of %(name)s on file."),
            mend=gettext_noop("Enter it, then invite again."),
            field="email",
            name=str(person),
        )
    invitation = invite_to_portal(
        guest=Guest(email=person.email, full_name=str(person)),
        subject=Subject(kind=SUBJECT, id=str(person.public_id)),
        by=by,
    )
    audit.record(
        "clients.invite_person_to_portal", by=by, target=person, after={"invitation": str(invitation.public_id)}
    )
    return invitation


def take_arrival(*, subject_id: str, user: User, by: Actor) -> Person:
    """Tie the account of somebody who came by such an invitation to the person it was for."""
    return link_portal_account(person=Person.objects.get(public_id=subject_id), user=user, by=by)
