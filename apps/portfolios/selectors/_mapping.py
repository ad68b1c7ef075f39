"""Rows of the ledger as the engine takes them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from apps.kernel.money import Money
from apps.portfolios.engine.transactions import SplitRatio
from apps.portfolios.engine.transactions import Transaction as BookEntry
from apps.portfolios.engine.transactions import TransactionKind as BookKind
from apps.portfolios.models import Transaction, TransactionKind

NOTHING = Decimal(0)
# kinds that mean one thing whatever their sign
_SAME = {
    TransactionKind.DEPOSIT: BookKind.DEPOSIT,
    TransactionKind.WITHDRAWAL: BookKind.WITHDRAWAL,
    TransactionKind.BUY: BookKind.BUY,
    TransactionKind.SELL: BookKind.SELL,
    TransactionKind.RETURN_OF_CAPITAL: BookKind.RETURN_OF_CAPITAL,
    TransactionKind.SPLIT: BookKind.SPLIT,
    TransactionKind.REVERSAL: BookKind.REVERSAL,
}
# charged interest and a dividend taken back cost, a rebated fee earns; all else is the client's own money
_BY_SIGN = {
    TransactionKind.DIVIDEND: (BookKind.DIVIDEND, BookKind.FEE),
    TransactionKind.INTEREST: (BookKind.INTEREST, BookKind.FEE),
    TransactionKind.FEE: (BookKind.INTEREST, BookKind.FEE),
    TransactionKind.ADVISORY_FEE: (BookKind.INTEREST, BookKind.ADVISORY_FEE),
}


def book_entries(rows: Iterable[Transaction]) -> list[BookEntry]:
    """Map the ledger; an entry that moves nothing (a memo line) is left out."""
    return [entry for row in rows if (entry := _entry(row)) is not None]


def _entry(row: Transaction) -> BookEntry | None:
    kind = _kind(row)
    if kind is None:
        return None
    of_units = kind in {BookKind.BUY, BookKind.SELL, BookKind.REINVEST, BookKind.TRANSFER_IN, BookKind.TRANSFER_OUT}
    return BookEntry(
        transaction_id=str(row.public_id),
        kind=kind,
        trade_date=row.trade_date,
        amount=_amount(row, kind),
        security_id=str(row.instrument_id) if row.instrument_id and kind is not BookKind.REVERSAL else "",
        quantity=abs(row.units) if of_units else None,
        settle_date=row.settle_date,
        split=_split(row) if kind is BookKind.SPLIT else None,
        acquired_on=row.acquired_on,
        reverses=str(row.reversal_of.public_id) if row.reversal_of else "",
    )


def _kind(row: Transaction) -> BookKind | None:
    kind = TransactionKind(row.kind)
    if kind in _SAME:
        return _SAME[kind]
    if kind is TransactionKind.REINVEST:
        # with cash it is an ordinary purchase out of a dividend that was booked apart
        return BookKind.BUY if row.cash else BookKind.REINVEST
    if row.units:
        return BookKind.TRANSFER_IN if row.units > 0 else BookKind.TRANSFER_OUT
    if not row.cash:
        return None
    comes, leaves = _BY_SIGN.get(kind, (BookKind.DEPOSIT, BookKind.WITHDRAWAL))
    return comes if row.cash > 0 else leaves


def _amount(row: Transaction, kind: BookKind) -> Money | None:
    if kind in {BookKind.SPLIT, BookKind.REVERSAL}:
        return None
    if kind in {BookKind.REINVEST, BookKind.TRANSFER_IN, BookKind.TRANSFER_OUT}:
        if row.cost is None:
            return Money(NOTHING, row.currency) if kind is BookKind.REINVEST else None
        return Money(row.cost, row.currency)
    return Money(abs(row.cash), row.currency)


def _split(row: Transaction) -> SplitRatio:
    return SplitRatio(row.split_new or Decimal(1), row.split_old or Decimal(1))
