"""From transactions to positions, cash and open lots at any date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.errors import gettext_noop
from apps.kernel.money import Money
from apps.portfolios.engine.elections import Election, LotRules, RatesFrom
from apps.portfolios.engine.errors import BookRefusedError
from apps.portfolios.engine.ledger import GoneLot, Ledger, RealisedGain
from apps.portfolios.engine.lots import Lot, TermRates, exact_sum
from apps.portfolios.engine.transactions import LotMethod, Transaction, TransactionKind


class DateBasis(StrEnum):
    """Whether a transaction counts from its trade date (value, lots) or its settlement date (cash to spend)."""

    TRADE = "trade"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class BookPolicy:
    """How the book is kept: by `method` until the first election. `rates` are what the method of least tax needs."""

    method: LotMethod = LotMethod.FIFO
    basis: DateBasis = DateBasis.TRADE
    rates: TermRates | None = None
    elections: tuple[Election, ...] = ()
    dated_rates: tuple[RatesFrom, ...] = ()

    def rules(self) -> LotRules:
        """Return the standing orders; rates without a day hold from the beginning."""
        always = () if self.rates is None else (RatesFrom(date.min, self.rates),)
        return LotRules(self.method, self.elections, (*always, *self.dated_rates))


@dataclass(frozen=True, slots=True)
class Position:
    """What is held of one security: its open lots, oldest first."""

    security_id: str
    quantity: Decimal
    cost: Decimal | None
    lots: tuple[Lot, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """An account at the close of a day. Cash may be negative (margin, or a deposit that is missing)."""

    as_of: date
    basis: DateBasis
    positions: tuple[Position, ...]
    cash: tuple[Money, ...]
    realised: tuple[RealisedGain, ...]
    income: tuple[Money, ...]
    fees: tuple[Money, ...]
    gone: tuple[GoneLot, ...] = ()

    def position(self, security_id: str) -> Position | None:
        """Return what is held of a security, or None."""
        return next((p for p in self.positions if p.security_id == security_id), None)

    def cash_in(self, currency: str) -> Money:
        """Return the cash of one currency."""
        return next((m for m in self.cash if m.currency == currency), Money.zero(currency))


DEFAULT_POLICY = BookPolicy()


def book_at(transactions: Sequence[Transaction], as_of: date, policy: BookPolicy = DEFAULT_POLICY) -> Book:
    """Return positions, cash, lots and realised gains at the close of a day.

    Within a day splits and other corporate actions come first, then what comes in, then what leaves. A transaction that
    a reversal has taken back by then counts as if it had never been. Without a settlement date a transaction settles on
    its trade date.

    Raises OversoldError when more leaves than is held, AmbiguousLotError when a sale does not say which lots it takes
    and must, InvalidInputError when the least tax is asked for without rates, BookRefusedError for a transaction that
    stands twice or a reversal of nothing.
    """
    _check_ids(transactions)
    day_of = _settled_on if policy.basis is DateBasis.SETTLE else _traded_on
    current = [t for t in transactions if day_of(t) <= as_of]
    gone = _reversed(current, {t.transaction_id: t for t in transactions})
    ledger = Ledger(policy.rules())
    places = {t.transaction_id: place for place, t in enumerate(current)}
    for each in sorted(current, key=lambda t: (day_of(t), _ORDER[t.kind], places[t.transaction_id])):
        if each.transaction_id not in gone and each.kind is not TransactionKind.REVERSAL:
            ledger.enter(each)
    return _closed(ledger, as_of, policy.basis)


_FIRST = {
    TransactionKind.SPLIT,
    TransactionKind.STOCK_DIVIDEND,
    TransactionKind.SYMBOL_CHANGE,
    TransactionKind.MERGER,
    TransactionKind.SPIN_OFF,
}
_LAST = {
    TransactionKind.SELL,
    TransactionKind.TRANSFER_OUT,
    TransactionKind.WITHDRAWAL,
    TransactionKind.CASH_IN_LIEU,
}
_ORDER = {kind: 0 if kind in _FIRST else 2 if kind in _LAST else 1 for kind in TransactionKind}


def _traded_on(transaction: Transaction) -> date:
    return transaction.trade_date


def _settled_on(transaction: Transaction) -> date:
    return transaction.settle_date or transaction.trade_date


def _check_ids(transactions: Sequence[Transaction]) -> None:
    seen: set[str] = set()
    for each in transactions:
        if each.transaction_id in seen:
            raise BookRefusedError(
                gettext_noop("Transaction %(id)s stands twice in the book."),
                mend=gettext_noop("Remove the duplicate."),
                id=each.transaction_id,
            )
        seen.add(each.transaction_id)


def _reversed(current: Iterable[Transaction], known: dict[str, Transaction]) -> set[str]:
    gone: set[str] = set()
    for each in current:
        if each.kind is not TransactionKind.REVERSAL:
            continue
        target = known.get(each.reverses)
        reversible = target is not None and target.kind is not TransactionKind.REVERSAL
        if target is None or not reversible or each.reverses in gone or target.trade_date > each.trade_date:
            raise BookRefusedError(
                gettext_noop("Reversal %(id)s cannot take back transaction %(target)s."),
                mend=gettext_noop("It must name one earlier transaction that was not taken back before."),
                id=each.transaction_id,
                target=each.reverses,
            )
        gone.add(each.reverses)
    return gone


def _closed(ledger: Ledger, as_of: date, basis: DateBasis) -> Book:
    return Book(
        as_of=as_of,
        basis=basis,
        positions=tuple(_position(key, lots) for key, lots in sorted(ledger.lots.items()) if lots),
        cash=_moneys(ledger.cash),
        realised=tuple(ledger.realised),
        income=_moneys(ledger.income),
        fees=_moneys(ledger.fees),
        gone=tuple(ledger.gone),
    )


def _moneys(sums: dict[str, Decimal]) -> tuple[Money, ...]:
    return tuple(Money(amount, currency) for currency, amount in sorted(sums.items()))


def _position(security_id: str, lots: tuple[Lot, ...]) -> Position:
    ordered = tuple(sorted(lots, key=lambda lot: lot.acquired_on))
    costs = [lot.cost for lot in ordered if lot.cost is not None]
    quantity = exact_sum(lot.quantity for lot in ordered)
    cost = exact_sum(costs) if len(costs) == len(ordered) else None
    return Position(security_id, quantity, cost, ordered)
