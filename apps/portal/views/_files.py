"""Papers as answers to a browser."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

# what browsers show by themselves and safely
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})


def paper(content: bytes, *, mime: str, filename: str, inline: bool) -> HttpResponse:
    """Answer with a file: inline only where a browser shows it safely, never with a guessed type, never kept."""
    response = HttpResponse(content, content_type=mime)
    saved = not inline or mime not in SHOWN
    response["Content-Disposition"] = content_disposition_header(saved, filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
