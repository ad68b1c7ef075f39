"""Plain lines of a firm's file become the same books, trail and prices as lines looked at one by one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.clients.models import ImportBatch
from apps.clients.services.imports import (
    ImportHasDependentsError,
    apply_batch,
    check_batch,
    open_batch,
    undo_batch,
)
from apps.core.models import AuditEvent
from apps.kernel.errors import DomainError
from apps.portfolios.models import (
    Account,
    Instrument,
    InstrumentPrice,
    PositionStatement,
    ReconciliationBreak,
    StatementLine,
    Transaction,
)
from apps.portfolios.selectors.books import account_book
from apps.portfolios.services.statements import take_statement
from tests.apps.portfolios.services.test_custodian_plain_lines import FEW, opened, plain_lines
from tests.apps.portfolios.services.test_custodian_taking import LAST, STATED, history, numbers, positions, taken
from tests.factories import market
from tests.factories import portfolios as made


@pytest.fixture(autouse=True)
def fund(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    market.security("AAA", {LAST: "55"})
    monkeypatch.setattr(FEW, 0)


def entries() -> list[tuple[Any, ...]]:
    fields = [field.attname for field in Transaction._meta.concrete_fields]
    besides = {"id", "public_id", "account_id", "external_key", "recorded_at", "created_at", "updated_at"}
    told = Transaction.objects.order_by("account_id", "trade_date", "kind")
    return list(told.values_list(*(name for name in fields if name not in besides)))


def lines() -> list[tuple[Any, ...]]:
    told = StatementLine.objects.order_by("statement__account", "instrument__symbol")
    names = ("statement__as_of", "statement__opened_book", "instrument__symbol", "quantity", "price", "market_value")
    return list(told.values_list(*names, "cost_basis", "acquired_on", "currency"))


@pytest.mark.parametrize("text", [history, positions])
def test_the_books_are_the_same_as_of_single_lines(ada: User, monkeypatch: pytest.MonkeyPatch, text: Any) -> None:
    told = text(*numbers(ada, 2))
    found = []
    for few in (0, 10_000):
        monkeypatch.setattr(FEW, few)
        batch = taken(ada, told)
        assert plain_lines(batch) == (4 if few == 0 else 0)
        found.append((entries(), lines(), Transaction.objects.exclude(external_key="").count(), batch.counts))
        assert PositionStatement.objects.filter(reconciled_at=None).count() == 0
        undo_batch(batch=batch, by=ada.as_actor())
        for model in (Transaction, PositionStatement, StatementLine, ReconciliationBreak):
            assert not model._default_manager.exists(), model
    assert found[0] == found[1]


def test_the_trail_names_the_file_and_the_entries_of_each_household(ada: User) -> None:
    batch = taken(ada, history(*numbers(ada, 2)))
    told = AuditEvent.objects.filter(action="portfolios.record_transactions").order_by("id")
    assert {event.subject_id for event in told} == {str(a.household.public_id) for a in Account.objects.all()}
    assert {pk for event in told for pk in event.after["ids"]} == set(
        map(str, Transaction.objects.values_list("public_id", flat=True))
    )
    of_file = AuditEvent.objects.get(action="clients.apply_batch")
    assert (of_file.after["sha256"], of_file.after["counts"]["create"]) == (batch.sha256, 4)


def test_the_same_file_again_changes_nothing_whoever_brings_it(ada: User) -> None:
    (number,) = numbers(ada, 1)
    household = Account.objects.get().household
    for text in (history(number), positions(number)):
        file = {"filename": "one.csv", "content": text.encode(), "by": ada.as_actor()}
        taken(ada, text)
        again = opened(ada, text, "again.csv")
        assert (again.counts["create"], again.counts["unchanged"], again.counts["update"]) == (0, 2, 0)
        apply_batch(batch=again, by=ada.as_actor())
        of_household = open_batch(kind="custodian_file", household=household, **file)
        assert (of_household.counts["create"], of_household.counts["unchanged"]) == (0, 2)
    assert (Transaction.objects.count(), StatementLine.objects.count()) == (2, 2)


def test_a_household_s_file_is_known_when_the_firm_s_file_has_it_too(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (number,) = numbers(ada, 1)
    household = Account.objects.get().household
    for text in (history(number), positions(number)):
        file = {"filename": "one.csv", "content": text.encode(), "by": ada.as_actor()}
        batch = open_batch(kind="custodian_file", household=household, **file)
        apply_batch(batch=batch, by=ada.as_actor())
        for few in (0, 10_000):
            monkeypatch.setattr(FEW, few)
            firm_wide = opened(ada, text)
            assert (firm_wide.counts["create"], firm_wide.counts["unchanged"], firm_wide.counts["update"]) == (0, 2, 0)
            changed = opened(ada, text.replace("03/05/2025", "03/06/2025").replace('"5,000.00",,', '"4,000.00",,'))
            assert changed.counts["update"] == 1
    apply_batch(batch=changed, by=ada.as_actor())
    assert StatementLine.objects.get(instrument=None).market_value == 4000


def test_an_entry_that_was_corrected_is_known_under_its_correction(ada: User) -> None:
    (number,) = numbers(ada, 1)
    taken(ada, history(number))
    corrected = history(number).replace("03/05/2025", "03/06/2025")
    batch = taken(ada, corrected, "corrected.csv")
    assert batch.counts["update"] == 1
    assert opened(ada, corrected, "again.csv").counts["unchanged"] == 2
    undo_batch(batch=batch, by=ada.as_actor())
    assert opened(ada, history(number), "again.csv").counts["unchanged"] == 2


def test_what_differs_from_a_statement_is_a_break_and_gone_with_it(ada: User) -> None:
    told = numbers(ada, 3)
    taken(ada, positions(*told))
    day = "03/11/2025"
    short = positions(told[0], day=day, cash="4,900.00") + positions(*told[1:], day=day)[len(STATED) :]
    batch = taken(ada, short, "next.csv")
    assert plain_lines(batch) == 6
    (difference,) = ReconciliationBreak.objects.open()
    assert (difference.kind, difference.account.last_four) == ("cash", told[0][-4:])
    undo_batch(batch=batch, by=ada.as_actor())
    assert (StatementLine.objects.count(), ReconciliationBreak.objects.count()) == (6, 0)


def test_prices_of_what_the_master_lacks_are_kept(ada: User) -> None:
    one, other = numbers(ada, 2)
    own = f"{STATED}{{n}},PRIV,Private Fund,10,100.00,1000.00,900.00,03/10/2025\n"
    taken(ada, own.format(n=one))
    batch = taken(ada, own.format(n=other).replace("100.00", "101.00").replace("03/10", "03/11"), "next.csv")
    assert plain_lines(batch) == 1
    assert list(InstrumentPrice.objects.order_by("day").values_list("close", flat=True)) == [100, 101]


def test_a_book_refuses_by_the_lines_of_its_account(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = numbers(ada, 2)
    batch = opened(ada, history(one, other))

    def refuse(account: Account) -> None:
        raise DomainError("No.")

    taking = "apps.portfolios.services.custodian_plain_taking"
    monkeypatch.setattr(f"{taking}.with_actions", list)
    monkeypatch.setattr(f"{taking}.demand_book", refuse)
    with pytest.raises(DomainError, match="Lines 2 to 3"):
        apply_batch(batch=batch, by=ada.as_actor())
    assert (Transaction.objects.count(), Instrument.objects.count()) == (0, 0)


def test_undo_refuses_while_later_entries_depend(ada: User) -> None:
    (number,) = numbers(ada, 1)
    batch = taken(ada, history(number))
    security = Transaction.objects.get(kind="buy").instrument
    made.entry(Account.objects.get(), ada, "sell", LAST, instrument=security, units="-40", cash="2200")
    with pytest.raises(ImportHasDependentsError):
        undo_batch(batch=batch, by=ada.as_actor())
    assert Transaction.objects.count() == 3


def test_files_with_both_kinds_of_lines_are_taken_in_whole(ada: User) -> None:
    one, other = numbers(ada, 2)
    taken(ada, history(other))
    split = f"03/07/2025,,{other},Split,AAA,AAA Fund,100,,,\n"
    batch = taken(ada, history(one) + split, "more.csv")
    assert (batch.counts["create"], plain_lines(batch)) == (3, 2)
    book = account_book(Account.objects.get(last_four=other[-4:]), LAST)
    assert book.positions[0].quantity == 200
    undo_batch(batch=batch, by=ada.as_actor())
    assert Transaction.objects.count() == 2


def test_the_page_shows_plain_lines_beside_the_others(ada: User, sign_in: Callable[[User], Client]) -> None:
    one, other = numbers(ada, 2)
    bad = f'03/05/2025,03/06/2025,{other},Sell,AAA,AAA Fund,-500,50.00,,"25,000.00"\n'
    batch = opened(ada, history(one, other) + bad)
    address = reverse("clients:import-detail", args=[batch.public_id])
    browser = sign_in(ada)
    page = browser.get(address).content.decode()
    assert [page.count(f'data-label="Line">{line}<') for line in range(2, 8)] == [1, 1, 1, 1, 1, 0]
    assert f"•••{one[-4:]} AAA" in page
    assert "5000" in page
    only = browser.get(f"{address}?only=blocked").content.decode()
    assert [only.count(f'data-label="Line">{line}<') for line in (2, 6)] == [0, 1]
    assert "more would have left the account" in only
    again = check_batch(batch=batch, answers={}, by=ada.as_actor())
    assert plain_lines(again) == 2


def test_what_a_column_would_round_is_never_plain(ada: User) -> None:
    (number,) = numbers(ada, 1)
    batch = opened(ada, history(number).replace("50.00", "50.0000001"))
    assert plain_lines(batch) == 0
    fine = taken(ada, history(number).replace("50.00", "50.000001"))
    assert plain_lines(fine) == 2
    assert Transaction.objects.get(kind="buy").price == Decimal("50.000001")
    assert isinstance(ImportBatch.objects.get(pk=fine.pk).plain_left_at, type(fine.applied_at))


def test_a_book_is_never_opened_in_days_to_come(ada: User) -> None:
    batch = opened(ada, positions(*numbers(ada, 2), day="03/10/2999"))
    with pytest.raises(DomainError, match="future"):
        apply_batch(batch=batch, by=ada.as_actor())
    assert (Transaction.objects.count(), PositionStatement.objects.count()) == (0, 0)


def test_lines_of_nothing_open_nothing_and_the_trail_names_what_came_in(ada: User) -> None:
    empty, other = numbers(ada, 2)
    nothing = f"{empty},AAA,AAA Fund,0,55.00,0.00,,03/10/2025\n{empty},Cash,Cash,,,-0.00,,03/10/2025\n"
    none = f"{other},Cash,Cash,,,-0.00,,03/10/2025\n"
    batch = taken(ada, f"{STATED}{nothing}{other},AAA,AAA Fund,100,55.00,5500.00,,03/10/2025\n{none}")
    assert plain_lines(batch) == 4
    (entry,) = Transaction.objects.all()
    (event,) = AuditEvent.objects.filter(action="portfolios.record_transactions")
    assert (event.after["entries"], event.after["ids"]) == (1, [str(entry.public_id)])


def test_an_account_with_a_corporate_action_goes_line_by_line_and_the_others_are_copied(ada: User) -> None:
    plain, merged = numbers(ada, 2)
    pair = (
        f"03/06/2025,03/06/2025,{merged},Stock Merger,BBB,BBB INC,40,,,\n"
        f"03/06/2025,03/06/2025,{merged},Stock Merger,AAA,AAA Fund,-{{held}},,,\n"
    )
    taken(ada, history(plain, merged))
    account = Account.objects.get(last_four=merged[-4:])
    held = account_book(account, LAST).positions[0].quantity
    later = f"03/06/2025,03/06/2025,{plain},Dividend,AAA,AAA Fund,,,,25.00\n"
    text = history().splitlines()[0] + "\n" + later + pair.format(held=f"{held:f}")
    batch = taken(ada, text)
    assert (plain_lines(batch), batch.counts["create"], batch.counts["rows"]) == (1, 2, 2)
    [position] = account_book(account, LAST).positions
    assert (position.quantity, Transaction.objects.filter(kind="merger").count()) == (40, 1)
    again = taken(ada, text)
    assert (again.counts["create"], again.counts["update"]) == (0, 0)
    undo_batch(batch=batch, by=ada.as_actor())
    assert [each.quantity for each in account_book(account, LAST).positions] == [held]


def test_a_statement_without_a_line_is_filled_and_not_doubled(ada: User) -> None:
    (number,) = numbers(ada, 1)
    take_statement(account=Account.objects.get(), as_of=LAST, positions=[], source="none.csv", by=ada.as_actor())
    taken(ada, positions(number))
    assert (PositionStatement.objects.count(), StatementLine.objects.count()) == (1, 2)


@pytest.mark.parametrize("few", [0, 10_000])
def test_a_price_below_nothing_is_no_price_of_the_firm_s_own(
    ada: User, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    (number,) = numbers(ada, 1)
    monkeypatch.setattr(FEW, few)
    taken(ada, f"{STATED}{number},PRIV,Private Fund,10,-100.00,1000.00,900.00,03/10/2025\n")
    assert (StatementLine.objects.count(), InstrumentPrice.objects.count()) == (1, 0)
