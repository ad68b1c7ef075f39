"""A table as it stands in a file: a header, and rows that know their line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from apps.core.tabular.problems import IgnoredRow, RowProblem

# CSV gives text only; a sheet gives numbers, days and yes/no as such. An empty cell is "".
Cell = str | Decimal | bool | date | datetime | time


@dataclass(frozen=True, slots=True)
class TableRow:
    """One record, as wide as the header. `line` is where it begins in the file, counted from 1."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The records below the header. Each record of the file is the header, a row, or ignored with its reason.

    `totals` are the cells of the ignored rows that are totals, for the rows to be checked against.
    A row may also have a problem of its shape (too many cells, a quotation mark that swallowed lines).
    """

    kind: str
    header: tuple[str, ...]
    header_line: int
    rows: tuple[TableRow, ...]
    ignored: tuple[IgnoredRow, ...]
    problems: tuple[RowProblem, ...]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    totals: tuple[TableRow, ...] = ()
