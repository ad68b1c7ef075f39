"""Account events on the trail. The signals are Django's and allauth's; services of our own record what they do."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from django.contrib.auth import signals as auth_signals
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts import ports
from apps.accounts.models import FirmProfile, User
from apps.accounts.selectors.guests import guest
from apps.accounts.selectors.team import second_factors
from apps.accounts.services.team import end_sessions
from apps.core import audit, realtime
from apps.core.actors import Origin
from apps.core.tenancy.names import PUBLIC_SCHEMA, current_schema


def _origin(request: HttpRequest | None) -> Origin | None:
    """Return where a request came from; None for one that came through no gate (a command, a test's own session)."""
    return getattr(request, "origin", None)


def _record(action: str, request: HttpRequest | None, user: User | None, **after: Any) -> None:
    origin = _origin(request)
    if origin is not None and user is not None:
        audit.record(action, by=user.as_actor(origin=origin), target=user, after=after or None)


def _tell(request: HttpRequest | None, user: User, what: str | Promise) -> None:
    origin = _origin(request)
    if origin is not None:
        ports.post()(
            kind="accounts/security_notice",
            to=user.email,
            locale=user.locale,
            context={"name": user.full_name, "what": what, "at": timezone.now(), "ip": origin.ip},
            by=user.as_actor(origin=origin),
        )


@receiver(auth_signals.user_logged_in)
def signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    """Record a sign-in, after the second factor where one is enrolled."""
    _record("accounts.sign_in", request, user)


@receiver(auth_signals.user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_more: Any) -> None:
    """Record a sign-out."""
    _record("accounts.sign_out", request, user)


@receiver(post_delete, sender=Session)
def session_ended(instance: Session, **_more: Any) -> None:
    """Close the live sockets of a session with it: signed out, ended from elsewhere, or shut out."""
    if current_schema() != PUBLIC_SCHEMA:
        realtime.recheck("session", instance.session_key)


@receiver(auth_signals.user_login_failed)
def sign_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_more: Any) -> None:
    """Record a wrong password: on the person where the address is known, else on the firm, with what was typed."""
    origin = _origin(request)
    if origin is None:
        return
    typed = str(credentials.get("email") or credentials.get("username") or "")[:200]
    user = User.objects.filter(email__iexact=typed).first() if typed else None
    by = guest(origin, label=typed)
    audit.record("accounts.fail_sign_in", by=by, target=user or FirmProfile.current(), after={"typed": typed})


@receiver(mfa_signals.authentication_failed)
def second_factor_failed(request: HttpRequest, user: User, authenticator: Any = None, **_more: Any) -> None:
    """Record a wrong code."""
    origin = _origin(request)
    if origin is not None:
        kind = getattr(authenticator, "type", "")
        by = guest(origin, label=user.email)
        audit.record("accounts.fail_second_factor", by=by, target=user, after={"factor": kind})


@receiver(account_signals.password_reset)
@receiver(account_signals.password_set)
@receiver(account_signals.password_changed)
def password_changed(request: HttpRequest, user: User, **_more: Any) -> None:
    """Record a password chosen by a link, and tell its owner."""
    _record("accounts.change_password", request, user)
    _tell(request, user, _("A new password was chosen for your account."))


@receiver(account_signals.email_confirmed)
def email_confirmed(request: HttpRequest, email_address: Any, **_more: Any) -> None:
    """Record that an address was confirmed."""
    _record("accounts.confirm_email", request, email_address.user, email=email_address.email)


@receiver(mfa_signals.authenticator_added)
def second_factor_added(request: HttpRequest, user: User, authenticator: Any, **_more: Any) -> None:
    """Record a new second factor, and tell its owner; the first one ends every session that was opened without it."""
    _record("accounts.add_second_factor", request, user, factor=authenticator.type)
    if authenticator.type != "recovery_codes":
        if not second_factors(user).exclude(pk=authenticator.pk).exists():
            end_sessions(user, but=request.session.session_key)
        _tell(request, user, _("A second factor was added to your account."))


@receiver(mfa_signals.authenticator_removed)
def second_factor_removed(request: HttpRequest, user: User, authenticator: Any, **_more: Any) -> None:
    """Record that a second factor is gone, and tell its owner."""
    _record("accounts.remove_second_factor", request, user, factor=authenticator.type)
    _tell(request, user, _("A second factor was removed from your account."))


@receiver(mfa_signals.authenticator_reset)
def second_factor_renewed(request: HttpRequest, user: User, authenticator: Any, **_more: Any) -> None:
    """Record new recovery codes."""
    _record("accounts.renew_second_factor", request, user, factor=authenticator.type)
