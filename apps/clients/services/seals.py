"""The firm's seal: made at the first signature, kept for all later ones."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from apps.accounts.models import FirmProfile
from apps.clients.models import FirmSeal
from apps.clients.services._seals import new_key_pair, sealed_pdf
from apps.core import audit
from apps.core.actors import Actor
from apps.core.secrets import decrypted, encrypted
from apps.core.services import service


@service
def current_seal(*, by: Actor) -> FirmSeal:
    """Return the firm's seal; make one when there is none, or the old one's certificate has run out."""
    with connection.cursor() as cursor:
        # two first signatures at once would make two seals; the lock is the transaction's, within this schema
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.clients.seal', 0))")
    now = timezone.now()
    seal = FirmSeal.objects.filter(retired_at=None).first()
    if seal is not None and seal.valid_until > now:
        return seal
    if seal is not None:
        seal.retired_at = now
        seal.save(update_fields=["retired_at", "updated_at"])
    pair = new_key_pair(FirmProfile.current().legal_name, now)
    seal = FirmSeal.objects.create(
        certificate=pair.certificate,
        private_key=encrypted(pair.private_key),
        fingerprint=pair.fingerprint,
        valid_until=pair.valid_until,
    )
    audit.record("clients.make_seal", by=by, target=seal, after=audit.snapshot(seal))
    return seal


@service
def seal_pdf(*, pdf: bytes, reason: str, by: Actor) -> bytes:
    """Return the PDF under the firm's seal. Raises InvalidInputError when it cannot be sealed."""
    seal = current_seal(by=by)
    return sealed_pdf(
        pdf,
        certificate=seal.certificate,
        private_key=decrypted(seal.private_key),
        reason=reason,
        name=FirmProfile.current().legal_name,
    )
