"""A custodian's file whose worker is killed while it is taken in: run again, it is in the books once."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django_tenants.utils import tenant_context

from apps.accounts.models import User
from apps.accounts.policies import Role
from apps.clients.models import ImportBatch
from apps.clients.services.import_jobs import run_import
from apps.clients.services.imports import open_batch, request_apply
from apps.core import audit
from apps.core.models import AuditEvent
from apps.core.whole_rows import copy_lines, insert_models
from apps.kernel.errors import DomainError
from apps.portfolios.models import Transaction
from apps.portfolios.services.entries import TransactionEntry
from apps.portfolios.services.transactions import record_transaction
from tests.apps.firms.conftest import committed  # noqa: F401 - a fixture
from tests.apps.portfolios.services.test_custodian_taking import HEAD, history, numbers
from tests.cast import firm, person
from tests.factories import market

ROWS = 12


def die() -> None:
    """End as a worker's process does that the machine takes away."""
    os.kill(os.getpid(), signal.SIGKILL)


def deadly(beginning: str) -> Callable[..., Any]:
    """Die once a statement was sent that begins so."""

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if sql.startswith(beginning):
            die()
        return answer

    return wrapper


def insert_and_die(rows: Any) -> None:
    insert_models(rows)
    die()


@pytest.fixture
def batch(committed: None) -> Iterator[ImportBatch]:  # noqa: F811 - the fixture
    """A file of six accounts that waits for its job, all of it committed."""
    with tenant_context(firm("alpha")):
        ada = person(Role.ADVISOR, "Ada")
        market.security("AAA", {dt.date(2025, 3, 3): "50"})
        by = ada.as_actor()
        with transaction.atomic():
            text = history(*numbers(ada, ROWS // 2)).encode()
            made = open_batch(kind="custodian_firm", filename="all.csv", content=text, by=by)
            request_apply(batch=made, by=by)
        yield made


def copy_and_die(table: str, *rest: Any) -> None:
    copy_lines(table, *rest)
    if table == "portfolios_transaction":
        die()


def run(batch: ImportBatch) -> ImportBatch:
    """Run the job as its worker does."""
    return run_import(batch_id=batch.pk, user_id=None, origin={})


def killed_at(moment: str, batch: ImportBatch) -> None:
    """Run the job in a process that dies at this moment."""
    schema = firm("alpha")
    connections.close_all()
    child = os.fork()
    if child == 0:
        with tenant_context(schema), connection.execute_wrapper(deadly(moment)), transaction.atomic():
            transaction.on_commit(lambda: die() if moment == "commit" else None)
            run(batch)
            if moment == "last":
                die()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize(
    "moment", ["entries", 'INSERT INTO "core_auditevent"', "DELETE FROM clients_importrow", "last", "commit"]
)
def test_one_result_is_left_by_an_import_that_was_killed_and_run_again(
    batch: ImportBatch, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if moment == "entries":
        monkeypatch.setattr("apps.portfolios.services.transactions.insert_models", insert_and_die)
    killed_at(moment, batch)
    monkeypatch.undo()
    with tenant_context(firm("alpha")):
        assert Transaction.objects.count() == (ROWS if moment == "commit" else 0)
        done = [run(batch), run(batch)][0]
        assert (done.state, Transaction.objects.count()) == ("applied", ROWS)
        assert len(set(batch.rows.values_list("target_id", flat=True))) == ROWS
        actions = Counter(AuditEvent.objects.values_list("action", flat=True))
        assert (actions["clients.apply_batch"], actions["portfolios.record_transaction"]) == (1, ROWS)
        assert audit.verify_chain().is_intact


@pytest.fixture
def plain_batch(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> ImportBatch:
    """The same file, its lines told column by column."""
    monkeypatch.setattr("apps.portfolios.services.custodian_plain_lines.FEW", 0)
    found: ImportBatch = request.getfixturevalue("batch")
    plain = found.plain()
    assert plain is not None
    assert len(plain.rows) == ROWS
    return found


@pytest.mark.parametrize("moment", ["entries", 'INSERT INTO "core_auditevent"', "last", "commit"])
def test_one_result_is_left_by_an_import_of_plain_lines_too(
    plain_batch: ImportBatch, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if moment == "entries":
        monkeypatch.setattr("apps.portfolios.services.custodian_plain_taking.copy_lines", copy_and_die)
    killed_at(moment, plain_batch)
    monkeypatch.undo()
    monkeypatch.setattr("apps.portfolios.services.custodian_plain_lines.FEW", 0)
    with tenant_context(firm("alpha")):
        assert Transaction.objects.count() == (ROWS if moment == "commit" else 0)
        done = [run(plain_batch), run(plain_batch)][0]
        assert (done.state, Transaction.objects.count()) == ("applied", ROWS)
        actions = Counter(AuditEvent.objects.values_list("action", flat=True))
        assert (actions["clients.apply_batch"], actions["portfolios.record_transactions"]) == (1, ROWS // 2)
        assert audit.verify_chain().is_intact


def take(batch: ImportBatch, answers: list[str]) -> None:
    """Take the file in over a connection of its own, and keep what is answered."""
    try:
        with tenant_context(firm("alpha")):
            answers.append(run(batch).state)
    except DomainError as refused:
        answers.append(refused.code)
    finally:
        connections.close_all()


def waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def test_a_file_taken_in_twice_at_once_is_in_the_books_once(plain_batch: ImportBatch) -> None:
    answers: list[str] = []
    both = [threading.Thread(target=take, args=(plain_batch, answers)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    with tenant_context(firm("alpha")):
        assert (answers, Transaction.objects.count()) == (["applied", "applied"], ROWS)
        assert AuditEvent.objects.filter(action="clients.apply_batch").count() == 1


def test_a_sale_that_is_being_booked_is_seen_by_the_file_that_waits_for_it(plain_batch: ImportBatch) -> None:
    with tenant_context(firm("alpha")):
        ada = User.objects.get(full_name="Ada").as_actor()
        run(plain_batch)
        bought = Transaction.objects.get(kind="buy", account__last_four="0000")
        line = "71000000,Sell,AAA,AAA Fund,-100,50.00,,5000.00"
        text = f"{HEAD}03/06/2025,03/07/2025,{line}\n".encode()
        with transaction.atomic():
            batch = open_batch(kind="custodian_firm", filename="sale.csv", content=text, by=ada)
            request_apply(batch=batch, by=ada)
        answers: list[str] = []
        importing = threading.Thread(target=take, args=(batch, answers))
        with transaction.atomic():
            told = TransactionEntry(
                kind="sell",
                trade_date=dt.date(2025, 3, 5),
                instrument=bought.instrument,
                units=Decimal(-100),
                cash=Decimal(5000),
            )
            record_transaction(account=bought.account, entry=told, by=ada)
            importing.start()
            while importing.is_alive() and not waiting_for_a_lock():
                importing.join(0.05)
        importing.join()
        assert answers == ["import_has_errors"]
        assert Transaction.objects.filter(kind="sell").count() == 1
