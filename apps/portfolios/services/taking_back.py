"""Taking back what an import made. Not for mistakes in the book: those are reversed, and both entries stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.portfolios.models import Account, PositionStatement, StatementLine, Transaction
from apps.portfolios.policies import RESHAPES, first_shortfall
from apps.portfolios.services.reconciliation import reconcile_statement
from apps.portfolios.services.transactions import demand_book, with_actions

LINE_FIELDS = ("quantity", "price", "market_value", "cost_basis")


def line_facts(line: StatementLine) -> dict[str, str | None]:
    """Return what a line says as plain JSON."""
    return {name: None if getattr(line, name) is None else str(getattr(line, name)) for name in LINE_FIELDS}


def in_the_way(entries: Collection[Transaction]) -> list[str]:
    """Return, as sentences, what later entries need of these.

    Reversals, splits, sales that name their lots, and what could not have left.
    """
    found: list[str] = []
    by_account = _by_account(entries)
    for account in Account.objects.filter(pk__in=by_account):
        going = by_account[account.pk]
        ids, names = {entry.pk for entry in going}, {str(entry.public_id) for entry in going}
        rows = account.transactions.exclude(pk__in=ids).select_related("instrument").prefetch_related("lot_choices")
        others = list(rows.order_by("trade_date", "id"))
        void = {e.reversal_of_id for e in others}
        asking = [e for e in others if e.reversal_of_id in ids or (e.pk not in void and _names_lot(e, names))]
        found += [_sentence(account, e) for e in asking]
        for instrument_id in sorted({entry.instrument_id for entry in going if entry.instrument_id is not None}):
            found += _left_over(account, [e for e in others if e.instrument_id == instrument_id])
    return list(dict.fromkeys(found))


def _by_account(entries: Iterable[Transaction]) -> dict[int, list[Transaction]]:
    """Return the entries and the legs of their corporate actions, account by account."""
    found: dict[int, list[Transaction]] = defaultdict(list)
    ids = [entry.pk for entry in entries]
    for entry in Transaction.objects.filter(Q(pk__in=ids) | Q(leg_of__in=ids)).order_by("id"):
        found[entry.account_id].append(entry)
    return found


def _names_lot(entry: Transaction, names: set[str]) -> bool:
    """Whether a sale names a lot that one of these opened, or that an action made of it."""
    return any(not names.isdisjoint(each.lot_id.split("/")) for each in entry.lot_choices.all())


def _left_over(account: Account, others: Sequence[Transaction]) -> list[str]:
    actions = [e for e in others if e.kind in RESHAPES]
    day = first_shortfall((e.trade_date, e.units) for e in others)
    leaving = [e for e in others if day is not None and e.units < 0 and e.trade_date >= day and e not in actions]
    return [_sentence(account, e) for e in (*actions, *leaving)]


def _sentence(account: Account, entry: Transaction) -> str:
    return f"{account}: {entry}{f' {entry.instrument}' if entry.instrument else ''}"


def entries_since(account: Account, ours: Collection[int]) -> list[str]:
    """Return what was recorded in an account besides these entries (row ids) and the legs of their actions."""
    others = account.transactions.exclude(pk__in=ours).exclude(leg_of__in=ours).select_related("instrument")
    return [_sentence(account, entry) for entry in others]


@service
def take_back_entries(*, entries: Sequence[Transaction], by: Actor) -> None:
    """Remove entries that an import made, with what they said on the trail; those that they replaced are back by now.

    Raises what the book refuses without them.
    """
    by_account = _by_account(entries)
    accounts = list(Account.objects.select_for_update().filter(pk__in=by_account).order_by("pk"))
    for account in accounts:
        told = [_told(entry) for entry in by_account[account.pk]]
        audit.record("portfolios.take_back_entries", by=by, target=account, before={"entries": told})
    ids = [entry.pk for each in by_account.values() for entry in each]
    Transaction.objects.filter(reversal_of__in=ids).delete()
    Transaction.objects.filter(leg_of__in=ids).delete()
    Transaction.objects.filter(pk__in=ids).delete()
    for account in with_actions(accounts):
        demand_book(account)


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
