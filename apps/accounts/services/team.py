"""The people of the firm: roles, who may sign in, lost second factors."""

from __future__ import annotations

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import ports
from apps.accounts.models import FirmProfile, User
from apps.accounts.policies import STAFF_ROLES, Role
from apps.accounts.services._validity import checked, saved_once
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop


class LastPrincipalError(DomainError):
    """The firm would be left without a principal who can sign in."""

    code = "last_principal"


@service
def add_principal(*, email: str, full_name: str, locale: str = "", by: Actor) -> User:
    """Make the first account of a firm and mail the link that confirms its address; a second time changes nothing.

    The account has no password: after the confirmation its holder sets one (adapters.AccountAdapter).
    """
    found = User.objects.filter(email__iexact=email.strip()).first()
    if found is not None:
        return found
    user = User(email=email.strip().lower(), full_name=full_name.strip(), role=Role.PRINCIPAL, locale=locale)
    user.set_unusable_password()
    checked(user)
    saved_once(user, field="email", message=gettext_noop("Somebody has this e-mail already."))
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    audit.record("accounts.add_principal", by=by, target=user, after=audit.snapshot(user))
    send_confirmation(user=user, by=by)
    return user


@service
def send_confirmation(*, user: User, by: Actor) -> None:
    """Mail the link that confirms an address; older links of the address stop working.

    Raises InvalidInputError when the address is confirmed already.
    """
    address = EmailAddress.objects.select_for_update().get(user=user, primary=True)
    if address.verified:
        raise InvalidInputError(
            gettext_noop("This address is confirmed already."), mend=gettext_noop("Sign in, or reset the password.")
        )
    EmailConfirmation.objects.filter(email_address=address).delete()
    confirmation = EmailConfirmation.create(address)
    confirmation.sent = timezone.now()
    confirmation.save(update_fields=["sent"])
    audit.record("accounts.send_confirmation", by=by, target=user, after={"to": address.email})
    ports.post()(
        kind="accounts/confirm_email",
        to=address.email,
        locale=user.locale,
        context={
            "name": user.full_name,
            "firm": FirmProfile.current().display_name,
            "action_url": site_url(reverse("account_confirm_email", args=[confirmation.key])),
            "action_label": _("Confirm my address"),
        },
        by=by,
    )


@service
def change_role(*, user: User, role: str, by: Actor) -> User:
    """Give a person of the firm another role.

    Raises InvalidInputError for a client or a role that is none of the firm's, LastPrincipalError for the last one.
    """
    user = _locked_member(user)
    if role not in STAFF_ROLES:
        raise InvalidInputError(gettext_noop("Choose a role of the firm."), field="role")
    if role != Role.PRINCIPAL:
        _keep_a_principal(user)
    before = audit.snapshot(user)
    user.role = role
    user.save(update_fields=["role", "updated_at"])
    audit.record("accounts.change_role", by=by, target=user, before=before, after=audit.snapshot(user))
    realtime.recheck("holder", str(user.public_id))
    return user


@service
def deactivate_member(*, user: User, reason: str = "", by: Actor) -> User:
    """Stop a person from signing in and end their sessions; what they did stays.

    Raises LastPrincipalError for the last principal, InvalidInputError for oneself.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.pk == by.user_id:
        raise InvalidInputError(gettext_noop("You cannot deactivate yourself."))
    _keep_a_principal(user)
    return _set_active(user, "accounts.deactivate_member", by=by, reason=reason, is_active=False)


@service
def reactivate_member(*, user: User, by: Actor) -> User:
    """Let a person sign in again."""
    user = User.objects.select_for_update().get(pk=user.pk)
    return _set_active(user, "accounts.reactivate_member", by=by, reason="", is_active=True)


@service
def reset_second_factor(*, user: User, reason: str, by: Actor) -> User:
    """Remove a person's second factors and end their sessions, when phone and recovery codes are lost.

    They enrol again at the next sign-in. Raises InvalidInputError without a reason, or for oneself.
    """
    if user.pk == by.user_id:
        raise InvalidInputError(
            gettext_noop("You cannot reset your own second factor here."),
            mend=gettext_noop("Change it under sign-in and security, or ask another principal."),
        )
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say how you made sure who asked."), field="reason")
    factors = Authenticator.objects.filter(user=user)
    kinds = sorted(factors.values_list("type", flat=True))
    factors.delete()
    end_sessions(user)
    audit.record("accounts.reset_second_factor", by=by, target=user, before={"factors": kinds}, reason=reason.strip())
    return user


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Sign a person out everywhere, `but` in the session of this key; return how many sessions ended."""
    sessions = list(UserSession.objects.filter(user=user).exclude(session_key=but or ""))
    for session in sessions:
        session.end()
    return len(sessions)


def _set_active(user: User, action: str, *, by: Actor, reason: str, is_active: bool) -> User:
    if user.is_active == is_active:
        return user
    user.is_active = is_active
    user.save(update_fields=["is_active", "updated_at"])
    n_ended = 0 if is_active else end_sessions(user)
    realtime.recheck("holder", str(user.public_id))
    audit.record(
        action,
        by=by,
        target=user,
        before={"is_active": not is_active},
        after={"is_active": is_active},
        facts={"sessions_ended": n_ended},
        reason=reason.strip(),
    )
    return user


def _locked_member(user: User) -> User:
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_of_staff:
        raise InvalidInputError(gettext_noop("A client has no role in the firm."), field="role")
    return user


def _keep_a_principal(user: User) -> None:
    # all principals are locked, so that two of them cannot remove each other at the same moment
    principals = User.objects.select_for_update().filter(role=Role.PRINCIPAL, is_active=True).order_by("pk")
    if {principal.pk for principal in principals} == {user.pk}:
        raise LastPrincipalError(
            gettext_noop("%(name)s is the last principal of the firm."),
            mend=gettext_noop("Make somebody else a principal first."),
            name=user.full_name,
        )
