"""How often somebody wants the digest."""

from __future__ import annotations

from apps.accounts.models import User
from apps.notices.models import DigestChoice, DigestRhythm


def digest_choice(user: User) -> DigestChoice:
    """Return a person's choice; the one that everybody begins with is not saved."""
    return DigestChoice.objects.filter(user=user).first() or DigestChoice(user=user)


def takes_digest(user: User) -> bool:
    """Say whether a person gets the digest at all."""
    return digest_choice(user).rhythm != DigestRhythm.NEVER
