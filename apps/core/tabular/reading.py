"""A file's bytes as one table: CSV in any of its dialects, or a sheet of an XLSX workbook."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from apps.core.tabular.decoding import checked_size, decoded, is_zip
from apps.core.tabular.delimited import read_records
from apps.core.tabular.problems import FileRefusedError
from apps.core.tabular.structure import Records, shaped
from apps.core.tabular.tables import Table
from apps.kernel.errors import gettext_noop


def content_digest(data: bytes) -> str:
    """SHA-256 of the bytes: the same file twice has the same digest."""
    return hashlib.sha256(data).hexdigest()


def read_table(data: bytes, *, known_headings: Iterable[str] = (), sheet: str = "") -> Table:
    """Read the bytes as a table.

    The header is the first row that looks like headings; where `known_headings` names some, the row that has most of
    them. Lines before it are ignored as preamble, totals and repeated headers by their reason.
    Raises FileRefusedError when the file is empty, too large, no table, broken as a whole, or has no header.
    """
    checked_size(data)
    if is_zip(data):
        # imported when asked for: it brings openpyxl (0.7 s)
        from apps.core.tabular.sheets import read_sheet

        records = read_sheet(data, sheet)
    else:
        text = decoded(data)
        records = read_records(text)
    return _shaped(records, known_headings)


def _shaped(records: Records, known_headings: Iterable[str]) -> Table:
    table = shaped(records, known_headings)
    if table is None:
        raise FileRefusedError(
            gettext_noop("No row of this file looks like the headings of a table."),
            mend=gettext_noop("Put the column names in one row above the data."),
            line=records.records[0].line if records.records else 1,
        )
    return table
