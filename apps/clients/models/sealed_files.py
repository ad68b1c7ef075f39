"""Files at rest: each encrypted with a key of its own, which is wrapped by the firm's key and kept in the row.

The storage alone gives nothing away, and a file whose row was rolled back can be read by nobody.
"""

from __future__ import annotations

import base64
import os
import uuid
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.core.secrets import decrypted, encrypted
from apps.kernel.errors import DomainError, gettext_noop

_NONCE_BYTES = 12  # NIST SP 800-38D, 5.2.1.1; a key encrypts one file once, so that no nonce can repeat


class FileDamagedError(DomainError):
    """What lies in the storage is not what was filed."""

    code = "file_damaged"
    status = 500


@dataclass(frozen=True, slots=True)
class SealedFile:
    """Where the ciphertext lies, and the wrapped key that opens it."""

    name: str
    wrapped_key: str


def seal(folder: str, content: bytes) -> SealedFile:
    """Encrypt the content with a new key and store it in a folder of the firm's storage."""
    key, nonce = AESGCM.generate_key(256), os.urandom(_NONCE_BYTES)
    name = f"{folder}/{uuid.uuid4().hex}.sealed"
    ciphertext = AESGCM(key).encrypt(nonce, content, name.encode())
    stored = default_storage.save(name, ContentFile(nonce + ciphertext))
    return SealedFile(stored, encrypted(base64.b64encode(key).decode()))


def unseal(sealed: SealedFile) -> bytes:
    """Return the content in clear; raise FileDamagedError when the file is gone or was changed in the storage."""
    key = base64.b64decode(decrypted(sealed.wrapped_key))
    try:
        with default_storage.open(sealed.name, "rb") as handle:
            stored = handle.read()
        return AESGCM(key).decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], sealed.name.encode())
    except (FileNotFoundError, InvalidTag, ValueError) as damaged:
        raise FileDamagedError(
            gettext_noop("The stored file is missing or was changed outside Steward."),
            mend=gettext_noop("Restore it from the backup, then verify the document again."),
        ) from damaged
