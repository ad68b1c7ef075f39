"""Certificates of FIX sessions: whom we trust on the line, and by which certificate and key the other side knows us."""

from __future__ import annotations

import secrets
import ssl
import tempfile
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.utils import timezone

from apps.core import audit
from apps.core.actors import Actor
from apps.core.secrets import decrypted, encrypted
from apps.core.services import service
from apps.integrations.models import FixConnection
from apps.integrations.selectors.fix_sessions import expiry_of
from apps.kernel.errors import InvalidInputError, gettext_noop

_WHOLE = gettext_noop("Paste the whole file, from BEGIN CERTIFICATE to END CERTIFICATE.")


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM texts. `client_key` is in clear here and nowhere else."""

    ca_certificate: str = ""
    client_certificate: str = ""
    client_key: str = field(default="", repr=False)


@service
def renew_certificates(*, connection: FixConnection, given: Certificates, by: Actor) -> FixConnection:
    """Put other certificates in place; the next line uses them. Without a certificate of ours its key goes as well.

    Raises InvalidInputError for what is no certificate or key, has expired, or does not belong together.
    """
    locked = FixConnection.objects.select_for_update().get(pk=connection.pk)
    demand_certificates(given, uses_tls=locked.uses_tls)
    before = _told(locked)
    locked.ca_certificate, locked.client_certificate = given.ca_certificate, given.client_certificate
    locked.client_key = sealed_key(given.client_key)
    locked.save(update_fields=["ca_certificate", "client_certificate", "client_key", "updated_at"])
    audit.record("integrations.renew_fix_certificates", by=by, target=locked, before=before, after=_told(locked))
    return locked


def demand_certificates(given: Certificates, *, uses_tls: bool) -> None:
    """Raise InvalidInputError, at its field, unless the certificates can be used together."""
    if given.ca_certificate:
        try:
            ssl.create_default_context(cadata=given.ca_certificate)
        except (ssl.SSLError, ValueError) as broken:
            raise _refused("ca_certificate", gettext_noop("This is no certificate."), _WHOLE) from broken
    if bool(given.client_certificate) != bool(given.client_key):
        missing = "client_key" if given.client_certificate else "client_certificate"
        raise _refused(missing, gettext_noop("Our certificate and its key go together."), gettext_noop("Give both."))
    if given.client_certificate:
        _demand_pair(given, uses_tls=uses_tls)


def _demand_pair(given: Certificates, *, uses_tls: bool) -> None:
    if not uses_tls:
        raise _refused(
            "client_certificate",
            gettext_noop("A certificate is shown only on an encrypted line."),
            gettext_noop("Encrypt the line."),
        )
    try:
        ours = x509.load_pem_x509_certificates(given.client_certificate.encode())[0]
    except ValueError as broken:
        raise _refused("client_certificate", gettext_noop("This is no certificate."), _WHOLE) from broken
    if ours.not_valid_after_utc <= timezone.now():
        raise _refused(
            "client_certificate", gettext_noop("This certificate has expired."), gettext_noop("Have it renewed first.")
        )
    try:
        key = load_pem_private_key(given.client_key.encode(), None)
    except (ValueError, TypeError) as broken:
        raise _refused(
            "client_key",
            gettext_noop("This is no private key without a passphrase."),
            gettext_noop("Paste the PEM file in clear: it is kept encrypted."),
        ) from broken
    if _public(key.public_key()) != _public(ours.public_key()):
        raise _refused(
            "client_key",
            gettext_noop("The key belongs to another certificate."),
            gettext_noop("Give the key with which this one was asked for."),
        )


def _public(key: Any) -> bytes:
    told: bytes = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return told


def _refused(at: str, message: str, mend: str) -> InvalidInputError:
    return InvalidInputError(message, mend=mend, field=at)


def sealed_key(key: str) -> str:
    """Return a key as it is kept."""
    return encrypted(key) if key else ""


def secure_line(connection: FixConnection) -> ssl.SSLContext:
    """Return what encrypts the line: their certificate must be signed by the one given, else by a public authority.

    Ours is shown where one is given. Raises InvalidInputError for one that has expired: the broker would refuse it
    with words that say less.
    """
    context = ssl.create_default_context(cadata=connection.ca_certificate or None)
    if not connection.client_certificate:
        return context
    until = expiry_of(connection.client_certificate)
    if until is None or until <= timezone.now():
        raise InvalidInputError(gettext_noop("Our certificate has expired."))
    # the library reads files alone: on the disk the key stands under a word that is forgotten at once
    word = secrets.token_hex(32)
    key = load_pem_private_key(decrypted(connection.client_key).encode(), None)
    shut = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(word.encode()))
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(connection.client_certificate.strip().encode() + b"\n" + shut)
        file.flush()
        context.load_cert_chain(file.name, password=word)
    return context


def _told(row: FixConnection) -> dict[str, str]:
    """What the trail keeps of certificates: whose, and until when; never a key."""
    found: dict[str, str] = {}
    for name in ("ca_certificate", "client_certificate"):
        text = getattr(row, name)
        until = expiry_of(text)
        found[name] = f"{_subject(text)}, {until:%Y-%m-%d}" if until is not None else ""
    return found


def _subject(text: str) -> str:
    return x509.load_pem_x509_certificates(text.encode())[0].subject.rfc4514_string()[:200]
