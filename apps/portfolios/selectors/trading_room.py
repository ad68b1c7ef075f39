"""What accounts have room for: holdings and cash that no open proposal has spoken for, and prices to estimate with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from apps.kernel.dates import DateSpan
from apps.portfolios.models import Account, Instrument, ProposedTrade, Side, TradeProposal, TradeState
from apps.portfolios.selectors.prices import PriceBook
from apps.portfolios.selectors.trading_limits import reserved_cash
from apps.portfolios.selectors.valuations import holdings_at

NOTHING = Decimal(0)
__all__ = ["AccountRoom", "Estimate", "estimates", "lots_spoken_for", "rooms_of"]


@dataclass(slots=True)
class AccountRoom:
    """What an account can still sell and spend on a day, in its own currency."""

    cash: Decimal
    reserve: Decimal
    units: dict[int, Decimal] = field(default_factory=dict)

    @property
    def to_spend(self) -> Decimal:
        """Cash above the reserve."""
        return self.cash - self.reserve

    def held(self, instrument_id: int) -> Decimal:
        """Units that nothing open has spoken for."""
        return self.units.get(instrument_id, NOTHING)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The last price of a security, its day, and what one unit is worth in the account's currency."""

    price: Decimal
    priced_on: dt.date
    unit_value: Decimal


def rooms_of(accounts: Iterable[Account], day: dt.date, besides: TradeProposal | None = None) -> dict[int, AccountRoom]:
    """Return the room of each account; the lines of `besides` are not counted as spoken for."""
    listed = {account.pk: account for account in accounts}
    held, reserves = holdings_at(listed.values(), day), reserved_cash(listed.values(), day)
    rooms = {
        pk: AccountRoom(
            held[pk].cash, reserves.get(pk, NOTHING), {h.instrument_id: h.quantity for h in held[pk].holdings}
        )
        for pk in listed
    }
    lines = ProposedTrade.objects.pending().filter(account__in=listed).exclude(proposal=besides)
    nets: dict[tuple[int, int, bool], Decimal] = {}
    for line in lines.select_related("proposal"):
        room, key = (
            rooms[line.account_id],
            (line.account_id, line.proposal_id, line.proposal.state == TradeState.ORDERED),
        )
        nets[key] = nets.get(key, NOTHING) + line.amount_left
        if line.side == Side.SELL:
            room.units[line.instrument_id] = room.held(line.instrument_id) - line.left
    for (account, _, is_ordered), net in nets.items():
        # what a proposal that is not in the market yet would bring is not there to be spent by another
        rooms[account].cash += net if is_ordered else min(net, NOTHING)
    return rooms


def lots_spoken_for(
    accounts: Iterable[Account], besides: TradeProposal | None = None
) -> dict[tuple[int, str], Decimal]:
    """Return how much of each lot, by account and lot, open proposals name that are not executed yet."""
    pending = ProposedTrade.objects.pending().filter(account__in={account.pk for account in accounts})
    found: dict[tuple[int, str], Decimal] = {}
    for line in pending.exclude(proposal=besides).prefetch_related("lots"):
        done = line.filled_quantity or NOTHING
        for lot in sorted(line.lots.all(), key=lambda each: each.pk):
            # what is executed took them in the order named
            gone = min(done, lot.quantity)
            done -= gone
            key = line.account_id, lot.lot_id
            found[key] = found.get(key, NOTHING) + lot.quantity - gone
    return found


def estimates(instruments: Iterable[Instrument], currency: str, day: dt.date) -> dict[int, Estimate]:
    """Return the last prices on or before the day, each with what one unit is worth in the currency."""
    listed = {instrument.pk: instrument for instrument in instruments}
    book = PriceBook(listed.values(), currency, DateSpan(day, day))
    result = {}
    for pk in listed:
        close, value = book.price(pk, day), book.value(pk, Decimal(1), day)
        if close is not None and value is not None and value > 0:
            result[pk] = Estimate(close.close, close.day, value)
    return result
