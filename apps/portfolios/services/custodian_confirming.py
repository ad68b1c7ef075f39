"""What a custodian's file tells of trades that were booked from executions: it confirms them, and doubles nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.db.models import QuerySet

from apps.clients.ports import ImportFile, Known, PlannedRow, ReadRow
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.portfolios.models import Account, EntryConfirmation, FillProblem, ProposedTrade, Transaction, TransactionKind
from apps.portfolios.readers.rows import CustodianFile, TransactionRow
from apps.portfolios.services.custodian_accounts import answered_accounts
from apps.portfolios.services.fills import BOOKED
from apps.portfolios.services.instruments import known_instruments

CENT = Decimal("0.01")
_TRADES = {TransactionKind.BUY, TransactionKind.SELL}
Group = tuple[int, int, str, dt.date]


def told_executions(file: ImportFile, found: CustodianFile, rows: Sequence[ReadRow]) -> dict[str, Known]:
    """Find the booked execution that trades of the file tell, several lines of one day together.

    Where quantities and amounts agree the entry is known; where they differ it is known as changed: what the custodian
    says takes its place once a person applies the import.
    """
    trades = [row for row in rows if _is_trade(row)]
    accounts = answered_accounts(file, found)
    if not trades or not _booked(accounts.values()).exists():
        return {}
    instruments = known_instruments({row.value.name for row in trades if row.value.name is not None})
    groups: dict[Group, list[ReadRow]] = {}
    for row in trades:
        account, instrument = accounts.get(row.value.account), instruments.get(row.value.name)
        if account is not None and instrument is not None:
            key = account.pk, instrument.pk, row.value.row.kind.value, row.value.row.trade_date
            groups.setdefault(key, []).append(row)
    booked: dict[Group, list[Transaction]] = {}
    for entry in _booked(accounts.values()):
        booked.setdefault((entry.account_id, entry.instrument_id or 0, entry.kind, entry.trade_date), []).append(entry)
    return {
        key: known
        for group, lines in groups.items()
        if group in booked
        for key, known in _matched(lines, booked[group])
    }


def _booked(accounts: Iterable[Account]) -> QuerySet[Transaction]:
    pks = {account.pk for account in accounts}
    return Transaction.objects.standing().filter(account__in=pks, external_key__startswith=BOOKED)


def _is_trade(row: ReadRow) -> bool:
    value = row.value.row
    return isinstance(value, TransactionRow) and value.kind.value in _TRADES and bool(value.quantity)


def _matched(lines: Sequence[ReadRow], entries: Sequence[Transaction]) -> list[tuple[str, Known]]:
    if len(entries) == 1 and len(lines) > 1:
        units = sum((line.value.row.quantity for line in lines), Decimal(0))
        cash = sum((line.value.row.amount or Decimal(0) for line in lines), Decimal(0))
        if units == entries[0].units and abs(cash - entries[0].cash) <= CENT:
            return [(line.key, Known(entries[0], is_changed=False)) for line in lines]
    left, result = list(entries), []
    for line in sorted(lines, key=lambda each: all(each.value.row.quantity != entry.units for entry in entries)):
        if not left:
            break
        row = line.value.row
        entry = next((each for each in left if each.units == row.quantity), left[0])
        left.remove(entry)
        same = entry.units == row.quantity and abs((row.amount or Decimal(0)) - entry.cash) <= CENT
        result.append((line.key, Known(entry, is_changed=not same)))
    return result


@service
def confirm_entries(*, rows: Sequence[PlannedRow], source: str, by: Actor) -> int:
    """Keep which lines of the file told an entry that was booked from an execution; return how many are new."""
    n = 0
    for planned in rows:
        entry = planned.target
        if not isinstance(entry, Transaction) or not entry.external_key.startswith(BOOKED):
            continue
        row, is_new = EntryConfirmation.objects.get_or_create(
            entry=entry, external_key=planned.row.key[:200], defaults={"source": source[:200]}
        )
        if is_new:
            audit.record("portfolios.confirm_entry", by=by, target=entry, after=audit.snapshot(row))
            n += 1
    return n


@service
def note_difference(*, entry: Transaction, told: TransactionRow, source: str, by: Actor) -> FillProblem:
    """Open a break in the queue of executions: the custodian tells another quantity or amount than was booked."""
    reference, _sep, line = entry.external_key.removeprefix(BOOKED).partition("#")[0].partition(":")
    problem, is_new = FillProblem.objects.get_or_create(
        key=f"custodian:{entry.public_id}",
        defaults={
            "line": ProposedTrade.objects.filter(public_id=line).first(),
            "reference": reference,
            "quantity": abs(told.quantity or entry.units),
            "price": told.price or entry.price or Decimal(0),
            "day": entry.trade_date,
            "code": "custodian_differs",
            "source": source[:200],
        },
    )
    if is_new:
        audit.record("portfolios.refuse_fill", by=by, target=problem, after=audit.snapshot(problem))
    return problem


def lots_named(entry: Transaction | None) -> Mapping[str, Decimal]:
    """Return the lots that an entry names."""
    return {} if entry is None else dict(entry.lot_choices.values_list("lot_id", "quantity"))
