"""Custodians' statements against our book."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.transactions import LotChoice
from apps.portfolios.models import Account, BreakState, Instrument, PositionStatement, ReconciliationBreak
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.valuations import holdings_at
from apps.portfolios.services.reconciliation import BreakClosedError, accept_proposal, explain_break
from apps.portfolios.services.sales import SaleOfLots, sell_lots
from apps.portfolios.services.statements import StatedPosition, take_statement
from tests.factories import clients as people
from tests.factories import portfolios as made

WEEK = made.DAY + dt.timedelta(days=7)


def stated(instrument: Instrument | None, quantity: str, value: str, price: str | None = None) -> StatedPosition:
    return StatedPosition(
        instrument=instrument,
        quantity=Decimal(quantity),
        market_value=Decimal(value),
        price=Decimal(price) if price else None,
    )


def taken(account: Account, by: User, *positions: StatedPosition, as_of: dt.date = WEEK) -> PositionStatement:
    return take_statement(account=account, as_of=as_of, positions=positions, source="positions.csv", by=by.as_actor())


def test_a_statement_that_agrees_leaves_no_break(ada: User) -> None:
    _, account, security = made.funded(ada)
    taken(account, ada, stated(security, "100", "5500", "55"), stated(None, "0", "5000"))
    assert not ReconciliationBreak.objects.exists()


def test_the_first_statement_opens_an_empty_book_with_its_cost(ada: User) -> None:
    account = made.account(people.household(ada), ada)
    security = made.instrument(ada, "AAA", {WEEK: "55"})
    line = StatedPosition(security, Decimal(550), Decimal(10), Decimal(55), cost_basis=Decimal(400))
    statement = taken(account, ada, line, stated(None, "0", "25"))
    assert statement.opened_book
    book = account_book(account, WEEK)
    assert (book.positions[0].quantity, book.positions[0].cost) == (10, 400)
    assert holdings_at([account], WEEK)[account.pk].total == 575
    assert not ReconciliationBreak.objects.exists()


def test_a_difference_is_a_break_with_its_cause_and_an_entry_that_mends_it(ada: User) -> None:
    _, account, security = made.funded(ada)
    taken(account, ada, stated(security, "110", "6050", "55"), stated(None, "0", "4450"))
    difference = ReconciliationBreak.objects.open().get(kind="quantity")
    assert (difference.ours, difference.theirs, difference.cause) == (100, 110, "missing_trade")
    entry = accept_proposal(difference=difference, by=ada.as_actor())
    assert (entry.units, entry.cash) == (10, -550)
    assert not ReconciliationBreak.objects.open().exists()
    difference.refresh_from_db()
    assert (difference.state, difference.entry) == (BreakState.ENTERED, entry)
    assert AuditEvent.objects.filter(action="portfolios.accept_proposal").count() == 1


def test_a_break_is_locked_after_its_account_as_a_statement_locks_them(ada: User) -> None:
    _, account, fund = made.funded(ada)
    taken(account, ada, stated(fund, "110", "6050", "55"), stated(None, "0", "4450"))
    difference = ReconciliationBreak.objects.open().get(kind="quantity")
    with CaptureQueriesContext(connection) as asked:
        accept_proposal(difference=difference, by=ada.as_actor())
    locks = [each["sql"].partition(' FROM "')[2].partition('"')[0] for each in asked if "FOR UPDATE" in each["sql"]]
    assert locks[:2] == ["portfolios_account", "portfolios_reconciliationbreak"]


def test_a_double_entry_is_mended_by_taking_one_back(ada: User) -> None:
    _, account, security = made.funded(ada)
    again = made.DAY + dt.timedelta(days=1)
    made.entry(account, ada, "buy", again, instrument=security, units="100", cash="-5000", price="50")
    taken(account, ada, stated(security, "100", "5500", "55"), stated(None, "0", "5000"))
    for difference in list(ReconciliationBreak.objects.open()):
        difference.refresh_from_db()
        if difference.state == BreakState.OPEN and difference.proposal:
            accept_proposal(difference=difference, by=ada.as_actor())
    assert holdings_at([account], WEEK)[account.pk].total == 10_500
    assert not ReconciliationBreak.objects.open().exists()


def test_an_explained_break_stays_explained_at_the_next_look(ada: User) -> None:
    _, account, security = made.funded(ada)
    taken(account, ada, stated(security, "100", "5500", "55"), stated(None, "0", "5000.40"))
    difference = ReconciliationBreak.objects.open().get()
    with pytest.raises(InvalidInputError):
        explain_break(difference=difference, note="", by=ada.as_actor())
    explain_break(difference=difference, note="Rounded by the custodian", by=ada.as_actor())
    from apps.portfolios.services.reconciliation import reconcile_statement

    reconcile_statement(statement=difference.statement, by=ada.as_actor())
    assert not ReconciliationBreak.objects.open().exists()
    with pytest.raises(BreakClosedError):
        explain_break(difference=difference, note="again", by=ada.as_actor())
    with pytest.raises(BreakClosedError):
        accept_proposal(difference=difference, by=ada.as_actor())


def test_a_break_that_the_next_statement_lacks_is_gone(ada: User) -> None:
    _, account, security = made.funded(ada)
    taken(account, ada, stated(security, "90", "4950", "55"), stated(None, "0", "5000"))
    old = ReconciliationBreak.objects.open().get(kind="quantity")
    taken(
        account,
        ada,
        stated(security, "100", "5500", "55"),
        stated(None, "0", "5000"),
        as_of=WEEK + dt.timedelta(days=1),
    )
    old.refresh_from_db()
    assert old.state == BreakState.GONE
    assert [row.state for row in old.history.all()] == [BreakState.GONE, BreakState.OPEN]
    event = AuditEvent.objects.filter(action="portfolios.reconcile_statement").latest("id")
    assert str(old.public_id) in event.after["gone"]


def test_an_older_statement_leaves_the_breaks_of_a_newer_one(ada: User) -> None:
    _, account, security = made.funded(ada)
    cash = stated(None, "0", "5000")
    newer = taken(account, ada, stated(security, "90", "4950", "55"), cash)
    for units, value in (("100", "5000"), ("80", "4000")):
        taken(account, ada, stated(security, units, value, "50"), cash, as_of=made.DAY + dt.timedelta(days=2))
        found = ReconciliationBreak.objects.get(kind="quantity")
        assert (found.state, found.statement, found.theirs) == (BreakState.OPEN, newer, 90)


def test_rows_of_one_security_are_added_up(ada: User) -> None:
    _, account, security = made.funded(ada)
    halves = [stated(security, "50", "2750", "55") for _ in range(2)]
    taken(account, ada, *halves, stated(None, "0", "5000"))
    assert not ReconciliationBreak.objects.exists()


def test_the_book_is_that_of_the_accounts_standing_order(ada: User) -> None:
    _, account, security = made.funded(ada)
    later = [made.DAY + dt.timedelta(days=days) for days in (2, 3, 4, 5)]
    made.entry(account, ada, "buy", later[0], instrument=security, units="100", cash="-6000")
    made.election(account, ada, "hifo", later[1])
    made.entry(account, ada, "sell", later[2], instrument=security, units="-100", cash="5500")
    (left,) = account_book(account, later[2]).positions[0].lots
    named = SaleOfLots(later[3], (LotChoice(left.lot_id, Decimal(40)),), price=Decimal(55))
    sell_lots(account=account, instrument=security, sale=named, by=ada.as_actor())
    taken(account, ada, stated(security, "60", "3300", "55"), stated(None, "0", "6700"))
    assert not ReconciliationBreak.objects.exists()


def test_a_failure_leaves_no_statement(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("no reconciliation today")

    account = made.account(people.household(ada), ada)
    monkeypatch.setattr("apps.portfolios.services.statements.note_reconciled", broken)
    with pytest.raises(RuntimeError):
        taken(account, ada, stated(None, "0", "25"))
    assert not PositionStatement.objects.exists()
    assert not account.transactions.exists()
