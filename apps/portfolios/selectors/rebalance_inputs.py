"""A household as the rebalancing engine takes it: accounts, lots, cash, targets, restrictions, recent trades."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.clients.models import Household
from apps.market.models import SecurityKind
from apps.portfolios.engine import rebalancing
from apps.portfolios.engine.drift import Band
from apps.portfolios.engine.lots import Term
from apps.portfolios.engine.positions import Book
from apps.portfolios.engine.rebalancing import inputs as engine
from apps.portfolios.engine.wash_ledger import TaxTreatment
from apps.portfolios.models import Account, AccountStatus, Instrument, Restriction, Transaction, TransactionKind
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.lots import DUST
from apps.portfolios.selectors.targets import HouseholdTargets, PortfolioTarget, household_targets
from apps.portfolios.selectors.trading_room import AccountRoom, Estimate, estimates, rooms_of

NOTHING, ONE = Decimal(0), Decimal(1)
VERSION = rebalancing.REBALANCING_VERSION
# as trades are written down (services/trade_lines.py): funds in thousandths, all else in whole shares
FUND_STEP = Decimal("0.001")
FUNDS = {SecurityKind.MUTUAL_FUND, SecurityKind.MONEY_MARKET}
_KINDS = {
    "never_buy": engine.RestrictionKind.NO_BUY,
    "never_sell": engine.RestrictionKind.NO_SELL,
    "hold": engine.RestrictionKind.HOLD,
    "max_weight": engine.RestrictionKind.MAX_WEIGHT,
}
LOOK_BACK = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CashToRaise:
    """Cash that an account must have after the run, beside its reserve."""

    account: Account
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Question:
    """A household on a day. `left_out` names what could not be counted: no price, another currency."""

    inputs: engine.RebalanceInputs
    left_out: tuple[str, ...]


def household_question(household: Household, day: dt.date, cash: CashToRaise | None = None) -> Question:
    """Return what is known of a household's managed accounts that follow a model, and of its recent trades.

    What open proposals have spoken for is neither sold nor spent again. Accounts of another currency are left out.
    """
    targets = household_targets(household, day)
    taken = {each.pk: each for target in targets.targets for each in target.accounts}
    accounts = [each for each in taken.values() if each.currency == household.currency]
    books = {account.pk: account_book(account, day) for account in accounts}
    instruments = _instruments(targets, books.values())
    known = estimates(instruments.values(), household.currency, day)
    rooms = rooms_of(accounts, day)
    securities = tuple(_security(instruments[pk], estimate) for pk, estimate in sorted(known.items()))
    kept = _reserves(targets, rooms, books, known)
    if cash is not None and cash.amount:
        kept.setdefault(cash.account.pk, []).append(engine.CashNeed(engine.NeedKind.RAISE, cash.amount))
    listed = tuple(_account(each, books[each.pk], rooms[each.pk], known, kept.get(each.pk, [])) for each in accounts)
    everywhere = list(household.accounts.all())
    inputs = engine.RebalanceInputs(
        day=day,
        securities=securities,
        accounts=listed,
        pools=tuple(_pools(targets, {each.pk for each in accounts}, known)),
        restrictions=tuple(_restrictions(targets, accounts, securities, instruments)),
        loss_sales=tuple(_loss_sales(accounts, books, day)),
        purchases=tuple(_purchases(everywhere, day)),
        realised=_realised(accounts, books, day),
    )
    unpriced = sorted(str(each) for pk, each in instruments.items() if pk not in known)
    foreign = sorted(each.name for each in taken.values() if each.currency != household.currency)
    return Question(inputs, (*unpriced, *foreign))


def _instruments(targets: HouseholdTargets, books: Iterable[Book]) -> dict[int, Instrument]:
    wanted = {
        each.pk: each
        for target in targets.targets
        for sleeve in target.sleeves
        for holding in sleeve.holdings
        for each in (holding.instrument, *holding.substitutes)
    }
    held = {int(position.security_id) for book in books for position in book.positions}
    rows = Instrument.objects.select_related("master").filter(pk__in=held | wanted.keys())
    return {row.pk: row for row in rows}


def _security(instrument: Instrument, estimate: Estimate) -> engine.Security:
    step = FUND_STEP if instrument.kind in FUNDS else ONE
    return engine.Security(str(instrument.pk), estimate.unit_value, instrument.asset_class, step)


def _account(
    account: Account,
    book: Book,
    room: AccountRoom,
    known: Mapping[int, Estimate],
    needs: Sequence[engine.CashNeed],
) -> engine.InvestedAccount:
    lots: list[engine.HeldLot] = []
    for position in book.positions:
        if int(position.security_id) not in known:
            continue
        open_lots = [lot for lot in position.lots if lot.quantity >= DUST]
        # what an open proposal sells is gone: from the youngest lots, since it may name others
        spoken = sum((lot.quantity for lot in open_lots), NOTHING) - room.held(int(position.security_id))
        for lot in sorted(open_lots, key=lambda each: each.acquired_on, reverse=True):
            part = min(max(spoken, NOTHING), lot.quantity)
            spoken -= part
            left = lot.quantity - part
            if left > 0:
                cost = None if lot.cost is None else lot.cost * left / lot.quantity
                lots.append(engine.HeldLot(lot.lot_id, position.security_id, left, cost, lot.acquired_on))
    treatment = TaxTreatment(account.tax_treatment)
    return engine.InvestedAccount(str(account.pk), treatment, room.cash, tuple(lots), tuple(needs))


def _reserves(
    targets: HouseholdTargets,
    rooms: Mapping[int, AccountRoom],
    books: Mapping[int, Book],
    known: Mapping[int, Estimate],
) -> dict[int, list[engine.CashNeed]]:
    """Reserves of an account stay in it; the household's are kept where most cash is."""
    needs: dict[int, list[engine.CashNeed]] = {}
    for target in targets.targets:
        values = {
            each.pk: rooms[each.pk].cash + _worth(books[each.pk], known) for each in target.accounts if each.pk in rooms
        }
        for reserve in target.reserves:
            if reserve.account_id is not None and reserve.account_id not in values:
                continue
            amount = replace(target, reserves=(reserve,)).reserve_of(values).quantize(Decimal("0.01"))
            for pk, part in _shared(amount, reserve.account_id, values, rooms).items():
                needs.setdefault(pk, []).append(engine.CashNeed(engine.NeedKind.RESERVE, part))
    return needs


def _shared(
    amount: Decimal, account_id: int | None, values: Mapping[int, Decimal], rooms: Mapping[int, AccountRoom]
) -> dict[int, Decimal]:
    if account_id is not None:
        return {account_id: amount}
    parts: dict[int, Decimal] = {}
    order = sorted(values, key=lambda pk: (-rooms[pk].cash, pk))
    for pk in order:
        part = min(amount, max(rooms[pk].cash, NOTHING))
        if part:
            parts[pk] = part
            amount -= part
    if amount > 0 and order:
        largest = max(order, key=lambda pk: values[pk])
        parts[largest] = parts.get(largest, NOTHING) + amount
    return parts


def _worth(book: Book, known: Mapping[int, Estimate]) -> Decimal:
    priced = ((known.get(int(each.security_id)), each.quantity) for each in book.positions)
    return sum((estimate.unit_value * quantity for estimate, quantity in priced if estimate), NOTHING)


def _pools(targets: HouseholdTargets, ids: set[int], known: Mapping[int, Estimate]) -> Iterable[engine.Pool]:
    for target in targets.targets:
        accounts = tuple(str(each.pk) for each in target.accounts if each.pk in ids)
        if accounts:
            yield engine.Pool(
                pool_id=str(target.account.pk) if target.account is not None else "",
                account_ids=accounts,
                holdings=tuple(_holdings(target, known)),
                classes=tuple(
                    engine.ClassTarget(sleeve.asset_class, sleeve.weight, *_edges(sleeve.weight, sleeve.band))
                    for sleeve in target.sleeves
                    if sleeve.holdings
                ),
                outside_band=target.version.outside_band,
            )


def _holdings(target: PortfolioTarget, known: Mapping[int, Estimate]) -> Iterable[engine.HoldingTarget]:
    """Securities without a price are passed over for the first substitute that has one."""
    for sleeve in target.sleeves:
        for holding in sleeve.holdings:
            priced = [str(each.pk) for each in (holding.instrument, *holding.substitutes) if each.pk in known]
            if priced:
                low, high = _edges(holding.weight, holding.band)
                yield engine.HoldingTarget(priced[0], holding.weight, low, high, tuple(priced[1:]))


def _edges(weight: Decimal, band: Band) -> tuple[Decimal, Decimal]:
    width = band.width(weight)
    return (NOTHING, ONE) if width is None else (max(weight - width, NOTHING), weight + width)


def _restrictions(
    targets: HouseholdTargets,
    accounts: Sequence[Account],
    securities: Sequence[engine.Security],
    instruments: Mapping[int, Instrument],
) -> Iterable[engine.Restriction]:
    """The client's, and what cannot be traded: private funds, securities that ended, accounts that are not active."""
    known = {each.security_id for each in securities}
    for row in targets.restrictions:
        yield from _restriction(row, securities, known)
    for each in securities:
        instrument = instruments[int(each.security_id)]
        ended = instrument.master is not None and not instrument.master.is_active
        if ended or instrument.kind == SecurityKind.PRIVATE_FUND:
            yield engine.Restriction(engine.RestrictionKind.HOLD, security_id=each.security_id)
    for account in accounts:
        if account.status != AccountStatus.ACTIVE:
            for each in securities:
                yield engine.Restriction(engine.RestrictionKind.HOLD, str(account.pk), each.security_id)


def _restriction(
    row: Restriction, securities: Sequence[engine.Security], known: set[str]
) -> Iterable[engine.Restriction]:
    kind, account = _KINDS[row.kind], str(row.account_id or "")
    if row.instrument_id is not None:
        if str(row.instrument_id) in known:
            yield engine.Restriction(kind, account, str(row.instrument_id), weight=row.max_weight)
    elif kind is not engine.RestrictionKind.MAX_WEIGHT:
        yield engine.Restriction(kind, account, asset_class=row.asset_class)
    else:
        for each in securities:
            if each.asset_class == row.asset_class:
                yield engine.Restriction(kind, account, each.security_id, weight=row.max_weight)


def _purchases(accounts: Sequence[Account], day: dt.date) -> Iterable[engine.PastTrade]:
    """Purchases and reinvestments of every account of the household, held away or not."""
    bought = (TransactionKind.BUY, TransactionKind.REINVEST)
    rows = Transaction.objects.filter(account__in=accounts, kind__in=bought, trade_date__gt=day - LOOK_BACK * 2)
    for row in rows.standing().exclude(instrument=None):
        if day - LOOK_BACK <= row.trade_date <= day:
            name, account = str(row.instrument_id), str(row.account_id)
            yield engine.PastTrade(name, account, row.trade_date, str(row.public_id))


def _loss_sales(accounts: Sequence[Account], books: Mapping[int, Book], day: dt.date) -> Iterable[engine.PastTrade]:
    for account in accounts:
        for gain in books[account.pk].realised if account.tax_treatment == TaxTreatment.TAXABLE else ():
            if gain.gain is not None and gain.gain < 0 and gain.realised_on >= day - LOOK_BACK:
                yield engine.PastTrade(gain.security_id, str(account.pk), gain.realised_on)


def _realised(accounts: Sequence[Account], books: Mapping[int, Book], day: dt.date) -> tuple[engine.RealisedGains, ...]:
    """Net gains of the calendar year in taxable accounts, before wash sales are adjusted."""
    sums = {Term.SHORT: NOTHING, Term.LONG: NOTHING}
    for account in accounts:
        for gain in books[account.pk].realised if account.tax_treatment == TaxTreatment.TAXABLE else ():
            if gain.gain is not None and gain.realised_on.year == day.year:
                sums[gain.term] += gain.gain
    return (engine.RealisedGains("", sums[Term.SHORT], sums[Term.LONG]),)
