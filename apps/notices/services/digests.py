"""Choosing how often the digest comes, and taking the one place that a day has for it."""

from __future__ import annotations

import datetime as dt

from django.core.signing import BadSignature, Signer
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.names import require_firm
from apps.kernel.errors import DomainError, InvalidInputError, NotFoundError, gettext_noop
from apps.notices.models import DigestChoice, DigestRhythm

_MARK = "~"


class OutdatedLinkError(DomainError):
    """The reader chose the digest after this link was written."""

    code = "outdated_link"
    status = 410


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
    if row.rhythm == DigestRhythm.NEVER:
        # of a digest that only comes at another time each mail's link goes on to end it
        row.chosen_at = timezone.now()
    before, row.rhythm = {"rhythm": row.rhythm}, rhythm
    row.save(update_fields=["rhythm", "chosen_at", "updated_at"])
    audit.record("notices.choose_digest", by=by, target=row, before=before, after={"rhythm": rhythm})
    return row


@service
def end_digest(*, key: str, by: Actor) -> DigestChoice:
    """End a person's digest as a mail's link says; a second time changes nothing.

    Raises NotFoundError for a link that this firm never wrote, OutdatedLinkError where the reader chose the digest
    again after the link was written.
    """
    reader, stamp = _told(key)
    row = locked_choice(reader)
    if row.rhythm == DigestRhythm.NEVER:
        return row
    if stamp != _stamp(row):
        raise OutdatedLinkError(
            gettext_noop("This link is from a mail that came before you chose the digest."),
            mend=gettext_noop("End it with the link of the newest mail, or sign in and choose in your account."),
        )
    return choose_digest(user=reader, rhythm=DigestRhythm.NEVER, by=by)


def ending_key(user: User) -> str:
    """Return what a mail's link carries to end this person's digest at this firm: signed, and good for that alone.

    It is bound to the choice of having one: once the reader has ended it and chosen it anew, it ends nothing any more.
    """
    row = DigestChoice.objects.filter(user=user).first()
    return _signer().sign(f"{user.public_id}{_MARK}{_stamp(row)}".rstrip(_MARK))


def reader_of(key: str) -> User:
    """Return whose digest a link is about. Raises NotFoundError for one that this firm never wrote."""
    return _told(key)[0]


def is_outdated(key: str) -> bool:
    """Say whether the reader chose the digest again after a link was written. Raises NotFoundError."""
    reader, stamp = _told(key)
    row = DigestChoice.objects.filter(user=reader).first()
    return row is not None and row.rhythm != DigestRhythm.NEVER and stamp != _stamp(row)


def _stamp(choice: DigestChoice | None) -> str:
    return choice.chosen_at.isoformat() if choice is not None and choice.chosen_at is not None else ""


def _told(key: str) -> tuple[User, str]:
    """Return whom a link's key names, and when they had chosen when it was written."""
    try:
        named, _mark, stamp = _signer().unsign(key).partition(_MARK)
        return User.objects.active().get(public_id=named), stamp
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
