"""The papers of a household, as staff and portal list them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from apps.clients import policies
from apps.clients.models import (
    Agreement,
    Document,
    DocumentCategory,
    DocumentRequest,
    Household,
    SignatureRequestState,
)
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop

_TONES = {
    SignatureRequestState.OPEN: "warn",
    SignatureRequestState.COMPLETED: "good",
    SignatureRequestState.DECLINED: "bad",
    SignatureRequestState.WITHDRAWN: "",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One line of the library."""

    public_id: uuid.UUID
    title: str
    category: str
    filed_at: dt.datetime
    filed_by: str
    version: int
    size: int
    visible_to_client: bool
    can_open: bool
    signature: str
    signature_tone: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """Whether a category that the file needs is there."""

    category: str
    label: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class Library:
    """All papers of a household, what was asked for, and what the file lacks."""

    papers: tuple[Paper, ...]
    requests: tuple[DocumentRequest, ...]
    completeness: tuple[Completeness, ...]
    agreements: tuple[Agreement, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Name the categories that the file lacks."""
        return tuple(item.label for item in self.completeness if not item.is_there)


def document_library(household: Household, actor: Actor) -> Library:
    """Return the papers the actor may see of a household, in a constant number of queries."""
    rows = (
        Document.objects.visible_to(actor)
        .filter(household=household)
        .prefetch_related("versions", "signature_requests")
    )
    readable = set(Document.objects.readable_by(actor).filter(household=household).values_list("pk", flat=True))
    documents = list(rows)
    there = {document.category for document in documents}
    return Library(
        papers=tuple(_paper(document, can_open=document.pk in readable) for document in documents),
        requests=tuple(DocumentRequest.objects.visible_to(actor).filter(household=household).open()),
        completeness=tuple(
            Completeness(str(category), str(DocumentCategory(category).label), category in there)
            for category in policies.REQUIRED_CATEGORIES
        ),
        agreements=tuple(
            Agreement.objects.visible_to(actor).filter(household=household).select_related("document", "template")
        ),
    )


def document_for(actor: Actor, public_id: uuid.UUID | str) -> Document:
    """Return a document whose content the actor may open.

    Raises NotFoundError when there is none, or not for this actor.
    """
    found = (
        Document.objects.readable_by(actor)
        .select_related("household__advisor")
        .prefetch_related("versions", "signature_requests__signatures__person", "household__people")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFoundError(gettext_noop("There is no such document, or it is not for you to open."))
    return found


def _paper(document: Document, *, can_open: bool) -> Paper:
    version = document.current
    request = next(iter(document.signature_requests.all()), None)
    return Paper(
        public_id=document.public_id,
        title=document.title,
        category=str(document.get_category_display()),
        filed_at=version.created_at,
        filed_by=version.filer,
        version=version.number,
        size=version.size,
        visible_to_client=document.visible_to_client,
        can_open=can_open,
        signature=str(request.get_state_display()) if request else "",
        signature_tone=_TONES[SignatureRequestState(request.state)] if request else "",
    )
