"""A plan of plain lines holds while nothing that it rests on has moved; else the file is read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.clients.models import ImportBatch
from apps.clients.services.imports import ImportHasErrorsError, apply_batch
from apps.market.models import Security
from apps.portfolios.models import Account, Transaction
from tests.apps.portfolios.services.test_custodian_plain_lines import FEW, opened
from tests.apps.portfolios.services.test_custodian_taking import HEAD, LAST, history, numbers, positions, taken
from tests.factories import clients as people
from tests.factories import market
from tests.factories import portfolios as made

READING = "apps.portfolios.services.custodian_accounts.read_transactions"
SALE = '03/06/2025,03/07/2025,{n},Sell,AAA,AAA Fund,-100,50.00,,"5,000.00"\n'


@pytest.fixture
def waiting(ada: User, monkeypatch: pytest.MonkeyPatch) -> ImportBatch:
    """A file that sells all that an account holds, checked; it must not be read again unless a test says so."""
    market.security("AAA")
    monkeypatch.setattr(FEW, 0)
    (number,) = numbers(ada, 1)
    taken(ada, history(number))
    batch = opened(ada, HEAD + SALE.format(n=number))
    monkeypatch.setattr(READING, None)
    return batch


def test_a_file_is_not_read_again_while_nothing_has_moved(ada: User, waiting: ImportBatch) -> None:
    made.account(people.household(ada, name="Others"), ada, number="55556666")
    done = apply_batch(batch=waiting, by=ada.as_actor())
    assert (done.state, Transaction.objects.filter(kind="sell").count()) == ("applied", 1)


def _sell(ada: User) -> None:
    security = Transaction.objects.get(kind="buy").instrument
    made.entry(Account.objects.get(), ada, "sell", LAST, instrument=security, units="-1", cash="50")


def _reprice(_ada: User) -> None:
    market.stored(Security.objects.get(), {dt.date(2025, 3, 4): "5000"})


def _close(_ada: User) -> None:
    Account.objects.update(status="closed")


@pytest.mark.parametrize("move", [_sell, _reprice, _close])
def test_a_plan_whose_ground_has_moved_is_made_anew(
    ada: User, waiting: ImportBatch, monkeypatch: pytest.MonkeyPatch, move: Callable[[User], None]
) -> None:
    move(ada)
    with pytest.raises(TypeError):
        apply_batch(batch=waiting, by=ada.as_actor())  # it would read the file
    monkeypatch.undo()
    monkeypatch.setattr(FEW, 0)
    with pytest.raises(ImportHasErrorsError):
        apply_batch(batch=waiting, by=ada.as_actor())
    assert Transaction.objects.filter(source="all.csv", kind="sell").count() == 0


def test_what_another_import_brought_meanwhile_is_known(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    market.security("AAA", {LAST: "55"})
    monkeypatch.setattr(FEW, 0)
    for text in (history, positions):
        told = text(*numbers(ada, 2))
        first, second = opened(ada, told), opened(ada, told, "again.csv")
        assert second.counts["create"] == 4
        for batch in (first, second):
            apply_batch(batch=batch, by=ada.as_actor())
        second.refresh_from_db()
        assert (second.counts["create"], second.counts["unchanged"]) == (0, 4)
    assert Transaction.objects.exclude(external_key="").count() == 4


def test_an_account_opened_meanwhile_is_not_passed_over(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    market.security("AAA", {LAST: "55"})
    monkeypatch.setattr(FEW, 0)
    (number,) = numbers(ada, 1)
    batch = opened(ada, history(number, "55556666"))
    made.account(people.household(ada, name="Others"), ada, number="55556666")
    apply_batch(batch=batch, by=ada.as_actor())
    assert Transaction.objects.count() == 4
