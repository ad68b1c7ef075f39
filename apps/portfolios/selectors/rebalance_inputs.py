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
from apps.portfolios.engine.equivalence import EquivalenceTable
from apps.portfolios.engine.rebalancing import inputs as engine
from apps.portfolios.engine.wash_ledger import TaxTreatment
from apps.portfolios.models import (
    Account,
    AccountStatus,
    Instrument,
    ProposedTrade,
    Restriction,
    RestrictionKind,
    Side,
    Transaction,
    TransactionKind,
)
from apps.portfolios.policies import step_of
from apps.portfolios.selectors.cash_needs import cash_needs
from apps.portfolios.selectors.equivalence import memberships
from apps.portfolios.selectors.gain_lines import brought_home
from apps.portfolios.selectors.lots import DUST
from apps.portfolios.selectors.prices import DatedRates
from apps.portfolios.selectors.targets import HouseholdTargets, PortfolioTarget, household_targets
from apps.portfolios.selectors.trading_limits import Weights, open_moves
from apps.portfolios.selectors.trading_room import AccountRoom, Estimate, estimates, rooms_of
from apps.portfolios.selectors.wash_sales import HouseholdGains, OpenPiece, household_wash_sales

NOTHING, ONE = Decimal(0), Decimal(1)
VERSION = rebalancing.REBALANCING_VERSION
_KINDS = {
    "never_buy": engine.RestrictionKind.NO_BUY,
    "never_sell": engine.RestrictionKind.NO_SELL,
    "hold": engine.RestrictionKind.HOLD,
}
LOOK_BACK = dt.timedelta(days=30)
# between the id of a lot in the book and the number of its piece
PIECE = "#"


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


def household_question(
    household: Household,
    day: dt.date,
    cash: CashToRaise | None = None,
    only: Account | None = None,
    until: dt.date | None = None,
) -> Question:
    """Return what is known of a household's managed accounts that follow a model, and of its recent trades.

    With `only` that account alone is asked about: it is held against its target by itself, without the household's
    reserves, as its drift is; losses, purchases and limits are still those of the household. With `until` cash stays
    for fees and distributions that are due by that day. What open proposals have spoken for is neither sold nor spent
    again. Accounts of another currency are left out. Raises RateMissingError where a limit counts one without a rate.
    """
    targets = _targets(household, day, only)
    taken = {each.pk: each for target in targets.targets for each in target.accounts}
    accounts = [each for each in taken.values() if each.currency == household.currency]
    gains = household_wash_sales(household, day)
    pieces = _pieces(gains, accounts)
    instruments = _instruments(targets, pieces.values())
    known = estimates(instruments.values(), household.currency, day)
    rooms = rooms_of(accounts, day)
    table = EquivalenceTable(memberships())
    securities = tuple(_security(instruments[pk], known[pk], table, day) for pk in sorted(known))
    kept = _reserves(targets, rooms, pieces, known)
    if cash is not None and cash.amount:
        kept.setdefault(cash.account.pk, []).append(engine.CashNeed(engine.NeedKind.RAISE, cash.amount))
    if until is not None:
        _keep_due(accounts, day, until, kept)
    listed = tuple(
        _account(each, pieces[each.pk], rooms[each.pk], known, kept.get(each.pk, []), gains.taxpayers[each.pk])
        for each in accounts
    )
    bought, coming = _purchases(list(household.accounts.all()), day), _coming(gains, day)
    inputs = engine.RebalanceInputs(
        day=day,
        securities=securities,
        accounts=listed,
        pools=tuple(_pools(targets, {each.pk for each in accounts}, known)),
        restrictions=tuple(_restrictions(targets, accounts, securities, instruments)),
        caps=tuple(_caps(targets, day, listed, instruments, {e.security_id: e.price for e in securities})),
        loss_sales=tuple(_in_group(each, table) for each in (*_loss_sales(gains, day), *coming[Side.SELL])),
        purchases=tuple(_in_group(each, table) for each in (*bought, *coming[Side.BUY])),
        realised=tuple(_realised(gains, day)),
    )
    unpriced = sorted(str(each) for pk, each in instruments.items() if pk not in known)
    foreign = sorted(each.name for each in taken.values() if each.currency != household.currency)
    return Question(inputs, (*unpriced, *foreign))


def _pieces(gains: HouseholdGains, accounts: Sequence[Account]) -> dict[int, list[OpenPiece]]:
    """Return the open lots of each account, what was paid in another currency at the rate of that day."""
    rates = DatedRates(gains.household.currency, ((each.currency, each.acquired_on) for each in gains.open_pieces))
    pieces: dict[int, list[OpenPiece]] = {account.pk: [] for account in accounts}
    for piece in gains.open_pieces:
        if piece.account_id in pieces and piece.quantity >= DUST:
            cost, added = (rates.worth(each, piece.currency, piece.acquired_on) for each in (piece.cost, piece.added))
            pieces[piece.account_id].append(replace(piece, cost=cost, added=added or NOTHING))
    return pieces


def _targets(household: Household, day: dt.date, only: Account | None) -> HouseholdTargets:
    targets = household_targets(household, day)
    if only is None:
        return targets
    own = tuple(each for each in targets.targets if only.pk in {account.pk for account in each.accounts})
    return replace(targets, targets=tuple(_alone(each, only) for each in own))


def _keep_due(
    accounts: Sequence[Account], day: dt.date, until: dt.date, kept: dict[int, list[engine.CashNeed]]
) -> None:
    for need in cash_needs(accounts, day, until):
        if need.currency == need.account.currency:
            told = engine.CashNeed(need.kind, need.amount, need.due_on, need.reference)
            kept.setdefault(need.account.pk, []).append(told)


def _alone(target: PortfolioTarget, account: Account) -> PortfolioTarget:
    reserves = tuple(each for each in target.reserves if each.account_id == account.pk)
    return replace(target, account=account, accounts=(account,), reserves=reserves)


def _instruments(targets: HouseholdTargets, pieces: Iterable[Sequence[OpenPiece]]) -> dict[int, Instrument]:
    wanted = {
        each.pk
        for target in targets.targets
        for sleeve in target.sleeves
        for holding in sleeve.holdings
        for each in (holding.instrument, *holding.substitutes)
    }
    held = {int(piece.security_id) for each in pieces for piece in each}
    rows = Instrument.objects.select_related("master").filter(pk__in=held | wanted)
    return {row.pk: row for row in rows}


def _security(instrument: Instrument, estimate: Estimate, table: EquivalenceTable, day: dt.date) -> engine.Security:
    row = table.membership(str(instrument.pk), day)
    group = row.group_id if row is not None else ""
    return engine.Security(
        str(instrument.pk), estimate.unit_value, instrument.asset_class, step_of(instrument.kind), group
    )


def _account(
    account: Account,
    pieces: Sequence[OpenPiece],
    room: AccountRoom,
    known: Mapping[int, Estimate],
    needs: Sequence[engine.CashNeed],
    tax_unit: str,
) -> engine.InvestedAccount:
    """Lots with the basis and the holding period that wash sales left; a lot in several pieces is several lots."""
    lots: list[engine.HeldLot] = []
    names: dict[str, int] = {}
    spoken: dict[str, Decimal] = {}
    for piece in pieces:
        spoken[piece.security_id] = spoken.get(piece.security_id, NOTHING) + piece.quantity
    for security_id in spoken:
        spoken[security_id] -= room.held(int(security_id))
    # what an open proposal sells is gone: from the youngest lots, since it may name others
    for piece in sorted(pieces, key=lambda each: (each.acquired_on, each.lot_id), reverse=True):
        if int(piece.security_id) not in known:
            continue
        part = min(max(spoken[piece.security_id], NOTHING), piece.quantity)
        spoken[piece.security_id] -= part
        left = piece.quantity - part
        if left > 0:
            cost = None if piece.basis is None else piece.basis * left / piece.quantity
            names[piece.lot_id] = names.get(piece.lot_id, 0) + 1
            name = piece.lot_id if names[piece.lot_id] == 1 else f"{piece.lot_id}{PIECE}{names[piece.lot_id]}"
            lots.append(engine.HeldLot(name, piece.security_id, left, cost, piece.held_since))
    treatment = TaxTreatment(account.tax_treatment)
    return engine.InvestedAccount(str(account.pk), treatment, room.cash, tuple(lots), tuple(needs), tax_unit)


def _reserves(
    targets: HouseholdTargets,
    rooms: Mapping[int, AccountRoom],
    pieces: Mapping[int, Sequence[OpenPiece]],
    known: Mapping[int, Estimate],
) -> dict[int, list[engine.CashNeed]]:
    """Reserves of an account stay in it; the household's are kept where most cash is."""
    needs: dict[int, list[engine.CashNeed]] = {}
    for target in targets.targets:
        values = {
            each.pk: rooms[each.pk].cash + _worth(pieces[each.pk], known)
            for each in target.accounts
            if each.pk in rooms
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


def _worth(pieces: Sequence[OpenPiece], known: Mapping[int, Estimate]) -> Decimal:
    priced = ((known.get(int(each.security_id)), each.quantity) for each in pieces)
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
        if row.kind in _KINDS:
            yield from _restriction(row, known)
    for each in securities:
        instrument = instruments[int(each.security_id)]
        ended = instrument.master is not None and not instrument.master.is_active
        if ended or instrument.kind == SecurityKind.PRIVATE_FUND:
            yield engine.Restriction(engine.RestrictionKind.HOLD, security_id=each.security_id)
    for account in accounts:
        if account.status != AccountStatus.ACTIVE:
            for each in securities:
                yield engine.Restriction(engine.RestrictionKind.HOLD, str(account.pk), each.security_id)


def _restriction(row: Restriction, known: set[str]) -> Iterable[engine.Restriction]:
    kind, account = _KINDS[row.kind], str(row.account_id or "")
    if row.instrument_id is None:
        yield engine.Restriction(kind, account, asset_class=row.asset_class)
    for key in sorted({str(pk) for pk in row.instrument_ids} & known):
        yield engine.Restriction(kind, account, key)


def _caps(
    targets: HouseholdTargets,
    day: dt.date,
    accounts: Sequence[engine.InvestedAccount],
    instruments: Mapping[int, Instrument],
    prices: Mapping[str, Decimal],
) -> Iterable[engine.WeightCap]:
    """Limits of weight, measured as trades are held against them: open proposals and accounts not traded count too."""
    capped = [each for each in targets.restrictions if each.kind == RestrictionKind.MAX_WEIGHT]
    if not capped:
        return
    weights, moves = Weights([targets.household], day), open_moves(targets.household)
    for row in capped:
        ids = tuple(key for key in prices if row.is_about(instruments[int(key)]))
        within = [each for each in accounts if row.account_id is None or each.account_id == str(row.account_id)]
        if ids and within:
            held, total = weights.of(row, moves)
            worth = [(lot.security_id, lot.quantity * prices[lot.security_id]) for each in within for lot in each.lots]
            held -= sum((value for key, value in worth if key in ids), NOTHING)
            total -= sum((value for _key, value in worth), NOTHING) + sum((each.cash for each in within), NOTHING)
            names = tuple(each.account_id for each in within)
            yield engine.WeightCap(names, ids, row.max_weight or NOTHING, held, total)


def _purchases(accounts: Sequence[Account], day: dt.date) -> Iterable[engine.PastTrade]:
    """Purchases and reinvestments of every account of the household, held away or not."""
    bought = (TransactionKind.BUY, TransactionKind.REINVEST)
    rows = Transaction.objects.filter(account__in=accounts, kind__in=bought, trade_date__gte=day - LOOK_BACK)
    for row in rows.standing().exclude(instrument=None):
        if row.trade_date <= day:
            name, account = str(row.instrument_id), str(row.account_id)
            yield engine.PastTrade(name, account, row.trade_date, str(row.public_id))


def _loss_sales(gains: HouseholdGains, day: dt.date) -> Iterable[engine.PastTrade]:
    for line in gains.gains:
        if line.is_taxed and line.gain is not None and line.gain < 0 and line.sold_on >= day - LOOK_BACK:
            yield engine.PastTrade(str(line.instrument.pk), str(line.account.pk), line.sold_on)


def _coming(gains: HouseholdGains, day: dt.date) -> dict[str, list[engine.PastTrade]]:
    """Return, by side, the purchases and the sales at a loss that open proposals of the household will make."""
    paid: dict[tuple[int, str], Decimal] = {}
    for piece in gains.open_pieces:
        if piece.basis is not None:
            key = piece.account_id, piece.lot_id
            paid[key] = max(paid.get(key, NOTHING), piece.basis / piece.quantity)
    found: dict[str, list[engine.PastTrade]] = {Side.BUY: [], Side.SELL: []}
    lines = ProposedTrade.objects.pending().filter(proposal__household=gains.household).order_by("pk")
    for line in lines.select_related("account").prefetch_related("lots"):
        unit = line.estimated_amount / line.quantity
        loses = (line.estimated_gain or NOTHING) < 0 or any(
            paid.get((line.account_id, lot.lot_id), NOTHING) > unit for lot in line.lots.all()
        )
        if line.side == Side.BUY or (loses and line.account.tax_treatment == TaxTreatment.TAXABLE):
            found[line.side].append(engine.PastTrade(str(line.instrument_id), str(line.account_id), day))
    return found


def _in_group(trade: engine.PastTrade, table: EquivalenceTable) -> engine.PastTrade:
    row = table.membership(trade.security_id, trade.day)
    return trade if row is None else replace(trade, group_id=row.group_id)


def _realised(gains: HouseholdGains, day: dt.date) -> Iterable[engine.RealisedGains]:
    """What each taxpayer has realised in the calendar year, after wash sales, as far as rates of exchange are known."""
    sums = {unit: {False: NOTHING, True: NOTHING} for unit in gains.taxpayers.values()}
    sold = [line for line in gains.gains if line.is_taxed and line.sold_on.year == day.year]
    for line in brought_home(sold, gains.household.currency):
        if line.currency == gains.household.currency and line.recognised is not None:
            sums[gains.taxpayers[line.account.pk]][line.is_long_term] += line.recognised
    for unit, terms in sorted(sums.items()):
        yield engine.RealisedGains(unit, terms[False], terms[True])
