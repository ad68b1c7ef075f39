"""Rows by COPY are what a statement for each would have written."""

from __future__ import annotations

import uuid
from decimal import Decimal

from apps.accounts.models import User
from apps.core.whole_rows import copy_in, insert_models, updated_at
from apps.portfolios.models import Transaction
from tests.factories import clients as people
from tests.factories import portfolios as made


def entry(account: object, **fields: object) -> Transaction:
    told = {"kind": "deposit", "trade_date": made.DAY, "cash": Decimal("5.00"), "recorded_by": "x", **fields}
    return Transaction(account=account, **told)


def test_records_get_ids_and_say_what_they_said(ada: User) -> None:
    account = made.account(people.household(ada), ada)
    texts = ["tab\there", "line\nand\r return", r"back\slash \N \.", "“Überweisung” – 100 %", ""]
    rows = [entry(account, description=text) for text in texts]
    insert_models(rows)
    kept = [Transaction.objects.get(pk=row.pk) for row in rows]
    assert [row.description for row in kept] == texts
    for row, again in zip(rows, kept, strict=True):
        assert (again.public_id, again.updated_at, again.cash) == (row.public_id, row.updated_at, row.cash)
        assert (again.instrument_id, again.settle_date, again.price) == (None, None, None)
    later = made.entry(account, ada, "deposit", cash="1.00")
    assert later.pk > max(row.pk for row in rows)
    rows[0].save()  # it is known as stored


def test_nothing_is_no_statement() -> None:
    insert_models([])  # no database is allowed here


def test_columns_are_written_as_told_and_last_changes_are_read_back(ada: User) -> None:
    account = made.account(people.household(ada), ada)
    row = entry(account)
    insert_models([row])
    unknown = uuid.uuid4()
    assert updated_at(Transaction, [row.public_id, unknown]) == {row.public_id: row.updated_at}
    copy_in("portfolios_lotchoice", ["transaction_id", "lot_id", "quantity"], [])
