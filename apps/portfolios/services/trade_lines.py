"""The lines of a proposal, held against the book: every entry of trades passes here, and so does their release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from apps.clients.models import Household
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.market.models import SecurityKind
from apps.portfolios.models import Account, AccountStatus, BlockOrder, Instrument, Side, TradeProposal
from apps.portfolios.policies import FRACTIONAL, dealt, price_is_off
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.trading_limits import (
    BRING_RATE,
    BrokenLimit,
    IntendedTrade,
    account_rates,
    broken_limits,
    household_reserve,
)
from apps.portfolios.selectors.trading_room import AccountRoom, Estimate, estimates, lots_spoken_for, rooms_of

CENT, UNIT = Decimal("0.01"), Decimal("0.00000001")


class TradeRefusedError(InvalidInputError):
    """A line cannot be traded as it is written."""

    code = "trade_refused"


class OversoldTradeError(DomainError):
    """More would be sold than is held and not spoken for."""

    code = "trade_oversold"


class CashShortError(DomainError):
    """More would be bought than cash and sales pay for, less the reserve."""

    code = "trade_cash_short"


class RestrictedTradeError(DomainError):
    """The household has forbidden the trade."""

    code = "trade_restricted"


@dataclass(frozen=True, slots=True)
class LotPick:
    """Units of one lot of the account's book (`Lot.lot_id`)."""

    lot_id: str
    quantity: Decimal
    acquired_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class TradeLine:
    """So much of a security in an account: by quantity, or by amount in the account's currency.

    With both, the amount must be near quantity times price: it shows a decimal point that slipped.
    """

    account: Account
    instrument: Instrument
    side: str
    quantity: Decimal | None = None
    amount: Decimal | None = None
    limit_price: Decimal | None = None
    lots: Sequence[LotPick] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line that the book has room for, with its estimate."""

    line: TradeLine
    quantity: Decimal
    estimate: Estimate
    value: Decimal
    lots: tuple[LotPick, ...]


def checked_lines(
    household: Household, lines: Sequence[TradeLine], day: dt.date, besides: TradeProposal | None = None
) -> list[CheckedLine]:
    """Return the lines with their quantities and estimates.

    Raises TradeRefusedError for a security that is not traded or has no price, an account that is not active or not
    this household's, a quantity or price that cannot be; OversoldTradeError, CashShortError, RestrictedTradeError and,
    where an account that a limit or reserve counts has no rate of exchange, RateMissingError.
    The field at fault is `line_<place>_<what>`.
    """
    if not lines:
        raise TradeRefusedError(gettext_noop("The proposal has no trade."), field="line_0_symbol")
    accounts = {line.account.pk: line.account for line in lines}
    managed = Account.objects.filter(household=household).managed().open()
    rooms = rooms_of({**{account.pk: account for account in managed}, **accounts}.values(), day, besides)
    known = {
        (currency, pk): found
        for currency in {account.currency for account in accounts.values()}
        for pk, found in estimates([line.instrument for line in lines], currency, day).items()
    }
    rates, checked = account_rates(accounts.values(), household.currency, day), []
    for place, line in enumerate(lines):
        _tradable(place, line, household)
        if line.account.pk not in rates:
            raise TradeRefusedError(
                gettext_noop("No rate of exchange is known for “%(account)s”: no limit could measure the trade."),
                mend=BRING_RATE,
                field=f"line_{place}_account",
                account=line.account.name,
            )
        estimate = known.get((line.account.currency, line.instrument.pk))
        if estimate is None:
            raise TradeRefusedError(
                gettext_noop("No price is known of %(symbol)s: nothing can be estimated."),
                mend=gettext_noop("Bring a price first."),
                field=f"line_{place}_symbol",
                symbol=str(line.instrument),
            )
        checked.append(_sized(place, line, estimate, rooms[line.account.pk]))
    _enough(checked, rooms)
    _reserve_left(household, checked, rooms, day)
    checked = _named_lots(checked, day, besides)
    _allowed(household, checked, day, besides)
    return checked


def _tradable(place: int, line: TradeLine, household: Household) -> None:
    account, instrument = line.account, line.instrument
    if account.household_id != household.pk:
        raise TradeRefusedError(
            gettext_noop("The account belongs to another household."), field=f"line_{place}_account"
        )
    if account.is_held_away or account.status != AccountStatus.ACTIVE:
        raise TradeRefusedError(
            gettext_noop("Nothing can be traded in “%(account)s”: it is not active, or held away."),
            mend=gettext_noop("Move the account on first, or choose another."),
            field=f"line_{place}_account",
            account=account.name,
        )
    master = instrument.master
    if (master is not None and not master.is_active) or instrument.kind == SecurityKind.PRIVATE_FUND:
        raise TradeRefusedError(
            gettext_noop("%(symbol)s is not traded."),
            mend=gettext_noop("Choose another security."),
            field=f"line_{place}_symbol",
            symbol=str(instrument),
        )
    if line.side not in Side.values:
        raise TradeRefusedError(gettext_noop("Choose buy or sell."), field=f"line_{place}_side")
    for name in ("quantity", "amount", "limit_price"):
        value = getattr(line, name)
        if value is not None and value <= 0:
            raise TradeRefusedError(
                gettext_noop("Give numbers above zero: the side says in which direction they go."),
                field=f"line_{place}_{name}",
            )


def _sized(place: int, line: TradeLine, estimate: Estimate, room: AccountRoom) -> CheckedLine:
    """Return the line with the quantity that is asked for, or that the amount buys."""
    if line.limit_price is not None and price_is_off(line.limit_price, estimate.price):
        raise _off(place, "limit_price", line.limit_price, estimate)
    unit = estimate.unit_value
    if line.limit_price is not None and line.side == Side.BUY:
        unit = max(unit, unit * line.limit_price / estimate.price)
    quantity = line.quantity
    if quantity is None:
        if line.amount is None:
            raise TradeRefusedError(
                gettext_noop("The line has neither a quantity nor an amount."), field=f"line_{place}_quantity"
            )
        quantity = dealt(line.instrument.kind, line.amount / unit)
    elif line.amount is not None and price_is_off(line.amount / quantity, estimate.unit_value):
        raise _off(place, "amount", line.amount / quantity, estimate)
    quantity = quantity.quantize(UNIT, ROUND_DOWN)
    whole = line.instrument.kind in FRACTIONAL or quantity == quantity.to_integral_value()
    if not whole and not (line.side == Side.SELL and quantity == room.held(line.instrument.pk)):
        raise TradeRefusedError(
            gettext_noop("%(symbol)s is traded in whole shares; a fraction goes only with the whole holding."),
            field=f"line_{place}_quantity",
            symbol=str(line.instrument),
        )
    if quantity <= 0:
        raise TradeRefusedError(
            gettext_noop("The amount does not pay for one share of %(symbol)s."),
            field=f"line_{place}_amount",
            symbol=str(line.instrument),
        )
    value = (quantity * unit).quantize(CENT, ROUND_HALF_UP)
    return CheckedLine(line, quantity, estimate, value, tuple(line.lots))


def _off(place: int, what: str, given: Decimal, estimate: Estimate) -> TradeRefusedError:
    return TradeRefusedError(
        gettext_noop("A price of %(given)s is far from the last one, %(known)s of %(day)s."),
        mend=gettext_noop("Check the decimal point and the security."),
        field=f"line_{place}_{what}",
        given=f"{given.quantize(CENT):f}",
        known=f"{estimate.price.quantize(CENT):f}",
        day=estimate.priced_on.isoformat(),
    )


def _enough(checked: Sequence[CheckedLine], rooms: dict[int, AccountRoom]) -> None:
    """Hold sales against holdings and purchases against cash, all lines of an account together."""
    flows = {pk: room.to_spend for pk, room in rooms.items()}
    for place, each in enumerate(checked):
        room, instrument = rooms[each.line.account.pk], each.line.instrument
        sells = each.line.side == Side.SELL
        flows[each.line.account.pk] += each.value if sells else -each.value
        if not sells:
            continue
        left = room.held(instrument.pk)
        if each.quantity > left:
            raise OversoldTradeError(
                gettext_noop("“%(account)s” can sell %(left)s of %(symbol)s, not %(asked)s."),
                mend=gettext_noop("What open proposals sell is spoken for."),
                field=f"line_{place}_quantity",
                account=each.line.account.name,
                left=f"{max(left, Decimal(0)).normalize():f}",
                symbol=str(instrument),
                asked=f"{each.quantity.normalize():f}",
            )
        room.units[instrument.pk] = left - each.quantity
    for place, each in enumerate(checked):
        short = -flows[each.line.account.pk]
        if each.line.side == Side.BUY and short > 0:
            raise CashShortError(
                gettext_noop("“%(account)s” lacks %(short)s: purchases exceed cash and sales, less the reserve."),
                mend=gettext_noop("Buy less, sell more, or wait for cash."),
                field=f"line_{place}_quantity",
                account=each.line.account.name,
                short=f"{short:.2f}",
            )


def _named_lots(checked: Sequence[CheckedLine], day: dt.date, besides: TradeProposal | None) -> list[CheckedLine]:
    """Hold the lots that are named against those of the book, less what other lines and open proposals name of them.

    The day of a lot is the book's: a custodian knows it by when it was bought, not by a holding period that was moved.
    """
    taken = lots_spoken_for([each.line.account for each in checked if each.lots], besides)
    found = list(checked)
    for place, each in enumerate(checked):
        if not each.lots:
            continue
        position = account_book(each.line.account, day).position(str(each.line.instrument.pk))
        open_lots = {lot.lot_id: lot for lot in position.lots} if position else {}
        picked = sum((pick.quantity for pick in each.lots), Decimal(0))
        fits = len({pick.lot_id for pick in each.lots}) == len(each.lots)
        for pick in each.lots:
            key = each.line.account.pk, pick.lot_id
            taken[key] = taken.get(key, Decimal(0)) + pick.quantity
            lot = open_lots.get(pick.lot_id)
            fits = fits and pick.quantity > 0 and lot is not None and taken[key] <= lot.quantity
        if each.line.side != Side.SELL or not fits or picked != each.quantity:
            raise TradeRefusedError(
                gettext_noop("The lots named of %(symbol)s do not make the sale."),
                mend=gettext_noop("Name open lots of the account, together as many as are sold."),
                field=f"line_{place}_quantity",
                symbol=str(each.line.instrument),
            )
        lots = tuple(replace(pick, acquired_on=open_lots[pick.lot_id].acquired_on) for pick in each.lots)
        found[place] = replace(each, lots=lots)
    return found


def _reserve_left(
    household: Household, checked: Sequence[CheckedLine], rooms: dict[int, AccountRoom], day: dt.date
) -> None:
    """Hold purchases against the cash that the household keeps over all its managed accounts."""
    kept = household_reserve(household, day)
    if not kept:
        return
    accounts = Account.objects.filter(pk__in=rooms)
    rates = account_rates(accounts, household.currency, day)
    moves = sum(
        ((e.value if e.line.side == Side.SELL else -e.value) * rates[e.line.account.pk] for e in checked), Decimal(0)
    )
    short = kept - moves - sum((rooms[pk].cash * rate for pk, rate in rates.items()), Decimal(0))
    bought = next((place for place, each in enumerate(checked) if each.line.side == Side.BUY), None)
    if short > 0 and moves < 0 and bought is not None:
        raise CashShortError(
            gettext_noop("The household's cash reserve would lack %(short)s."),
            mend=gettext_noop("Buy less, sell more, or wait for cash."),
            field=f"line_{bought}_quantity",
            short=f"{short:.2f}",
        )


def _allowed(household: Household, checked: Sequence[CheckedLine], day: dt.date, besides: TradeProposal | None) -> None:
    intended = [
        IntendedTrade(each.line.account, each.line.instrument, each.line.side, each.quantity, each.value)
        for each in checked
    ]
    _refuse_first(broken_limits(household, intended, day, besides), intended)


def demand_unrestricted(order: BlockOrder, day: dt.date) -> None:
    """Raise RestrictedTradeError where a household forbids its part of a block by now.

    Held against it with the rest of its proposal that is not executed yet.
    """
    own = set(order.shares.values_list("line", flat=True))
    for proposal in TradeProposal.objects.filter(lines__in=own).distinct().select_related("household").order_by("pk"):
        lines = list(proposal.lines.pending().select_related("account", "instrument").order_by("pk"))
        intended = [
            IntendedTrade(line.account, line.instrument, line.side, line.left, abs(line.amount_left)) for line in lines
        ]
        broken = broken_limits(proposal.household, intended, day, proposal)
        _refuse_first([each for each in broken if lines[each.place].pk in own], intended)


def _refuse_first(found: Sequence[BrokenLimit], intended: Sequence[IntendedTrade]) -> None:
    for broken in found:
        raise RestrictedTradeError(
            gettext_noop("%(symbol)s may not be traded so: %(what)s (%(reason)s)."),
            mend=gettext_noop("Take the line out, or end the restriction first."),
            field=f"line_{broken.place}_symbol",
            symbol=str(intended[broken.place].instrument),
            what=str(broken.restriction.get_kind_display()).lower(),
            reason=broken.restriction.reason,
        )
