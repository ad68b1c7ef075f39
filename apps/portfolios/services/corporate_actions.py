"""Recording what a company did to its shares, as a person tells it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.dates import DateSpan
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.models import Account, Instrument, Transaction, TransactionKind
from apps.portfolios.policies import LEADS_ELSEWHERE, OF_RATIO, RESHAPES
from apps.portfolios.selectors.prices import PriceBook
from apps.portfolios.services.entries import NOTHING, TransactionEntry
from apps.portfolios.services.instruments import instrument_by_symbol
from apps.portfolios.services.transactions import record_transaction, refuse_for_asset


@dataclass(frozen=True, slots=True)
class ActionByHand:
    """A corporate action as a person types it: securities by symbol, the ratio as new shares for (or on) old ones.

    `cash` is what a merger pays for the whole position. Values per share that are left out are the closes of the day.
    """

    kind: str
    trade_date: dt.date
    symbol: str
    into: str = ""
    split_new: Decimal | None = None
    split_old: Decimal | None = None
    cash: Decimal | None = None
    fair_old: Decimal | None = None
    fair_new: Decimal | None = None
    description: str = ""


@service
def record_action_by_hand(*, account: Account, typed: ActionByHand, by: Actor) -> Transaction:
    """Record a split, dividend in shares, merger, spin-off or change of symbol.

    Raises InvalidInputError for another kind, an unknown symbol, a negative number, or terms that are missing,
    OfAssetError in the account of a manual asset, and what `record_transactions` raises.
    """
    refuse_for_asset(account)
    if typed.kind not in RESHAPES:
        raise InvalidInputError(gettext_noop("“%(kind)s” is no corporate action."), field="kind", kind=typed.kind)
    for field in ("cash", "fair_old", "fair_new"):
        if (getattr(typed, field) or NOTHING) < 0:
            raise InvalidInputError(gettext_noop("The number must not be negative."), field=field)
    leads = typed.kind in LEADS_ELSEWHERE
    entry = TransactionEntry(
        kind=typed.kind,
        trade_date=typed.trade_date,
        instrument=instrument_by_symbol(symbol=typed.symbol, field="symbol", by=by),
        into=instrument_by_symbol(symbol=typed.into, field="into", by=by) if leads and typed.into else None,
        cash=typed.cash or NOTHING if typed.kind == TransactionKind.MERGER else NOTHING,
        split_new=typed.split_new if typed.kind in OF_RATIO else None,
        split_old=typed.split_old if typed.kind in OF_RATIO else None,
        fair_old=typed.fair_old,
        fair_new=typed.fair_new,
        description=typed.description,
    )
    return record_transaction(account=account, entry=with_fair_values(entry), by=by)


def with_fair_values(entry: TransactionEntry) -> TransactionEntry:
    """Fill in the values per share from the closes of the day where the action shares cost by value.

    A close of another day tells nothing of the value after the action: then the value stays open, and recording asks
    for it.
    """
    is_shared = entry.kind == TransactionKind.SPIN_OFF or (entry.kind == TransactionKind.MERGER and entry.cash)
    if not is_shared:
        return replace(entry, fair_old=None, fair_new=None)
    fair_old = entry.fair_old if entry.fair_old is not None else _close(entry.instrument, entry.trade_date)
    fair_new = entry.fair_new if entry.fair_new is not None else _close(entry.into, entry.trade_date)
    if entry.kind == TransactionKind.MERGER:
        fair_old = None
    return replace(entry, fair_old=fair_old, fair_new=fair_new)


def _close(instrument: Instrument | None, day: dt.date) -> Decimal | None:
    if instrument is None:
        return None
    close = PriceBook([instrument], instrument.currency, DateSpan(day, day)).price(instrument.pk, day)
    return close.close if close is not None and close.day == day else None
