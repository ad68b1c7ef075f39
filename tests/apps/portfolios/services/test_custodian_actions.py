"""Corporate actions of a custodian's file: booked by what the file says, or refused beside their line."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.accounts.models import User
from apps.clients.models import Household
from apps.portfolios.models import Account, Transaction
from apps.portfolios.selectors.accounts import account_page
from tests.apps.portfolios.services.test_custodian_checks import refused, told
from tests.apps.portfolios.services.test_custodian_importer import LAST, TRANSACTIONS, taken
from tests.factories import clients as people
from tests.factories import market


@pytest.fixture
def household(ada: User) -> Household:
    market.security("AAA", {dt.date(2025, 3, 3): "50", LAST: "55"})
    return people.household(ada)


DIVIDEND = "03/06/2025,03/06/2025,1234-5678,Stock Dividend,AAA,AAA Fund,10,,,"
MERGER = '03/07/2025,03/07/2025,1234-5678,Cash Merger,AAA,AAA Fund,100,,,"6,000.00"'


def test_a_dividend_in_shares_spreads_the_cost_over_more_of_them(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, told(DIVIDEND))
    entry = Transaction.objects.get(kind="stock_dividend")
    assert (entry.units, entry.split_new, entry.split_old) == (10, 10, 100)
    page = account_page(Account.objects.get(), LAST)
    assert [(lot.quantity, lot.cost) for lot in page.lots] == [(110, 5000)]


def test_a_merger_for_cash_sells_what_was_held(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, told(MERGER))
    entry = Transaction.objects.get(kind="sell")
    assert (entry.units, entry.cash) == (-100, 6000)
    page = account_page(Account.objects.get(), LAST)
    assert (page.lots, page.realised) == ((), 1000)


def test_an_action_on_what_nobody_holds_is_refused_beside_its_line(ada: User, household: Household) -> None:
    early = DIVIDEND.replace("03/06", "03/04")
    split = early.replace("Stock Dividend", "Stock Split")
    assert refused(household, ada, TRANSACTIONS + early + "\n") == [(5, "nothing_held")]
    taken(household, ada, TRANSACTIONS)
    assert refused(household, ada, told(split)) == [(2, "nothing_held")]
    taken(household, ada, told(DIVIDEND.replace("Stock Dividend", "Stock Split")))
    assert Transaction.objects.get(kind="split").units == 10
