"""A custodian's list of tax lots: when each was acquired, how many, at what cost."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from apps.core.tabular.problems import IgnoredReason
from apps.core.tabular.reading import content_digest
from apps.core.tabular.values import read_date
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
from apps.portfolios.readers.layouts import Column, lots_layout
from apps.portfolios.readers.rows import CustodianFile, LotRow, SecurityKey
from apps.portfolios.readers.securities import day_in, is_cash_line

# "VTI Lot Details for Brokerage XXXX-1234 as of …": a file of one security names it in its caption
_CAPTION = re.compile(r"^\W*(?P<symbol>[A-Z][A-Z0-9./]{0,9})\s+(?:tax\s+)?lots?\b", re.IGNORECASE)


def read_lots(data: bytes, *, filename: str = "", style: FileStyle | None = None, sheet: str = "") -> CustodianFile:
    """Read a file of tax lots.

    Raises FileRefusedError when the file cannot be read as a table or has no column for the day of acquisition, the
    quantity or the cost.
    """
    table = custodian_table(data, sheet)
    source = source_of(table, lots_layout(table), style, filename)
    day = source.style.as_of or day_in(line.text for line in captions_of(table))
    named, misshapen, keys = _captioned(source), misshapen_lines(table), Keys()
    rows: list[LotRow] = []
    problems, ignored = list(table.problems), list(table.ignored)
    for row in table.rows:
        symbol, description = (source.layout.text(row, c) for c in (Column.SYMBOL, Column.DESCRIPTION))
        if is_note(row) or is_cash_line(symbol, description):
            ignored.append(note_of(row, IgnoredReason.NOTE))
            continue
        reader = RowReader(source, row)
        lot = _lot(reader, keys, day, named)
        problems.extend(reader.problems)
        if lot is not None and not reader.is_refused and row.line not in misshapen:
            rows.append(lot)
    return CustodianFile(
        content_digest(data),
        source.layout.custodian,
        table,
        lots=tuple(rows),
        problems=tuple(sorted(problems, key=lambda problem: problem.row)),
        ignored=tuple(ignored),
    )


def _captioned(source: Source) -> SecurityKey | None:
    for line in captions_of(source.table):
        found = _CAPTION.match(line.text)
        if found is not None:
            return SecurityKey(symbol=found["symbol"].upper())
    return None


def _lot(reader: RowReader, keys: Keys, day: date | None, named: SecurityKey | None) -> LotRow | None:
    source, row = reader.source, reader.row
    security = reader.security() or named
    acquired = reader.read(Column.ACQUIRED_ON, lambda cell: read_date(cell, source.style.dates))
    quantity = reader.number(Column.QUANTITY)
    if not reader.is_refused:
        _demand(reader, security, acquired, quantity)
    as_of = reader.read(Column.AS_OF, lambda cell: read_date(cell, source.style.dates)) or day
    cost, currency, account = _cost(reader, quantity), reader.currency(), source.account_of(row)
    if reader.is_refused or security is None or acquired is None or quantity is None:
        return None
    key = keys.key([account.number, as_of, security.symbol, security.cusip, security.isin, acquired, quantity, cost])
    return LotRow(row.line, key, account, security, acquired, quantity, cost, currency, as_of)


def _demand(reader: RowReader, security: SecurityKey | None, acquired: date | None, quantity: Decimal | None) -> None:
    if security is None:
        reader.note(
            Column.SYMBOL,
            "missing_security",
            gettext_noop("The row names no security."),
            gettext_noop("Fill in its symbol, CUSIP or ISIN."),
        )
    if acquired is None:
        reader.note(
            Column.ACQUIRED_ON,
            "missing_day",
            gettext_noop("The lot has no day of acquisition."),
            gettext_noop("Fill in the day; lots of various days are exported one by one."),
        )
    if quantity is None or quantity <= 0:
        reader.note(
            Column.QUANTITY,
            "no_quantity",
            gettext_noop("A lot has more than no shares."),
            gettext_noop("Fill in how many; lots that were sold short are not taken in."),
        )


def _cost(reader: RowReader, quantity: Decimal | None) -> Decimal | None:
    """The cost of the lot, or of one share times its shares."""
    whole, each = reader.number(Column.COST_BASIS), reader.number(Column.UNIT_COST)
    for column, cost in ((Column.COST_BASIS, whole), (Column.UNIT_COST, each)):
        if cost is not None and cost < 0:
            reader.note(
                column,
                "negative_cost",
                gettext_noop("A cost is not negative."),
                gettext_noop("Correct it in the file, or leave the cell empty when it is not known."),
            )
    if whole is None and each is not None and quantity is not None:
        return quantity * each
    return whole
