"""Statements are kept line by line, many accounts at once, and judged as one alone would be."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import DomainError
from apps.portfolios.models import Account, PositionStatement, ReconciliationBreak, StatementLine, Transaction
from apps.portfolios.services.statements import StatedDay, StatedPosition, take_statement, take_statements
from tests.factories import clients as people
from tests.factories import portfolios as made

DAY = dt.date(2025, 3, 10)


def stated(ada: User, account: Account, day: dt.date = DAY, units: str = "100") -> StatedDay:
    fund = made.own_instrument(ada, "AAA")
    held = StatedPosition(fund, Decimal(units) * 55, Decimal(units), Decimal(55), Decimal(5000), key="a")
    return StatedDay(account, day, [held, StatedPosition(None, Decimal(500), key="cash")])


@pytest.fixture
def account(ada: User) -> Account:
    made.instrument(ada, "AAA", {DAY: "55", DAY + dt.timedelta(days=1): "55"})
    return made.account(people.household(ada), ada)


def test_two_days_of_an_account_open_its_book_once(ada: User, account: Account) -> None:
    later = DAY + dt.timedelta(days=1)
    taken = take_statements(
        stated=[stated(ada, account, later), stated(ada, account)], source="a.csv", by=ada.as_actor()
    )
    assert [(each.told.as_of, each.statement.opened_book) for each in taken] == [(DAY, True), (later, False)]
    assert Transaction.objects.count() == 2
    assert not ReconciliationBreak.objects.exists()
    assert AuditEvent.objects.filter(action="portfolios.take_statement").count() == 2
    assert AuditEvent.objects.filter(action="portfolios.reconcile_statement").count() == 2


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        ("100.0004 55 5500.022 500.004", []),
        ("100.0005 55 5500.0275 500", []),
        ("100.001 55 5500.055 500", ["quantity"]),
        ("100 55 5500 500.01", ["cash"]),
        ("100 55.04 5504 500", ["price"]),
        ("100 55 5600 500", ["value"]),
        ("100 5500 550000 500", ["price"]),
    ],
)
def test_what_is_in_line_for_many_is_in_line_for_the_engine(
    ada: User, account: Account, told: str, kinds: list[str]
) -> None:
    units, price, value, cash = map(Decimal, told.split())
    fund, by, later = made.own_instrument(ada, "AAA"), ada.as_actor(), DAY + dt.timedelta(days=1)
    take_statements(stated=[stated(ada, account)], source="a.csv", by=by)
    lines = [StatedPosition(fund, value, units, price), StatedPosition(None, cash)]
    take_statement(account=account, as_of=later, positions=lines, source="b.csv", by=by)
    assert [row.kind for row in ReconciliationBreak.objects.open()] == kinds


def test_a_holding_that_is_not_stated_and_a_break_that_is_gone_are_seen(ada: User, account: Account) -> None:
    by = ada.as_actor()
    take_statements(stated=[stated(ada, account)], source="a.csv", by=by)
    later = DAY + dt.timedelta(days=1)
    take_statement(account=account, as_of=later, positions=[StatedPosition(None, Decimal(500))], source="b.csv", by=by)
    assert ReconciliationBreak.objects.open().get().kind == "not_at_custodian"
    take_statements(stated=[stated(ada, account, later)], source="c.csv", by=by)
    assert not ReconciliationBreak.objects.open().exists()
    assert StatementLine.objects.filter(statement__as_of=later).count() == 2


def test_a_refusal_leaves_no_statement(ada: User, account: Account) -> None:
    with pytest.raises(DomainError):
        take_statements(stated=[stated(ada, account, units="-5")], source="a.csv", by=ada.as_actor())
    assert not PositionStatement.objects.exists()
    assert not AuditEvent.objects.filter(action="portfolios.take_statement").exists()
