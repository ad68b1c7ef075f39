"""PDFs from the product's own templates."""

from __future__ import annotations

import atexit
import mimetypes
import os
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from apps.kernel.errors import DomainError, gettext_noop


class PaperUnavailableError(DomainError):
    """The machine lacks the libraries that draw PDFs."""

    code = "paper_unavailable"
    status = 503


# seconds of 1 January 2026: fonts are cut to the letters of a paper and dated, by the clock where this is not said
_FONTS_DATED = "1767225600"


def _weasyprint() -> Any:
    # fontTools reads it: else the same paper would have other bytes a second later
    os.environ.setdefault("SOURCE_DATE_EPOCH", _FONTS_DATED)
    try:
        import weasyprint
    except OSError as missing:
        raise PaperUnavailableError(
            gettext_noop("PDFs cannot be drawn on this machine: %(reason)s."),
            mend=gettext_noop("Install Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0)."),
            reason=str(missing).splitlines()[0].rstrip("."),
        ) from missing
    return weasyprint


def _fetcher(weasyprint: Any) -> Any:
    """Return what hands WeasyPrint our own static files and data: URLs; it reads nothing else from disk or network.

    The class is made here because its base can only be imported where Pango is installed.
    """

    class OwnFiles(weasyprint.urls.URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            found = finders.find(urlsplit(url).path.removeprefix(settings.STATIC_URL))
            if not found:
                raise ValueError(f"{url} is not one of our static files")
            path = Path(str(found))
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return weasyprint.urls.URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    return OwnFiles()


_kept = threading.local()


def _fonts() -> Any:
    """Return the fonts of this thread: to unpack them anew is half the work of a short paper."""
    if not hasattr(_kept, "fonts"):
        from weasyprint.text.fonts import FontConfiguration

        _kept.fonts = FontConfiguration()
        atexit.register(_kept.__dict__.clear)  # its libraries are gone when the interpreter clears up
    return _kept.fonts


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """Render a template of templates/_pdf/ as a tagged PDF (PDF/UA-1); the same context gives the same bytes.

    Raises PaperUnavailableError where Pango is missing.
    """
    weasyprint = _weasyprint()
    html = weasyprint.HTML(string=render_to_string(template, context), url_fetcher=_fetcher(weasyprint), base_url="/")
    pdf: bytes = html.write_pdf(pdf_variant="pdf/ua-1", font_config=_fonts())
    return pdf
