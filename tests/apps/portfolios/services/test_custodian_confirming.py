"""The custodian's file of the next day confirms what was booked from executions instead of adding it again."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.portfolios.models import Account, BlockOrder, EntryConfirmation, FillProblem, Transaction
from apps.portfolios.selectors.books import account_book
from tests.apps.portfolios.services.test_custodian_importer import taken
from tests.days import TODAY
from tests.factories.trades import fill, line, ordered, ready

pytestmark = pytest.mark.usefixtures("held_day")
HEAD = "Trade Date,Settlement Date,Account Number,Action,Symbol,Description,Quantity,Price,Fees,Amount"


@pytest.fixture
def sold(ada: User, connie: User) -> BlockOrder:
    """Ten AAA sold at 55 today, booked."""
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund), household=household)
    fill(block, ada, "10", "55")
    return block


def row(quantity: str, amount: str, action: str = "Sell") -> str:
    day = f"{TODAY:%m/%d/%Y}"
    return f'{day},{day},1234-5678,{action},AAA,AAA Fund,{quantity},55.00,,"{amount}"'


def told(*rows: str) -> str:
    return "\n".join((HEAD, *rows)) + "\n"


def held(account: Account) -> object:
    return account_book(account, TODAY).positions[0].quantity


def test_the_same_trade_is_confirmed_and_not_added(ada: User, sold: BlockOrder) -> None:
    account = Account.objects.get()
    before = Transaction.objects.count()
    other = f'{TODAY:%m/%d/%Y},{TODAY:%m/%d/%Y},1234-5678,Deposit,,Wire,,,,"5.00"'
    taken(account.household, ada, told(row("10", "550.00"), other))
    assert Transaction.objects.count() == before + 1
    assert held(account) == 90
    assert EntryConfirmation.objects.get().entry.external_key.startswith("order:")
    assert AuditEvent.objects.filter(action="portfolios.confirm_entry").count() == 1
    taken(account.household, ada, told(row("10", "550.00"), other), "again.csv")
    assert (Transaction.objects.count(), EntryConfirmation.objects.count()) == (before + 1, 1)


def test_one_execution_told_in_two_lines_is_one(ada: User, sold: BlockOrder) -> None:
    account = Account.objects.get()
    before = Transaction.objects.count()
    taken(account.household, ada, told(row("6", "330.00"), row("4", "220.00")))
    assert Transaction.objects.count() == before
    assert held(account) == 90


def test_what_the_custodian_tells_otherwise_takes_its_place_and_opens_a_break(ada: User, sold: BlockOrder) -> None:
    account = Account.objects.get()
    taken(account.household, ada, told(row("9", "495.00")))
    assert held(account) == 91
    problem = FillProblem.objects.get()
    assert (problem.code, problem.reference, problem.quantity) == ("custodian_differs", sold.reference, 9)
    assert problem.line == sold.shares.get().line
    taken(account.household, ada, told(row("9", "495.00")), "again.csv")
    assert held(account) == 91


def test_a_part_that_was_booked_anew_is_told_of_its_line(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund), household=household)
    fill(block, ada, "4", "55")
    fill(block, ada, "6", "55", "E2")
    taken(account.household, ada, told(row("9", "495.00")))
    problem = FillProblem.objects.get()
    assert (problem.reference, problem.line) == (block.reference, block.shares.get().line)


def test_another_trade_of_another_day_is_added(ada: User, sold: BlockOrder) -> None:
    account = Account.objects.get()
    day = TODAY - dt.timedelta(days=1)
    text = row("2", "110.00").replace(f"{TODAY:%m/%d/%Y}", f"{day:%m/%d/%Y}")
    taken(account.household, ada, told(text))
    assert held(account) == 88
