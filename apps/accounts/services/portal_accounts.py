"""The accounts of clients in the portal."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.utils import timezone

from apps.accounts.models import ChangeState, CredentialChange, User
from apps.accounts.services.team import end_sessions
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop

# no mail ever goes there (RFC 2606)
_NOWHERE = "withdrawn.invalid"


@service
def close_portal_account(*, user: User, reason: str = "", by: Actor) -> User:
    """Shut a client's account for good: nobody signs in with it, and its address is free for another invitation.

    The row stays, for what was done with it; the trail keeps the address. Raises InvalidInputError for an account of
    the firm's staff.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_of_staff:
        raise InvalidInputError(
            gettext_noop("This account belongs to somebody of the firm."),
            mend=gettext_noop("Deactivate them under the firm's people."),
            field="user",
        )
    before = audit.snapshot(user)
    user.is_active = False
    user.email = f"{user.public_id}@{_NOWHERE}"
    user.set_unusable_password()
    user.save(update_fields=["is_active", "email", "password", "updated_at"])
    EmailAddress.objects.filter(user=user).delete()
    waiting = CredentialChange.objects.filter(user=user, state=ChangeState.OPEN)
    waiting.update(state=ChangeState.SUPERSEDED, new_password="", updated_at=timezone.now())
    n_ended = end_sessions(user)
    after = {**audit.snapshot(user), "sessions_ended": n_ended}
    before = {**before, "sessions_ended": 0}
    audit.record("accounts.close_portal_account", by=by, target=user, before=before, after=after, reason=reason.strip())
    realtime.recheck("holder", str(user.public_id))
    return user
