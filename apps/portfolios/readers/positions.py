"""A custodian's list of positions, with its own totals checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from apps.core.tabular.problems import CellError, IgnoredReason, IgnoredRow, RowProblem, Severity
from apps.core.tabular.reading import content_digest
from apps.core.tabular.tables import Table, TableRow
from apps.core.tabular.values import read_date, read_decimal
from apps.kernel.errors import gettext_noop
from apps.portfolios.readers.columns import Columns, plain_texts
from apps.portfolios.readers.custodian_csv import (
    FileStyle,
    Keys,
    RowReader,
    Source,
    captions_of,
    custodian_table,
    is_note,
    misshapen_lines,
    note_of,
    source_of,
)
from apps.portfolios.readers.layouts import Column, positions_layout
from apps.portfolios.readers.rows import CustodianFile, PositionRow, Rows, StatedTotal
from apps.portfolios.readers.securities import day_in, is_cash_line

# Totals are of rounded values; more than a cent of difference is a row that is missing or wrong.
_CENT = Decimal("0.01")
_PENDING = "pending activity"


def read_positions(
    data: bytes,
    *,
    filename: str = "",
    style: FileStyle | None = None,
    sheet: str = "",
    table: Table | None = None,
) -> CustodianFile:
    """Read a positions file.

    A total of the file that its rows do not make is an error of the total's line. Raises FileRefusedError when the
    file cannot be read as a table or has no column for the security or its value.
    """
    table = table or custodian_table(data, sheet)
    source = source_of(table, positions_layout(table), style, filename)
    problems, ignored = list(table.problems), list(table.ignored)
    rows, totals = _rows(source, problems, ignored), _stated_totals(source)
    problems.extend(_broken_totals(rows, totals))
    return CustodianFile(
        content_digest(data),
        source.layout.custodian,
        table,
        positions=rows,
        problems=tuple(sorted(problems, key=lambda problem: problem.row)),
        ignored=tuple(ignored),
        stated_totals=totals,
    )


def _rows(source: Source, problems: list[RowProblem], ignored: list[IgnoredRow]) -> Rows[PositionRow]:
    """Read all rows; what is wrong with one, or keeps it out, is added to the lists."""
    told, misshapen, day = Columns(source), misshapen_lines(source.table), _day_of(source)
    symbols, descriptions = told.texts(Column.SYMBOL), told.texts(Column.DESCRIPTION)
    columns = _columns(told, symbols, descriptions, day)

    def read(row: TableRow) -> Sequence[Any] | None:
        aside = _aside(source, row)
        if aside is not None:
            ignored.append(aside)
            return None
        reader = RowReader(source, row)
        position = _position(reader, day)
        problems.extend(reader.problems)
        if position is None or reader.is_refused or row.line in misshapen:
            return None
        texts = [source.layout.text(row, name) for name in (Column.SYMBOL, Column.DESCRIPTION)]
        return [*(getattr(position, name) for name in list(columns)[:-2]), *texts]

    columns, keys = told.settle(columns, read), Keys()
    symbols, descriptions = columns.pop("symbol"), columns.pop("text")
    cusips = [key.cusip if key else "" for key in columns["security"]]
    numbers = [account.number for account in columns["account"]]
    facts = [numbers, columns["as_of"], symbols, cusips, descriptions]
    columns["key"] = list(map(keys.of_plain, map("\x1f".join, zip(*map(plain_texts, facts), strict=True))))
    return Rows(PositionRow, columns)


def _columns(told: Columns, symbols: list[str], descriptions: list[str], day: date | None) -> dict[str, list[Any]]:
    """Return a list for each field of a position, without a key as yet, and what names it."""
    source = told.source
    cash = told.each(is_cash_line, symbols, descriptions)
    values, named = told.numbers(Column.MARKET_VALUE), told.securities()
    bare = {symbol for symbol in set(symbols) if not symbol.rstrip("*").isalpha()}
    securities = [
        None if is_cash and symbol in bare else key for is_cash, symbol, key in zip(cash, symbols, named, strict=True)
    ]
    told.doubt(value is None for value in values)
    told.doubt(not is_cash and key is None for is_cash, key in zip(cash, securities, strict=True))
    told.doubt(told.each(lambda *texts: _PENDING in map(str.casefold, texts), symbols, descriptions))
    days = told.values(Column.AS_OF, lambda cell: read_date(cell, source.style.dates))
    return {
        "row": [row.line for row in source.table.rows],
        "key": [""] * told.size,
        "account": told.accounts(),
        "security": securities,
        "quantity": told.numbers(Column.QUANTITY),
        "price": told.numbers(Column.PRICE),
        "market_value": values,
        "cost_basis": told.numbers(Column.COST_BASIS),
        "currency": told.currencies(),
        "as_of": [own or day for own in days],
        "is_cash": cash,
        "symbol": symbols,
        "text": descriptions,
    }


def _day_of(source: Source) -> date | None:
    """The day of the figures: the caller's word, else the captions'."""
    return source.style.as_of or day_in(line.text for line in captions_of(source.table))


def _aside(source: Source, row: TableRow) -> IgnoredRow | None:
    words = {source.layout.text(row, column).casefold() for column in (Column.SYMBOL, Column.DESCRIPTION)}
    if _PENDING in words:
        # Not settled yet: it is in tomorrow's positions, and today's value would count it twice.
        return note_of(row, IgnoredReason.PENDING)
    return note_of(row, IgnoredReason.NOTE) if is_note(row) else None


def _position(reader: RowReader, day: date | None) -> PositionRow | None:
    """Read a row by itself; the keys of all rows are given together."""
    source, row = reader.source, reader.row
    symbol, description = source.layout.text(row, Column.SYMBOL), source.layout.text(row, Column.DESCRIPTION)
    is_cash = is_cash_line(symbol, description)
    quantity, price = reader.number(Column.QUANTITY), reader.number(Column.PRICE)
    value = reader.number(Column.MARKET_VALUE)
    if value is None and quantity is not None and price is not None and not reader.is_refused:
        value = quantity * price
        reader.doubt(
            Column.MARKET_VALUE,
            "computed_value",
            gettext_noop("The file gives no value; quantity times price is taken."),
            gettext_noop("Look at it where the price is per 100, as for bonds."),
        )
    # A cash line names cash in words only; a sweep fund has a symbol of letters.
    security = None if is_cash and not symbol.rstrip("*").isalpha() else reader.security()
    if value is None and not reader.is_refused:
        reader.note(
            Column.MARKET_VALUE,
            "missing_value",
            gettext_noop("The position has no value."),
            gettext_noop("Fill in its market value, or its quantity and price."),
        )
    if not is_cash and security is None:
        reader.note(
            Column.SYMBOL,
            "missing_security",
            gettext_noop("The row names no security."),
            gettext_noop("Fill in its symbol, CUSIP or ISIN."),
        )
    as_of = reader.read(Column.AS_OF, lambda cell: read_date(cell, source.style.dates)) or day
    cost = reader.number(Column.COST_BASIS)
    account, currency = source.account_of(row), reader.currency()
    if value is None:
        return None
    return PositionRow(row.line, "", account, security, quantity, price, value, cost, currency, as_of, is_cash)


def _stated_totals(source: Source) -> tuple[StatedTotal, ...]:
    index = source.layout.columns.get(Column.MARKET_VALUE)
    totals: list[StatedTotal] = []
    for row in source.table.totals if index is not None else ():
        try:
            amount = read_decimal(row.cells[index or 0], source.style.locale)
        except CellError:
            # A total in words ("see below") states no amount; the line itself is listed as ignored.
            continue
        if amount is not None:
            totals.append(StatedTotal(row.line, source.table.header[index or 0], amount))
    return tuple(totals)


def _broken_totals(rows: Rows[PositionRow], totals: tuple[StatedTotal, ...]) -> list[RowProblem]:
    """Hold each total against the rows since the one before, or against all rows so far (a total of the whole)."""
    problems: list[RowProblem] = []
    told = list(zip(rows.columns["row"], rows.columns["market_value"], strict=True)) if totals else []
    begin = 0
    for total in totals:
        section = sum((value for line, value in told if begin < line < total.row), Decimal(0))
        whole = sum((value for line, value in told if line < total.row), Decimal(0))
        if all(abs(total.amount - found) > _CENT for found in (section, whole)):
            problems.append(
                RowProblem(
                    total.row,
                    total.column,
                    "total_differs",
                    gettext_noop("The file states a total of %(stated)s; its rows make %(found)s."),
                    gettext_noop("Export it again: a row is missing or was changed by hand."),
                    {"stated": total.amount, "found": section},
                    Severity.ERROR,
                )
            )
        begin = total.row
    return problems
