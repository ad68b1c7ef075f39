"""The people of the firm and the invitations under way."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import Invitation, InvitationState, User
from apps.accounts.policies import STAFF_ROLES
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the firm."""

    user: User
    has_second_factor: bool
    is_self: bool


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One invitation under way."""

    invitation: Invitation
    has_expired: bool


@dataclass(frozen=True, slots=True)
class Team:
    """Who works here and who is invited."""

    members: tuple[Member, ...]
    invitations: tuple[InvitationRow, ...]


def team(actor: Actor) -> Team:
    """Return the firm's people, those who may sign in first, and the open invitations of staff."""
    users = list(User.objects.staff().order_by("-is_active", "full_name", "pk"))
    factors = set(second_factors(*users).values_list("user_id", flat=True))
    invitations = Invitation.objects.filter(state=InvitationState.OPEN, role__in=STAFF_ROLES)
    now = timezone.now()
    return Team(
        members=tuple(Member(user, user.pk in factors, user.pk == actor.user_id) for user in users),
        invitations=tuple(InvitationRow(invitation, invitation.has_expired(now)) for invitation in invitations),
    )


def second_factors(*users: User) -> QuerySet[Authenticator]:
    """Return what people can prove themselves by at the sign-in, besides the password and codes to fall back on."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user__in=users, type__in=kinds)
    return found


def member_for(public_id: UUID) -> User:
    """Return a person of the firm; NotFoundError for a client or nobody."""
    user = User.objects.staff().filter(public_id=public_id).first()
    if user is None:
        raise NotFoundError(gettext_noop("There is no such person in the firm."))
    return user


def invitation_by_id(public_id: UUID) -> Invitation:
    """Return an invitation of staff; NotFoundError when there is none."""
    invitation = Invitation.objects.filter(public_id=public_id, role__in=STAFF_ROLES).first()
    if invitation is None:
        raise NotFoundError(gettext_noop("There is no such invitation."))
    return invitation
