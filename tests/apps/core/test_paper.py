"""PDFs: drawn with our own style sheet, and nothing else is read for them."""

from __future__ import annotations

import logging

import pytest
import weasyprint
from django.core.exceptions import SuspiciousFileOperation

from apps.core.paper import _fetcher, render_pdf


def test_paper_is_drawn_with_its_style_sheet(caplog):
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        pdf = render_pdf("_pdf/base.html", {"firm_name": "Harbor", "document_title": "Plan", "brand_accent": "#0f5c4a"})
    assert pdf.startswith(b"%PDF")
    assert not [record for record in caplog.records if "Failed" in record.getMessage()]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://127.0.0.1/", "file:///static/../../etc/passwd", "ftp://x/"]
)
def test_nothing_but_our_own_static_files_is_read(url):
    with pytest.raises((ValueError, SuspiciousFileOperation)):
        _fetcher(weasyprint)(url)


def test_data_addresses_are_read():
    assert _fetcher(weasyprint)("data:text/plain,ok").read() == b"ok"
