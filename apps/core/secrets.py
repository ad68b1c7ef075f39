"""Identifiers at rest: encrypted with a key of the firm's own, derived from the installation's secret."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.crypto import salted_hmac

from apps.core.tenancy.names import require_firm
from apps.kernel.errors import DomainError, gettext_noop


class SecretUnreadableError(DomainError):
    """The stored text was not encrypted by this firm's key."""

    code = "secret_unreadable"
    status = 500


@lru_cache(maxsize=512)
def _box(schema: str, secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=b"steward.identifiers", info=schema.encode()).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def encrypted(text: str) -> str:
    """Return the text as it is stored; an empty text stays empty."""
    return _box(require_firm(), settings.SECRET_KEY).encrypt(text.encode()).decode() if text else ""


def decrypted(stored: str) -> str:
    """Return the text in clear; raise SecretUnreadableError for another firm's text."""
    if not stored:
        return ""
    try:
        return _box(require_firm(), settings.SECRET_KEY).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise SecretUnreadableError(
            gettext_noop("A stored identifier cannot be read with this firm's key."),
            mend=gettext_noop("Restore the SECRET_KEY that it was stored with."),
        ) from None


def number_digest(purpose: str, number: str) -> str:
    """Return what equal account numbers have in common, whatever their dashes and spaces; empty for no number.

    Keyed, and another one in each firm and for each purpose (`money.account_number`).
    """
    plain = "".join(character for character in number.upper() if character.isalnum())
    return salted_hmac(f"{purpose}.{require_firm()}", plain, algorithm="sha256").hexdigest() if plain else ""


def last_four(stored: str) -> str:
    """Return the last four characters for people: •••• 6789."""
    clear = decrypted(stored)
    return f"•••• {clear[-4:]}" if clear else ""
