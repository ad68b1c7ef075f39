"""The book of an account while it is written: each kind of transaction and what it does to cash and lots."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from apps.kernel.errors import gettext_noop
from apps.kernel.money import Money
from apps.portfolios.engine.corporate_actions import (
    MergerTerms,
    PaidLot,
    capital_returned,
    merged_lots,
    renamed_lots,
    split_lots,
    spun_off_lots,
    stock_dividend_lots,
)
from apps.portfolios.engine.elections import LotRules
from apps.portfolios.engine.errors import BookRefusedError, OversoldError
from apps.portfolios.engine.lots import EXACT, Lot, SaleTax, Term, ratio_of, select_lots, term_of
from apps.portfolios.engine.transactions import LotMethod, Transaction, TransactionKind

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class RealisedGain:
    """What was realised on one lot, in the currency of the sale. `cost` is in that of the purchase; it and `gain` are
    None where the cost is not known, `gain` where the two currencies differ as well."""

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
    cost_currency: str = ""


@dataclass(frozen=True, slots=True)
class GoneLot:
    """A lot, or part of one, that left in kind: nothing was realised."""

    transaction_id: str
    lot: Lot
    day: date


@dataclass(slots=True)
class Ledger:
    """The book while it is written."""

    rules: LotRules
    lots: dict[str, tuple[Lot, ...]] = field(default_factory=dict)
    cash: dict[str, Decimal] = field(default_factory=dict)
    income: dict[str, Decimal] = field(default_factory=dict)
    fees: dict[str, Decimal] = field(default_factory=dict)
    realised: list[RealisedGain] = field(default_factory=list)
    gone: list[GoneLot] = field(default_factory=list)

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
        """The oldest go where nobody chooses: a transfer costs no tax, a fraction is paid out without an order."""
        method = self.rules.method_on(each.security_id, each.trade_date)
        untaxed = each.kind is TransactionKind.TRANSFER_OUT and method is LotMethod.MINIMUM_TAX
        unasked = each.kind is TransactionKind.CASH_IN_LIEU and method is not LotMethod.AVERAGE
        return LotMethod.FIFO if untaxed or unasked else method

    def _tax(self, each: Transaction) -> SaleTax | None:
        rates = self.rules.rates_on(each.trade_date)
        if rates is None or each.amount is None or not each.quantity:
            return None
        return SaleTax(ratio_of(each.amount.amount, Decimal(1), each.quantity), each.trade_date, rates)

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
                cost_currency=lot.currency,
            )
        )

    def split(self, each: Transaction) -> None:
        """A split changes shares, never cost. A fraction that is paid out comes as cash in lieu."""
        if each.split is not None:
            self.lots[each.security_id] = split_lots(self._held(each), each.split)

    def add_stock_dividend(self, each: Transaction) -> None:
        """More shares of the same kind spread the cost of each lot."""
        if each.split is not None:
            self.lots[each.security_id] = stock_dividend_lots(self._held(each), each.split)

    def rename(self, each: Transaction) -> None:
        """A symbol changes, lots do not."""
        self._move(each, renamed_lots(self._held(each), each.into))

    def merge(self, each: Transaction) -> None:
        """Shares of another company take the place of these, perhaps with cash."""
        if each.split is None:
            return
        held, cash = self._held(each), each.amount.amount if each.amount else NOTHING
        self._check_currency(each, held)
        value = each.fair_values.new if each.fair_values else NOTHING
        merged = merged_lots(held, MergerTerms(each.into, each.split, cash, value))
        self._move(each, merged.lots)
        self._pay(each, merged.paid)

    def spin_off(self, each: Transaction) -> None:
        """A subsidiary's shares come on top and take part of the cost along."""
        if each.split is None or each.fair_values is None:
            return
        spun = spun_off_lots(self._held(each), each.into, each.split, each.fair_values, each.transaction_id)
        self.lots[each.security_id] = spun.kept
        self.lots[each.into] = (*self.lots.get(each.into, ()), *spun.spun)

    def return_capital(self, each: Transaction) -> None:
        """A return of capital lowers cost; its excess is a gain."""
        returned = capital_returned(self._held(each), (each.amount or Money.zero()).amount)
        self.lots[each.security_id] = returned.lots
        self._pay(each, returned.paid)

    def _move(self, each: Transaction, lots: tuple[Lot, ...]) -> None:
        self.lots[each.security_id] = ()
        self.lots[each.into] = (*self.lots.get(each.into, ()), *lots)

    def _pay(self, each: Transaction, paid: Iterable[PaidLot]) -> None:
        for part in paid:
            self.realise(each, replace(part.lot, cost=part.cost), part.cash)

    def _check_currency(self, each: Transaction, held: tuple[Lot, ...]) -> None:
        for lot in held:
            if each.amount and lot.cost is not None and lot.currency != each.amount.currency:
                raise BookRefusedError(
                    gettext_noop("Transaction %(id)s pays %(currency)s for shares whose cost is in %(other)s."),
                    mend=gettext_noop("Convert the payment at a dated rate first."),
                    id=each.transaction_id,
                    currency=each.amount.currency,
                    other=lot.currency,
                )

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


def _take_out(ledger: Ledger, each: Transaction) -> None:
    ledger.gone += [GoneLot(each.transaction_id, lot, each.trade_date) for lot in ledger.take(each)]


_HANDLERS: dict[TransactionKind, Callable[[Ledger, Transaction], None]] = {
    TransactionKind.BUY: Ledger.open_lot,
    TransactionKind.TRANSFER_IN: Ledger.open_lot,
    TransactionKind.REINVEST: Ledger.reinvest,
    TransactionKind.DIVIDEND: Ledger.earn,
    TransactionKind.INTEREST: Ledger.earn,
    TransactionKind.FEE: Ledger.charge,
    TransactionKind.ADVISORY_FEE: Ledger.charge,
    TransactionKind.SELL: Ledger.sell,
    TransactionKind.TRANSFER_OUT: _take_out,
    TransactionKind.SPLIT: Ledger.split,
    TransactionKind.RETURN_OF_CAPITAL: Ledger.return_capital,
    TransactionKind.STOCK_DIVIDEND: Ledger.add_stock_dividend,
    TransactionKind.SYMBOL_CHANGE: Ledger.rename,
    TransactionKind.MERGER: Ledger.merge,
    TransactionKind.SPIN_OFF: Ledger.spin_off,
    TransactionKind.CASH_IN_LIEU: Ledger.sell,
}


def _add(sums: dict[str, Decimal], money: Money) -> None:
    sums[money.currency] = EXACT.add(sums.get(money.currency, NOTHING), money.amount)
