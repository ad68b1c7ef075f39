import io
import zipfile
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from apps.core.tabular import sheets
from apps.core.tabular.problems import FileRefusedError
from apps.core.tabular.reading import read_table
from tests.apps.core.tabular.workbooks import workbook
from tests.depth import examples

PEOPLE = [("First name", "Born", "Income", "Zip"), ("Ann", datetime(1980, 5, 6), 0.1 + 0.2, 2134)]


def test_a_sheet_keeps_days_and_numbers_as_such() -> None:
    table = read_table(workbook(("People", PEOPLE), ("Notes", [("x",)])))
    assert (table.kind, table.sheet, table.other_sheets) == ("xlsx", "People", ("Notes",))
    assert table.header == ("First name", "Born", "Income", "Zip")
    assert table.rows[0].cells == ("Ann", datetime(1980, 5, 6), Decimal("0.3"), Decimal(2134))


def test_the_first_sheet_with_cells_is_read_unless_one_is_named() -> None:
    data = workbook(("Empty", []), ("People", PEOPLE), ("Other", [("Title", "Pages"), ("Book", 5)]))
    assert read_table(data).sheet == "People"
    assert read_table(data, sheet="Other").header == ("Title", "Pages")
    with pytest.raises(FileRefusedError, match="no sheet “Nope”"):
        read_table(data, sheet="Nope")


def test_a_formula_that_was_never_computed_is_a_problem_of_its_row() -> None:
    table = read_table(workbook(("S", [("Name", "Value"), ("Ann", "=1+1"), ("Bob", 3)])))
    assert [(problem.row, problem.column, problem.code) for problem in table.problems] == [
        (2, "B", "formula_without_value")
    ]


def test_percentages_of_a_sheet_are_read_as_shown() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Name", "Weight"])
    sheet.append(["Ann", 0.25])
    sheet["B2"].number_format = "0.00%"
    out = io.BytesIO()
    book.save(out)
    assert read_table(out.getvalue()).rows[0].cells == ("Ann", "25.00%")


def test_days_of_the_1904_calendar_are_right() -> None:
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)
    sheet = book.worksheets[0]
    sheet.append(["Name", "Born"])
    sheet.append(["Ann", date(1980, 5, 6)])
    out = io.BytesIO()
    book.save(out)
    assert read_table(out.getvalue()).rows[0].cells == ("Ann", datetime(1980, 5, 6))


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO(workbook(("S", PEOPLE)))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\x00" * 8_000_000)
    with pytest.raises(FileRefusedError, match="unpacks to more"):
        read_table(out.getvalue())
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    with pytest.raises(FileRefusedError, match="unpacks to more"):
        read_table(workbook(("S", [("Name", "City")] * 5)))


def test_other_archives_and_empty_workbooks_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(FileRefusedError, match="no XLSX workbook"):
        read_table(out.getvalue())
    with pytest.raises(FileRefusedError, match="no sheet with cells"):
        read_table(workbook(("S", [])))


def test_entity_bombs_are_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ccc">]><worksheet>&b;</worksheet>'
    source = io.BytesIO(workbook(("S", PEOPLE)))
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = bomb if entry.filename.startswith("xl/worksheets/") else old.read(entry)
            new.writestr(entry.filename, content)
    with pytest.raises(FileRefusedError, match="damaged"):
        read_table(out.getvalue())


WHOLE = workbook(("S", PEOPLE))


@settings(max_examples=examples(80), deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255), st.booleans())
def test_a_damaged_workbook_is_a_table_or_refused(place: int, flip: int, cut: bool) -> None:
    data = WHOLE[:place] if cut else WHOLE[:place] + bytes([WHOLE[place] ^ flip]) + WHOLE[place + 1 :]
    with suppress(FileRefusedError):
        assert read_table(data).header


@settings(max_examples=examples(60), deadline=None)
@given(st.sampled_from(zipfile.ZipFile(io.BytesIO(WHOLE)).namelist()), st.integers(0, 3000), st.binary(max_size=12))
def test_a_workbook_with_a_damaged_part_is_a_table_or_refused(part: str, place: int, noise: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == part:
                content = content[:place] + noise + content[place + len(noise) :]
            new.writestr(entry.filename, content)
    with suppress(FileRefusedError):
        assert read_table(out.getvalue()).header


def test_the_oracle_agrees_that_the_sample_is_sound() -> None:
    assert load_workbook(io.BytesIO(WHOLE)).sheetnames == ["S"]
