"""A sheet of an XLSX workbook as records, behind guards against archives made to exhaust the reader."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from apps.core.tabular.problems import FileRefusedError, RowProblem, Severity
from apps.core.tabular.structure import Record, Records
from apps.core.tabular.tables import Cell
from apps.kernel.errors import gettext_noop

_SheetCell = ReadOnlyCell | EmptyCell

MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
# Sheets of repeated rows pack 30 to 1; a bomb packs 1,000 to 1. Small parts are let through at any ratio.
MAX_RATIO = 200
_SMALL_BYTES = 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELLS = 5_000_000

# What zipfile, the XML parser and openpyxl raise on archives that are damaged or made up. openpyxl has no error of its
# own for a part that is missing or has the wrong shape: it surfaces as one of the built-in ones.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    InvalidFileException,
    SyntaxError,  # ElementTree's ParseError and lxml's XMLSyntaxError alike
    DefusedXmlException,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    OSError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)


def read_sheet(data: bytes, sheet: str = "") -> Records:
    """Read one sheet: the one named, else the first that is not empty.

    Formulas give the value that the workbook stores; a formula without one is a problem of its row. Raises
    FileRefusedError for a damaged, encrypted, oversized or foreign archive and for a sheet that is not there.
    """
    _guard_archive(data)
    try:
        return _read(data, sheet)
    except _BROKEN as broken:
        raise FileRefusedError(
            gettext_noop("The workbook is damaged or is no XLSX file."),
            mend=gettext_noop("Open it in the spreadsheet program and save it as XLSX, without a password."),
        ) from broken


def _guard_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except _BROKEN as broken:
        raise FileRefusedError(
            gettext_noop("The archive is damaged: it may have been cut off in transfer."),
            mend=gettext_noop("Transfer or export the file again."),
        ) from broken
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise FileRefusedError(
            gettext_noop("This is an archive, but no XLSX workbook."),
            mend=gettext_noop("Unpack it and upload the files in it one by one."),
        )
    unpacked = sum(entry.file_size for entry in entries)
    bomb = any(
        entry.file_size > _SMALL_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED_BYTES or bomb:
        raise _too_large()


def _too_large() -> FileRefusedError:
    return FileRefusedError(
        gettext_noop("The workbook unpacks to more than is read: %(rows)s rows and %(columns)s columns at most."),
        mend=gettext_noop("Copy the table alone into a new workbook, or save it as CSV."),
        rows=MAX_ROWS,
        columns=MAX_COLUMNS,
    )


def _read(data: bytes, sheet: str) -> Records:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = [found for found in book.worksheets if isinstance(found, ReadOnlyWorksheet)]
        names = [found.title for found in sheets]
        if sheet and sheet not in names:
            raise FileRefusedError(
                gettext_noop("The workbook has no sheet “%(sheet)s”."),
                mend=gettext_noop("Choose one of its sheets: %(names)s."),
                sheet=sheet[:60],
                names=", ".join(names),
            )
        for found in sheets:
            if sheet in ("", found.title):
                records = tuple(_records(found))
                if records or sheet:
                    others = tuple(name for name in names if name != found.title)
                    problems = _formulas_without_value(data, found.title, records)
                    return Records("xlsx", records, problems, sheet=found.title, other_sheets=others)
    finally:
        book.close()
    raise FileRefusedError(
        gettext_noop("The workbook has no sheet with cells in it."),
        mend=gettext_noop("Save it with the table on its first sheet."),
    )


def _records(sheet: ReadOnlyWorksheet) -> Iterator[Record]:
    # The size that a workbook states is often wrong; the rows themselves are counted instead.
    sheet.reset_dimensions()
    seen = 0
    for line, cells in enumerate(_cells(sheet), start=1):
        seen += len(cells)
        if line > MAX_ROWS or len(cells) > MAX_COLUMNS or seen > MAX_CELLS:
            raise _too_large()
        yield Record(line, tuple(_cell(cell) for cell in cells))


def _cells(sheet: ReadOnlyWorksheet) -> Iterator[tuple[_SheetCell, ...]]:
    # The stubs declare the rows of the writable sheet, whose method this class borrows.
    rows: Iterator[tuple[_SheetCell, ...]] = sheet.rows  # type: ignore[assignment]
    return rows


def _cell(cell: _SheetCell) -> Cell:
    value: object = cell.value
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        # A sheet stores binary floats and shows 15 digits (ECMA-376 part 1, 18.3.1.96): more would be noise.
        exact = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
        if not exact.is_finite():
            return ""
        percent = not isinstance(cell, EmptyCell) and "%" in str(cell.number_format or "")
        return f"{exact * 100:f}%" if percent else exact
    if isinstance(value, (datetime, date, time)):
        return value
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def _formulas_without_value(data: bytes, title: str, records: tuple[Record, ...]) -> tuple[RowProblem, ...]:
    """Find formulas that were never computed: programs write them so, and read back they look like empty cells."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        if not any(re.search(rb"<(?:\w+:)?f[\s>/]", archive.read(name)) for name in parts):
            return ()
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        found = book[title]
        if not isinstance(found, ReadOnlyWorksheet):
            return ()
        found.reset_dimensions()
        lines = zip(records, _cells(found), strict=False)
        return tuple(
            _formula_problem(record.line, str(cell.column_letter))
            for record, cells in lines
            for value, cell in zip(record.cells, cells, strict=False)
            if value == "" and not isinstance(cell, EmptyCell) and cell.data_type == "f"
        )
    finally:
        book.close()


def _formula_problem(line: int, column: str) -> RowProblem:
    return RowProblem(
        line,
        column,
        "formula_without_value",
        gettext_noop("Cell %(column)s%(line)s holds a formula whose value is not stored in the file."),
        gettext_noop("Open the workbook in a spreadsheet program, let it calculate, and save it."),
        {"column": column, "line": line},
        Severity.ERROR,
    )
