"""Taking back what an import made. Not for mistakes in the book: those are reversed, and both entries stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.portfolios.models import Account, PositionStatement, StatementLine, Transaction
from apps.portfolios.policies import RESHAPES, first_shortfall
from apps.portfolios.services.reconciliation import reconcile_statement

LINE_FIELDS = ("quantity", "price", "market_value", "cost_basis")


def line_facts(line: StatementLine) -> dict[str, str | None]:
    """Return what a line says as plain JSON."""
    return {name: None if getattr(line, name) is None else str(getattr(line, name)) for name in LINE_FIELDS}


def in_the_way(entries: Collection[Transaction]) -> list[str]:
    """Return, as sentences, what later entries need of these: reversals, splits, and what could not have left."""
    found: list[str] = []
    ids = {entry.pk for entry in entries}
    by_account: dict[int, list[Transaction]] = defaultdict(list)
    for entry in entries:
        by_account[entry.account_id].append(entry)
    for account in Account.objects.filter(pk__in=by_account):
        going = {entry.instrument_id for entry in by_account[account.pk] if entry.instrument_id is not None}
        others = list(
            account.transactions.exclude(pk__in=ids).select_related("instrument").order_by("trade_date", "id")
        )
        found += [_sentence(account, e) for e in others if e.reversal_of_id in ids]
        for instrument_id in sorted(going):
            found += _left_over(account, [e for e in others if e.instrument_id == instrument_id])
    return found


def _left_over(account: Account, others: Sequence[Transaction]) -> list[str]:
    actions = [e for e in others if e.kind in RESHAPES]
    day = first_shortfall((e.trade_date, e.units) for e in others)
    leaving = [e for e in others if day is not None and e.units < 0 and e.trade_date >= day and e not in actions]
    return [_sentence(account, e) for e in (*actions, *leaving)]


def _sentence(account: Account, entry: Transaction) -> str:
    return f"{account}: {entry}{f' {entry.instrument}' if entry.instrument else ''}"


def entries_since(account: Account, ours: Collection[int]) -> list[str]:
    """Return what was recorded in an account besides these entries (row ids)."""
    others = account.transactions.exclude(pk__in=ours).select_related("instrument")
    return [_sentence(account, entry) for entry in others]


@service
def take_back_entries(*, entries: Sequence[Transaction], by: Actor) -> None:
    """Remove entries that an import made, with what they said on the trail."""
    by_account: dict[int, list[Transaction]] = defaultdict(list)
    for entry in entries:
        by_account[entry.account_id].append(entry)
    for account in Account.objects.select_for_update().filter(pk__in=by_account):
        told = [_told(entry) for entry in by_account[account.pk]]
        audit.record("portfolios.take_back_entries", by=by, target=account, before={"entries": told})
    ids = [entry.pk for entry in entries]
    Transaction.objects.filter(Q(reversal_of__in=ids) | Q(reversal_of__leg_of__in=ids)).delete()
    Transaction.objects.filter(leg_of__in=ids).delete()
    Transaction.objects.filter(pk__in=ids).delete()


def _told(entry: Transaction) -> dict[str, Any]:
    return {
        "id": str(entry.public_id),
        "kind": entry.kind,
        "trade_date": entry.trade_date,
        "units": entry.units,
        "cash": entry.cash,
    }


@service
def put_back_entry(*, entry: Transaction, by: Actor) -> None:
    """Take back the reversal of an entry that an import had replaced."""
    reversals = Transaction.objects.filter(Q(reversal_of=entry) | Q(reversal_of__leg_of=entry))
    if reversals.exists():
        audit.record("portfolios.put_back_entry", by=by, target=entry, after=_told(entry))
        reversals.delete()


@service
def restore_line(*, line: StatementLine, before: Mapping[str, str | None], by: Actor) -> None:
    """Set a line of a statement to what it said before an import changed it."""
    now = line_facts(line)
    for name, value in before.items():
        setattr(line, name, None if value is None else Decimal(value))
    line.save(update_fields=[*before, "updated_at"])
    audit.record("portfolios.restore_line", by=by, target=line, before=now, after=line_facts(line))


@service
def take_back_lines(*, lines: Sequence[StatementLine], by: Actor) -> None:
    """Remove lines of statements; a statement without lines goes as well, another is reconciled again."""
    statements = {line.statement_id for line in lines}
    StatementLine.objects.filter(pk__in=[line.pk for line in lines]).delete()
    for statement in PositionStatement.objects.filter(pk__in=statements).select_related("account__household"):
        left = statement.lines.count()
        audit.record("portfolios.take_back_lines", by=by, target=statement, after={"lines": left})
        if left:
            reconcile_statement(statement=statement, by=by)
        else:
            statement.delete()


@service
def take_back_account(*, account: Account, by: Actor) -> None:
    """Remove an account that an import opened and that holds nothing of anybody else's."""
    audit.record("portfolios.take_back_account", by=by, target=account, before=audit.snapshot(account))
    account.delete()
