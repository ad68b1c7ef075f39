from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.tabular import decoding
from apps.core.tabular.problems import FileRefusedError
from apps.money.readers.statement_files import read_statement_file
from tests.apps.money.readers import camt_samples, mt940_samples

OFX = (
    "OFXHEADER:100\nVERSION:102\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>1"
    "</BANKACCTFROM></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    ("text", "version"),
    [
        (OFX, "102"),
        (mt940_samples.SOUND, "MT940"),
        (camt_samples.SOUND, "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"),
    ],
    ids=["ofx", "mt940", "camt"],
)
def test_the_content_says_what_the_file_is(text: str, version: str, encoding: str) -> None:
    assert read_statement_file(text.encode(encoding)).version == version


@pytest.mark.parametrize(
    "data",
    [b"", b"Date,Amount\n2026-03-01,5\n", b"<html></html>", b"%PDF-1.7", b"<?xml version='1.0'?><svg/>", b"PK\x03\x04"],
)
def test_what_is_no_statement_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefusedError):
        read_statement_file(data)


def test_what_is_too_large_is_refused_before_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.tabular.decoding.MAX_BYTES", 100)
    with pytest.raises(FileRefusedError) as refused:
        read_statement_file(mt940_samples.SOUND.encode())
    assert "at most" in str(refused.value)
    assert decoding.MAX_BYTES == 100


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([b"", b":20:", b":61:", b"<?xml ", b"<Document>", b"<OFX>"]), st.binary(max_size=120))
def test_garbage_is_refused_or_read_and_never_crashes(head: bytes, data: bytes) -> None:
    try:
        read_statement_file(head + data)
    except FileRefusedError:
        return
