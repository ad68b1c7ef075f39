"""A custodian's history of an account."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from apps.core.tabular.problems import CellError, IgnoredReason, IgnoredRow, RowProblem, Severity
from apps.core.tabular.reading import content_digest
from apps.core.tabular.tables import Cell, Table, TableRow
from apps.core.tabular.values import DateStyle, read_date, read_decimal, text_of
from apps.kernel.errors import gettext_noop
from apps.portfolios.readers.actions import SPENDING, ReadAction, adds_up, kind_of, signed_quantity
from apps.portfolios.readers.columns import Columns, plain_texts
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
from apps.portfolios.readers.folding import folded
from apps.portfolios.readers.layouts import Column, transactions_layout
from apps.portfolios.readers.rows import (
    CustodianFile,
    Rows,
    SecurityKey,
    StatedTotal,
    TransactionKind,
    TransactionRow,
)

_EFFECTIVE = re.compile(r"\s+as of\s+", re.IGNORECASE)
_TRADES = (TransactionKind.BUY, TransactionKind.SELL)
# Entries about a security: without one, nobody can post them.
_OF_SECURITIES = frozenset(
    {
        TransactionKind.BUY,
        TransactionKind.SELL,
        TransactionKind.REINVEST,
        TransactionKind.SPLIT,
        TransactionKind.STOCK_DIVIDEND,
        TransactionKind.TRANSFER_IN,
        TransactionKind.TRANSFER_OUT,
        TransactionKind.MERGER,
        TransactionKind.SPIN_OFF,
        TransactionKind.SYMBOL_CHANGE,
        TransactionKind.CASH_IN_LIEU,
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
    problems, ignored = list(table.problems), list(table.ignored)
    rows = _rows(source, problems, ignored)
    problems.extend(_broken_totals(source, rows))
    problems.extend(_doubtful_trades(source, rows))
    return CustodianFile(
        content_digest(data),
        source.layout.custodian,
        table,
        transactions=rows,
        problems=tuple(sorted(problems, key=lambda problem: problem.row)),
        ignored=tuple(ignored),
        stated_totals=_stated_totals(source),
    )


def _rows(source: Source, problems: list[RowProblem], ignored: list[IgnoredRow]) -> Rows[TransactionRow]:
    """Read all rows; what is wrong with one, or keeps it out, is added to the lists."""
    told, misshapen = Columns(source), misshapen_lines(source.table)
    columns = _columns(told)

    def read(row: TableRow) -> Sequence[Any] | None:
        if is_note(row):
            ignored.append(note_of(row, IgnoredReason.NOTE))
            return None
        reader = RowReader(source, row)
        entry = _entry(reader)
        problems.extend(reader.problems)
        if entry is None or reader.is_refused or row.line in misshapen:
            return None
        return [getattr(entry, name) for name in columns]

    columns, aside = folded(told.settle(columns, read))
    ignored.extend(aside)
    keys = Keys()
    symbols = [key.symbol if key else "" for key in columns["security"]]
    numbers = [account.number for account in columns["account"]]
    facts = [numbers, *(columns[name] for name in ("trade_date", "kind", "action")), symbols]
    facts += [*(columns[name] for name in ("quantity", "price", "amount", "key"))]
    columns["key"] = list(map(keys.of_plain, map("\x1f".join, zip(*map(plain_texts, facts), strict=True))))
    columns["amount"] = _with_signs(columns["kind"], columns["amount"])
    return Rows(TransactionRow, columns)


def _columns(told: Columns) -> dict[str, list[Any]]:
    """Return a list for each field of an entry; its key is its reference as yet."""
    source = told.source
    dates = source.style.dates
    days = told.values(Column.TRADE_DATE, lambda cell: read_trade_date(cell, dates))
    quantities, prices, amounts = (told.numbers(name) for name in (Column.QUANTITY, Column.PRICE, Column.AMOUNT))
    actions, named = told.texts(Column.ACTION), told.securities()
    signs = [list(map(_sign, numbers)) for numbers in (quantities, amounts)]
    read = told.each(kind_of, actions, *signs)
    told.doubt(day is None or kind is None or kind.needs_review for day, kind in zip(days, read, strict=True))
    kinds = [kind.kind if kind else None for kind in read]
    has_symbol = told.texts(Column.SYMBOL)
    securities = [
        key if symbol or kind in _OF_SECURITIES else None
        for key, symbol, kind in zip(named, has_symbol, kinds, strict=True)
    ]
    nameless = {None, *(key for key in set(named) if key and not (key.symbol or key.cusip or key.isin))}
    told.doubt(kind in _OF_SECURITIES and key in nameless for kind, key in zip(kinds, securities, strict=True))
    return {
        "row": [row.line for row in source.table.rows],
        "key": told.texts(Column.REFERENCE),
        "account": told.accounts(),
        "kind": kinds,
        "action": actions,
        "trade_date": days,
        "settle_date": told.values(Column.SETTLE_DATE, lambda cell: read_date(cell, dates)),
        "security": securities,
        "quantity": [
            signed_quantity(kind, units or None) if kind else None
            for kind, units in zip(kinds, quantities, strict=True)
        ],
        "price": prices,
        "fees": told.fees(),
        "amount": amounts,
        "currency": told.currencies(),
        "description": told.texts(Column.DESCRIPTION),
    }


def read_trade_date(cell: Cell, style: DateStyle) -> date | None:
    """Read the day; of "10/14/2020 as of 10/13/2020" the later-named one, when it took effect."""
    if isinstance(cell, str):
        return read_date(_EFFECTIVE.split(cell)[-1], style)
    return read_date(cell, style)


def _entry(reader: RowReader) -> TransactionRow | None:
    """Read a row by itself; its key is its reference until the keys of all rows are given."""
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
    return TransactionRow(
        row=row.line,
        key=source.layout.text(row, Column.REFERENCE),
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


def _with_signs(kinds: Sequence[TransactionKind], amounts: list[Decimal | None]) -> list[Decimal | None]:
    """Give outgoing amounts their sign where the file writes none: then every purchase in it is positive."""
    if any(amount is not None and amount < 0 for amount in amounts):
        return amounts
    if not any(amount for kind, amount in zip(kinds, amounts, strict=True) if kind is TransactionKind.BUY):
        return amounts
    return [-a if a and kind in SPENDING else a for kind, a in zip(kinds, amounts, strict=True)]


def _doubtful_trades(source: Source, rows: Rows[TransactionRow]) -> Iterable[RowProblem]:
    column = source.layout.columns.get(Column.AMOUNT)
    heading = source.table.header[column] if column is not None else ""
    for row in map(rows.__getitem__, _not_adding_up(rows)):
        if row.quantity is None or row.price is None or row.amount is None:
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


def _not_adding_up(rows: Rows[TransactionRow]) -> list[int]:
    """Return the places of trades that do not plainly add up: in floats to half of what is allowed, fees included."""
    names = ("quantity", "price", "fees", "amount")
    trades = [n for n, kind in enumerate(rows.columns["kind"]) if kind in _TRADES]
    told = (np.array([rows.columns[name][n] for n in trades], dtype=np.float64) for name in names)  # None is NaN
    quantity, price, fees, amount = map(np.abs, told)
    gap = np.abs(quantity * price - amount)
    return [trades[n] for n in np.flatnonzero(~((gap <= 0.01) | (np.abs(gap - fees) <= 0.01)))]


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


def _broken_totals(source: Source, rows: Rows[TransactionRow]) -> Iterable[RowProblem]:
    lines, amounts = rows.columns["row"], rows.columns["amount"]
    for total in _stated_totals(source):
        found = sum(
            (amount for line, amount in zip(lines, amounts, strict=True) if line < total.row and amount), Decimal(0)
        )
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
