"""PDFs: drawn with our own style sheet, and nothing else is read for them."""

from __future__ import annotations

import io
import logging
import time

import pytest
import weasyprint
from django.core.exceptions import SuspiciousFileOperation
from pypdf import PdfReader
from weasyprint.text import fonts

from apps.core import paper
from apps.core.paper import _fetcher, render_pdf


def test_paper_is_drawn_with_its_style_sheet(caplog):
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        pdf = render_pdf("_pdf/base.html", {"firm_name": "Harbor", "document_title": "Plan", "brand_accent": "#0f5c4a"})
    assert pdf.startswith(b"%PDF")
    assert not [record for record in caplog.records if "Failed" in record.getMessage()]


def faces(pdf: bytes) -> set[str]:
    """Return the names of the fonts in a paper, without the letters that mark a subset."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return {font["/BaseFont"].split("+")[-1] for page in pages for font in page["/Resources"]["/Font"].values()}


def test_fonts_are_unpacked_for_the_first_paper_alone(monkeypatch):
    context = {"firm_name": "Harbor", "document_title": "Plan", "brand_accent": "#0f5c4a"}
    first = render_pdf("_pdf/base.html", context)
    unpacked = []
    monkeypatch.setattr(fonts.woff2, "decompress", lambda *_args: unpacked.append(1))
    second = render_pdf("_pdf/base.html", context)
    assert unpacked == []
    assert faces(second) == faces(first) != set()


def test_the_same_paper_has_the_same_bytes_another_day(monkeypatch):
    context = {"firm_name": "Harbor", "document_title": "Plan", "brand_accent": "#0f5c4a"}
    first = render_pdf("_pdf/base.html", context)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 86_400.0)
    monkeypatch.delattr(paper._kept, "fonts")
    assert render_pdf("_pdf/base.html", context) == first
    assert render_pdf("_pdf/base.html", {**context, "firm_name": "Beacon"}) != first


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://127.0.0.1/", "file:///static/../../etc/passwd", "ftp://x/"]
)
def test_nothing_but_our_own_static_files_is_read(url):
    with pytest.raises((ValueError, SuspiciousFileOperation)):
        _fetcher(weasyprint)(url)


def test_data_addresses_are_read():
    assert _fetcher(weasyprint)("data:text/plain,ok").read() == b"ok"
