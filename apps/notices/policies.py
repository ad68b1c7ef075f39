"""What may be kept of a mail."""

from __future__ import annotations

# mails whose link opens or changes an account: once sent, their words are removed, so that nobody who reads the
# table (or a backup of it) can use a link that its recipient has not used yet
_WITH_KEYS = ("accounts/", "account/")


def carries_key(kind: str) -> bool:
    """Say whether mails of this kind carry a link that must not be kept."""
    return kind.startswith(_WITH_KEYS)
