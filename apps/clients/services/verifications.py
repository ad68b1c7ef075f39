"""Whether a document is still what was filed and signed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from apps.clients.models import Document, DocumentVersion, FirmSeal, SignatureRequest, SignatureRequestState
from apps.clients.models.sealed_files import FileDamagedError
from apps.clients.readers.pdf_seals import read_seal
from apps.core import audit
from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.core.services import service
from apps.kernel.errors import gettext_noop


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold; the message is a message id."""

    code: str
    message: str
    version: int


@dataclass(frozen=True, slots=True)
class DocumentVerdict:
    """What a verification found; `sealed` says whether a seal was there to check."""

    versions: int
    sealed: bool
    findings: tuple[Finding, ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether everything holds."""
        return not self.findings


@service
def verify_document(*, document: Document, by: Actor) -> DocumentVerdict:
    """Compare each version with its hash, with the trail, with the signatures and, where sealed, with the seal.

    The verdict is noted on the trail.
    """
    versions = list(document.versions.all())
    noted = _hashes_on_the_trail(document)
    signed = {
        request.sealed_version_id: request
        for request in document.signature_requests.filter(state=SignatureRequestState.COMPLETED).prefetch_related(
            "signatures"
        )
    }
    findings: list[Finding] = []
    for version in versions:
        findings += _check(version, noted.get(version.number, ""), signed.get(version.pk))
    verdict = DocumentVerdict(versions=len(versions), sealed=bool(signed), findings=tuple(findings))
    found = [{"version": finding.version, "code": finding.code} for finding in findings]
    audit.record(
        "clients.verify_document", by=by, target=document, after={"versions": len(versions), "findings": found}
    )
    return verdict


def _hashes_on_the_trail(document: Document) -> dict[int, str]:
    events = AuditEvent.objects.filter(
        target_id=str(document.public_id), action__in=["clients.file_document", "clients.add_version"]
    ).order_by("id")
    return {event.after["version"]: event.after["sha256"] for event in events if event.after}


def _check(version: DocumentVersion, noted: str, request: SignatureRequest | None) -> list[Finding]:
    def finding(code: str, message: str) -> Finding:
        return Finding(code, message, version.number)

    try:
        content = version.content()
    except FileDamagedError:
        return [finding("file", gettext_noop("The stored file is missing or was changed outside Steward."))]
    digest = hashlib.sha256(content).hexdigest()
    found = []
    if digest != version.sha256:
        found.append(finding("content", gettext_noop("The content is not what was filed.")))
    if digest != noted:
        found.append(finding("trail", gettext_noop("The content is not what the trail says was filed.")))
    if request is None:
        return found
    if any(signature.sha256_after != digest for signature in request.signatures.all()):
        found.append(finding("signature", gettext_noop("The content is not what the signers signed.")))
    reading = read_seal(content)
    known = reading is not None and FirmSeal.objects.filter(fingerprint=reading.fingerprint).exists()
    if reading is None or not known or not (reading.is_intact and reading.covers_all):
        found.append(finding("seal", gettext_noop("The firm's seal is missing, broken or not the firm's.")))
    return found
