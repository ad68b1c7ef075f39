"""A plan of plain lines holds while nothing that it rests on has moved; else the file is read again."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.accounts.models import User
from apps.clients.models import ImportBatch
from apps.clients.models.sealed_files import FileDamagedError
from apps.clients.services.households import assign_household, unassign_household
from apps.clients.services.imports import ImportHasErrorsError, ImportStateError, apply_batch, check_batch
from apps.market.models import Security
from apps.portfolios.models import Account, StatementLine, Transaction
from apps.portfolios.services._ledger import AccountLedger, ledgers_of
from apps.portfolios.services.custodian_importer import FirmFileImporter
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


HELD = "apps.portfolios.services.custodian_plain_lines.ledgers_of"


@pytest.fixture
def meanwhile(ada: User, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[User], None]], None]:
    """Let something happen once, right after what accounts hold was read for a plan."""

    def happens(move: Callable[[User], None]) -> None:
        moves = [move]

        def read(*told: Any) -> dict[int, AccountLedger]:
            found = ledgers_of(*told)
            while moves:
                moves.pop()(ada)
            return found

        monkeypatch.setattr(HELD, read)

    return happens


def _sold_out(ada: User) -> None:
    security = Transaction.objects.get(kind="buy").instrument
    made.entry(Account.objects.get(), ada, "sell", LAST, instrument=security, units="-100", cash="5000")


@pytest.mark.parametrize("move", [_sold_out, _close])
def test_what_is_booked_while_a_file_is_read_does_not_hide_in_its_ground(
    ada: User, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[..., None], move: Callable[[User], None]
) -> None:
    market.security("AAA")
    monkeypatch.setattr(FEW, 0)
    (number,) = numbers(ada, 1)
    taken(ada, history(number))
    meanwhile(move)
    batch = opened(ada, HEAD + SALE.format(n=number))
    with pytest.raises(ImportHasErrorsError):
        apply_batch(batch=batch, by=ada.as_actor())
    assert Transaction.objects.filter(source="all.csv", kind="sell").count() == 0


def test_what_is_booked_while_a_file_is_read_again_is_seen_before_it_is_taken_in(
    ada: User, monkeypatch: pytest.MonkeyPatch, waiting: ImportBatch, meanwhile: Callable[..., None]
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(FEW, 0)
    _reprice_near(ada)
    meanwhile(_sold_out)
    with pytest.raises(ImportHasErrorsError):
        apply_batch(batch=waiting, by=ada.as_actor())
    assert Transaction.objects.filter(source="all.csv", kind="sell").count() == 0


def _reprice_near(_ada: User) -> None:
    market.stored(Security.objects.get(), {dt.date(2025, 3, 4): "51"})


def test_books_that_never_rest_are_not_taken_into(
    ada: User, monkeypatch: pytest.MonkeyPatch, waiting: ImportBatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(FEW, 0)
    moments = itertools.count()
    monkeypatch.setattr(FirmFileImporter, "basis", lambda *_: str(next(moments)))
    with pytest.raises(ImportStateError):
        apply_batch(batch=waiting, by=ada.as_actor())
    assert Transaction.objects.filter(kind="sell").count() == 0


def _turned_back(ada: User) -> None:
    """Change a line of a statement as somebody else's transaction does that began earlier."""
    StatementLine.objects.filter(instrument=None).update(
        market_value=1, updated_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    )


def test_a_change_that_bears_an_earlier_time_than_others_moves_the_ground(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    market.security("AAA", {LAST: "55"})
    monkeypatch.setattr(FEW, 0)
    (number,) = numbers(ada, 1)
    taken(ada, positions(number))
    batch = opened(ada, positions(number), "again.csv")
    assert batch.counts["unchanged"] == 2
    _turned_back(ada)
    apply_batch(batch=batch, by=ada.as_actor())
    assert StatementLine.objects.get(instrument=None).market_value == 5000


def test_a_day_to_come_moves_the_ground(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    market.security("AAA", {LAST: "55"})
    monkeypatch.setattr(FEW, 0)
    (number,) = numbers(ada, 1)
    batch = opened(ada, history(number))
    for module in ("custodian_ground", "custodian_plain_lines", "custodian_reading"):
        monkeypatch.setattr(f"apps.portfolios.services.{module}.firm_today", lambda: dt.date(2025, 3, 3))
    with pytest.raises(ImportHasErrorsError):
        apply_batch(batch=batch, by=ada.as_actor())
    assert not Transaction.objects.exists()


def test_who_lost_the_right_to_an_account_takes_nothing_into_it(
    ada: User, mallory: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    market.security("AAA")
    monkeypatch.setattr(FEW, 0)
    kept, lost, never = numbers(ada, 3)
    by_number = {account.last_four: account for account in Account.objects.select_related("household")}
    for number in (kept, lost):
        assign_household(household=by_number[number[-4:]].household, user=mallory, by=ada.as_actor())
    batch = opened(mallory, history(kept, lost, never))
    assert (batch.counts["create"], batch.counts["ignored"]) == (4, 2)
    unassign_household(household=by_number[lost[-4:]].household, user=mallory, by=ada.as_actor())
    done = apply_batch(batch=batch, by=mallory.as_actor())
    assert (done.counts["create"], done.counts["ignored"]) == (2, 4)
    assert set(Transaction.objects.values_list("account__last_four", flat=True)) == {kept[-4:]}


@pytest.mark.parametrize("harm", [lambda _told: b"", lambda told: told[:-1] + bytes([told[-1] ^ 1])])
def test_a_plan_that_was_harmed_in_the_storage_is_refused_and_can_be_made_anew(
    ada: User, waiting: ImportBatch, monkeypatch: pytest.MonkeyPatch, harm: Callable[[bytes], bytes]
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(FEW, 0)
    with default_storage.open(waiting.plain_name, "rb") as handle:
        told = handle.read()
    default_storage.delete(waiting.plain_name)
    if harm(told):
        assert default_storage.save(waiting.plain_name, ContentFile(harm(told))) == waiting.plain_name
    with pytest.raises(FileDamagedError):
        apply_batch(batch=waiting, by=ada.as_actor())
    assert not Transaction.objects.filter(kind="sell").exists()
    again = check_batch(batch=waiting, answers={}, by=ada.as_actor())
    assert apply_batch(batch=again, by=ada.as_actor()).counts["create"] == 1
