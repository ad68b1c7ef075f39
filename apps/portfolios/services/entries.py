"""An entry of the ledger before it is recorded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from apps.kernel.dates import DateSpan
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.transactions import LotChoice
from apps.portfolios.models import Instrument, TransactionKind
from apps.portfolios.policies import ADDS_UNITS, FIRST_DAY, TAKES_UNITS, price_has_slipped
from apps.portfolios.selectors.prices import PriceBook

NOTHING, ONE, CENT = Decimal(0), Decimal(1), Decimal("0.01")
NO_RATE = gettext_noop("No rate of exchange is known between the security's currency and the account's.")
_TRADES = {TransactionKind.BUY, TransactionKind.SELL, TransactionKind.REINVEST}
_PAYS = {TransactionKind.BUY, TransactionKind.WITHDRAWAL, TransactionKind.FEE, TransactionKind.ADVISORY_FEE}


@dataclass(frozen=True, slots=True)
class TransactionEntry:
    """What happened. `units` and `cash` are signed by what they add to the holding and to the cash, fees included.

    `cost` comes along with units that no cash of the account paid for. A split or merger is `split_new` for `split_old`
    shares, a dividend in shares or spin-off so many on top of so many; units follow from what is held. `into` is what a
    merger, spin-off or change of symbol leads to, `fair_old` and `fair_new` are the values per share after it. `lots`
    names what a sale takes; without them the account's standing order chooses. `external_key` is the same for the same
    entry in every file of the account.
    """

    kind: str
    trade_date: dt.date
    instrument: Instrument | None = None
    units: Decimal = NOTHING
    cash: Decimal = NOTHING
    price: Decimal | None = None
    fees: Decimal = NOTHING
    cost: Decimal | None = None
    settle_date: dt.date | None = None
    acquired_on: dt.date | None = None
    split_new: Decimal | None = None
    split_old: Decimal | None = None
    into: Instrument | None = None
    fair_old: Decimal | None = None
    fair_new: Decimal | None = None
    lots: tuple[LotChoice, ...] = ()
    currency: str = ""
    description: str = ""
    external_key: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class EntryByHand:
    """What a person types: amounts without signs, since the kind says in which direction they go."""

    kind: str
    trade_date: dt.date
    instrument: Instrument | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    fees: Decimal | None = None
    settle_date: dt.date | None = None
    description: str = ""


def entry_by_hand(typed: EntryByHand, rate: Decimal | None = ONE) -> TransactionEntry:
    """Give what was typed its signs; the amount of a trade without one follows from quantity, price and fees.

    A price is in the security's currency, of which a unit is worth `rate` in the account's.

    Raises InvalidInputError for a negative number and for a trade with neither an amount nor a price, or no rate.
    """
    for field in ("quantity", "price", "amount", "fees"):
        value = getattr(typed, field)
        if value is not None and value < 0:
            raise InvalidInputError(
                gettext_noop("Give numbers without a sign: the kind says in which direction they go."), field=field
            )
    quantity, fees = typed.quantity or NOTHING, typed.fees or NOTHING
    units = -quantity if typed.kind in TAKES_UNITS else quantity
    in_kind = typed.kind in {TransactionKind.TRANSFER_IN, TransactionKind.TRANSFER_OUT} and quantity
    amount = typed.amount if typed.amount is not None else _traded_amount(typed, quantity, fees, rate)
    cash = NOTHING
    if not in_kind and typed.kind != TransactionKind.REINVEST:
        leaves = typed.kind in _PAYS or typed.kind == TransactionKind.TRANSFER_OUT
        cash = -amount if leaves else amount
    return TransactionEntry(
        kind=typed.kind,
        trade_date=typed.trade_date,
        instrument=typed.instrument,
        units=units if typed.kind in ADDS_UNITS | TAKES_UNITS else NOTHING,
        cash=cash,
        price=typed.price,
        fees=fees,
        cost=typed.amount if in_kind else (amount if typed.kind == TransactionKind.REINVEST else None),
        settle_date=typed.settle_date,
        description=typed.description,
    )


def _traded_amount(typed: EntryByHand, quantity: Decimal, fees: Decimal, rate: Decimal | None) -> Decimal:
    if typed.kind not in ADDS_UNITS | TAKES_UNITS or typed.kind == TransactionKind.TRANSFER_OUT:
        return NOTHING
    if typed.price is None:
        if typed.kind == TransactionKind.TRANSFER_IN:
            return NOTHING
        raise InvalidInputError(
            gettext_noop("The entry has neither an amount nor a price."),
            mend=gettext_noop("Give one of the two."),
            field="amount",
        )
    if rate is None:
        raise InvalidInputError(NO_RATE, mend=gettext_noop("Give the amount."), field="amount")
    gross = traded_worth(typed.instrument, quantity, typed.price * rate)
    return gross - fees if typed.kind in TAKES_UNITS else gross + fees


def traded_worth(instrument: Instrument | None, quantity: Decimal, price: Decimal) -> Decimal:
    """Return what is paid for so much of a security, to the cent: bonds are quoted per hundred of face value."""
    multiplier = instrument.multiplier if instrument else ONE
    return (quantity * price * multiplier).quantize(CENT, ROUND_HALF_UP)


def refuse_slips(entry: TransactionEntry, currency: str) -> None:
    """Look for a slip of the keys in what was typed for an account of the currency.

    Raises InvalidInputError for a day before anything was kept, and for a trade whose price, or whose amount by its
    quantity, has nothing to do with the close of its day.
    """
    day, instrument = entry.trade_date, entry.instrument
    if day < FIRST_DAY:
        raise InvalidInputError(
            gettext_noop("No account has entries before %(day)s."),
            mend=gettext_noop("Check the year."),
            field="trade_date",
            day=FIRST_DAY.isoformat(),
        )
    if instrument is None or entry.kind not in _TRADES or not entry.units:
        return
    book = PriceBook([instrument], currency, DateSpan(day, day))
    close, worth = book.price(instrument.pk, day), book.value(instrument.pk, ONE, day)
    gross = (entry.cost if entry.cost is not None else abs(entry.cash)) + (
        entry.fees if entry.units < 0 else -entry.fees
    )
    asked = (("price", entry.price, close and close.close), ("amount", gross / abs(entry.units), worth))
    for field, given, known in asked:
        if close and given and known and price_has_slipped(given, known, day - close.day):
            raise InvalidInputError(
                gettext_noop("A price of %(given)s is far from the last one, %(known)s of %(day)s."),
                mend=gettext_noop("Check the decimal point and the security."),
                field=field,
                given=f"{given.quantize(CENT):f}",
                known=f"{known.quantize(CENT):f}",
                day=close.day.isoformat(),
            )
