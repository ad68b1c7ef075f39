"""A custodian's history of an account."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from apps.core.tabular.problems import CellError, IgnoredReason, RowProblem, Severity
from apps.core.tabular.reading import content_digest
from apps.core.tabular.tables import Cell, Table
from apps.core.tabular.values import DateStyle, read_date, read_decimal, text_of
from apps.kernel.errors import gettext_noop
from apps.portfolios.readers.actions import SPENDING, ReadAction, adds_up, kind_of, signed_quantity
from apps.portfolios.readers.custodian_csv import (
    FileStyle,
    Keys,
    RowReader,
    Source,
    custodian_table,
    is_note,
    misshapen_lines,
    note_of,
    source_of,
)
from apps.portfolios.readers.layouts import Column, transactions_layout
from apps.portfolios.readers.rows import CustodianFile, SecurityKey, StatedTotal, TransactionKind, TransactionRow

_EFFECTIVE = re.compile(r"\s+as of\s+", re.IGNORECASE)
_TRADES = (TransactionKind.BUY, TransactionKind.SELL)
# Entries about a security: without one, nobody can post them.
_OF_SECURITIES = frozenset(
    {
        TransactionKind.BUY,
        TransactionKind.SELL,
        TransactionKind.REINVEST,
        TransactionKind.SPLIT,
        TransactionKind.TRANSFER_IN,
        TransactionKind.TRANSFER_OUT,
    }
)
_CENT = Decimal("0.01")


def read_transactions(
    data: bytes,
    *,
    filename: str = "",
    style: FileStyle | None = None,
    sheet: str = "",
    table: Table | None = None,
) -> CustodianFile:
    """Read a transactions file.

    Quantities are signed by their effect on the holding, amounts by their effect on cash; a file that writes all its
    purchases without a sign is taken to write no signs at all. Raises FileRefusedError when the file cannot be read
    as a table or has no column for day, action and amount.
    """
    table = table or custodian_table(data, sheet)
    source = source_of(table, transactions_layout(table), style, filename)
    rows: list[TransactionRow] = []
    problems = list(table.problems)
    ignored = list(table.ignored)
    keys, misshapen = Keys(), misshapen_lines(table)
    for row in table.rows:
        if is_note(row):
            ignored.append(note_of(row, IgnoredReason.NOTE))
            continue
        reader = RowReader(source, row)
        entry = _entry(reader, keys)
        problems.extend(reader.problems)
        if entry is not None and not reader.is_refused and row.line not in misshapen:
            rows.append(entry)
    signed = _with_signs(rows)
    problems.extend(_broken_totals(source, signed))
    problems.extend(_doubtful_trades(source, signed))
    return CustodianFile(
        content_digest(data),
        source.layout.custodian,
        table,
        transactions=tuple(signed),
        problems=tuple(sorted(problems, key=lambda problem: problem.row)),
        ignored=tuple(ignored),
        stated_totals=_stated_totals(source),
    )


def read_trade_date(cell: Cell, style: DateStyle) -> date | None:
    """Read the day; of "10/14/2020 as of 10/13/2020" the later-named one, when it took effect."""
    if isinstance(cell, str):
        return read_date(_EFFECTIVE.split(cell)[-1], style)
    return read_date(cell, style)


def _entry(reader: RowReader, keys: Keys) -> TransactionRow | None:
    source, row = reader.source, reader.row
    trade_date = reader.read(Column.TRADE_DATE, lambda cell: read_trade_date(cell, source.style.dates))
    if trade_date is None and not reader.is_refused:
        reader.note(
            Column.TRADE_DATE,
            "missing_date",
            gettext_noop("The entry has no day."),
            gettext_noop("Fill in the trade date."),
        )
    quantity, price, amount = (reader.number(name) for name in (Column.QUANTITY, Column.PRICE, Column.AMOUNT))
    kind = _kind(reader, quantity or None, amount)
    security = reader.security() if source.layout.text(row, Column.SYMBOL) or kind in _OF_SECURITIES else None
    if kind is not None:
        _check_security(reader, kind, security)
    settle_date = reader.read(Column.SETTLE_DATE, lambda cell: read_date(cell, source.style.dates))
    account, fees, currency = source.account_of(row), reader.fees(), reader.currency()
    if trade_date is None or kind is None:
        return None
    action = source.layout.text(row, Column.ACTION)
    quantity = signed_quantity(kind, quantity or None)
    facts = [account.number, trade_date, kind, action, security.symbol if security else "", quantity, price, amount]
    return TransactionRow(
        row=row.line,
        key=keys.key([*facts, source.layout.text(row, Column.REFERENCE)]),
        account=account,
        kind=kind,
        action=action,
        trade_date=trade_date,
        settle_date=settle_date,
        security=security,
        quantity=quantity,
        price=price,
        fees=fees,
        amount=amount,
        currency=currency,
        description=source.layout.text(row, Column.DESCRIPTION),
    )


def _kind(reader: RowReader, quantity: Decimal | None, amount: Decimal | None) -> TransactionKind | None:
    action = reader.source.layout.text(reader.row, Column.ACTION)
    seen, moves = reader.source.seen["kind"], (action, _sign(quantity), _sign(amount))
    if moves not in seen:
        seen[moves] = kind_of(action, quantity, amount)
    read: ReadAction | None = seen[moves]
    if read is None:
        reader.note(
            Column.ACTION,
            "unknown_action",
            gettext_noop("“%(action)s” is no action that is known, or it says neither amount nor quantity."),
            gettext_noop("Enter this entry by hand, or correct the action."),
            action=action[:80],
        )
        return None
    if read.needs_review:
        reader.doubt(
            Column.ACTION,
            "needs_review",
            gettext_noop("“%(action)s” changes holdings in a way that the file does not tell in full."),
            gettext_noop("Compare the position after it with the custodian's, and enter what is missing."),
            action=action[:80],
        )
    return read.kind


def _sign(number: Decimal | None) -> int:
    return (number > 0) - (number < 0) if number is not None else 0


def _check_security(reader: RowReader, kind: TransactionKind, security: SecurityKey | None) -> None:
    if kind in _OF_SECURITIES and (security is None or not (security.symbol or security.cusip or security.isin)):
        reader.note(
            Column.SYMBOL,
            "missing_security",
            gettext_noop("The row names no security."),
            gettext_noop("Fill in its symbol, CUSIP or ISIN."),
        )


def _with_signs(rows: list[TransactionRow]) -> list[TransactionRow]:
    """Give outgoing amounts their sign where the file writes none: then every purchase in it is positive."""
    bought = [row.amount for row in rows if row.kind is TransactionKind.BUY and row.amount]
    any_negative = any(row.amount is not None and row.amount < 0 for row in rows)
    if not bought or any_negative:
        return rows
    return [replace(row, amount=-row.amount) if row.amount and row.kind in SPENDING else row for row in rows]


def _doubtful_trades(source: Source, rows: list[TransactionRow]) -> Iterable[RowProblem]:
    column = source.layout.columns.get(Column.AMOUNT)
    heading = source.table.header[column] if column is not None else ""
    for row in rows:
        if row.kind not in _TRADES or row.quantity is None or row.price is None or row.amount is None:
            continue
        # Options are priced per share of a contract of 100, bonds per 100 of face value: their identity differs.
        symbol = row.security.symbol if row.security else ""
        if symbol.isalpha() and not adds_up(row.quantity, row.price, row.fees, row.amount):
            yield RowProblem(
                row.row,
                heading,
                "trade_does_not_add_up",
                gettext_noop("The amount %(amount)s is not %(quantity)s times %(price)s with fees of %(fees)s."),
                gettext_noop("Compare the row with the trade confirmation."),
                {"amount": row.amount, "quantity": row.quantity, "price": row.price, "fees": row.fees},
                Severity.WARNING,
            )


def _stated_totals(source: Source) -> tuple[StatedTotal, ...]:
    index = source.layout.columns.get(Column.AMOUNT)
    totals: list[StatedTotal] = []
    for row in source.table.totals if index is not None else ():
        cell = row.cells[index or 0]
        try:
            amount = read_decimal(cell, source.style.locale)
        except CellError:
            # A total in words states no amount; the line itself is listed as ignored.
            continue
        if amount is not None:
            totals.append(StatedTotal(row.line, text_of(source.table.header[index or 0]), amount))
    return tuple(totals)


def _broken_totals(source: Source, rows: list[TransactionRow]) -> Iterable[RowProblem]:
    for total in _stated_totals(source):
        found = sum((row.amount for row in rows if row.row < total.row and row.amount is not None), Decimal(0))
        if abs(found - total.amount) > _CENT:
            yield RowProblem(
                total.row,
                total.column,
                "total_differs",
                gettext_noop("The file states a total of %(stated)s; its rows make %(found)s."),
                gettext_noop("Export it again: a row is missing or was changed by hand."),
                {"stated": total.amount, "found": found},
                Severity.ERROR,
            )
