"""Bringing the people of a household into the portal, and out of it."""

from __future__ import annotations

from apps.accounts.models import Invitation, User
from apps.accounts.services.invitations import Guest, Subject, invite_to_portal
from apps.accounts.services.portal_accounts import close_portal_account
from apps.clients import policies
from apps.clients.models import Person
from apps.clients.services._locks import locked
from apps.clients.services.people import PORTAL_SUBJECT, close_portal_links, link_portal_account, unlink_portal_account
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


@service
def withdraw_portal_access(*, person: Person, reason: str, by: Actor) -> Person:
    """Take a person's account away: sessions and live sockets end, and links that wait in a mailbox stop working.

    What the person signed, answered and asked stays with the person. A fresh invitation, to whichever e-mail is on file
    then, opens the portal again. Raises InvalidInputError for a person without an account, or without a reason.
    """
    person = locked(Person.objects.select_related("household", "user"), person.pk)
    user = person.user
    if user is None:
        raise InvalidInputError(gettext_noop("This person has no account of the portal."), field="person")
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why the access is withdrawn."), field="reason")
    unlinked = unlink_portal_account(person=person, reason=reason.strip(), by=by)
    close_portal_links(person=person, by=by)
    close_portal_account(user=user, reason=reason, by=by)
    return unlinked
