"""Custodians' statements of positions: kept line by line, and held against our book."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.whole_rows import insert_models
from apps.kernel.errors import DomainError
from apps.portfolios.models import (
    Account,
    Instrument,
    PositionStatement,
    StatementKind,
    StatementLine,
    Transaction,
    TransactionKind,
)
from apps.portfolios.selectors.statements_apart import statements_apart
from apps.portfolios.services.entries import NOTHING, TransactionEntry
from apps.portfolios.services.reconciliation import note_reconciled, reconcile_statement
from apps.portfolios.services.transactions import record_in_accounts

_TOLD = ("instrument_id", "quantity", "price", "market_value", "cost_basis", "currency")


@dataclass(frozen=True, slots=True)
class StatedPosition:
    """One position as the custodian states it; cash has no instrument, and its value is the balance.

    `key` is the same for the same position in every file of the day; without one its place in the list stands in.
    """

    instrument: Instrument | None
    market_value: Decimal
    quantity: Decimal = NOTHING
    price: Decimal | None = None
    cost_basis: Decimal | None = None
    currency: str = "USD"
    key: str = ""


@dataclass(frozen=True, slots=True)
class StatedDay:
    """What a custodian states of one account at the close of a day."""

    account: Account
    as_of: dt.date
    positions: Sequence[StatedPosition]


@dataclass(slots=True)
class TakenStatement:
    """A statement that was kept: whether it is new, and its lines by key."""

    statement: PositionStatement
    told: StatedDay
    is_new: bool
    lines: dict[str, StatementLine] = field(default_factory=dict)

    @property
    def opens(self) -> bool:
        """Whether it opened the book of its account just now."""
        return self.is_new and self.statement.opened_book


@service
def take_statement(
    *, account: Account, as_of: dt.date, positions: Sequence[StatedPosition], source: str, by: Actor
) -> PositionStatement:
    """Keep one statement, as `take_statements` does."""
    return take_statements(stated=[StatedDay(account, as_of, positions)], source=source, by=by)[0].statement


def _as_it_is(_account: Account, refusal: DomainError) -> DomainError:
    return refusal


@service
def take_statements(
    *,
    stated: Sequence[StatedDay],
    source: str,
    by: Actor,
    located: Callable[[Account, DomainError], DomainError] = _as_it_is,
) -> list[TakenStatement]:
    """Keep statements and reconcile our books with them; another of the same account and day replaces its lines.

    The first statement of an account whose book is empty opens the book: each position comes in as a transfer in kind
    with the cost that the custodian states, and cash as a deposit. Raises what recording raises, by way of `located`.
    """
    by_account: dict[int, list[StatedDay]] = defaultdict(list)
    for each in sorted(stated, key=lambda day: day.as_of):
        by_account[each.account.pk].append(each)
    list(Account.objects.select_for_update().filter(pk__in=by_account).order_by("pk").values_list("pk"))
    filled = set(Transaction.objects.filter(account__in=by_account).values_list("account", flat=True).distinct())
    taken = []
    while by_account:  # a first statement opens the book for the next one of its account
        turn = [by_account[pk].pop(0) for pk in by_account]
        by_account = defaultdict(list, {pk: days for pk, days in by_account.items() if days})
        taken += _taken(turn, filled, source, by, located)
        filled |= {each.account.pk for each in turn}
    return taken


def _taken(
    stated: Sequence[StatedDay],
    filled: set[int],
    source: str,
    by: Actor,
    located: Callable[[Account, DomainError], DomainError],
) -> list[TakenStatement]:
    """Keep statements of different accounts."""
    taken = _statements(stated, filled, source)
    _keep_lines(taken)
    openings = [(each.told.account, _openings(each.told, source)) for each in taken if each.opens]
    record_in_accounts(told=[(account, entries) for account, entries in openings if entries], by=by, located=located)
    note_statements(taken=[(each.statement, len(each.told.positions)) for each in taken], source=source, by=by)
    return taken


@service
def note_statements(*, taken: Sequence[tuple[PositionStatement, int]], source: str, by: Actor) -> None:
    """Tell of statements whose lines, so many each, are kept by now, and hold them against our books."""
    audit.record_all(
        audit.event(
            "portfolios.take_statement",
            by=by,
            target=statement,
            after={
                "as_of": statement.as_of,
                "positions": size,
                "opened_book": statement.opened_book,
                "source": source,
            },
        )
        for statement, size in taken
    )
    apart = statements_apart([statement for statement, _ in taken])
    note_reconciled(statements=[statement for statement, _ in taken if statement.pk not in apart], by=by)
    for statement, _ in taken:
        if statement.pk in apart:
            reconcile_statement(statement=statement, by=by)


def _statements(stated: Sequence[StatedDay], filled: set[int], source: str) -> list[TakenStatement]:
    rows = PositionStatement.objects.filter(
        account__in=[each.account.pk for each in stated],
        as_of__in={each.as_of for each in stated},
        kind=StatementKind.POSITIONS,
    )
    known = {(row.account_id, row.as_of): row for row in rows}
    taken = []
    for each in stated:
        found = known.get((each.account.pk, each.as_of))
        row = found or PositionStatement(
            account=each.account, as_of=each.as_of, opened_book=each.account.pk not in filled
        )
        row.account, row.source = each.account, source[:200]
        taken.append(TakenStatement(row, each, found is None))
    insert_models([one.statement for one in taken if one.is_new])
    for old in (one.statement for one in taken if not one.is_new):
        old.save(update_fields=["source", "updated_at"])
    return taken


def _keep_lines(taken: Sequence[TakenStatement]) -> None:
    """Bring the lines to what is stated now; a line that stays keeps its identity."""
    known: dict[int, dict[str, StatementLine]] = defaultdict(dict)
    for old in StatementLine.objects.filter(statement__in=[t.statement.pk for t in taken if not t.is_new]):
        known[old.statement_id][old.key] = old
    new: list[StatementLine] = []
    for each in taken:
        there = known[each.statement.pk]
        for place, position in enumerate(each.told.positions):
            key = position.key or f"line-{place}"
            told = _line_facts(position)
            line = there.pop(key) if key in there else StatementLine(statement_id=each.statement.pk, key=key)
            differs = any(getattr(line, name) != value for name, value in told.items())
            for name, value in told.items():
                setattr(line, name, value)
            if line.pk is None:
                new.append(line)
            elif differs:
                line.save()
            line.instrument = position.instrument
            each.lines[key] = line
    insert_models(new)
    StatementLine.objects.filter(pk__in=[old.pk for lines in known.values() for old in lines.values()]).delete()


def _line_facts(position: StatedPosition) -> dict[str, object]:
    instrument_id = position.instrument.pk if position.instrument else None
    return {"instrument_id": instrument_id} | {name: getattr(position, name) for name in _TOLD[1:]}


def _openings(told: StatedDay, source: str) -> list[TransactionEntry]:
    return [_opening(line, told.as_of, source) for line in told.positions if line.quantity or line.market_value]


def _opening(line: StatedPosition, as_of: dt.date, source: str) -> TransactionEntry:
    if line.instrument is None:
        kind = TransactionKind.DEPOSIT if line.market_value > 0 else TransactionKind.WITHDRAWAL
        return TransactionEntry(
            kind=kind, trade_date=as_of, cash=line.market_value, currency=line.currency, source=source
        )
    return TransactionEntry(
        kind=TransactionKind.TRANSFER_IN,
        trade_date=as_of,
        instrument=line.instrument,
        units=line.quantity,
        price=line.price,
        cost=line.cost_basis,
        currency=line.currency,
        source=source,
    )
