"""What the plan of a firm's file rests on: while nothing of it has moved, the plan holds."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BigIntegerField, Count, Func, QuerySet, Sum

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.ports import ImportFile
from apps.core.secrets import number_digest
from apps.portfolios.models import Account, Instrument, PositionStatement, StatementLine, Transaction
from apps.portfolios.readers.rows import CustodianFile, PositionRow, Rows, TransactionRow
from apps.portfolios.services.accounts import NUMBERS
from apps.portfolios.services.custodian_accounts import accounts_of
from apps.portfolios.services.custodian_checks import closes_of
from apps.portfolios.services.instruments import NamedSecurity, known_instruments, named


@dataclass(frozen=True, slots=True)
class Ground:
    """What a file names (`head`, as JSON), and a digest of what our books had of it before they were read."""

    head: Mapping[str, Any]
    digest: str


def ground_under(file: ImportFile, found: CustodianFile) -> Ground:
    """Return the ground of a file; to be asked first: what moves while the books are read is told by the digest."""
    head = _named(found)
    return Ground(head, ground_of(file, head))


def _named(found: CustodianFile) -> dict[str, Any]:
    """Return the numbers, securities and days of a file of entries or of positions."""
    if found.transactions:
        columns = Rows.of(TransactionRow, found.transactions).columns
        days, are_cash = columns["trade_date"], [False] * len(columns["row"])
        when = {"span": [min(days).isoformat(), max(days).isoformat()]}
    else:
        columns = Rows.of(PositionRow, found.positions).columns
        are_cash = columns["is_cash"]
        when = {"days": sorted({day.isoformat() for day in columns["as_of"] if day})}
    keys = {id(key): key for key, cash in zip(columns["security"], are_cash, strict=True) if key and not cash}
    names = dict.fromkeys(map(named, keys.values()))
    told = [[n.symbol, n.cusip, n.isin, n.name, n.currency] for n in names]
    return {"numbers": [account.number for account in accounts_of(found)], "names": told, **when}


def names_of(head: Mapping[str, Any]) -> list[NamedSecurity]:
    """Return the securities of the file by their places."""
    return [NamedSecurity(*told) for told in head["names"]]


def lock_accounts(head: Mapping[str, Any]) -> dict[int, Account]:
    """Lock the accounts of the file's numbers, in the order in which all do, and return them by row id."""
    rows = Account.objects.select_for_update(of=("self",)).select_related("household")
    return {account.pk: account for account in rows.filter(number_digest__in=_digests(head)).order_by("pk")}


def ground_of(file: ImportFile, head: Mapping[str, Any]) -> str:
    """Return a digest of the accounts, their entries and statements, the securities and their prices as they are now.

    What lies in days to come is refused, so today is part of it.
    """
    accounts = Account.objects.visible_to(file.by).filter(number_digest__in=_digests(head)).order_by("pk")
    facts = list(accounts.values_list("pk", "status", "number_digest", "custodian", "currency"))
    pks = [pk for pk, *_ in facts]
    days = head["days"] if "days" in head else head["span"]
    statements = PositionStatement.objects.filter(account__in=pks)
    statements = statements.filter(as_of__in=days) if "days" in head else statements.filter(opened_book=True)
    lines = StatementLine.objects.filter(statement__in=statements) if "days" in head else StatementLine.objects.none()
    names = names_of(head)
    known = known_instruments(names)
    told = [
        facts,
        [_state(rows) for rows in (Transaction.objects.filter(account__in=pks), statements, lines)],
        [_told(known[name]) if name in known else None for name in names],
        _prices(known.values(), head),
        max(days, default="") > firm_today().isoformat(),
    ]
    return hashlib.sha256(json.dumps(told, cls=DjangoJSONEncoder).encode()).hexdigest()


def _digests(head: Mapping[str, Any]) -> set[str]:
    return {number_digest(NUMBERS, number) for number in head["numbers"]} - {""}


def _state(rows: QuerySet[Any]) -> dict[str, Any]:
    """Return how many rows there are and a sum of hashes: neither sums of ids nor the latest time tell each change."""
    moment = Func("updated_at", template="(extract(epoch FROM %(expressions)s) * 1000000)::bigint")
    hashed = Func(moment, "pk", function="hashint8extended", output_field=BigIntegerField())
    return rows.aggregate(Count("pk"), told=Sum(hashed))


def _told(instrument: Instrument) -> tuple[int, int | None, str]:
    return instrument.pk, instrument.master_id, str(instrument.multiplier)


def _prices(instruments: Iterable[Instrument], head: Mapping[str, Any]) -> list[list[object]]:
    if "span" not in head:
        return []
    closes = closes_of(instruments, *map(dt.date.fromisoformat, head["span"]))
    return sorted([pk, near.low, near.high] for pk, near in closes.items())
