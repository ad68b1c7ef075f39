"""The demo firm's trades and books: one of each state, by the services and people that would make them."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django_tenants.utils import tenant_context

from apps.accounts.selectors.firm_days import firm_today
from apps.core.actors import Actor
from apps.core.models import Job
from apps.firms.services.demo import bookkeeping, fill, trading
from apps.firms.services.demo.firm import DEMO_PASSWORD, announce_actions, ensure_people
from apps.firms.services.demo.households import build_household
from apps.firms.services.demo.nights import TRADE, ask_for_trades
from apps.firms.services.demo.roster import demo_households, household_numbered
from apps.market.models import CorporateAction
from apps.market.services.updates import bring_up_to_date
from apps.portfolios.models import (
    BlockOrder,
    CompositeMember,
    EquivalenceGroup,
    FillProblem,
    ReconciliationBreak,
    TaxRate,
    TradeProposal,
)
from apps.portfolios.selectors.gains import gains_page
from apps.portfolios.selectors.market_actions import action_lines
from apps.portfolios.services.trade_checks import waits_for_client

BY = Actor.system("tests")
STATES = {"VERIFIED": 1, "FILLED": 2, "IN_MARKET": (2, 4), "READY": 4, "CLEARED": 4, "WAITING": 2}
STATES |= {"DECLINED": 4, "DRAFT": 2}


@pytest.fixture
def small_firm(firm_a, monkeypatch):
    for name, number in STATES.items():
        monkeypatch.setattr(trading, name, number)
    monkeypatch.setattr(bookkeeping, "WASHED", 4)
    monkeypatch.setattr(bookkeeping, "BROKEN", (1, 2))
    bring_up_to_date(by=BY)
    announce_actions(by=BY)
    announce_actions(by=BY)
    with tenant_context(firm_a):
        ensure_people(by=BY)
        for number in (1, 2, 4):
            spec = demo_households()[number - 1]
            build_household(spec=spec, advisor=fill.advisor_of(spec), password=DEMO_PASSWORD, by=BY)
        yield


def test_books_and_trades_reach_every_state_once(small_firm):
    for _n in range(2):
        bookkeeping.keep_books()
        trading.trade(by=BY)
    _the_books_are_kept()
    states = Counter(TradeProposal.objects.values_list("state", flat=True))
    assert states == {
        "verified": 1,
        "filled": 1,
        "ordered": 3,
        "cleared": 1,
        "checking": 2,
        "declined": 1,
        "draft": 1,
    }
    assert Counter(BlockOrder.objects.values_list("state", flat=True))["partial"] == 1
    assert BlockOrder.objects.filter(state="ready").exists()
    assert BlockOrder.objects.filter(shares__line__proposal__household=household_numbered(4)).exists()
    assert FillProblem.objects.get().code == "unknown_order"
    (asked,) = TradeProposal.objects.filter(household=household_numbered(1)).exclude(state="verified")
    assert waits_for_client(asked)


def _the_books_are_kept():
    assert TaxRate.objects.filter(household=None).count() == 1
    assert TaxRate.objects.exclude(household=None).exists()
    assert Counter(EquivalenceGroup.objects.values_list("state", flat=True)) == {"approved": 1, "waiting": 1}
    assert CompositeMember.objects.exists()
    assert ReconciliationBreak.objects.filter(account__household=household_numbered(1)).open().exists()
    assert ReconciliationBreak.objects.filter(account__household=household_numbered(2)).open().exists()
    today = firm_today()
    assert CorporateAction.objects.filter(source="Harbor demonstration").count() == 2
    (waiting,) = [line for line in action_lines(bookkeeping._principal(), today) if line.open]
    assert today - waiting.action.day < bookkeeping.OLD_ACTION
    page = gains_page(household_numbered(4), (today - dt.timedelta(days=25)).year, today)
    assert page.washes or not page.lines, "a lot was at a loss, or none was"


def test_trades_are_asked_for_once(in_alpha):
    for _n in range(2):
        ask_for_trades(by=BY)
    assert Job.objects.filter(name=TRADE).count() == 1
