"""What accounts hold and are worth, from sums over the ledger: the same for one account or thousands.

Units and cash of the ledger are signed, so that a holding on a day is the sum of all entries to that day. Values are
exact; rounding is for whoever posts or shows them. An instrument without a price is named, never counted as nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import Sum

from apps.kernel.dates import DateSpan
from apps.portfolios.models import Account, Instrument, Transaction, TransactionKind
from apps.portfolios.policies import EXTERNAL
from apps.portfolios.selectors.prices import PriceBook, SimulationNotice
from apps.portfolios.selectors.value_ages import ValueAge, stated_ages

NOTHING = Decimal(0)
# a value is exact until it is rounded once, per account and day, as kept values are (`AccountQuarter`)
KEPT_UNIT = Decimal(1).scaleb(-8)


@dataclass(frozen=True, slots=True)
class Holding:
    """What an account holds of one instrument on a day. `price` is in the instrument's currency, `value` in the
    account's; both are None where no price is known. `valued_on` is the day on which somebody last stated a value: that
    of the price, but where a price was carried forward. `age` names the limit of its age."""

    instrument_id: int
    public_id: uuid.UUID
    symbol: str
    name: str
    asset_class: str
    quantity: Decimal
    currency: str
    price: Decimal | None
    priced_on: dt.date | None
    value: Decimal | None
    simulated_from: dt.date | None
    valued_on: dt.date | None = None
    age: ValueAge = ValueAge.LISTED

    @property
    def is_simulated(self) -> bool:
        """Whether the price used is not of a market."""
        return bool(self.simulated_from and self.priced_on and self.priced_on >= self.simulated_from)


@dataclass(frozen=True, slots=True)
class AccountHoldings:
    """An account on a day: holdings, cash and total in the account's currency."""

    account_id: int
    as_of: dt.date
    currency: str
    holdings: tuple[Holding, ...]
    cash: Decimal
    unpriced: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """What is known to be there: holdings with a price, and cash."""
        return self.cash + sum((holding.value for holding in self.holdings if holding.value is not None), NOTHING)

    @property
    def priced_on(self) -> dt.date | None:
        """The oldest price among those used: the total is as of this day."""
        return min((holding.priced_on for holding in self.holdings if holding.priced_on), default=None)


@dataclass(frozen=True, slots=True)
class DailyValue:
    """An account at the close of a day."""

    day: dt.date
    holdings: Decimal
    cash: Decimal

    @property
    def total(self) -> Decimal:
        """Holdings and cash."""
        return self.holdings + self.cash


@dataclass(frozen=True, slots=True)
class ExternalFlow:
    """What the client brought in (positive) or took out (negative) on a day, at market value."""

    day: dt.date
    amount: Decimal
    transaction_id: str


@dataclass(frozen=True, slots=True)
class AccountValuation:
    """An account over a span of days, in its own currency. `unpriced` names instruments left out on some day.

    `fees` are advisory fees that were taken from it, positive; a rebate is negative. `held` says since which close it
    had an instrument (row id), `unpriced_on` since which close the value of an instrument or currency was not known.
    """

    account_id: int
    currency: str
    span: DateSpan
    values: tuple[DailyValue, ...]
    flows: tuple[ExternalFlow, ...]
    fees: tuple[ExternalFlow, ...]
    unpriced: tuple[str, ...]
    simulation: SimulationNotice | None
    held: Mapping[int, dt.date] = field(default_factory=dict, compare=False)
    unpriced_on: Mapping[int | str, dt.date] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Opening:
    """What an account had before a span: units by instrument (row id), cash by currency."""

    units: Mapping[int, Decimal]
    cash: Mapping[str, Decimal]


def holdings_at(
    accounts: Iterable[Account], day: dt.date, known_at: dt.datetime | None = None
) -> dict[int, AccountHoldings]:
    """Return what each account holds at the close of the day, in a fixed number of queries per currency.

    With `known_at` ledger, prices and rates of exchange count as they stood at that moment.
    """
    listed = {account.pk: account for account in accounts}
    entries = Transaction.objects.filter(account_id__in=listed).traded_by(day).order_by()
    entries = entries if known_at is None else entries.known_at(known_at)
    units: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    sums = entries.exclude(instrument=None).values("account_id", "instrument_id").annotate(units=Sum("units"))
    for row in sums:
        if row["units"]:
            units[row["account_id"]].append((row["instrument_id"], row["units"]))
    cash: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for balance in entries.values("account_id", "currency").annotate(cash=Sum("cash")):
        cash[balance["account_id"]][balance["currency"]] = balance["cash"]
    instruments = _instruments({instrument for held in units.values() for instrument, _ in held})
    ages = stated_ages(instruments.values(), day)
    result = {}
    for currency in {account.currency for account in listed.values()}:
        foreign = {c for per in cash.values() for c in per}
        book = PriceBook(instruments.values(), currency, DateSpan(day, day), foreign, known_at)
        for account in listed.values():
            if account.currency == currency:
                found = _account(account, day, book, instruments, (units[account.pk], cash[account.pk]))
                result[account.pk] = replace(found, holdings=with_ages(found.holdings, ages)) if ages else found
    return result


def with_ages(holdings: Iterable[Holding], ages: Mapping[int, tuple[ValueAge, dt.date | None]]) -> tuple[Holding, ...]:
    """Return the holdings with the days on which their values were stated."""
    return tuple(
        replace(each, age=ages[each.instrument_id][0], valued_on=ages[each.instrument_id][1] or each.priced_on)
        if each.instrument_id in ages
        else each
        for each in holdings
    )


def _instruments(ids: set[int]) -> dict[int, Instrument]:
    return {i.pk: i for i in Instrument.objects.filter(pk__in=ids).select_related("master")} if ids else {}


def _account(
    account: Account,
    day: dt.date,
    book: PriceBook,
    instruments: dict[int, Instrument],
    held: tuple[list[tuple[int, Decimal]], dict[str, Decimal]],
) -> AccountHoldings:
    holdings, unpriced = [], []
    for instrument_id, quantity in held[0]:
        instrument = instruments[instrument_id]
        holding = _holding(instrument, quantity, book, day)
        holdings.append(holding)
        if holding.value is None:
            unpriced.append(str(instrument))
    cash, unconverted = _converted(held[1], book, day)
    return AccountHoldings(
        account_id=account.pk,
        as_of=day,
        currency=account.currency,
        holdings=tuple(sorted(holdings, key=lambda h: (-(h.value or NOTHING), h.symbol, h.name))),
        cash=cash,
        unpriced=tuple(sorted(unpriced) + unconverted),
    )


def _holding(instrument: Instrument, quantity: Decimal, book: PriceBook, day: dt.date) -> Holding:
    close = book.price(instrument.pk, day)
    return Holding(
        instrument_id=instrument.pk,
        public_id=instrument.public_id,
        symbol=instrument.symbol or instrument.cusip,
        name=instrument.name,
        asset_class=instrument.asset_class,
        quantity=quantity,
        currency=instrument.currency,
        price=close.close if close else None,
        priced_on=close.day if close else None,
        value=book.value(instrument.pk, quantity, day),
        simulated_from=instrument.master.simulated_from if instrument.master else None,
        valued_on=close.day if close else None,
    )


def _converted(cash: dict[str, Decimal], book: PriceBook, day: dt.date) -> tuple[Decimal, list[str]]:
    total, unconverted = NOTHING, []
    for currency, amount in sorted(cash.items()):
        rate = book.rate(currency, day)
        if rate is None and amount:
            unconverted.append(currency)
        elif rate is not None:
            total += amount * rate
    return total, unconverted


def account_values(account: Account, span: DateSpan) -> AccountValuation:
    """Return one account's value at the close of each day of the span, and its external flows."""
    return valuations([account], span)[account.pk]


def valuations(
    accounts: Sequence[Account],
    span: DateSpan,
    known_at: dt.datetime | None = None,
    openings: Mapping[int, Opening] | None = None,
    priced_at: dt.datetime | None = None,
) -> dict[int, AccountValuation]:
    """Return the daily values of many accounts in a fixed number of queries per currency.

    With `known_at` the ledger counts as it stood at that moment; with `priced_at` prices and rates do, else they are
    those known now. With `openings` (by account) only the entries of the span are read.
    """
    rows = Transaction.objects.filter(account_id__in=[account.pk for account in accounts]).traded_by(span.last)
    rows = rows if known_at is None else rows.known_at(known_at)
    rows = rows if openings is None else rows.filter(trade_date__gte=span.first)
    entries: dict[int, list[Transaction]] = defaultdict(list)
    for entry in rows.order_by("trade_date", "id"):
        entries[entry.account_id].append(entry)
    before = openings or {}
    ids = {entry.instrument_id for per in entries.values() for entry in per if entry.instrument_id is not None}
    instruments = _instruments(ids | {pk for opening in before.values() for pk in opening.units})
    currencies = {entry.currency for per in entries.values() for entry in per}
    currencies |= {currency for opening in before.values() for currency in opening.cash}
    books = {
        c: PriceBook(instruments.values(), c, span, currencies, priced_at)
        for c in {account.currency for account in accounts}
    }
    return {
        account.pk: _Walk(account, span, books[account.currency], instruments).over(
            entries[account.pk], before.get(account.pk)
        )
        for account in accounts
    }


def openings_before(accounts: Sequence[Account], day: dt.date) -> dict[int, Opening]:
    """Return what each account had at the close before the day, from sums over the ledger."""
    pks = [account.pk for account in accounts]
    rows = Transaction.objects.filter(account_id__in=pks, trade_date__lt=day).order_by()
    units: dict[int, dict[int, Decimal]] = defaultdict(dict)
    held = rows.exclude(instrument=None).values_list("account_id", "instrument_id")
    for account_id, instrument_id, total in held.annotate(total=Sum("units")):
        if instrument_id is not None and total:
            units[account_id][instrument_id] = total
    cash: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for account_id, currency, total in rows.values_list("account_id", "currency").annotate(total=Sum("cash")):
        cash[account_id][currency] = total
    return {pk: Opening(units[pk], cash[pk]) for pk in pks}


def flows_of(entries: Iterable[Transaction], book: PriceBook) -> tuple[ExternalFlow, ...]:
    """Return what crossed the border of an account by these entries, at market value."""
    found = []
    for entry in entries:
        if entry.kind not in EXTERNAL:
            continue
        amount = _cash_of(entry, book)
        if entry.instrument_id is not None and entry.units:
            amount += book.value(entry.instrument_id, entry.units, entry.trade_date) or NOTHING
        if amount:
            found.append(ExternalFlow(entry.trade_date, amount, str(entry.public_id)))
    return tuple(found)


def fees_of(entries: Iterable[Transaction], book: PriceBook) -> tuple[ExternalFlow, ...]:
    """Return the advisory fees that these entries took."""
    return tuple(
        ExternalFlow(entry.trade_date, -_cash_of(entry, book), str(entry.public_id))
        for entry in entries
        if entry.kind == TransactionKind.ADVISORY_FEE and entry.cash
    )


def _cash_of(entry: Transaction, book: PriceBook) -> Decimal:
    rate = book.rate(entry.currency, entry.trade_date)
    return entry.cash * rate if rate is not None else NOTHING


class _Walk:
    """One account's holdings carried from day to day."""

    def __init__(self, account: Account, span: DateSpan, book: PriceBook, instruments: dict[int, Instrument]) -> None:
        self.account, self.span, self.book, self.instruments = account, span, book, instruments
        self.units: dict[int, Decimal] = {}
        self.cash: dict[str, Decimal] = {}
        self.held: dict[int, dt.date] = {}
        self.unpriced_on: dict[int | str, dt.date] = {}

    def over(self, entries: list[Transaction], opening: Opening | None = None) -> AccountValuation:
        """Walk the days of the span."""
        values, place = [], 0
        if opening is not None:
            self.units, self.cash = dict(opening.units), dict(opening.cash)
        for day in self.span:
            while place < len(entries) and entries[place].trade_date <= day:
                self._enter(entries[place])
                place += 1
            values.append(self._close(day))
        notice = self.book.simulation(self.span.last, self.held)
        taken_back = {entry.reversal_of_id for entry in entries if entry.kind == TransactionKind.REVERSAL}
        standing = [entry for entry in entries if entry.trade_date in self.span and entry.pk not in taken_back]
        names = {str(self.instruments[key]) if isinstance(key, int) else key for key in self.unpriced_on}
        return AccountValuation(
            account_id=self.account.pk,
            currency=self.account.currency,
            span=self.span,
            values=tuple(values),
            flows=flows_of(standing, self.book),
            fees=fees_of(standing, self.book),
            unpriced=tuple(sorted(names)),
            simulation=notice,
            held=self.held,
            unpriced_on=self.unpriced_on,
        )

    def _enter(self, entry: Transaction) -> None:
        if entry.instrument_id is not None and entry.units:
            self.units[entry.instrument_id] = self.units.get(entry.instrument_id, NOTHING) + entry.units
        self.cash[entry.currency] = self.cash.get(entry.currency, NOTHING) + entry.cash

    def _close(self, day: dt.date) -> DailyValue:
        holdings = NOTHING
        for instrument_id, units in self.units.items():
            if not units:
                continue
            self.held.setdefault(instrument_id, day)
            value = self.book.value(instrument_id, units, day)
            if value is None:
                self.unpriced_on.setdefault(instrument_id, day)
            else:
                holdings += value
        cash, unconverted = _converted(self.cash, self.book, day)
        for currency in unconverted:
            self.unpriced_on.setdefault(currency, day)
        return DailyValue(day, holdings.quantize(KEPT_UNIT), cash.quantize(KEPT_UNIT))
