"""Filing, reading, releasing and asking for documents."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db.models import Max

from apps.clients.models import (
    Document,
    DocumentCategory,
    DocumentRequest,
    DocumentVersion,
    Household,
    RequestState,
    SignatureRequestState,
)
from apps.clients.models.sealed_files import seal
from apps.clients.services._checks import checked
from apps.clients.services._uploads import Upload, accepted
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, gettext_noop


class RequestClosedError(DomainError):
    """The paper has come already, or is not needed any more."""

    code = "request_closed"


class SignedPaperError(DomainError):
    """The paper is signed, or is the proof of it: what people read must stay what was signed."""

    code = "signed_paper"


@service
def file_document(  # noqa: PLR0913 - one paper is one call for every app above; a dataclass would hide the same seven
    *,
    household: Household,
    category: str,
    title: str,
    filename: str,
    content: bytes,
    by: Actor,
    visible_to_client: bool = False,
) -> Document:
    """File a paper of the household, encrypted with the firm's key.

    Raises FileNotAcceptedError for a file that is not taken in, InvalidInputError for an unknown category or a title
    that is missing.
    """
    upload = accepted(filename, content)
    document = Document(household=household, category=category, title=title, visible_to_client=visible_to_client)
    checked(document, exclude=["household"])
    document.save()
    version = _add(document, upload, by)
    audit.record(
        "clients.file_document",
        by=by,
        target=document,
        after={**audit.snapshot(document), **_image(version)},
    )
    _tell(document, "document.filed")
    return document


@service
def add_version(*, document: Document, filename: str, content: bytes, by: Actor) -> DocumentVersion:
    """File a newer version of the paper; older ones stay.

    Raises FileNotAcceptedError, SignedPaperError once all have signed and for a certificate of signatures.
    """
    upload = accepted(filename, content)
    document = Document.objects.select_for_update().get(pk=document.pk)
    signed = document.signature_requests.filter(state=SignatureRequestState.COMPLETED).exists()
    if signed or document.category == DocumentCategory.CERTIFICATE:
        raise SignedPaperError(
            gettext_noop("Nothing takes the place of a signed paper."),
            mend=gettext_noop("File the newer one as a paper of its own."),
        )
    before = _image(document.current)
    version = _add(document, upload, by)
    audit.record("clients.add_version", by=by, target=document, before=before, after=_image(version))
    _tell(document, "document.filed")
    return version


@service
def release_document(*, document: Document, by: Actor) -> Document:
    """Let the client see the paper; a second time changes nothing."""
    return _show(document, visible=True, action="clients.release_document", by=by)


@service
def withhold_document(*, document: Document, by: Actor) -> Document:
    """Take the paper out of the client's sight; a second time changes nothing."""
    return _show(document, visible=False, action="clients.withhold_document", by=by)


@service
def read_document(*, version: DocumentVersion, by: Actor) -> bytes:
    """Return the content, and note on the trail who opened it.

    Raises FileDamagedError when the stored file is gone or was changed.
    """
    content = version.content()
    audit.record("clients.read_document", by=by, target=version.document, after={"version": version.number})
    return content


@service
def request_document(
    *,
    household: Household,
    category: str,
    title: str,
    by: Actor,
    note: str = "",
    due_on: dt.date | None = None,
) -> DocumentRequest:
    """Ask the client for a paper. Raises InvalidInputError for a wrong field."""
    request = DocumentRequest(
        household=household, category=category, title=title, note=note, due_on=due_on, asked_by=by.label
    )
    checked(request, exclude=["household"])
    request.save()
    audit.record("clients.request_document", by=by, target=request, after=audit.snapshot(request))
    realtime.publish(f"household:{household.public_id}", "document.requested", request=str(request.public_id))
    return request


@service
def answer_request(*, request: DocumentRequest, filename: str, content: bytes, by: Actor) -> Document:
    """File the paper that was asked for; the client sees it.

    Raises RequestClosedError when it has come already or is not needed any more, FileNotAcceptedError.
    """
    request = _open_request(request)
    document = file_document(
        household=request.household,
        category=request.category,
        title=request.title,
        filename=filename,
        content=content,
        visible_to_client=True,
        by=by,
    )
    request.state, request.document = RequestState.RECEIVED, document
    request.save(update_fields=["state", "document", "updated_at"])
    audit.record("clients.answer_request", by=by, target=request, after={"document": str(document.public_id)})
    return document


@service
def waive_request(*, request: DocumentRequest, reason: str, by: Actor) -> DocumentRequest:
    """Say that the paper is not needed any more, and why. Raises RequestClosedError."""
    request = _open_request(request)
    request.state = RequestState.WAIVED
    request.save(update_fields=["state", "updated_at"])
    audit.record("clients.waive_request", by=by, target=request, reason=reason)
    return request


def _add(document: Document, upload: Upload, by: Actor) -> DocumentVersion:
    newest = document.versions.aggregate(newest=Max("number"))["newest"] or 0
    sealed = seal(f"documents/{document.public_id}", upload.content)
    return DocumentVersion.objects.create(
        document=document,
        number=newest + 1,
        filename=upload.filename,
        mime=upload.mime,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        stored_name=sealed.name,
        wrapped_key=sealed.wrapped_key,
        filed_by=by.label,
    )


def _image(version: DocumentVersion) -> dict[str, object]:
    return {"version": version.number, "filename": version.filename, "sha256": version.sha256, "size": version.size}


def _show(document: Document, *, visible: bool, action: str, by: Actor) -> Document:
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.visible_to_client is not visible:
        document.visible_to_client = visible
        document.save(update_fields=["visible_to_client", "updated_at"])
        audit.record(action, by=by, target=document, before={"visible": not visible}, after={"visible": visible})
        _tell(document, "document.changed")
    return document


def _open_request(request: DocumentRequest) -> DocumentRequest:
    request = DocumentRequest.objects.select_for_update().select_related("household").get(pk=request.pk)
    if request.state != RequestState.OPEN:
        raise RequestClosedError(
            gettext_noop("This paper is not asked for any more."),
            mend=gettext_noop("Look at the list of documents: it may have come already."),
        )
    return request


def _tell(document: Document, kind: str) -> None:
    topic = f"household:{document.household.public_id}"
    realtime.publish(topic, kind, document=str(document.public_id))
