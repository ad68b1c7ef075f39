"""Choosing how often the digest comes, and taking the one place that a day has for it."""

from __future__ import annotations

import datetime as dt

from django.core.signing import BadSignature, Signer

from apps.accounts.models import User
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.names import require_firm
from apps.kernel.errors import InvalidInputError, NotFoundError, gettext_noop
from apps.notices.models import DigestChoice, DigestRhythm


@service
def choose_digest(*, user: User, rhythm: str, by: Actor) -> DigestChoice:
    """Note how often a person wants the digest. Raises InvalidInputError for what is no such choice."""
    if rhythm not in DigestRhythm.values:
        raise InvalidInputError(
            gettext_noop("This choice is not on offer."), mend=gettext_noop("Choose one of the list."), field="rhythm"
        )
    row = locked_choice(user)
    if row.rhythm == rhythm:
        return row
    before, row.rhythm = {"rhythm": row.rhythm}, rhythm
    row.save(update_fields=["rhythm", "updated_at"])
    audit.record("notices.choose_digest", by=by, target=row, before=before, after={"rhythm": rhythm})
    return row


def ending_key(user: User) -> str:
    """Return what a mail's link carries to end this person's digest at this firm: signed, and good for that alone."""
    return _signer().sign(str(user.public_id))


def reader_of(key: str) -> User:
    """Return whose digest a link ends. Raises NotFoundError for one that this firm never wrote."""
    try:
        return User.objects.active().get(public_id=_signer().unsign(key))
    except (BadSignature, User.DoesNotExist) as unknown:
        raise NotFoundError(
            gettext_noop("This link is not complete."),
            mend=gettext_noop("Open it from the mail once more, or sign in and choose in your account."),
        ) from unknown


def _signer() -> Signer:
    return Signer(salt=f"notices.end_digest.{require_firm()}")


def locked_choice(user: User) -> DigestChoice:
    """Return a person's choice, held until the transaction ends: two that write the same digest follow each other."""
    DigestChoice.objects.get_or_create(user=user)
    return DigestChoice.objects.select_for_update().get(user=user)


def is_due(choice: DigestChoice, on: dt.date) -> bool:
    """Say whether a digest may go on the day: one a day, or one since Monday."""
    if choice.rhythm == DigestRhythm.NEVER:
        return False
    since = on if choice.rhythm == DigestRhythm.DAILY else on - dt.timedelta(days=on.weekday())
    return choice.last_on is None or choice.last_on < since
