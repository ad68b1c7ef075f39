"""What speaks against lines of a custodian's file, told beside them before anything of it is taken in."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import CharField, Max, Min
from django.db.models.expressions import RawSQL

from apps.clients.ports import ImportFile, ReadRow
from apps.core.tabular.problems import RowProblem, Severity
from apps.kernel.errors import gettext_noop
from apps.market.models import Price
from apps.portfolios.models import Account, InstrumentPrice, PositionStatement, Transaction
from apps.portfolios.policies import OF_CASH_ALONE, RESHAPES, first_shortfall, has_book
from apps.portfolios.readers.rows import CustodianFile, PositionRow, TransactionKind, TransactionRow
from apps.portfolios.services._ledger import ledgers_of
from apps.portfolios.services.custodian_accounts import answered_accounts
from apps.portfolios.services.custodian_actions import unheld_actions
from apps.portfolios.services.custodian_confirming import told_executions
from apps.portfolios.services.instruments import NamedSecurity, known_instruments

NOTHING = Decimal(0)
# a price further from all closes of the time than this has a slipped decimal point, or is of another security
_FAR = Decimal(20)
_TRADES = {TransactionKind.BUY, TransactionKind.SELL, TransactionKind.REINVEST}
Holding = tuple[int, NamedSecurity]


def known_entries(file: ImportFile, found: CustodianFile) -> dict[str, Transaction]:
    """Return the entries that our ledger has under keys of the file."""
    if "entries" not in file.known:
        ours = [account.pk for account in answered_accounts(file, found).values()]
        # one array and not a hundred thousand parameters
        named = RawSQL("SELECT unnest(%s::text[])", [[row.key for row in found.transactions]], output_field=CharField())
        rows = Transaction.objects.filter(account__in=ours, external_key__in=named) if ours else ()
        file.known["entries"] = {entry.external_key: entry for entry in rows}
    known: dict[str, Transaction] = file.known["entries"]
    return known


def with_doubts(
    file: ImportFile, found: CustodianFile, rows: Sequence[ReadRow], openings: Mapping[int, PositionStatement]
) -> list[ReadRow]:
    """Return the rows, each with what our books have to say against it.

    Entries that we know already, or that are within a position that opened a book, are not asked about.
    """
    known = known_entries(file, found)
    entries = [
        row
        for row in rows
        if isinstance(row.value.row, TransactionRow)
        and row.key not in known
        and not (row.value.account in openings and row.value.row.trade_date <= openings[row.value.account].as_of)
    ]
    executed = told_executions(file, found, entries)
    new = [row for row in entries if row.key not in executed]
    accounts = answered_accounts(file, found)
    doubts: dict[str, list[RowProblem]] = defaultdict(list)
    doubts |= _oversold(accounts, new)
    beside = (*_off(new), *unheld_actions(accounts, new), *_short(accounts, rows), *_without_book(accounts, rows))
    for key, problem in beside:
        doubts[key] = [*doubts.get(key, ()), problem]
    return [replace(row, problems=(*row.problems, *doubts[row.key])) if row.key in doubts else row for row in rows]


def _oversold(accounts: Mapping[int, Account], rows: Sequence[ReadRow]) -> dict[str, list[RowProblem]]:
    """Find sales of more than was held on their day, whatever the order of the lines."""
    by_holding: dict[Holding, list[ReadRow]] = defaultdict(list)
    for row in rows:
        if row.value.name is not None and row.value.row.quantity and row.value.row.kind.value not in OF_CASH_ALONE:
            by_holding[row.value.account, row.value.name].append(row)
    leaving = {at for at, told in by_holding.items() if any(row.value.row.quantity < 0 for row in told)}
    instruments = known_instruments({name for _, name in leaving})
    places = {place: accounts[place] for place, _ in leaving if place in accounts}
    ledgers = ledgers_of(places.values(), {each.pk for each in instruments.values()}, ())
    found: dict[str, list[RowProblem]] = {}
    for place, name in leaving:
        told = by_holding[place, name]
        ledger, instrument = ledgers[places[place].pk] if place in places else None, instruments.get(name)
        held = ledger.moves.get(instrument.pk, []) if ledger and instrument else []
        reshaped = ledger is not None and instrument is not None and instrument.pk in ledger.reshaped
        if reshaped or any(row.value.row.kind.value in RESHAPES for row in told):
            continue  # units follow from what is held then: recording reckons them
        moves = [(day, units) for day, units, _ in held]
        day = first_shortfall([*moves, *((row.value.row.trade_date, row.value.row.quantity) for row in told)])
        if day is not None:
            before = sum((units for on, units in moves if on <= day), NOTHING)
            blamed = [row for row in told if row.value.row.quantity < 0 and row.value.row.trade_date <= day]
            if blamed:
                last = max(blamed, key=lambda row: (row.value.row.trade_date, row.line))
                found[last.key] = [_too_much(last, day, before)]
    return found


def _too_much(row: ReadRow, day: dt.date, held: Decimal) -> RowProblem:
    return RowProblem(
        row.line,
        "quantity",
        "oversold",
        gettext_noop("On %(day)s more would have left the account than it held: %(held)s by our book, the file aside."),
        gettext_noop("Bring what came in before it first, or correct the quantity; short sales are not taken in."),
        {"day": day.isoformat(), "held": f"{held.normalize():f}"},
    )


@dataclass(frozen=True, slots=True)
class _Closes:
    """The lowest and the highest close of a time."""

    low: Decimal
    high: Decimal

    def are_far(self, price: Decimal) -> bool:
        """Say whether a price has nothing to do with them."""
        return price > self.high * _FAR or price * _FAR < self.low


def _off(rows: Sequence[ReadRow]) -> Iterable[tuple[str, RowProblem]]:
    """Find trades at prices that are off by a factor, as where a decimal point slipped."""
    trades = [row for row in rows if row.value.row.kind in _TRADES and row.value.row.quantity and row.value.name]
    if not trades:
        return
    instruments = known_instruments({row.value.name for row in trades})
    days = [row.value.row.trade_date for row in trades]
    closes = _closes({i.pk: i.master_id for i in instruments.values()}, min(days), max(days))
    for row in trades:
        told, instrument = row.value.row, instruments.get(row.value.name)
        near = closes.get(instrument.pk) if instrument else None
        if near is None or instrument is None:
            continue
        paid = abs(told.amount / told.quantity) / instrument.multiplier if told.amount else None
        if paid is not None and near.are_far(paid):
            yield row.key, _far_off(row, near, paid, Severity.ERROR)
        elif told.price and near.are_far(told.price):
            yield row.key, _far_off(row, near, told.price, Severity.WARNING)


def _closes(masters: Mapping[int, int | None], first: dt.date, last: dt.date) -> dict[int, _Closes]:
    span = (first - dt.timedelta(days=10), last)
    of_master = {master: pk for pk, master in masters.items() if master is not None}
    own = [pk for pk, master in masters.items() if master is None]
    told = {
        of_master[master]: _Closes(low, high)
        for master, low, high in Price.objects.filter(security__in=of_master, day__range=span)
        .order_by()
        .values_list("security")
        .annotate(Min("close"), Max("close"))
    }
    return told | {
        pk: _Closes(low, high)
        for pk, low, high in InstrumentPrice.objects.filter(instrument__in=own, day__range=span)
        .order_by()
        .values_list("instrument")
        .annotate(Min("close"), Max("close"))
    }


def _far_off(row: ReadRow, near: _Closes, price: Decimal, severity: Severity) -> RowProblem:
    return RowProblem(
        row.line,
        "price",
        "price_far_off",
        gettext_noop("A price of %(price)s a share is far from every close of that time: %(low)s to %(high)s."),
        gettext_noop("Look for a slipped decimal point in price, quantity or amount, or for another security."),
        {"price": f"{price:.4f}", "low": f"{near.low.normalize():f}", "high": f"{near.high.normalize():f}"},
        severity,
    )


def _short(accounts: Mapping[int, Account], rows: Sequence[ReadRow]) -> Iterable[tuple[str, RowProblem]]:
    """Find positions below zero that would open a book; against a filled book they are breaks."""
    below = [row for row in rows if isinstance(row.value.row, PositionRow) and (row.value.row.quantity or NOTHING) < 0]
    if not below:
        return
    ours = {place: account.pk for place, account in accounts.items()}
    filled = set(Transaction.objects.filter(account__in=ours.values()).values_list("account", flat=True).distinct())
    for row in below:
        if not row.value.row.is_cash and ours.get(row.value.account) not in filled:
            yield (
                row.key,
                RowProblem(
                    row.line,
                    "quantity",
                    "short_position",
                    gettext_noop("The account would begin with less than nothing of a security."),
                    gettext_noop("Short positions are not kept: leave the row out, or bring the account's entries."),
                ),
            )


def _without_book(accounts: Mapping[int, Account], rows: Sequence[ReadRow]) -> Iterable[tuple[str, RowProblem]]:
    """Find rows of accounts in which nothing can happen."""
    without = {place: account for place, account in accounts.items() if not has_book(account.status)}
    for row in rows:
        account = without.get(row.value.account)
        if account is not None and isinstance(row.value.row, TransactionRow):
            yield (
                row.key,
                RowProblem(
                    row.line,
                    "account",
                    "account_without_book",
                    gettext_noop("Nothing can be recorded in an account that is “%(status)s”."),
                    gettext_noop("Move the account on first."),
                    {"status": account.status},
                ),
            )
