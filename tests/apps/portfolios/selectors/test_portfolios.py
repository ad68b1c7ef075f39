"""A household's portfolio as one sheet."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from apps.accounts.models import User
from apps.portfolios.models import Registration
from apps.portfolios.selectors.portfolios import account_rows, household_portfolio
from tests.factories import clients as people
from tests.factories import portfolios as made

WEEK = made.DAY + dt.timedelta(days=7)


def test_the_sheet_adds_up(ada: User) -> None:
    household, _, security = made.funded(ada)
    ira = made.account(household, ada, registration=Registration.TRADITIONAL_IRA, number="2", is_held_away=True)
    bonds = made.instrument(ada, "BBB", {made.DAY: "20"}, asset_class="corporate_bonds")
    made.entry(ira, ada, "transfer_in", instrument=bonds, units="25", cost="500")
    made.entry(ira, ada, "transfer_in", instrument=security, units="10", cost="500")
    sheet = household_portfolio(household, WEEK)
    assert sheet.total == 5_000 + 5_500 + 500 + 550 == sum(line.total for line in sheet.accounts)
    assert (sheet.managed, sheet.held_away, sheet.cash) == (10_500, 1_050, 5_000)
    assert [(line.symbol, line.value, line.n_accounts) for line in sheet.holdings] == [
        ("AAA", 6_050, 2),
        ("BBB", 500, 1),
    ]
    assert {line.asset_class: line.value for line in sheet.allocation} == {
        "us_equity": 6_050,
        "corporate_bonds": 500,
        "cash": 5_000,
    }
    assert abs(sum(line.share for line in sheet.allocation) - 1) < Decimal("1e-20")
    assert sheet.priced_on == made.DAY


def test_an_empty_household_has_an_empty_sheet(ada: User) -> None:
    sheet = household_portfolio(people.household(ada), WEEK)
    assert (sheet.total, sheet.accounts, sheet.holdings, sheet.allocation) == (0, (), (), ())
    assert sheet.simulation is None


def test_the_sheet_takes_the_same_queries_for_any_number_of_accounts(
    ada: User, django_assert_max_num_queries: Any
) -> None:
    household, account, security = made.funded(ada)
    more = [made.account(household, ada, number=f"77-{n}") for n in range(4)]
    for one in more:
        made.entry(one, ada, "transfer_in", instrument=security, units="1")
    with django_assert_max_num_queries(9):
        household_portfolio(household, WEEK)
    with django_assert_max_num_queries(5):
        assert [row.total for row in account_rows([account, *more], WEEK)] == [10_500, 55, 55, 55, 55]
