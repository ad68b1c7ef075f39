"""Keys of links in mails: long, random, kept as digests."""

from __future__ import annotations

import hashlib
import secrets


def new_key() -> str:
    """Return a key for a link: 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """Return what is kept of a key; a reader of the table cannot make the link from it."""
    return hashlib.sha256(key.encode()).hexdigest()
