"""What may be done with an account and its ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal
from itertools import accumulate

from apps.market.models import SecurityKind
from apps.portfolios.models.account import AccountStatus, Registration, TaxTreatment
from apps.portfolios.models.trade import TradeState
from apps.portfolios.models.transaction import TransactionKind

# the life of an account; closed is the end
TRANSITIONS: dict[str, frozenset[str]] = {
    AccountStatus.PROPOSED: frozenset({AccountStatus.APPROVED, AccountStatus.CLOSED}),
    AccountStatus.APPROVED: frozenset({AccountStatus.FUNDING, AccountStatus.CLOSED}),
    AccountStatus.FUNDING: frozenset({AccountStatus.ACTIVE, AccountStatus.CLOSING}),
    AccountStatus.ACTIVE: frozenset({AccountStatus.RESTRICTED, AccountStatus.CLOSING}),
    AccountStatus.RESTRICTED: frozenset({AccountStatus.ACTIVE, AccountStatus.CLOSING}),
    AccountStatus.CLOSING: frozenset({AccountStatus.ACTIVE, AccountStatus.CLOSED}),
    AccountStatus.CLOSED: frozenset(),
}

# the way of a proposal of trades; what was decided against, withdrawn or came too late is at its end
_ENDS = {TradeState.WITHDRAWN, TradeState.EXPIRED}
TRADE_STEPS: dict[str, frozenset[str]] = {
    TradeState.DRAFT: frozenset({TradeState.CHECKING, *_ENDS}),
    TradeState.CHECKING: frozenset({TradeState.CLEARED, TradeState.DECLINED, *_ENDS}),
    # to the checkpoints again: what was simple has grown complex, or the book has moved
    TradeState.CLEARED: frozenset({TradeState.CHECKING, TradeState.ORDERED, TradeState.DECLINED, *_ENDS}),
    # withdrawn from here: the market executed nothing of it
    TradeState.ORDERED: frozenset({TradeState.FILLED, TradeState.WITHDRAWN}),
    TradeState.FILLED: frozenset({TradeState.VERIFIED}),
    TradeState.VERIFIED: frozenset(),
    TradeState.DECLINED: frozenset(),
    TradeState.WITHDRAWN: frozenset(),
    TradeState.EXPIRED: frozenset(),
}

# the tax treatment that follows from the registration
TAX_TREATMENTS: dict[str, str] = {
    Registration.INDIVIDUAL: TaxTreatment.TAXABLE,
    Registration.JOINT: TaxTreatment.TAXABLE,
    Registration.TRUST: TaxTreatment.TAXABLE,
    Registration.CUSTODIAL: TaxTreatment.TAXABLE,
    Registration.TRADITIONAL_IRA: TaxTreatment.TAX_DEFERRED,
    Registration.SEP_IRA: TaxTreatment.TAX_DEFERRED,
    Registration.INHERITED_IRA: TaxTreatment.TAX_DEFERRED,
    Registration.PLAN_401K: TaxTreatment.TAX_DEFERRED,
    Registration.PLAN_403B: TaxTreatment.TAX_DEFERRED,
    Registration.INHERITED_ROTH: TaxTreatment.TAX_FREE,
    Registration.ROTH_IRA: TaxTreatment.TAX_FREE,
    Registration.ROTH_401K: TaxTreatment.TAX_FREE,
    Registration.HSA: TaxTreatment.TAX_FREE,
    Registration.EDUCATION_529: TaxTreatment.EDUCATION,
}

# states in which nothing was ever in the account, and in which nothing may come in
_WITHOUT_BOOK = {AccountStatus.PROPOSED, AccountStatus.APPROVED, AccountStatus.CLOSED}

ADDS_UNITS = {TransactionKind.BUY, TransactionKind.REINVEST, TransactionKind.TRANSFER_IN}
TAKES_UNITS = {TransactionKind.SELL, TransactionKind.TRANSFER_OUT, TransactionKind.CASH_IN_LIEU}
# corporate actions that change by ratio or name what is held on their day
RESHAPES = {
    TransactionKind.SPLIT,
    TransactionKind.STOCK_DIVIDEND,
    TransactionKind.MERGER,
    TransactionKind.SPIN_OFF,
    TransactionKind.SYMBOL_CHANGE,
}
LEADS_ELSEWHERE = {TransactionKind.MERGER, TransactionKind.SPIN_OFF, TransactionKind.SYMBOL_CHANGE}
OF_RATIO = RESHAPES - {TransactionKind.SYMBOL_CHANGE}
CHARGES = {TransactionKind.FEE, TransactionKind.ADVISORY_FEE}
OF_CASH_ALONE = {TransactionKind.DEPOSIT, TransactionKind.WITHDRAWAL, TransactionKind.INTEREST} | CHARGES
# what the client brought in or took out: a flow, not a return
EXTERNAL = {
    TransactionKind.DEPOSIT,
    TransactionKind.WITHDRAWAL,
    TransactionKind.TRANSFER_IN,
    TransactionKind.TRANSFER_OUT,
    TransactionKind.JOURNAL,
}


def can_become(status: str, target: str) -> bool:
    """Say whether an account in `status` may go to `target`."""
    return target in TRANSITIONS.get(status, frozenset())


def trade_can_become(state: str, target: str) -> bool:
    """Say whether a proposal in `state` may go to `target`."""
    return target in TRADE_STEPS.get(state, frozenset())


# these are dealt in fractions; everything else in whole shares, unless the whole holding is sold
FRACTIONAL = {SecurityKind.MUTUAL_FUND, SecurityKind.MONEY_MARKET}
FRACTION = Decimal("0.001")


def dealt(kind: str, quantity: Decimal) -> Decimal:
    """Return how much of a quantity can be dealt in: whole shares, or thousandths of a fund's."""
    return quantity.quantize(step_of(kind), ROUND_DOWN)


def step_of(kind: str) -> Decimal:
    """Return the least of such a security that is traded."""
    return FRACTION if kind in FRACTIONAL else Decimal(1)


# further off than this and a decimal point slipped, or the security is another one
_PRICE_FACTOR = Decimal(2)
# what a person enters of the past stands beside fees, splits and old closes: only a slipped decimal point is refused
_SLIPPED_FACTOR = 20
# a close that is older than this says nothing of a price
_PRICE_HOLDS = dt.timedelta(days=10)
# no account has entries before
FIRST_DAY = dt.date(1970, 1, 1)


def price_is_off(given: Decimal, known: Decimal) -> bool:
    """Say whether a price differs from the one known by more than a market moves between two closes."""
    low, high = min(given, known), max(given, known)
    return low <= 0 or high / low > _PRICE_FACTOR


def price_has_slipped(given: Decimal, known: Decimal, age: dt.timedelta) -> bool:
    """Say whether a price is off by about a hundred from a close so old; an old close says nothing."""
    low, high = min(given, known), max(given, known)
    return age <= _PRICE_HOLDS and low > 0 and high / low > _SLIPPED_FACTOR


def has_book(status: str) -> bool:
    """Say whether entries may be recorded in this state."""
    return status not in _WITHOUT_BOOK


def units_fit(kind: str, units: Decimal) -> bool:
    """Say whether the sign of the units is one that the kind can have."""
    if kind in ADDS_UNITS:
        return units > 0 or (kind == TransactionKind.TRANSFER_IN and units == 0)
    if kind in TAKES_UNITS:
        return units < 0 or (kind == TransactionKind.TRANSFER_OUT and units == 0)
    if kind == TransactionKind.SPLIT:
        return units != 0
    if kind in {TransactionKind.MERGER, TransactionKind.SYMBOL_CHANGE}:
        return units < 0
    if kind in {TransactionKind.STOCK_DIVIDEND, TransactionKind.RECEIVED}:
        return units > 0
    return kind == TransactionKind.JOURNAL or units == 0


_PAYS = {TransactionKind.BUY, TransactionKind.WITHDRAWAL}
_EARNS = {TransactionKind.DEPOSIT, TransactionKind.RETURN_OF_CAPITAL, TransactionKind.CASH_IN_LIEU}
_MOVES_CASH = {TransactionKind.DIVIDEND, TransactionKind.INTEREST} | CHARGES
_WITHOUT_CASH = (RESHAPES - {TransactionKind.MERGER}) | {TransactionKind.RECEIVED}


def cash_fits(kind: str, cash: Decimal) -> bool:
    """Say whether the sign of the cash is one that the kind can have; interest and fees go both ways."""
    if kind == TransactionKind.REINVEST or kind in _PAYS:
        return cash < 0 or (kind == TransactionKind.REINVEST and cash == 0)
    if kind in {TransactionKind.SELL, TransactionKind.MERGER} or kind in _EARNS:
        return cash > 0 or (kind not in _EARNS and cash == 0)
    if kind in _WITHOUT_CASH:
        return cash == 0
    return kind not in _MOVES_CASH or cash != 0


def first_shortfall(moves: Iterable[tuple[dt.date, Decimal]]) -> dt.date | None:
    """Return the first day at whose close less than nothing is held, None when there is none.

    Moves of one day count together, so that a purchase and its sale on the same day are right in any order.
    """
    by_day: dict[dt.date, Decimal] = {}
    for day, units in moves:
        by_day[day] = by_day.get(day, Decimal(0)) + units
    days = sorted(by_day)
    held = accumulate(by_day[day] for day in days)
    return next((day for day, quantity in zip(days, held, strict=True) if quantity < 0), None)


# more places than any list of a page has, and fewer digits than int() refuses
_PLACE_DIGITS = 5


def place_of(text: str) -> int | None:
    """Return the place in a list that an address or a form names; None for what names none."""
    return int(text) if text.isdecimal() and len(text) <= _PLACE_DIGITS else None


_DAYS_OF_A_QUARTER = 92


def rounds_to_the_same(one: Decimal, other: Decimal) -> bool:
    """Say whether two prices are one, told with different places (cents at least)."""
    places = max(2, min(_places(one), _places(other)))
    return abs(one - other) <= Decimal(5).scaleb(-places - 1)


def _places(price: Decimal) -> int:
    exponent = price.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def jumps(held: Decimal, told: Decimal, days: int, band: Decimal) -> bool:
    """Say whether a price lies further from another than the band allows for each quarter begun between their days.

    Up and down alike: a rise by a quarter and the fall back from it are the same step.
    """
    low, high = min(held, told), max(held, told)
    if low <= 0:
        return high != low
    return high / low - 1 > band * max(1, -(-days // _DAYS_OF_A_QUARTER))
