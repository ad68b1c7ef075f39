"""From transactions to positions, cash and open lots at any date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.errors import gettext_noop
from apps.kernel.money import Money
from apps.portfolios.engine.errors import BookRefusedError, OversoldError
from apps.portfolios.engine.lots import EXACT, Lot, SaleTax, Term, TermRates, exact_sum, ratio_of, select_lots, term_of
from apps.portfolios.engine.transactions import LotMethod, Transaction, TransactionKind

NOTHING = Decimal(0)


class DateBasis(StrEnum):
    """Whether a transaction counts from its trade date (value, lots) or its settlement date (cash to spend)."""

    TRADE = "trade"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class BookPolicy:
    """How the book is kept. `rates` are what the method of least tax needs."""

    method: LotMethod = LotMethod.FIFO
    basis: DateBasis = DateBasis.TRADE
    rates: TermRates | None = None


@dataclass(frozen=True, slots=True)
class RealisedGain:
    """What was realised on one lot. `cost` and `gain` are None where the cost is not known."""

    transaction_id: str
    lot_id: str
    security_id: str
    quantity: Decimal
    acquired_on: date
    realised_on: date
    proceeds: Decimal
    cost: Decimal | None
    gain: Decimal | None
    term: Term
    currency: str


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

    def position(self, security_id: str) -> Position | None:
        """Return what is held of a security, or None."""
        return next((p for p in self.positions if p.security_id == security_id), None)

    def cash_in(self, currency: str) -> Money:
        """Return the cash of one currency."""
        return next((m for m in self.cash if m.currency == currency), Money.zero(currency))


DEFAULT_POLICY = BookPolicy()


def book_at(transactions: Sequence[Transaction], as_of: date, policy: BookPolicy = DEFAULT_POLICY) -> Book:
    """Return positions, cash, lots and realised gains at the close of a day.

    Within a day splits come first, then what comes in, then what leaves. A transaction that a reversal has taken back
    by then counts as if it had never been. Without a settlement date a transaction settles on its trade date.

    Raises OversoldError when more leaves than is held, AmbiguousLotError when a sale does not say which lots it takes
    and must, InvalidInputError when the least tax is asked for without rates, BookRefusedError for a transaction that
    stands twice or a reversal of nothing.
    """
    _check_ids(transactions)
    day_of = _settled_on if policy.basis is DateBasis.SETTLE else _traded_on
    current = [t for t in transactions if day_of(t) <= as_of]
    gone = _reversed(current, {t.transaction_id: t for t in transactions})
    ledger = _Ledger(policy)
    places = {t.transaction_id: place for place, t in enumerate(current)}
    for each in sorted(current, key=lambda t: (day_of(t), _ORDER[t.kind], places[t.transaction_id])):
        if each.transaction_id not in gone and each.kind is not TransactionKind.REVERSAL:
            ledger.enter(each)
    return ledger.closed(as_of, policy.basis)


_ORDER = {
    kind: 0
    if kind is TransactionKind.SPLIT
    else 2
    if kind in {TransactionKind.SELL, TransactionKind.TRANSFER_OUT, TransactionKind.WITHDRAWAL}
    else 1
    for kind in TransactionKind
}


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


@dataclass(slots=True)
class _Ledger:
    """The book while it is written."""

    policy: BookPolicy
    lots: dict[str, tuple[Lot, ...]] = field(default_factory=dict)
    cash: dict[str, Decimal] = field(default_factory=dict)
    income: dict[str, Decimal] = field(default_factory=dict)
    fees: dict[str, Decimal] = field(default_factory=dict)
    realised: list[RealisedGain] = field(default_factory=list)

    def enter(self, each: Transaction) -> None:
        """Enter one transaction."""
        if each.cash is not None:
            _add(self.cash, each.cash)
        handler = _HANDLERS.get(each.kind)
        if handler is not None:
            handler(self, each)

    def open_lot(self, each: Transaction) -> None:
        """A purchase or transfer opens a lot at what it cost."""
        lot = Lot(
            lot_id=each.transaction_id,
            security_id=each.security_id,
            acquired_on=each.acquired_on or each.trade_date,
            quantity=each.quantity or NOTHING,
            cost=None if each.amount is None else each.amount.amount,
            currency="USD" if each.amount is None else each.amount.currency,
        )
        self.lots[each.security_id] = (*self.lots.get(each.security_id, ()), lot)

    def reinvest(self, each: Transaction) -> None:
        """A distribution that bought shares is income and a purchase."""
        self.earn(each)
        self.open_lot(each)

    def earn(self, each: Transaction) -> None:
        """A dividend or interest."""
        if each.amount is not None:
            _add(self.income, each.amount)

    def charge(self, each: Transaction) -> None:
        """A fee."""
        if each.amount is not None:
            _add(self.fees, each.amount)

    def take(self, each: Transaction) -> tuple[Lot, ...]:
        """Take lots out of the book. Raises OversoldError, with the transaction, when fewer are held."""
        held = self.lots.get(each.security_id, ())
        quantity = each.quantity or NOTHING
        try:
            selection = select_lots(held, quantity, self._method(each), each.lots, self._tax(each))
        except OversoldError as error:
            raise OversoldError(
                gettext_noop("Transaction %(id)s of %(day)s takes %(quantity)s of %(security)s; %(held)s are held."),
                mend=error.mend,
                field="quantity",
                id=each.transaction_id,
                day=each.trade_date,
                security=each.security_id,
                **error.params,
            ) from error
        self.lots[each.security_id] = selection.left
        return selection.taken

    def _method(self, each: Transaction) -> LotMethod:
        """Shares that leave without a sale cost no tax: the least of it says nothing, and the oldest go."""
        untaxed = each.kind is TransactionKind.TRANSFER_OUT and self.policy.method is LotMethod.MINIMUM_TAX
        return LotMethod.FIFO if untaxed else self.policy.method

    def _tax(self, each: Transaction) -> SaleTax | None:
        if self.policy.rates is None or each.amount is None or not each.quantity:
            return None
        return SaleTax(ratio_of(each.amount.amount, Decimal(1), each.quantity), each.trade_date, self.policy.rates)

    def sell(self, each: Transaction) -> None:
        """A sale realises a gain on each lot that it takes; its proceeds are shared by quantity."""
        proceeds = each.amount or Money.zero()
        left_proceeds, left_quantity = proceeds.amount, each.quantity or NOTHING
        for lot in self.take(each):
            share = ratio_of(left_proceeds, lot.quantity, left_quantity)
            left_proceeds = EXACT.subtract(left_proceeds, share)
            left_quantity = EXACT.subtract(left_quantity, lot.quantity)
            self.realise(each, lot, share)

    def realise(self, each: Transaction, lot: Lot, proceeds: Decimal) -> None:
        """Record what was realised on a lot."""
        currency = each.amount.currency if each.amount else lot.currency
        same_currency = lot.cost is not None and lot.currency == currency
        self.realised.append(
            RealisedGain(
                transaction_id=each.transaction_id,
                lot_id=lot.lot_id,
                security_id=lot.security_id,
                quantity=lot.quantity,
                acquired_on=lot.acquired_on,
                realised_on=each.trade_date,
                proceeds=proceeds,
                cost=lot.cost,
                gain=EXACT.subtract(proceeds, lot.cost) if same_currency and lot.cost is not None else None,
                term=term_of(lot.acquired_on, each.trade_date),
                currency=currency,
            )
        )

    def split(self, each: Transaction) -> None:
        """A split changes shares, never cost. A fraction that is paid out comes as a sale of its own.

        The whole position is split; where the ratio does not terminate, the newest lot takes what rounding leaves, so
        that the lots add up to the position that the custodian shows.
        """
        if each.split is None:
            return
        *older, newest = self._held(each)
        ratio = each.split.new, each.split.old
        divided = [replace(lot, quantity=ratio_of(lot.quantity, *ratio)) for lot in older]
        whole = ratio_of(exact_sum(lot.quantity for lot in (*older, newest)), *ratio)
        rest = EXACT.subtract(whole, exact_sum(lot.quantity for lot in divided))
        self.lots[each.security_id] = (*divided, replace(newest, quantity=rest))

    def return_capital(self, each: Transaction) -> None:
        """A return of capital lowers cost, share by share; what exceeds a lot's cost is a gain (IRC 301(c))."""
        held = self._held(each)
        left_amount = (each.amount or Money.zero()).amount
        left_quantity = exact_sum(lot.quantity for lot in held)
        lowered = []
        for lot in held:
            share = ratio_of(left_amount, lot.quantity, left_quantity)
            left_amount = EXACT.subtract(left_amount, share)
            left_quantity = EXACT.subtract(left_quantity, lot.quantity)
            if lot.cost is None:
                lowered.append(lot)
                continue
            used = min(share, lot.cost)
            lowered.append(replace(lot, cost=EXACT.subtract(lot.cost, used)))
            if share > used:
                self.realise(each, replace(lot, cost=NOTHING), EXACT.subtract(share, used))
        self.lots[each.security_id] = tuple(lowered)

    def _held(self, each: Transaction) -> tuple[Lot, ...]:
        held = self.lots.get(each.security_id, ())
        if not held:
            raise BookRefusedError(
                gettext_noop("Transaction %(id)s (%(kind)s) concerns %(security)s, which is not held."),
                mend=gettext_noop("Enter the purchase or transfer that is missing, or correct the security."),
                id=each.transaction_id,
                kind=each.kind.value,
                security=each.security_id,
            )
        return held

    def closed(self, as_of: date, basis: DateBasis) -> Book:
        """Return the finished book."""
        return Book(
            as_of=as_of,
            basis=basis,
            positions=tuple(_position(key, lots) for key, lots in sorted(self.lots.items()) if lots),
            cash=_moneys(self.cash),
            realised=tuple(self.realised),
            income=_moneys(self.income),
            fees=_moneys(self.fees),
        )


def _take_out(ledger: _Ledger, each: Transaction) -> None:
    ledger.take(each)


_HANDLERS: dict[TransactionKind, Callable[[_Ledger, Transaction], None]] = {
    TransactionKind.BUY: _Ledger.open_lot,
    TransactionKind.TRANSFER_IN: _Ledger.open_lot,
    TransactionKind.REINVEST: _Ledger.reinvest,
    TransactionKind.DIVIDEND: _Ledger.earn,
    TransactionKind.INTEREST: _Ledger.earn,
    TransactionKind.FEE: _Ledger.charge,
    TransactionKind.ADVISORY_FEE: _Ledger.charge,
    TransactionKind.SELL: _Ledger.sell,
    TransactionKind.TRANSFER_OUT: _take_out,
    TransactionKind.SPLIT: _Ledger.split,
    TransactionKind.RETURN_OF_CAPITAL: _Ledger.return_capital,
}


def _add(sums: dict[str, Decimal], money: Money) -> None:
    sums[money.currency] = EXACT.add(sums.get(money.currency, NOTHING), money.amount)


def _moneys(sums: dict[str, Decimal]) -> tuple[Money, ...]:
    return tuple(Money(amount, currency) for currency, amount in sorted(sums.items()))


def _position(security_id: str, lots: tuple[Lot, ...]) -> Position:
    ordered = tuple(sorted(lots, key=lambda lot: lot.acquired_on))
    costs = [lot.cost for lot in ordered if lot.cost is not None]
    quantity = exact_sum(lot.quantity for lot in ordered)
    cost = exact_sum(costs) if len(costs) == len(ordered) else None
    return Position(security_id, quantity, cost, ordered)
