"""Keeping the sessions of all firms: begun, ended, begun again."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django_tenants.utils import schema_context

from apps.accounts.models import User
from apps.integrations.management.commands import keep_fix
from apps.integrations.models import FixConnection
from apps.integrations.services import fix_keeper
from apps.integrations.services.fix_connections import ConnectionTerms, set_up_connection
from apps.integrations.services.fix_keeper import Keeper, Kept, keep_session, sessions_in_use
from tests.apps.integrations.acceptor import Acceptor, wait_for

ONE, OTHER = Kept("alpha", 1), Kept("beta", 1)
TERMS = ConnectionTerms("Broker", "Example Custodian", "127.0.0.1", 1, "STEWARD", "BROKER", uses_tls=False)


@pytest.fixture(autouse=True)
def _no_database_in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fix_keeper, "close_old_connections", lambda: None)


def test_the_sessions_in_use_of_all_firms_are_found(paul: User) -> None:
    row = set_up_connection(terms=TERMS, by=paul.as_actor())
    with schema_context("public"):
        assert sessions_in_use() == {Kept("alpha", row.pk)}
    FixConnection.objects.update(is_active=False)
    with schema_context("public"):
        assert sessions_in_use() == set()


def test_each_session_is_kept_once_and_the_fault_of_one_is_not_the_others() -> None:
    begun: list[Kept] = []
    stop = threading.Event()

    def keep(kept: Kept, until: Callable[[], bool]) -> None:
        begun.append(kept)
        if kept == OTHER:
            raise RuntimeError("a fault")
        stop.wait(20)
        assert until()

    keeper = Keeper(stop.is_set, keep, lambda: {ONE, OTHER})
    for _n in range(3):
        keeper.look()
        if OTHER in keeper.threads:
            keeper.threads[OTHER].join()
    assert sorted(begun, key=str) == [ONE, OTHER], "what died waits before it is begun again"
    keeper._not_before.clear()
    keeper.look()
    keeper.threads[OTHER].join()
    assert begun.count(OTHER) == 2
    stop.set()
    keeper.run()
    assert not any(thread.is_alive() for thread in keeper.threads.values())


def test_without_a_database_it_looks_again() -> None:
    answers: list[set[Kept]] = [{ONE}]
    begun: list[Kept] = []

    def in_use() -> set[Kept]:
        if not answers:
            raise OperationalError("away")
        return answers.pop()

    keeper = Keeper(lambda: False, lambda kept, _until: begun.append(kept), in_use)
    answers.clear()
    keeper.look()
    assert begun == []
    answers.append({ONE})
    keeper.look()
    keeper.threads[ONE].join()
    assert begun == [ONE]


def test_a_kept_session_logs_on_and_out(paul: User) -> None:
    broker = Acceptor()
    try:
        row = set_up_connection(terms=TERMS, by=paul.as_actor())
        FixConnection.objects.update(port=broker.port)
        with schema_context("public"):
            keep_session(Kept("alpha", row.pk), wait_for(lambda: bool(broker.logons)))
        assert [message.kind for message in broker.heard] == ["A", "5"]
    finally:
        broker.stop()


def test_the_command_ends_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[bool] = []

    class Ended(Keeper):
        def run(self, look_seconds: float = 0) -> None:
            ran.append(self.until())

    monkeypatch.setattr(keep_fix, "Keeper", Ended)
    monkeypatch.setattr(keep_fix.signal, "signal", lambda *_args: None)
    call_command("keep_fix")
    assert ran == [False]
