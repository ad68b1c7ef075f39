"""A custodian's table by its columns: equal texts are read once, only rows with a doubt are read by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from apps.core.tabular.problems import CellError
from apps.core.tabular.tables import Cell, TableRow
from apps.core.tabular.values import read_decimal
from apps.portfolios.readers.custodian_csv import KNOWN_CURRENCIES, Source, misshapen_lines, plain
from apps.portfolios.readers.layouts import Column
from apps.portfolios.readers.rows import CustodianAccount, SecurityKey
from apps.portfolios.readers.securities import SecurityCells, security_of

_Read = TypeVar("_Read")
_Told = TypeVar("_Told")
_NAMING = (Column.SYMBOL, Column.CUSIP, Column.ISIN, Column.DESCRIPTION)


class Columns:
    """The columns of a table's rows. `doubtful` are the places of rows that a RowReader has to read and to judge.

    Sheets give numbers and days as such: all their rows are doubtful.
    """

    def __init__(self, source: Source) -> None:
        self.source, rows = source, source.table.rows
        self.size = len(rows)
        self.doubtful: set[int] = set()
        self._cells: list[tuple[Cell, ...]] = []
        if source.table.kind == "csv":
            self._cells += zip(*(row.cells for row in rows), strict=True)
        else:
            self.doubtful.update(range(self.size))
        if misshapen := misshapen_lines(source.table):
            self.doubt(row.line in misshapen for row in rows)

    def doubt(self, told: Iterable[object]) -> None:
        """Take note of rows that something speaks against."""
        self.doubtful.update(place for place, wrong in enumerate(told) if wrong)

    def each(self, read: Callable[..., _Told], *columns: Sequence[Any]) -> list[_Told]:
        """Return what is read of each row's values, once for equal ones."""
        told = list(zip(*columns, strict=True)) if len(columns) > 1 else columns[0]
        seen = {key: read(*key) if len(columns) > 1 else read(key) for key in set(told)}
        return [seen[key] for key in told]

    def texts(self, column: Column) -> list[str]:
        """Return the cells as texts; empty where the file has no such column or says nothing."""
        index = self.source.layout.columns.get(column)
        if index is None or not self._cells:
            return [""] * self.size
        return self.each(self.source.layout.said, self._cells[index])

    def values(self, column: Column, reader: Callable[[Cell], _Read | None]) -> list[_Read | None]:
        """Return what the cells say; one that cannot be read is a doubt about its row."""
        index = self.source.layout.columns.get(column)
        return [None] * self.size if index is None else self._values(index, reader)

    def _values(self, index: int, reader: Callable[[Cell], _Read | None]) -> list[_Read | None]:
        if not self._cells:
            return [None] * self.size
        wrong: set[Cell] = set()

        def read(cell: Cell) -> _Read | None:
            try:
                return reader(cell)
            except CellError:
                wrong.add(cell)
                return None

        cells = self._cells[index]
        found = self.each(read, cells)
        if wrong:
            self.doubt(cell in wrong for cell in cells)
        return found

    def numbers(self, column: Column) -> list[Decimal | None]:
        """Return amounts, prices or quantities."""
        return self.values(column, self._number)

    def _number(self, cell: Cell) -> Decimal | None:
        return read_decimal(cell, self.source.style.locale)

    def fees(self) -> list[Decimal]:
        """Return what all fee columns together cost, without their signs."""
        told = [self._values(index, self._number) for index in self.source.layout.fee_columns]
        if not told:
            return [Decimal(0)] * self.size
        return [sum((abs(fee) for fee in fees if fee is not None), Decimal(0)) for fees in zip(*told, strict=True)]

    def accounts(self) -> list[CustodianAccount]:
        """Return the accounts that the rows name; one of a caption or of the file's name is the row's own matter."""
        numbers, names = self.texts(Column.ACCOUNT_NUMBER), self.texts(Column.ACCOUNT_NAME)
        self.doubt(not number for number in numbers)
        return self.each(CustodianAccount, numbers, names)

    def currencies(self) -> list[str]:
        """Return the rows' currencies, or the file's."""
        codes = self.each(lambda text: text.upper() or self.source.style.currency, self.texts(Column.CURRENCY))
        if not KNOWN_CURRENCIES.issuperset(codes):
            self.doubt(code not in KNOWN_CURRENCIES for code in codes)
        return codes

    def securities(self) -> list[SecurityKey | None]:
        """Return the securities that the rows name."""
        doubts: set[tuple[str, ...]] = set()

        def read(*told: str) -> SecurityKey | None:
            key, problems = security_of(SecurityCells(*told), 0)
            if problems:
                doubts.add(told)
            return key

        told = [self.texts(column) for column in _NAMING]
        found = self.each(read, *told)
        if doubts:
            self.doubt(map(doubts.__contains__, zip(*told, strict=True)))
        return found

    def settle(
        self, columns: dict[str, list[Any]], read: Callable[[TableRow], Sequence[Any] | None]
    ) -> dict[str, list[Any]]:
        """Put what doubtful rows are found to say in their places, and leave out those that say nothing."""
        if not self.doubtful:
            return columns
        gone = set()
        for place in sorted(self.doubtful):
            told = read(self.source.table.rows[place])
            if told is None:
                gone.add(place)
            else:
                for column, value in zip(columns.values(), told, strict=True):
                    column[place] = value
        return {name: [v for n, v in enumerate(column) if n not in gone] for name, column in columns.items()}


def plain_texts(values: Sequence[object]) -> list[str]:
    """Return the same text for 5, 5.0 and 5.00; once for each object, of which columns have few."""
    told = dict(zip(map(id, values), values, strict=True))
    texts = {at: plain(value) for at, value in told.items()}
    return list(map(texts.__getitem__, map(id, values)))
