"""FIX sessions: how each stands, and what was said on it."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from apps.core.secrets import decrypted
from apps.integrations.engine.fix_session import Fields
from apps.integrations.models import FixConnection, FixMessage
from apps.kernel.errors import NotFoundError, gettext_noop

# its process notes every half minute that it keeps the session
_KEPT_WITHIN = dt.timedelta(seconds=90)
# as long before its end a certificate is warned about
_NEAR = dt.timedelta(days=30)
_ORDER_ID, _SECURITY, _TEXT = 11, 55, 58

KINDS: dict[str, StrPromise] = {
    "A": _("Logon"),
    "0": _("Heartbeat"),
    "1": _("Test request"),
    "2": _("Resend request"),
    "3": _("Reject"),
    "4": _("Sequence reset"),
    "5": _("Logout"),
    "8": _("Execution report"),
    "9": _("Cancel refused"),
    "D": _("New order"),
    "F": _("Cancel request"),
    "G": _("Change request"),
    "H": _("Question about an order"),
    "j": _("Business reject"),
}


class Standing(StrEnum):
    """How a session stands."""

    OUT = "out"
    ON = "on"
    OFF = "off"
    UNKEPT = "unkept"


@dataclass(frozen=True, slots=True)
class CertificateEnd:
    """Until when a certificate of a session holds; `is_near`: less than a month, or over."""

    label: StrPromise
    until: dt.datetime
    is_near: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session and how it stands; `UNKEPT`: no process looks after it."""

    row: FixConnection
    standing: Standing
    certificates: tuple[CertificateEnd, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message in words."""

    row: FixMessage
    kind: str
    about: str


def sessions() -> list[SessionRow]:
    """Return the firm's sessions."""
    return [SessionRow(row, _standing(row), certificate_ends(row)) for row in FixConnection.objects.all()]


def session_for(public_id: uuid.UUID | str) -> SessionRow:
    """Return one session. Raises NotFoundError."""
    row = FixConnection.objects.filter(public_id=public_id).first()
    if row is None:
        raise NotFoundError(gettext_noop("There is no such FIX session."))
    return SessionRow(row, _standing(row), certificate_ends(row))


def certificate_ends(row: FixConnection) -> tuple[CertificateEnd, ...]:
    """Return until when the certificates of a session hold."""
    now, found = timezone.now(), []
    for label, text in ((_("Ours"), row.client_certificate), (_("Who signs theirs"), row.ca_certificate)):
        until = expiry_of(text)
        if until is not None:
            found.append(CertificateEnd(label, until, until - now < _NEAR, until <= now))
    return tuple(found)


def expiry_of(text: str) -> dt.datetime | None:
    """Return until when the first certificate of a PEM text holds; None where there is none."""
    try:
        return x509.load_pem_x509_certificates(text.encode())[0].not_valid_after_utc
    except ValueError:
        return None


def messages_of(connection: FixConnection) -> QuerySet[FixMessage]:
    """Return what was said and heard, the newest first."""
    return FixMessage.objects.filter(connection=connection).order_by("-pk")


def fields_of(row: FixMessage) -> Fields:
    """Return the fields of a stored message."""
    return tuple((int(tag), str(value)) for tag, value in json.loads(decrypted(row.body)))


def in_words(row: FixMessage) -> MessageRow:
    """Return a message as a person reads it: what it is, and which order, security and text it names."""
    told = dict(fields_of(row))
    about = " · ".join(told[tag] for tag in (_ORDER_ID, _SECURITY, _TEXT) if told.get(tag))
    return MessageRow(row, str(KINDS.get(row.kind, row.kind)), about)


def _standing(row: FixConnection) -> Standing:
    if not row.is_active:
        return Standing.OUT
    if row.seen_at is None or timezone.now() - row.seen_at > _KEPT_WITHIN:
        return Standing.UNKEPT
    return Standing.ON if row.is_on else Standing.OFF
