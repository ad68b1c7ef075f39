"""Custodians' files as an attacker or a broken transfer brings them: through the page, with nothing left behind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from apps.accounts.models import User
from apps.clients.models import ImportBatch
from apps.clients.services.imports import apply_batch
from apps.core.models import AuditEvent
from apps.core.tabular import decoding
from apps.portfolios.models import Account, Transaction
from tests.apps.portfolios.services.test_custodian_importer import POSITIONS, TRANSACTIONS
from tests.factories import clients as people
from tests.factories import market
from tests.factories import portfolios as made

Browse = Callable[[User], Client]
ACCENTED = TRANSACTIONS.replace("Wire received", "Depósito – São José")
OFX = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><TRNUID>1<INVSTMTRS>"
    "<DTASOF>20250310<CURDEF>USD<INVACCTFROM><BROKERID>x<ACCTID>12345678</INVACCTFROM><INVTRANLIST><DTSTART>20250301"
)


def workbook() -> bytes:
    book = Workbook()
    for line in TRANSACTIONS.splitlines():
        book.active.append(line.split(","))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def bomb() -> bytes:
    """A sheet of two megabytes of blanks that packs a thousand to one."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as sound, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made_up:
        for name in sound.namelist():
            filler = b" " * 2_000_000 if name.startswith("xl/worksheets/") else b""
            made_up.writestr(name, sound.read(name) + filler)
    return kept.getvalue()


def lying(content: bytes) -> bytes:
    """The same archive, whose directory says that each part unpacks to ten bytes."""
    at, data = content.find(b"PK\x01\x02"), bytearray(content)
    while at != -1:
        data[at + 24 : at + 28] = (10).to_bytes(4, "little")
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def upload(browser: Client, content: bytes, kind: str, **fields: Any) -> Any:
    file = SimpleUploadedFile("file.csv", content)
    return browser.post(reverse("clients:import-new", args=[kind]), {"file": file, **fields})


@pytest.mark.parametrize("kind", ["custodian_file", "custodian_firm", "custodian_lots"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x00" * 500, "empty"),
        (TRANSACTIONS.replace("AAA Fund", "AAA\x00Fund").encode(), "line 3"),
        (
            ACCENTED.encode() + "03/07/2025,,1234-5678,Deposit,,José,,,,5\n".encode("latin-1"),
            "mixes two encodings: line 5",
        ),
        (TRANSACTIONS.encode("utf-16-le")[:-1], "not text"),
        (TRANSACTIONS.partition('000.00"\n03/06')[0].encode(), "never closed"),
        (workbook()[:-200], "damaged"),
        (workbook()[:2000], "damaged"),
        (bomb(), "unpacks to more"),
        (lying(bomb()), "damaged"),
        (OFX.encode(), ""),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<html><body>Sign in</body></html>", "web page"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words_and_leaves_nothing(
    ada: User, sign_in: Browse, kind: str, content: bytes, words: str
) -> None:
    household = people.household(ada)
    made.account(household, ada)
    before = AuditEvent.objects.count()
    fields = {} if kind == "custodian_firm" else {"household": str(household.public_id)}
    answer = upload(sign_in(ada), content, kind, **fields)
    assert answer.status_code in {200, 422}
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()
    assert not Transaction.objects.exists()
    assert not AuditEvent.objects.filter(action="clients.open_batch").exists()
    assert AuditEvent.objects.count() <= before + 2  # signing in


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_encoding_of_an_export_is_the_same_entry(ada: User, sign_in: Browse, encoding: str) -> None:
    market.security("AAA")
    household = people.household(ada)
    upload(sign_in(ada), ACCENTED.encode(encoding), "custodian_file", household=str(household.public_id))
    apply_batch(batch=ImportBatch.objects.get(), by=ada.as_actor())
    assert Transaction.objects.get(kind="deposit").description == "Depósito – São José"
    upload(sign_in(ada), ACCENTED.encode(), "custodian_file", household=str(household.public_id))
    assert ImportBatch.objects.first().counts["unchanged"] == 3


def test_a_file_that_breaks_off_in_a_row_is_not_taken_in(ada: User, sign_in: Browse) -> None:
    market.security("AAA")
    household = people.household(ada)
    for text, line in ((TRANSACTIONS[:-12], 4), (POSITIONS[:-20], 4)):
        upload(sign_in(ada), text.encode(), "custodian_file", household=str(household.public_id))
        batch = ImportBatch.objects.first()
        (row,) = batch.rows.filter(action="blocked")
        assert (row.line, "cut_off" in {each["code"] for each in row.problems}) == (line, True)
        page = sign_in(ada).get(reverse("clients:import-detail", args=[batch.public_id])).content.decode()
        assert "breaks off in this line" in page
        sign_in(ada).post(reverse("clients:import-apply", args=[batch.public_id]))
    assert not Account.objects.exists()


def test_more_than_is_read_is_refused_by_what_came_and_by_what_was_declared(
    ada: User, sign_in: Browse, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def unread(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("It was parsed.")

    household = people.household(ada)
    monkeypatch.setattr(decoding, "MAX_BYTES", 1000)
    monkeypatch.setattr("apps.core.tabular.reading.read_records", unread)
    large = TRANSACTIONS.encode() * 10
    for kind, fields in (("custodian_file", {"household": str(household.public_id)}), ("custodian_firm", {})):
        answer = upload(sign_in(ada), large, kind, **fields)
        assert (answer.status_code, "are read at most" in answer.content.decode()) == (422, True)
    settings.LARGEST_REQUEST = 500
    assert upload(sign_in(ada), large, "custodian_firm").status_code == 413
    assert not ImportBatch.objects.exists()


def test_another_advisors_household_and_account_are_out_of_reach(ada: User, mallory: User, sign_in: Browse) -> None:
    market.security("AAA")
    household = people.household(ada)
    made.account(household, ada)
    browser = sign_in(mallory)
    answer = upload(browser, TRANSACTIONS.encode(), "custodian_file", household=str(household.public_id))
    assert "error" in answer.content.decode()
    upload(browser, TRANSACTIONS.encode(), "custodian_firm")
    batch = ImportBatch.objects.get()
    assert (batch.counts["create"], batch.counts["ignored"]) == (0, 3)
    apply_batch(batch=batch, by=mallory.as_actor())
    assert not Transaction.objects.exists()
