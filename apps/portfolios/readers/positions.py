"""A custodian's list of positions, with its own totals checked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from apps.core.tabular.problems import CellError, IgnoredReason, IgnoredRow, RowProblem, Severity
from apps.core.tabular.reading import content_digest
from apps.core.tabular.tables import Table, TableRow
from apps.core.tabular.values import read_date, read_decimal
from apps.kernel.errors import gettext_noop
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
from apps.portfolios.readers.rows import CustodianFile, PositionRow, StatedTotal
from apps.portfolios.readers.securities import day_in, is_cash_line

# Totals are of rounded values; more than a cent of difference is a row that is missing or wrong.
_CENT = Decimal("0.01")


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
    rows: list[PositionRow] = []
    problems = list(table.problems)
    ignored = list(table.ignored)
    keys, day, misshapen = Keys(), _day_of(source), misshapen_lines(table)
    for row in table.rows:
        aside = _aside(source, row)
        if aside is not None:
            ignored.append(aside)
            continue
        reader = RowReader(source, row)
        position = _position(reader, keys, day)
        problems.extend(reader.problems)
        if position is not None and not reader.is_refused and row.line not in misshapen:
            rows.append(position)
    totals = _stated_totals(source)
    problems.extend(_broken_totals(rows, totals))
    return CustodianFile(
        content_digest(data),
        source.layout.custodian,
        table,
        positions=tuple(rows),
        problems=tuple(sorted(problems, key=lambda problem: problem.row)),
        ignored=tuple(ignored),
        stated_totals=totals,
    )


def _day_of(source: Source) -> date | None:
    """The day of the figures: the caller's word, else the captions'."""
    return source.style.as_of or day_in(line.text for line in captions_of(source.table))


def _aside(source: Source, row: TableRow) -> IgnoredRow | None:
    words = {source.layout.text(row, column).casefold() for column in (Column.SYMBOL, Column.DESCRIPTION)}
    if "pending activity" in words:
        # Not settled yet: it is in tomorrow's positions, and today's value would count it twice.
        return note_of(row, IgnoredReason.PENDING)
    return note_of(row, IgnoredReason.NOTE) if is_note(row) else None


def _position(reader: RowReader, keys: Keys, day: date | None) -> PositionRow | None:
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
    key = keys.key([account.number, as_of, symbol, security.cusip if security else "", description])
    return PositionRow(row.line, key, account, security, quantity, price, value, cost, currency, as_of, is_cash)


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


def _broken_totals(rows: list[PositionRow], totals: tuple[StatedTotal, ...]) -> list[RowProblem]:
    """Hold each total against the rows since the one before, or against all rows so far (a total of the whole)."""
    problems: list[RowProblem] = []
    begin = 0
    for total in totals:
        section = sum((row.market_value for row in rows if begin < row.row < total.row), Decimal(0))
        whole = sum((row.market_value for row in rows if row.row < total.row), Decimal(0))
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
