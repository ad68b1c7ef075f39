"""Invitations: an address is asked to join, and becomes a person with an account by the link alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import ports
from apps.accounts.models import FirmProfile, Invitation, InvitationState, User
from apps.accounts.policies import STAFF_ROLES, Role
from apps.accounts.services._keys import digest, new_key
from apps.accounts.services._validity import checked, checked_password, saved_once
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import DomainError, InvalidInputError, NotFoundError, gettext_noop

LIFETIME = dt.timedelta(days=7)
_TWICE = gettext_noop("This address is invited already. Send the invitation again from the list.")


class InvitationClosedError(DomainError):
    """The link was used, revoked, or its time has run out."""

    code = "invitation_closed"
    status = 410


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is invited: the address, the name if known, the language of the mail (the firm's when empty)."""

    email: str
    full_name: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the account is for: `kind` as registered by `ports.connect_arrival`, and the public id."""

    kind: str
    id: str


@service
def invite_staff(*, guest: Guest, role: str, by: Actor) -> Invitation:
    """Invite somebody to work for the firm and mail them the link.

    Raises InvalidInputError for a role that is no staff role, an address that is wrong, has an account, or is
    invited already.
    """
    if role not in STAFF_ROLES:
        raise InvalidInputError(gettext_noop("Choose a role of the firm."), field="role")
    return _invite(guest, role, by, Subject("", ""))


@service
def invite_to_portal(*, guest: Guest, subject: Subject, by: Actor) -> Invitation:
    """Invite a client to the portal and mail them the link; the app of the subject hears when they arrive.

    Links that were sent for the same subject to another address, or whose time has run out, stop working.
    Raises InvalidInputError for an address that is wrong, has an account, or is invited already.
    """
    now, address = timezone.now(), guest.email.strip().lower()
    for earlier in _open_for(subject):
        if earlier.email != address or earlier.has_expired(now):
            revoke_invitation(invitation=earlier, by=by)
    return _invite(guest, Role.CLIENT, by, subject)


@service
def revoke_portal_invitations(*, subject: Subject, by: Actor) -> None:
    """Close every open link that was sent for a subject: its address was wrong, or it is no more."""
    for invitation in _open_for(subject):
        revoke_invitation(invitation=invitation, by=by)


@service
def resend_invitation(*, invitation: Invitation, by: Actor) -> Invitation:
    """Mail a new link, good for seven days more; the old one stops working. Raises InvitationClosedError."""
    invitation = _locked_open(invitation)
    key = _renew(invitation)
    invitation.save(update_fields=["key_digest", "sent_at", "expires_at", "updated_at"])
    audit.record("accounts.resend_invitation", by=by, target=invitation, after={"expires_at": invitation.expires_at})
    _mail(invitation, key, by)
    return invitation


@service
def revoke_invitation(*, invitation: Invitation, by: Actor) -> Invitation:
    """Close the link before it is used. Raises InvitationClosedError."""
    invitation = _locked_open(invitation)
    invitation.state = InvitationState.REVOKED
    invitation.save(update_fields=["state", "updated_at"])
    audit.record("accounts.revoke_invitation", by=by, target=invitation, after={"state": invitation.state})
    return invitation


def invitation_for(key: str) -> Invitation:
    """Return the open invitation of a link.

    Raises NotFoundError for a key that this firm never sent, InvitationClosedError for one that no longer opens.
    """
    invitation = Invitation.objects.filter(key_digest=digest(key)).first()
    if invitation is None:
        raise NotFoundError(
            gettext_noop("This invitation does not exist."),
            mend=gettext_noop("Open the link of the newest mail, whole, or ask for another invitation."),
        )
    return _usable(invitation)


@service
def accept_invitation(*, key: str, full_name: str, password: str, by: Actor) -> User:
    """Make the account: the address is confirmed by the link, the password is the person's own.

    Raises what `invitation_for` raises, and InvalidInputError for an empty name or a weak password.
    """
    invitation = invitation_for(key)
    invitation = _usable(Invitation.objects.select_for_update().get(pk=invitation.pk))
    user = User(email=invitation.email, full_name=full_name.strip(), role=invitation.role, locale=invitation.locale)
    checked_password(password, user)
    user.set_password(password)
    checked(user)
    saved_once(user, field="", message=gettext_noop("This address has an account already. Sign in with it."))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    invitation.state, invitation.user, invitation.accepted_at = InvitationState.ACCEPTED, user, timezone.now()
    invitation.save(update_fields=["state", "user", "accepted_at", "updated_at"])
    person = user.as_actor(origin=by.origin)
    audit.record("accounts.accept_invitation", by=person, target=user, after=audit.snapshot(user))
    hears = ports.arrival(invitation.subject_kind) if invitation.subject_kind else None
    if hears is not None:
        hears(subject_id=invitation.subject_id, user=user, by=person)
    return user


def _open_for(subject: Subject) -> list[Invitation]:
    rows = Invitation.objects.filter(state=InvitationState.OPEN, subject_kind=subject.kind, subject_id=subject.id)
    return list(rows.select_for_update().order_by("pk"))


def _invite(guest: Guest, role: str, by: Actor, subject: Subject) -> Invitation:
    email = guest.email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise InvalidInputError(
            gettext_noop("Somebody has an account with this address."),
            mend=gettext_noop("Change their role in the list, or use another address."),
            field="email",
        )
    if Invitation.objects.filter(email__iexact=email, state=InvitationState.OPEN).exists():
        raise InvalidInputError(_TWICE, field="email")
    invitation = Invitation(
        email=email,
        full_name=guest.full_name.strip(),
        role=role,
        locale=guest.locale,
        invited_by_id=by.user_id,
        invited_by_label=by.label[:200],
        subject_kind=subject.kind,
        subject_id=subject.id,
    )
    key = _renew(invitation)
    checked(invitation)
    saved_once(invitation, field="email", message=_TWICE)
    audit.record("accounts.invite", by=by, target=invitation, after=audit.snapshot(invitation))
    _mail(invitation, key, by)
    return invitation


def _renew(invitation: Invitation) -> str:
    key = new_key()
    invitation.key_digest = digest(key)
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + LIFETIME
    return key


def _locked_open(invitation: Invitation) -> Invitation:
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.state != InvitationState.OPEN:
        raise InvitationClosedError(
            gettext_noop("This invitation is closed: %(state)s."), state=locked.get_state_display().lower()
        )
    return locked


def _usable(invitation: Invitation) -> Invitation:
    if invitation.state == InvitationState.ACCEPTED:
        raise InvitationClosedError(
            gettext_noop("This invitation was used already."), mend=gettext_noop("Sign in with your password.")
        )
    if invitation.state == InvitationState.REVOKED:
        raise InvitationClosedError(
            gettext_noop("This invitation was taken back."), mend=gettext_noop("Ask who invited you for another.")
        )
    if invitation.has_expired(timezone.now()):
        raise InvitationClosedError(
            gettext_noop("This invitation has expired."),
            mend=gettext_noop("Ask %(name)s to send it again."),
            name=invitation.invited_by_label,
        )
    return invitation


def _mail(invitation: Invitation, key: str, by: Actor) -> None:
    ports.post()(
        kind="accounts/portal_invitation" if invitation.role == Role.CLIENT else "accounts/invitation",
        to=invitation.email,
        locale=invitation.locale,
        context={
            "name": invitation.full_name,
            "invited_by": invitation.invited_by_label,
            "firm": FirmProfile.current().display_name,
            "role": Role(invitation.role).label,
            "expires_at": invitation.expires_at,
            "action_url": site_url(f"/invitations/{key}/"),
            "action_label": _("Accept the invitation"),
        },
        by=by,
    )
