"""What the plan of a firm's file rests on: while nothing of it has moved, the plan holds."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count, Max, Sum

from apps.clients.ports import ImportFile
from apps.core.secrets import number_digest
from apps.portfolios.models import Account, Instrument, PositionStatement, StatementLine, Transaction
from apps.portfolios.services.accounts import NUMBERS
from apps.portfolios.services.custodian_checks import closes_of
from apps.portfolios.services.instruments import NamedSecurity, known_instruments


def names_of(head: Mapping[str, Any]) -> list[NamedSecurity]:
    """Return the securities of the file by their places."""
    return [NamedSecurity(*told) for told in head["names"]]


def lock_accounts(head: Mapping[str, Any]) -> dict[int, Account]:
    """Lock the accounts of the plan, in the order in which all do, and return them by row id."""
    rows = Account.objects.select_for_update(of=("self",)).select_related("household").filter(pk__in=head["accounts"])
    return {account.pk: account for account in rows.order_by("pk")}


def ground_of(file: ImportFile, head: Mapping[str, Any]) -> str:
    """Return a digest of the accounts, their entries and statements, the securities and their prices as they are now.

    Entries and prices are added and taken away, never changed: their number and the sum of their ids tell each change.
    """
    digests = {number_digest(NUMBERS, number) for number in head["numbers"]} - {""}
    accounts = Account.objects.visible_to(file.by).filter(number_digest__in=digests).order_by("pk")
    pks = head["accounts"]
    entries = Transaction.objects.filter(account__in=pks).aggregate(Count("pk"), Sum("pk"))
    statements = PositionStatement.objects.filter(account__in=pks)
    statements = statements.filter(as_of__in=head["days"]) if "days" in head else statements.filter(opened_book=True)
    lines = StatementLine.objects.filter(statement__in=statements) if "days" in head else StatementLine.objects.none()
    changes = [rows.aggregate(Count("pk"), Sum("pk"), Max("updated_at")) for rows in (statements, lines)]
    names = names_of(head)
    known = known_instruments(names)
    told = [
        list(accounts.values_list("pk", "status", "number_digest", "custodian", "currency")),
        [entries, *changes],
        [_told(known[name]) if name in known else None for name in names],
        _prices(known.values(), head),
    ]
    return hashlib.sha256(json.dumps(told, cls=DjangoJSONEncoder).encode()).hexdigest()


def _told(instrument: Instrument) -> tuple[int, int | None, str]:
    return instrument.pk, instrument.master_id, str(instrument.multiplier)


def _prices(instruments: Iterable[Instrument], head: Mapping[str, Any]) -> list[list[object]]:
    if "span" not in head:
        return []
    closes = closes_of(instruments, *map(dt.date.fromisoformat, head["span"]))
    return sorted([pk, near.low, near.high] for pk, near in closes.items())
