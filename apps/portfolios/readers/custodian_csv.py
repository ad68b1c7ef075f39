"""Custodians' positions and transactions, CSV or XLSX, read into frozen rows.

The layouts are in docs/formats/custodian-csv.md. Columns are found by their headings, so the same reader takes the
exports of Schwab, Fidelity, Pershing and any other that names its columns in the usual words.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from babel.numbers import list_currencies

from apps.core.tabular.problems import CellError, IgnoredReason, IgnoredRow, RowProblem, Severity
from apps.core.tabular.reading import read_table
from apps.core.tabular.tables import Cell, Table, TableRow
from apps.core.tabular.values import TRADE_DATES, DateStyle, is_missing, read_decimal, text_of
from apps.kernel.errors import gettext_noop
from apps.portfolios.readers.layouts import Column, Layout, headings
from apps.portfolios.readers.rows import CustodianAccount, SecurityKey
from apps.portfolios.readers.securities import SecurityCells, account_in, account_in_name, security_of

_Read = TypeVar("_Read")
_NAMING = (Column.SYMBOL, Column.CUSIP, Column.ISIN, Column.DESCRIPTION)
KNOWN_CURRENCIES = frozenset(list_currencies())


@dataclass(frozen=True, slots=True)
class FileStyle:
    """How the file writes numbers and days, and what to take where it says nothing."""

    locale: str = "en_US"
    dates: DateStyle = TRADE_DATES
    currency: str = "USD"
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A table with its layout, and the accounts that its captions and its name give."""

    table: Table
    layout: Layout
    style: FileStyle
    file_account: CustodianAccount
    captioned: tuple[tuple[int, CustodianAccount], ...]
    # what a text of a column was read as: most columns of a large file say the same few things
    seen: dict[object, dict[object, Any]] = field(default_factory=lambda: defaultdict(dict), compare=False)

    def account_of(self, row: TableRow) -> CustodianAccount:
        """The account of the row: its own cells, else the last caption above it, else the file's name."""
        number = self.layout.text(row, Column.ACCOUNT_NUMBER)
        if number:
            told = number, self.layout.text(row, Column.ACCOUNT_NAME)
            known = self.seen[Column.ACCOUNT_NUMBER]
            account: CustodianAccount = known.get(told) or known.setdefault(told, CustodianAccount(*told))
            return account
        above = bisect_left(self.captioned, row.line, key=lambda caption: caption[0])
        return self.captioned[above - 1][1] if above else self.file_account


def captions_of(table: Table) -> list[IgnoredRow]:
    """The lines that are neither row, total nor header."""
    return [line for line in table.ignored if line.reason in (IgnoredReason.PREAMBLE, IgnoredReason.NOTE)]


@dataclass(slots=True)
class RowReader:
    """Reads the cells of one row; each that cannot be read is a problem at its column."""

    source: Source
    row: TableRow
    problems: list[RowProblem] = field(default_factory=list)

    def read(self, column: Column, reader: Callable[[Cell], _Read]) -> _Read | None:
        """Read the cell, or None where it says nothing or is wrong."""
        index = self.source.layout.columns.get(column)
        return None if index is None else self._read(index, reader)

    def _read(self, index: int, reader: Callable[[Cell], _Read | None]) -> _Read | None:
        """Read a cell; equal texts of a column are read once, and numbers that a sheet gives as such are no texts."""
        cell = self.row.cells[index]
        seen = self.source.seen[index] if isinstance(cell, str) else {}
        if cell not in seen:
            try:
                seen[cell] = reader(cell) if self.source.layout.said(cell) else None
            except CellError as wrong:
                seen[cell] = wrong
        found: _Read | CellError | None = seen[cell]
        if isinstance(found, CellError):
            self.problems.append(found.at(self.row.line, self.source.table.header[index]))
            return None
        return found

    def number(self, column: Column) -> Decimal | None:
        """Read an amount, price or quantity."""
        return self.read(column, lambda cell: read_decimal(cell, self.source.style.locale))

    def fees(self) -> Decimal:
        """What all fee columns together cost, without their signs."""
        locale = self.source.style.locale
        told = (self._read(index, lambda cell: read_decimal(cell, locale)) for index in self.source.layout.fee_columns)
        return sum((abs(fee) for fee in told if fee is not None), Decimal(0))

    def currency(self) -> str:
        """The row's currency, or the file's; a word that is none is a problem."""
        code = self.source.layout.text(self.row, Column.CURRENCY).upper()
        if not code:
            return self.source.style.currency
        if code not in KNOWN_CURRENCIES:
            self.note(
                Column.CURRENCY,
                "unknown_currency",
                gettext_noop("“%(value)s” is no currency code."),
                gettext_noop("Use three letters of ISO 4217, such as USD."),
                value=code[:10],
            )
        return code

    def security(self) -> SecurityKey | None:
        """The security that the row names."""
        seen = self.source.seen["security"]
        told = tuple(self.source.layout.text(self.row, column) for column in _NAMING)
        if told not in seen:
            key, doubts = security_of(SecurityCells(*told), self.row.line)
            if doubts:  # they name their line
                self.problems.extend(doubts)
                return key
            seen[told] = key
        known: SecurityKey | None = seen[told]
        return known

    def note(self, column: Column, code: str, message: str, mend: str, **params: object) -> None:
        """Add an error at the column."""
        self.problems.append(RowProblem(self.row.line, self.heading(column), code, message, mend, params))

    def doubt(self, column: Column, code: str, message: str, mend: str, **params: object) -> None:
        """Add a warning at the column."""
        self.note(column, code, message, mend, **params)
        self.problems[-1] = replace(self.problems[-1], severity=Severity.WARNING)

    def heading(self, column: Column) -> str:
        """The file's own name of the column."""
        index = self.source.layout.columns.get(column)
        return self.source.table.header[index] if index is not None else ""

    @property
    def is_refused(self) -> bool:
        """Whether an error keeps the row out."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


def custodian_table(data: bytes, sheet: str = "") -> Table:
    """Read the bytes as the table of a custodian's file. Raises FileRefusedError when they are none."""
    return read_table(data, known_headings=headings(), sheet=sheet)


def source_of(table: Table, layout: Layout, style: FileStyle | None, filename: str) -> Source:
    """Bring table, layout and style together, and find the accounts that captions and file name give."""
    captioned = [(line.row, account_in(line.text)) for line in captions_of(table)]
    return Source(
        table,
        layout,
        style or FileStyle(),
        account_in_name(filename) or CustodianAccount(),
        tuple((line, account) for line, account in captioned if account is not None),
    )


def is_note(row: TableRow) -> bool:
    """Whether the row is one sentence in a line of empty cells, as the disclaimers below Fidelity's tables are."""
    told = (cell for cell in row.cells if not is_missing(cell))
    return next(told, None) is None or next(told, None) is None


def note_of(row: TableRow, reason: IgnoredReason) -> IgnoredRow:
    """The row, set aside."""
    return IgnoredRow(row.line, reason, " | ".join(text_of(cell) for cell in row.cells if text_of(cell)))


def misshapen_lines(table: Table) -> frozenset[int]:
    """Lines whose cells do not fit the header: their values may stand in the wrong column."""
    return frozenset(problem.row for problem in table.problems if problem.severity is Severity.ERROR)


class Keys:
    """Gives each row a key from its facts; equal rows of one file are numbered, so that both are kept."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def key(self, facts: Iterable[object]) -> str:
        """The key: the same in every file that has the same facts."""
        return self.of_plain("\x1f".join(map(plain, facts)))

    def of_plain(self, facts: str) -> str:
        """The key of facts that are plain texts, put together."""
        seen = self._seen[facts] = self._seen.get(facts, 0) + 1
        return hashlib.sha256(f"{facts}\x1f{seen}".encode("utf-8", "surrogatepass")).hexdigest()


def plain(fact: object) -> str:
    """The same text for 5, 5.0 and 5.00."""
    if isinstance(fact, str):
        return fact.strip().casefold()
    if isinstance(fact, Decimal):
        return f"{fact.normalize():f}"
    return "" if fact is None else str(fact).strip().casefold()
