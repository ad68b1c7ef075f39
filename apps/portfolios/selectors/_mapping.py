"""Rows of the ledger as the engine takes them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from apps.kernel.money import Money
from apps.portfolios.engine.transactions import FairValues, LotChoice, SplitRatio
from apps.portfolios.engine.transactions import Transaction as BookEntry
from apps.portfolios.engine.transactions import TransactionKind as BookKind
from apps.portfolios.models import Transaction, TransactionKind
from apps.portfolios.policies import LEADS_ELSEWHERE, OF_RATIO

NOTHING = Decimal(0)
# kinds that mean one thing whatever their sign
_SAME = {
    TransactionKind.DEPOSIT: BookKind.DEPOSIT,
    TransactionKind.WITHDRAWAL: BookKind.WITHDRAWAL,
    TransactionKind.BUY: BookKind.BUY,
    TransactionKind.SELL: BookKind.SELL,
    TransactionKind.RETURN_OF_CAPITAL: BookKind.RETURN_OF_CAPITAL,
    TransactionKind.SPLIT: BookKind.SPLIT,
    TransactionKind.STOCK_DIVIDEND: BookKind.STOCK_DIVIDEND,
    TransactionKind.SYMBOL_CHANGE: BookKind.SYMBOL_CHANGE,
    TransactionKind.MERGER: BookKind.MERGER,
    TransactionKind.SPIN_OFF: BookKind.SPIN_OFF,
    TransactionKind.CASH_IN_LIEU: BookKind.CASH_IN_LIEU,
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
    """Map the ledger.

    An entry that moves nothing (a memo line) is left out, as is the leg of a corporate action: the action tells both.
    """
    return [entry for row in rows if (entry := _entry(row)) is not None]


def _entry(row: Transaction) -> BookEntry | None:
    kind = _kind(row)
    if kind is None:
        return None
    return BookEntry(
        transaction_id=str(row.public_id),
        kind=kind,
        trade_date=row.trade_date,
        amount=_amount(row, kind),
        security_id=str(row.instrument_id) if row.instrument_id and kind is not BookKind.REVERSAL else "",
        quantity=abs(row.units) if kind in _OF_UNITS else None,
        settle_date=row.settle_date,
        split=_split(row) if row.kind in OF_RATIO else None,
        acquired_on=row.acquired_on,
        reverses=str(row.reversal_of.public_id) if row.reversal_of else "",
        into=str(row.into_id) if row.into_id and row.kind in LEADS_ELSEWHERE else "",
        fair_values=_fair_values(row),
        lots=tuple(LotChoice(named.lot_id, named.quantity) for named in row.lot_choices.all()),
    )


_OF_UNITS = {
    BookKind.BUY,
    BookKind.SELL,
    BookKind.REINVEST,
    BookKind.TRANSFER_IN,
    BookKind.TRANSFER_OUT,
    BookKind.CASH_IN_LIEU,
}
_WITHOUT_CASH = {
    BookKind.SPLIT,
    BookKind.STOCK_DIVIDEND,
    BookKind.SYMBOL_CHANGE,
    BookKind.SPIN_OFF,
    BookKind.REVERSAL,
}


def _kind(row: Transaction) -> BookKind | None:
    kind = TransactionKind(row.kind)
    of_leg = row.reversal_of is not None and row.reversal_of.kind == TransactionKind.RECEIVED
    if kind is TransactionKind.RECEIVED or of_leg:
        return None
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
    if kind in _WITHOUT_CASH or (kind is BookKind.MERGER and not row.cash):
        return None
    if kind in {BookKind.REINVEST, BookKind.TRANSFER_IN, BookKind.TRANSFER_OUT}:
        if row.cost is None:
            return Money(NOTHING, row.currency) if kind is BookKind.REINVEST else None
        return Money(row.cost, row.currency)
    return Money(abs(row.cash), row.currency)


def _split(row: Transaction) -> SplitRatio:
    return SplitRatio(row.split_new or Decimal(1), row.split_old or Decimal(1))


def _fair_values(row: Transaction) -> FairValues | None:
    if row.fair_old is None and row.fair_new is None:
        return None
    return FairValues(row.fair_old or NOTHING, row.fair_new or NOTHING)
