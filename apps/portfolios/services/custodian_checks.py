"""What speaks against lines of a custodian's file, told beside them before anything of it is taken in."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import CharField, Exists, Max, Min, OuterRef
from django.db.models.expressions import RawSQL

from apps.clients.ports import ImportFile, Known, ReadRow
from apps.core.tabular.problems import IgnoredRow, RowProblem, Severity
from apps.kernel.errors import gettext_noop
from apps.market.models import Price
from apps.portfolios.models import (
    Account,
    Instrument,
    InstrumentPrice,
    PositionStatement,
    StatementKind,
    StatementLine,
    Transaction,
)
from apps.portfolios.policies import OF_CASH_ALONE, first_shortfall, has_book
from apps.portfolios.readers.rows import CustodianFile, PositionRow, TransactionKind, TransactionRow
from apps.portfolios.services._ledger import ledgers_of
from apps.portfolios.services.custodian_accounts import answered_accounts
from apps.portfolios.services.custodian_actions import Ident, Settled, ident_of, settle_actions
from apps.portfolios.services.custodian_confirming import told_executions
from apps.portfolios.services.instruments import known_instruments

NOTHING = Decimal(0)
# a price further from all closes of the time than this has a slipped decimal point, or is of another security
FAR = Decimal(20)
TRADES = {TransactionKind.BUY, TransactionKind.SELL, TransactionKind.REINVEST}
Holding = tuple[int, Ident]


def known_entries(file: ImportFile, found: CustodianFile) -> dict[str, Known]:
    """Return the entries that our ledger has under keys of the file, whoever brought them; of a corrected one the last.

    One that the file tells otherwise than the ledger, in what its key does not say, is known as changed.
    """
    if "entries" not in file.known:
        file.known["entries"] = _known_entries(file, found) if found.transactions else {}
    known: dict[str, Known] = file.known["entries"]
    return known


def _known_entries(file: ImportFile, found: CustodianFile) -> dict[str, Known]:
    ours = [account.pk for account in answered_accounts(file, found).values()]
    told = {row.key: row for row in found.transactions}
    # one array and not a hundred thousand parameters
    named = RawSQL("SELECT unnest(%s::text[])", [list(told)], output_field=CharField())
    void = Exists(Transaction.objects.filter(reversal_of=OuterRef("pk")))
    rows = Transaction.objects.filter(account__in=ours).annotate(is_void=void)
    entries = {entry.external_key: entry for entry in rows.filter(external_key__in=named)} if ours else {}
    days = [row.trade_date for row in told.values()]
    corrected = rows.filter(trade_date__range=(min(days), max(days)), external_key__contains="#", is_void=False)
    for entry in corrected.order_by("pk") if entries else ():
        key = entry.external_key.partition("#")[0]
        if key in entries:
            entries[key] = entry
    return {key: Known(entry, is_changed=_is_changed(told[key], entry)) for key, entry in entries.items()}


def _is_changed(row: TransactionRow, entry: Transaction) -> bool:
    is_void: bool = entry.is_void  # type: ignore[attr-defined]
    told = row.settle_date, row.fees, row.currency or entry.currency
    return not is_void and row.terms is None and told != (entry.settle_date, entry.fees, entry.currency)


def known_lines(file: ImportFile, found: CustodianFile, rows: Sequence[ReadRow]) -> dict[str, Known]:
    """Return the lines of statements that stand under keys of the rows, whoever brought them."""
    told = {row.key: row.value for row in rows if isinstance(row.value.row, PositionRow)}
    if not told:
        return {}
    accounts = answered_accounts(file, found)
    days = {value.row.as_of for value in told.values()}
    lines = StatementLine.objects.filter(
        statement__account__in=[account.pk for account in accounts.values()],
        statement__as_of__in=[day for day in days if day is not None],
        statement__kind=StatementKind.POSITIONS,
    )
    found_lines = {(line.statement.account_id, line.key): line for line in lines.select_related("statement")}
    known = {}
    for key, value in told.items():
        account = accounts.get(value.account)
        line = found_lines.get((account.pk, key)) if account else None
        if line is not None and line.statement.as_of == value.row.as_of:
            known[key] = Known(line, is_changed=_differs(value.row, line))
    return known


def _differs(row: PositionRow, line: StatementLine) -> bool:
    quantity = NOTHING if row.is_cash else row.quantity or NOTHING
    told = (quantity, row.price, row.market_value, row.cost_basis, row.currency)
    return told != (line.quantity, line.price, line.market_value, line.cost_basis, line.currency)


def with_doubts(
    file: ImportFile, found: CustodianFile, rows: Sequence[ReadRow], openings: Mapping[int, PositionStatement]
) -> tuple[list[ReadRow], list[IgnoredRow]]:
    """Return the rows, each with what our books have to say against it, and lines that nothing is to be booked of.

    Entries that we know already, or that are within a position that opened a book, are not asked about. Corporate
    actions come back as they will be booked.
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
    settled = settle_actions(file, accounts, new)
    file.known["told_actions"] = settled.told
    doubts: dict[str, list[RowProblem]] = defaultdict(list)
    doubts |= _oversold(accounts, new, settled.touched)
    beside = (*_off(new), *settled.problems, *_short(accounts, rows), *_without_book(accounts, rows))
    for key, problem in beside:
        doubts[key] = [*doubts.get(key, ()), problem]
    kept = [_as_settled(row, settled) for row in rows if row.key not in settled.aside]
    doubted = [replace(row, problems=(*row.problems, *doubts[row.key])) if row.key in doubts else row for row in kept]
    return doubted, list(settled.aside.values())


def told_actions(file: ImportFile) -> dict[str, Known]:
    """Return the corporate actions that were entered before the file told of them, as they were found on reading."""
    known: dict[str, Known] = file.known.get("told_actions", {})
    return known


def _as_settled(row: ReadRow, settled: Settled) -> ReadRow:
    action = settled.actions.get(row.key)
    return row if action is None else replace(row, value=replace(row.value, action=action))


def _oversold(
    accounts: Mapping[int, Account], rows: Sequence[ReadRow], touched: set[tuple[int, Ident]]
) -> dict[str, list[RowProblem]]:
    """Find sales of more than was held on their day, whatever the order of the lines."""
    moved = [
        row
        for row in rows
        if row.value.name is not None and row.value.row.quantity and row.value.row.kind.value not in OF_CASH_ALONE
    ]
    instruments = known_instruments({row.value.name for row in moved})
    by_holding: dict[Holding, list[ReadRow]] = defaultdict(list)
    for row in moved:
        # an account may have two spellings, and a security two names
        account = accounts.get(row.value.account)
        by_holding[account.pk if account else ~row.value.account, ident_of(row.value.name, instruments)].append(row)
    leaving = {at for at, told in by_holding.items() if any(row.value.row.quantity < 0 for row in told)}
    ours = {account.pk: account for account in accounts.values()}
    held_in = [ours[pk] for pk in {pk for pk, _ in leaving} & ours.keys()]
    ledgers = ledgers_of(held_in, {instrument.pk for instrument in instruments.values()}, ())
    found: dict[str, list[RowProblem]] = {}
    for pk, ident in leaving:
        told, ledger, (_, what) = by_holding[pk, ident], ledgers.get(pk), ident
        held = ledger.moves.get(what, []) if ledger and isinstance(what, int) else []
        reshaped = ledger is not None and what in ledger.reshaped
        if reshaped or any((row.value.account, ident) in touched for row in told):
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
class Closes:
    """The lowest and the highest close of a time."""

    low: Decimal
    high: Decimal

    def are_far(self, price: Decimal) -> bool:
        """Say whether a price has nothing to do with them."""
        return price > self.high * FAR or price * FAR < self.low


def _off(rows: Sequence[ReadRow]) -> Iterable[tuple[str, RowProblem]]:
    """Find trades at prices that are off by a factor, as where a decimal point slipped."""
    trades = [row for row in rows if row.value.row.kind in TRADES and row.value.row.quantity and row.value.name]
    if not trades:
        return
    instruments = known_instruments({row.value.name for row in trades})
    days = [row.value.row.trade_date for row in trades]
    closes = closes_of(instruments.values(), min(days), max(days))
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


def closes_of(instruments: Iterable[Instrument], first: dt.date, last: dt.date) -> dict[int, Closes]:
    """Return the closes of securities from ten days before the first day to the last, by row id."""
    span = (first - dt.timedelta(days=10), last)
    masters = {instrument.pk: instrument.master_id for instrument in instruments}
    of_master = {master: pk for pk, master in masters.items() if master is not None}
    own = [pk for pk, master in masters.items() if master is None]
    told = {
        of_master[master]: Closes(low, high)
        for master, low, high in Price.objects.filter(security__in=of_master, day__range=span)
        .order_by()
        .values_list("security")
        .annotate(Min("close"), Max("close"))
    }
    return told | {
        pk: Closes(low, high)
        for pk, low, high in InstrumentPrice.objects.filter(instrument__in=own, day__range=span)
        .order_by()
        .values_list("instrument")
        .annotate(Min("close"), Max("close"))
    }


def _far_off(row: ReadRow, near: Closes, price: Decimal, severity: Severity) -> RowProblem:
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
