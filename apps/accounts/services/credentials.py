"""A new e-mail or password: begins with the current password, takes effect by a confirmed link."""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import ports
from apps.accounts.models import ChangeKind, ChangeState, CredentialChange, User
from apps.accounts.services._keys import digest, new_key
from apps.accounts.services._validity import checked_current_password, checked_password, refusal_of
from apps.accounts.services.team import end_sessions
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import DomainError, InvalidInputError, NotFoundError, gettext_noop

LIFETIME = dt.timedelta(hours=24)
_TAKEN = gettext_noop("Somebody has this e-mail already.")


class ChangeClosedError(DomainError):
    """The link was used, replaced by a later one, or its time has run out."""

    code = "change_closed"
    status = 410


@service
def request_email_change(*, user: User, current_password: str, new_email: str, by: Actor) -> CredentialChange:
    """Mail a link to the new address; the change takes effect when it is opened and confirmed.

    Raises InvalidInputError for a wrong current password, an address that is none, one's own, or somebody's.
    """
    checked_current_password(current_password, user)
    email = new_email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise refusal_of(wrong, field="new_email") from wrong
    if email == user.email.lower():
        raise InvalidInputError(gettext_noop("This is your address already."), field="new_email")
    if User.objects.filter(email__iexact=email).exists():
        raise InvalidInputError(_TAKEN, field="new_email")
    change, key = _open(user, ChangeKind.EMAIL, by, new_email=email)
    _mail("accounts/confirm_new_email", email, user, key, by)
    return change


@service
def request_password_change(*, user: User, current_password: str, new_password: str, by: Actor) -> CredentialChange:
    """Keep the new password, hashed, and mail a link to the person's address; it counts once confirmed.

    Raises InvalidInputError for a wrong current password, a weak new one, or one that is no change.
    """
    checked_current_password(current_password, user)
    checked_password(new_password, user, field="new_password")
    if user.check_password(new_password):
        raise InvalidInputError(gettext_noop("This is your password already."), field="new_password")
    change, key = _open(user, ChangeKind.PASSWORD, by, new_password=make_password(new_password))
    _mail("accounts/confirm_new_password", user.email, user, key, by)
    return change


def change_for(key: str) -> CredentialChange:
    """Return the open change of a link; NotFoundError for a key never sent, ChangeClosedError for one that is over."""
    change = CredentialChange.objects.select_related("user").filter(key_digest=digest(key)).first()
    if change is None:
        raise NotFoundError(
            gettext_noop("This link does not exist."), mend=gettext_noop("Open the link of the newest mail, whole.")
        )
    return _usable(change)


@service
def confirm_change(*, key: str, by: Actor) -> CredentialChange:
    """Let the change take effect; a new password ends all sessions of the person.

    Raises what `change_for` raises, and InvalidInputError when somebody took the address meanwhile.
    """
    change = change_for(key)
    change = _usable(CredentialChange.objects.select_for_update().get(pk=change.pk))
    user = User.objects.select_for_update().get(pk=change.user_id)
    person = user.as_actor(origin=by.origin)
    if change.kind == ChangeKind.EMAIL:
        _take_email(user, change.new_email, person)
    else:
        user.password = change.new_password
        user.save(update_fields=["password", "updated_at"])
        ended = end_sessions(user)
        audit.record("accounts.change_password", by=person, target=user, after={"sessions_ended": ended})
    change.state, change.done_at, change.new_password = ChangeState.DONE, timezone.now(), ""
    change.save(update_fields=["state", "done_at", "new_password", "updated_at"])
    return change


def _take_email(user: User, email: str, person: Actor) -> None:
    before = user.email
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise InvalidInputError(_TAKEN)
    user.email = email
    user.save(update_fields=["email", "updated_at"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    audit.record("accounts.change_email", by=person, target=user, before={"email": before}, after={"email": email})
    ports.post()(
        kind="accounts/email_changed",
        to=before,
        locale=user.locale,
        context={"name": user.full_name, "new_email": email},
        by=person,
    )


def _open(user: User, kind: ChangeKind, by: Actor, **what: str) -> tuple[CredentialChange, str]:
    User.objects.select_for_update().get(pk=user.pk)  # two requests of one person wait for each other
    CredentialChange.objects.filter(user=user, kind=kind, state=ChangeState.OPEN).update(
        state=ChangeState.SUPERSEDED, new_password="", updated_at=timezone.now()
    )
    key = new_key()
    change = CredentialChange.objects.create(
        user=user, kind=kind, key_digest=digest(key), expires_at=timezone.now() + LIFETIME, **what
    )
    audit.record("accounts.request_credential_change", by=by, target=user, after={"kind": kind, **_told(change)})
    return change, key


def _told(change: CredentialChange) -> dict[str, str]:
    return {"new_email": change.new_email} if change.new_email else {}


def _usable(change: CredentialChange) -> CredentialChange:
    if change.state != ChangeState.OPEN or change.expires_at <= timezone.now():
        raise ChangeClosedError(
            gettext_noop("This link was used, replaced by a newer one, or is older than a day."),
            mend=gettext_noop("Ask for the change again."),
        )
    return change


def _mail(kind: str, to: str, user: User, key: str, by: Actor) -> None:
    ports.post()(
        kind=kind,
        to=to,
        locale=user.locale,
        context={
            "name": user.full_name,
            "action_url": site_url(f"/account/changes/{key}/"),
            "action_label": _("Confirm the change"),
        },
        by=by,
    )
