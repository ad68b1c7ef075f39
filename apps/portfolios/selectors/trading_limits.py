"""What a household has forbidden or set aside, as trades are held against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from apps.clients.models import Household
from apps.kernel.dates import DateSpan
from apps.kernel.errors import DomainError, gettext_noop
from apps.market.selectors.prices import close_at, rates_in
from apps.portfolios.models import (
    Account,
    CashReserve,
    Instrument,
    ProposedTrade,
    Restriction,
    RestrictionKind,
    Side,
    TradeProposal,
    TradeState,
)
from apps.portfolios.selectors.successors import with_successors
from apps.portfolios.selectors.targets import reserve_amount
from apps.portfolios.selectors.valuations import AccountHoldings, holdings_at

NOTHING = Decimal(0)
BRING_RATE = gettext_noop(
    "See Portfolios › Securities › Rates of exchange for what is known and how a rate is brought."
)
_FORBIDS = {
    RestrictionKind.NEVER_BUY: {Side.BUY},
    RestrictionKind.NEVER_SELL: {Side.SELL},
    RestrictionKind.HOLD: {Side.BUY, Side.SELL},
}


class RateMissingError(DomainError):
    """An account counts in a limit or reserve of its household, and nobody knows what its currency is worth."""

    code = "rate_missing"


# account, security, and what comes to be held of it, in the account's currency
Move = tuple[int, Instrument, Decimal]


@dataclass(frozen=True, slots=True)
class IntendedTrade:
    """A trade as limits are asked about it; `value` is in the account's currency."""

    account: Account
    instrument: Instrument
    side: str
    quantity: Decimal
    value: Decimal

    @property
    def signed(self) -> Decimal:
        """What it adds to what is held."""
        return self.value if self.side == Side.BUY else -self.value


@dataclass(frozen=True, slots=True)
class BrokenLimit:
    """Which of the trades (by its place) breaks which restriction."""

    place: int
    restriction: Restriction


def account_rates(accounts: Iterable[Account], currency: str, day: dt.date) -> dict[int, Decimal]:
    """Return what one unit of each account's currency is worth in another; accounts without a rate are missing."""
    listed = {account.pk: account.currency for account in accounts}
    found = rates_in(currency, set(listed.values()), DateSpan(day, day))
    last = {base: close_at(closes, day) for base, closes in found.items()}
    worth = {base: close.close for base, close in last.items() if close is not None} | {currency: Decimal(1)}
    return {pk: worth[base] for pk, base in listed.items() if base in worth}


def without_rate(
    accounts: Iterable[Account], held: Mapping[int, AccountHoldings], rates: Mapping[int, Decimal]
) -> list[Account]:
    """Return the accounts that hold something of which nobody knows what it is worth to the household."""
    unknown = [account for account in accounts if account.pk not in rates]
    return [each for each in unknown if held[each.pk].holdings or held[each.pk].cash or held[each.pk].unpriced]


def demand_rates(
    accounts: Iterable[Account], held: Mapping[int, AccountHoldings], rates: Mapping[int, Decimal]
) -> None:
    """Raise RateMissingError for the first account that would count as nothing."""
    for account in without_rate(accounts, held, rates):
        raise RateMissingError(
            gettext_noop(
                "No rate of exchange of %(currency)s is known: “%(account)s” cannot be counted in the household."
            ),
            mend=gettext_noop(
                "See Portfolios › Securities › Rates of exchange for what is known and how a rate is brought, or end"
                " the limit or reserve that counts the account."
            ),
            currency=account.currency,
            account=account.name,
        )


def broken_limits(
    household: Household, trades: Sequence[IntendedTrade], day: dt.date, besides: TradeProposal | None = None
) -> list[BrokenLimit]:
    """Return what the trades of a household would break on the day.

    A share is measured after the trades and those of other open proposals, of the account or of the household's
    managed accounts together, whichever the restriction is for; purchases alone can overstep it. Raises
    RateMissingError where one of these accounts cannot be counted.
    """
    standing = with_successors(Restriction.objects.on(day).filter(household=household).select_related("instrument"))
    bought = [trade for trade in trades if trade.side == Side.BUY]
    capped = [
        each
        for each in standing
        if each.kind == RestrictionKind.MAX_WEIGHT
        and any(each.is_about(t.instrument) and each.account_id in {None, t.account.pk} for t in bought)
    ]
    exceeded: set[int] = set()
    if capped:
        weights = Weights([household], day)
        moves = [(t.account.pk, t.instrument, t.signed) for t in trades] + open_moves(household, besides)
        exceeded = {each.pk for each in capped if weights.excess(each, moves) > 0}
    found = []
    for place, trade in enumerate(trades):
        for each in standing:
            if not each.is_about(trade.instrument) or each.account_id not in {None, trade.account.pk}:
                continue
            over = each.pk in exceeded and trade.side == Side.BUY
            if over or trade.side in _FORBIDS.get(RestrictionKind(each.kind), set()):
                found.append(BrokenLimit(place, each))
    return found


def open_moves(household: Household, besides: TradeProposal | None = None) -> list[Move]:
    """Return what open proposals will add to what is held: a sale that is not in the market yet may never come."""
    lines = ProposedTrade.objects.pending().filter(proposal__household=household).exclude(proposal=besides)
    return [
        (line.account_id, line.instrument, -line.amount_left)
        for line in lines.select_related("instrument", "proposal")
        if line.side == Side.BUY or line.proposal.state == TradeState.ORDERED
    ]


class Weights:
    """What the managed accounts of households hold on a day, as restrictions of weight are measured."""

    def __init__(self, households: Iterable[Household], day: dt.date) -> None:
        listed = Account.objects.filter(household__in=households).managed().open().select_related("household")
        accounts = {account.pk: account for account in listed}
        self.accounts: Mapping[int, Account] = accounts
        self.held: Mapping[int, AccountHoldings] = holdings_at(accounts.values(), day)
        self.rates: dict[int, Decimal] = {}
        for currency in {account.household.currency for account in accounts.values()}:
            own = [account for account in accounts.values() if account.household.currency == currency]
            self.rates |= account_rates(own, currency, day)
        ids = {h.instrument_id for at in self.held.values() for h in at.holdings}
        self.instruments = Instrument.objects.in_bulk(ids)

    def of(self, cap: Restriction, moves: Iterable[Move] = ()) -> tuple[Decimal, Decimal]:
        """Return what is held, after the moves, of what a restriction is about, and what is held in all.

        Both are of the restriction's account, or of its whole household, in the household's currency. Raises
        RateMissingError where one of its accounts has no rate.
        """
        within = self._within(cap)
        demand_rates((self.accounts[pk] for pk in within), self.held, self.rates)
        within = [pk for pk in within if pk in self.rates]
        total = sum((self.held[pk].total * self.rates[pk] for pk in within), NOTHING)
        parts = [
            (pk, self.instruments[h.instrument_id], h.value or NOTHING) for pk in within for h in self.held[pk].holdings
        ]
        parts += [move for move in moves if move[0] in within]
        held = sum((value * self.rates[pk] for pk, instrument, value in parts if cap.is_about(instrument)), NOTHING)
        return held, total

    def unmeasured(self, cap: Restriction) -> list[Account]:
        """Return the accounts for want of whose rate nobody can say whether a restriction is kept."""
        return without_rate((self.accounts[pk] for pk in self._within(cap)), self.held, self.rates)

    def _within(self, cap: Restriction) -> list[int]:
        return [
            pk
            for pk, account in self.accounts.items()
            if account.household_id == cap.household_id and cap.account_id in {None, pk}
        ]

    def excess(self, cap: Restriction, moves: Iterable[Move] = ()) -> Decimal:
        """Return what is held beyond the most that a restriction allows; below zero is room."""
        held, total = self.of(cap, moves)
        return held - total * (cap.max_weight or NOTHING)


def reserved_cash(accounts: Iterable[Account], day: dt.date) -> dict[int, Decimal]:
    """Return the cash of each account that its own reserves keep on the day."""
    listed = {account.pk: account for account in accounts}
    kept: dict[int, list[CashReserve]] = {}
    for each in CashReserve.objects.on(day).filter(account__in=listed):
        kept.setdefault(each.account_id or 0, []).append(each)
    values = {pk: at.total for pk, at in holdings_at([listed[pk] for pk in kept], day).items()} if kept else {}
    return {pk: reserve_amount(reserves, values) for pk, reserves in kept.items()}


def household_reserve(household: Household, day: dt.date) -> Decimal:
    """Return the cash that the household's managed accounts keep together on the day, its accounts' own included.

    It is in the household's currency. Raises RateMissingError where one of them has no rate.
    """
    reserves = list(CashReserve.objects.on(day).filter(Q(household=household)))
    if not any(each.account_id is None for each in reserves):
        return NOTHING
    accounts = list(Account.objects.filter(household=household).managed().open())
    rates = account_rates(accounts, household.currency, day)
    held = holdings_at(accounts, day)
    demand_rates(accounts, held, rates)
    values = {pk: held[pk].total * rate for pk, rate in rates.items()}
    return reserve_amount(reserves, values, rates)
