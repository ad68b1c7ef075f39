"""The certificate of signature: the evidence of every signer on paper, sealed like the document it speaks of."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext

from apps.clients.models import Document, DocumentCategory, SignatureRequest
from apps.clients.selectors.languages import language_of
from apps.clients.services._letterhead import letterhead
from apps.clients.services.documents import file_document
from apps.clients.services.seals import current_seal, seal_pdf
from apps.core.actors import Actor
from apps.core.paper import render_pdf


def file_certificate(request: SignatureRequest, by: Actor) -> Document:
    """Draw, seal and file the certificate of a request that all have signed."""
    with translation.override(language_of(request.document.household)):
        title, pdf = _drawn(request, by)
    return file_document(
        household=request.document.household,
        category=DocumentCategory.CERTIFICATE,
        title=title[:200],
        filename="certificate.pdf",
        content=seal_pdf(pdf=pdf, reason="Certificate of signature", by=by),
        visible_to_client=True,
        by=by,
    )


def _drawn(request: SignatureRequest, by: Actor) -> tuple[str, bytes]:
    title = gettext("Certificate of signature: %(title)s") % {"title": request.document.title}
    context = letterhead(title) | {
        "request": request,
        "document": request.document,
        "signatures": list(request.signatures.select_related("person")),
        "seal": current_seal(by=by),
    }
    return title, render_pdf("_pdf/clients/signature_certificate.html", context)
