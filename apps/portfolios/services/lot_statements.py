"""A custodian's tax lots against our own: what differs, and its lots taken over where ours came in whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, gettext_noop
from apps.portfolios.engine.lot_reconcile import LotBreak, LotCause, StatedLot, compare_lots
from apps.portfolios.models import (
    Account,
    BreakState,
    Instrument,
    PositionStatement,
    ReconciliationBreak,
    StatementKind,
    StatementLine,
    Transaction,
    TransactionKind,
)
from apps.portfolios.selectors.books import account_book
from apps.portfolios.services.entries import NOTHING, TransactionEntry
from apps.portfolios.services.transactions import record_transactions, reverse_transaction

COST, QUANTITY = "lots", "lot_quantity"
OF_LOTS = frozenset({COST, QUANTITY})
_BECAUSE = gettext_noop("The custodian's tax lots take its place.")


class LotsMovedError(DomainError):
    """The book holds other lots now than when the custodian's were offered."""

    code = "lots_moved"


@dataclass(frozen=True, slots=True)
class AccountLot:
    """One lot as the custodian states it; `cost` is of the whole lot. `key` is the same in every file of the day."""

    instrument: Instrument
    acquired_on: dt.date
    quantity: Decimal
    cost: Decimal | None
    currency: str
    key: str


@service
def take_lot_statement(
    *, account: Account, as_of: dt.date, lots: Sequence[AccountLot], source: str, by: Actor
) -> PositionStatement:
    """Keep a custodian's list of an account's lots of a day and hold our lots against it.

    Another list of the same day adds to it: custodians export lots security by security.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    statement = account.statements.filter(as_of=as_of, kind=StatementKind.LOTS).first()
    if statement is None:
        statement = PositionStatement(account=account, as_of=as_of, kind=StatementKind.LOTS)
    statement.source = source
    statement.full_clean(exclude=["account"])
    statement.save()
    known = {line.key: line for line in statement.lines.all()}
    for lot in lots:
        line = known.get(lot.key) or StatementLine(statement=statement, key=lot.key)
        line.instrument, line.acquired_on, line.quantity = lot.instrument, lot.acquired_on, lot.quantity
        line.cost_basis, line.market_value, line.currency = lot.cost, NOTHING, lot.currency
        line.full_clean(exclude=["statement", "instrument"])
        line.save()
    audit.record(
        "portfolios.take_lot_statement",
        by=by,
        target=statement,
        after={"as_of": as_of, "count": len(lots), "source": source},
    )
    reconcile_lots(statement=statement, by=by)
    return statement


@service
def reconcile_lots(*, statement: PositionStatement, by: Actor) -> list[ReconciliationBreak]:
    """Hold our lots against the statement; open breaks of lots that are gone are closed, explained ones stay so.

    What a later statement found stays as it is.
    """
    account = statement.account
    lines = list(statement.lines.select_related("instrument"))
    earlier, later = open_rows(statement, account.breaks.filter(kind__in=OF_LOTS))
    open_ones = {row.instrument_id: row for row in earlier}
    settled = {row.instrument_id for row in later}
    settled.update(
        statement.breaks.filter(state=BreakState.EXPLAINED, kind__in=OF_LOTS).values_list("instrument_id", flat=True)
    )
    result = []
    for found in compare_lots(_our_lots(statement), _stated(lines)):
        row = open_ones.pop(int(found.security_id), None) or ReconciliationBreak(account=account)
        if int(found.security_id) in settled:
            continue
        _tell(row, found, statement, lines)
        row.save()
        result.append(row)
    named = {line.instrument_id for line in lines}
    gone = close_gone(row for instrument, row in open_ones.items() if instrument in named)
    statement.reconciled_at = timezone.now()
    statement.save(update_fields=["reconciled_at", "updated_at"])
    after = {"as_of": statement.as_of, "breaks": len(result), "gone": gone}
    audit.record("portfolios.reconcile_lots", by=by, target=statement, after=after)
    realtime.publish(f"household:{account.household.public_id}", "portfolio.reconciled", account=str(account.public_id))
    return result


def open_rows(
    statement: PositionStatement, rows: QuerySet[ReconciliationBreak]
) -> tuple[list[ReconciliationBreak], list[ReconciliationBreak]]:
    """Part what is open into what statements up to this day found, and what later ones did."""
    found = list(rows.filter(state=BreakState.OPEN).select_related("statement"))
    earlier = [row for row in found if row.statement.as_of <= statement.as_of]
    return earlier, [row for row in found if row.statement.as_of > statement.as_of]


def close_gone(rows: Iterable[ReconciliationBreak]) -> list[str]:
    """Close breaks that a statement no longer has; return their names for the trail."""
    closed = []
    for row in rows:
        row.state, row.resolved_at = BreakState.GONE, timezone.now()
        row.save(update_fields=["state", "resolved_at", "updated_at"])
        closed.append(str(row.public_id))
    return closed


@service
def adopt_lots(*, difference: ReconciliationBreak, by: Actor) -> Transaction:
    """Put the custodian's lots in the place of ours: what came in whole is taken back and comes in lot by lot.

    Raises LotsMovedError when the book holds other lots than when this was offered, and what recording raises.
    """
    account, statement = difference.account, difference.statement
    lines = [line for line in statement.lines.select_related("instrument") if line.instrument_id]
    mine = [line for line in lines if line.instrument_id == difference.instrument_id]
    replaced = _replaceable(account, mine)
    if not replaced or [str(entry.public_id) for entry in replaced] != difference.proposal.get("replaces"):
        raise LotsMovedError(
            gettext_noop("Our book holds other lots now than when these were offered."),
            mend=gettext_noop("Import the custodian's lots again, or explain the break."),
        )
    for entry in replaced:
        reverse_transaction(transaction=entry, reason=_BECAUSE, by=by)
    recorded = record_transactions(
        account=account, entries=[_entry(line, replaced[0].trade_date, statement.source) for line in mine], by=by
    )
    return recorded[0]


def _our_lots(statement: PositionStatement) -> Iterable[Any]:
    book = account_book(statement.account, statement.as_of)
    return [lot for position in book.positions for lot in position.lots]


def _stated(lines: Iterable[StatementLine]) -> list[StatedLot]:
    return [
        StatedLot(str(line.instrument_id), line.acquired_on, line.quantity, line.cost_basis)
        for line in lines
        if line.acquired_on is not None
    ]


def _tell(
    row: ReconciliationBreak, found: LotBreak, statement: PositionStatement, lines: Sequence[StatementLine]
) -> None:
    is_quantity = found.cause is LotCause.OTHER_QUANTITY
    row.statement, row.instrument_id = statement, int(found.security_id)
    row.kind, row.cause = (QUANTITY if is_quantity else COST), found.cause.value
    row.ours = found.our_quantity if is_quantity else found.our_cost
    row.theirs = found.their_quantity if is_quantity else found.their_cost
    mine = [line for line in lines if line.instrument_id == row.instrument_id]
    replaced = [] if is_quantity else _replaceable(statement.account, mine)
    row.proposal = {}
    if replaced:
        row.proposal = {
            "kind": TransactionKind.TRANSFER_IN.value,
            "replaces": [str(entry.public_id) for entry in replaced],
            "lots": [[str(line.acquired_on), str(line.quantity)] for line in mine],
        }


def _replaceable(account: Account, lines: Sequence[StatementLine]) -> list[Transaction]:
    """Return the entries whose place the lots could take, if all that ever happened to the security came in on one day.

    Nothing where sales or actions have used our lots already, or a lot was acquired after that day.
    """
    instrument = lines[0].instrument if lines else None
    if instrument is None:
        return []
    entries = list(account.transactions.standing().filter(instrument=instrument).order_by("id"))
    days = {entry.trade_date for entry in entries}
    came_in = all(entry.kind == TransactionKind.TRANSFER_IN and entry.units > 0 for entry in entries)
    if len(days) != 1 or not came_in:
        return []
    later = any(line.acquired_on is None or line.acquired_on > entries[0].trade_date for line in lines)
    return [] if later else entries


def _entry(line: StatementLine, day: dt.date, source: str) -> TransactionEntry:
    return TransactionEntry(
        kind=TransactionKind.TRANSFER_IN,
        trade_date=day,
        instrument=line.instrument,
        units=line.quantity,
        cost=line.cost_basis,
        acquired_on=line.acquired_on,
        currency=line.currency,
        source=source,
    )
