"""Returns of the accounts of a list: those of each account's own page, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.portfolios.engine.performance import Span
from apps.portfolios.models import Account
from apps.portfolios.selectors.account_returns import LIST_SPANS, account_returns, span_asked
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.services.kept_values import keep_values
from tests.factories import clients
from tests.factories import portfolios as books

AS_OF = dt.date(2025, 7, 15)


def book(ada: User) -> list[Account]:
    """Five accounts with trades, a fee and flows, the fourth in euros, the fifth from May on."""
    household = clients.household(ada)
    prices = {dt.date(2024, 3, 1): "40", dt.date(2025, 1, 2): "44", dt.date(2025, 4, 30): "47", AS_OF: "45"}
    fund = books.instrument(ada, "AAA", prices)
    made = []
    for n in range(5):
        more: dict[str, Any] = {"currency": "EUR"} if n == 3 else {}
        account = books.account(household, ada, number=f"9-{n}", **more)
        since = dt.date(2025, 5, 2) if n == 4 else dt.date(2024, 3, 1)
        books.entry(account, ada, "deposit", since, cash=str(1000 * (n + 1)), **more)
        if not more:
            books.entry(account, ada, "buy", since, instrument=fund, units="10", price="40", cash="-400")
        books.entry(account, ada, "withdrawal", dt.date(2025, 6, 10), cash=f"-{100 + n}", **more)
        books.entry(account, ada, "advisory_fee", dt.date(2025, 6, 30), cash="-5", **more)
        made.append(account)
    return made


def test_figures_are_those_of_each_accounts_own_page(ada: User) -> None:
    accounts = book(ada)
    for kept in (False, True):
        if kept:
            keep_values(by=ada.as_actor(), last=AS_OF)
        for span in (Span.MONTH, Span.YEAR, Span.ONE_YEAR, Span.THREE_YEARS):
            found = account_returns(accounts, span, AS_OF)
            for account in accounts:
                own = PortfolioOwner(account.household, account).sheet(AS_OF).line(span)
                ours = found[account.pk]
                assert own is not None
                assert (ours.first_day, ours.reason) == (own.first_day, own.reason)
                assert (ours.figures is None) == (own.figures is None)
                if ours.figures is not None and own.figures is not None:
                    assert ours.figures.closing == own.figures.closing
                    assert ours.figures.net.value == pytest.approx(own.figures.net.value)
                    assert ours.figures.money_weighted.value == pytest.approx(own.figures.money_weighted.value)


def test_more_accounts_take_no_more_queries(ada: User) -> None:
    assert account_returns([], Span.YEAR, AS_OF) == {}
    accounts = book(ada)
    counts = []
    for some in (accounts[:1], accounts[:3]):
        with CaptureQueriesContext(connection) as seen:
            account_returns(some, Span.YEAR, AS_OF)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_list_knows_its_periods() -> None:
    assert [span_asked(each) for each in LIST_SPANS] == list(LIST_SPANS)
    assert span_asked("inception") is span_asked("") is span_asked("ever") is None
