"""What each holding of a portfolio gained on each day, in price, income and currency, from ledger and prices.

The gains of the holdings and of cash, less fees, are the gain of the portfolio's own daily record; what is left over
is shown as such.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from apps.kernel.dates import DateSpan
from apps.kernel.flows import FlowTiming
from apps.portfolios.engine.performance import DailyEarnings, FeeBasis, daily_earnings
from apps.portfolios.engine.return_effects import HoldingDays, split_effects
from apps.portfolios.models import Account, Instrument, Transaction, TransactionKind
from apps.portfolios.selectors.performance import ONE_DAY, PerformanceSheet
from apps.portfolios.selectors.prices import PriceBook

Array = NDArray[np.float64]
_PAID_FOR = {
    TransactionKind.BUY,
    TransactionKind.SELL,
    TransactionKind.RETURN_OF_CAPITAL,
    TransactionKind.CASH_IN_LIEU,
    TransactionKind.MERGER,
}
_INCOME = {TransactionKind.DIVIDEND, TransactionKind.INTEREST}
_BY_RATIO = {TransactionKind.SPLIT, TransactionKind.STOCK_DIVIDEND, TransactionKind.SPIN_OFF}


@dataclass(frozen=True, slots=True)
class SecurityDays:
    """A portfolio's holdings day by day, in its currency: arrays (n_days, n_holdings).

    `capital` is what was in a holding in the morning with what was bought; gains = `price` + `income` + `currency`.
    `worth` (n_days + 1, n_holdings) and `cash` (n_days + 1,) are values at the closes, the first of the evening before.
    `cash_income` and `cash_currency` (n_days,) are of the cash, `fees` the advisory fees, negative; `earned` is the
    portfolio's own gain and base of each day, net of fees.
    """

    span: DateSpan
    instruments: tuple[Instrument, ...]
    worth: Array
    cash: Array
    capital: Array
    price: Array
    income: Array
    currency: Array
    cash_income: Array
    cash_currency: Array
    fees: Array
    earned: DailyEarnings

    @property
    def gains(self) -> Array:
        """What each holding gained on each day."""
        return self.price + self.income + self.currency

    def shares(self, amounts: Array) -> Array:
        """Bring amounts (n_days,) or (n_days, n) to parts of the day's return; nothing where nothing was invested."""
        base = self.earned.bases if amounts.ndim == 1 else self.earned.bases[:, None]
        return np.divide(amounts, base, out=np.zeros_like(amounts), where=base > 0)


def security_days(accounts: Sequence[Account], sheet: PerformanceSheet) -> SecurityDays | None:
    """Return the holdings of the accounts since the sheet's inception; None where nothing was ever in them."""
    if sheet.record is None or sheet.inception is None:
        return None
    span = DateSpan(sheet.inception, sheet.as_of)
    record = sheet.record.between(span.first, span.last)
    rows = _standing(accounts, sheet)
    ids = {row.instrument_id for row in rows if row.instrument_id is not None}
    instruments = list(Instrument.objects.filter(pk__in=ids).select_related("master").order_by("symbol", "name"))
    wide = DateSpan(span.first - ONE_DAY, span.last)
    book = PriceBook(instruments, sheet.currency, wide, {row.currency for row in rows})
    made = _Ledger(instruments, book, span, rows)
    levels, rates = made.levels()
    held = HoldingDays(np.cumsum(made.units, axis=0), levels, rates, made.flows, made.income)
    effects, worth = split_effects(held), held.worth
    table = record.table
    return SecurityDays(
        span=span,
        instruments=tuple(instruments),
        worth=worth,
        cash=made.cash_worth(),
        capital=worth[:-1] + _bought(made.flows, sheet, float(record.opening), table[:, 0]),
        price=effects.capital,
        income=effects.income,
        currency=effects.currency,
        cash_income=made.cash_income,
        cash_currency=made.cash_currency(),
        fees=-(table[:, 3] + table[:, 4]),
        earned=daily_earnings(record, sheet.timing, FeeBasis.NET),
    )


def _bought(flows: Array, sheet: PerformanceSheet, opening: float, values: Array) -> Array:
    """What a morning's capital counts of the purchases of its day: all, or none where money counts from the evening.

    A day that begins with nothing counts from its own.
    """
    bought = np.maximum(flows, 0)
    if sheet.timing is not FlowTiming.END_OF_DAY:
        return bought
    fresh = np.concatenate([[opening], values[:-1]]) <= 0
    return np.asarray(np.where(fresh[:, None], bought, 0.0))


def _standing(accounts: Sequence[Account], sheet: PerformanceSheet) -> list[Transaction]:
    """The entries that count: neither reversals nor taken back by one, as the ledger stood at the sheet's moment."""
    found = Transaction.objects.filter(account__in=accounts).traded_by(sheet.as_of)
    found = found if sheet.known_at is None else found.known_at(sheet.known_at)
    rows = list(found.order_by("trade_date", "id"))
    taken_back = {row.reversal_of_id for row in rows if row.kind == TransactionKind.REVERSAL}
    return [row for row in rows if row.kind != TransactionKind.REVERSAL and row.pk not in taken_back]


class _Ledger:
    """Units, flows and income of each holding by day; the first row of `units` is what was held the evening before."""

    def __init__(
        self, instruments: Sequence[Instrument], book: PriceBook, span: DateSpan, rows: Sequence[Transaction]
    ) -> None:
        self.instruments, self.book, self.span = instruments, book, span
        self._column = {instrument.pk: place for place, instrument in enumerate(instruments)}
        self._of_row = {row.pk: row.instrument_id for row in rows}
        self.units = np.zeros((span.days + 1, len(instruments)))
        self.flows = np.zeros((span.days, len(instruments)))
        self.income = np.zeros((span.days, len(instruments)))
        self.cash_income = np.zeros(span.days)
        self._cash: dict[str, Array] = defaultdict(lambda: np.zeros(span.days + 1))
        for row in rows:
            self._enter(row)

    def _enter(self, row: Transaction) -> None:
        place = max((row.trade_date - self.span.first).days, -1)
        self._cash[row.currency][place + 1] += float(row.cash)
        if row.instrument_id is not None:
            self.units[place + 1, self._column[row.instrument_id]] += float(row.units)
        if place < 0:
            return
        cash = float(row.cash * (self.book.rate(row.currency, row.trade_date) or 0))
        if row.instrument_id is None:
            self.cash_income[place] += cash if row.kind in _INCOME else 0.0
        else:
            self._flow(row, place, self._column[row.instrument_id], cash)

    def _flow(self, row: Transaction, place: int, column: int, cash: float) -> None:
        """What the entry brought into the holding, and what the holding paid out."""
        if row.kind in _INCOME:
            self.income[place, column] += cash
        elif row.kind in _PAID_FOR:
            self.flows[place, column] -= cash
        elif row.kind == TransactionKind.REINVEST:
            paid = -cash or self._at_market(row)
            self.flows[place, column] += paid
            self.income[place, column] += 0.0 if cash else paid
        elif row.kind not in _BY_RATIO:
            value = self._at_market(row)
            self.flows[place, column] += value
            source = self._of_row.get(row.leg_of_id) if row.leg_of_id else None
            if source is not None:
                # what a corporate action made of one security left the other
                self.flows[place, self._column[source]] -= value

    def _at_market(self, row: Transaction) -> float:
        return float(self.book.value(row.instrument_id or 0, row.units, row.trade_date) or Decimal(0))

    def _days(self) -> list[dt.date]:
        return [self.span.first - ONE_DAY, *self.span]

    def levels(self) -> tuple[Array, Array]:
        """Return prices per unit and rates of their currencies at all closes, (n_days + 1, n_holdings) each."""
        days = self._days()
        prices, rates = np.zeros(self.units.shape), np.zeros(self.units.shape)
        known: dict[str, Array] = {}
        for column, instrument in enumerate(self.instruments):
            closes = [self.book.price(instrument.pk, day) for day in days]
            prices[:, column] = [float(close.close * instrument.multiplier) if close else 0.0 for close in closes]
            if instrument.currency not in known:
                known[instrument.currency] = self._rates(instrument.currency)
            rates[:, column] = known[instrument.currency]
        return prices, rates

    def _rates(self, currency: str) -> Array:
        return np.array([float(self.book.rate(currency, day) or 0) for day in self._days()])

    def cash_worth(self) -> Array:
        """Return what the cash was worth at all closes."""
        total = np.zeros(self.span.days + 1)
        for currency, moves in self._cash.items():
            total += np.cumsum(moves) * self._rates(currency)
        return total

    def cash_currency(self) -> Array:
        """Return what exchange rates did to the cash of each morning."""
        total = np.zeros(self.span.days)
        for currency, moves in self._cash.items():
            total += np.cumsum(moves)[:-1] * np.diff(self._rates(currency))
        return total
