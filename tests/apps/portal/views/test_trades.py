"""The client's word about trades, in the portal."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.compliance.models import CheckpointRecord
from apps.portal.selectors.trades import client_trades
from apps.portfolios.models import TradeProposal, TradeState
from apps.portfolios.services.trade_checks import pass_checkpoints
from tests.apps.portfolios.services.test_trade_checks import asks_client
from tests.factories.trades import approved, line, proposal, ready
from tests.factories.users import PASSWORD

SignIn = Callable[..., Client]
QUERIES = 13


@pytest.fixture
def asked(ada: User, connie: User) -> TradeProposal:
    """Trades that wait for the client's word."""
    household, account, fund = ready(ada)
    asks_client(household)
    kept = pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    return approved(kept, connie)


@pytest.fixture
def ana(asked: TradeProposal) -> User:
    user = asked.household.people.get(relationship="head").user
    assert user is not None
    return user


def page(kept: TradeProposal, name: str = "trade") -> str:
    return reverse(f"portal:{name}", args=[kept.public_id])


def test_the_client_reads_what_is_asked_and_approves(asked: TradeProposal, ana: User, sign_in: SignIn) -> None:
    browser = sign_in(ana)
    assert "Approve trades: Trim the stock" in browser.get(reverse("portal:home")).text
    shown = browser.get(page(asked)).text
    assert "$550.00" in shown
    assert "asks for your word" in shown
    assert "Waits for your approval" in browser.get(reverse("portal:trades")).text
    assert browser.post(page(asked), {"typed_name": "Ana Rivera"}).status_code == 422
    # a session that was left open signs nothing: the password is asked for, and the form goes on by itself
    again = browser.post(page(asked), {"agreed": "on", "typed_name": "Ana Rivera"}).url
    assert "/reauthenticate/" in again
    assert browser.post(again, {"password": "wrong"}).status_code == 200
    asked.refresh_from_db()
    assert asked.state == TradeState.CHECKING
    assert browser.post(again, {"password": PASSWORD}).url == page(asked)
    asked.refresh_from_db()
    assert asked.state == TradeState.CLEARED
    record = CheckpointRecord.objects.get(kind="client_approval")
    assert record.note.startswith("[password ")
    assert record.note.endswith(" UTC]")
    after = browser.get(page(asked)).text
    assert "Your decision" not in after
    assert "To be ordered" in after


def test_who_has_just_proved_it_is_not_asked_again(asked: TradeProposal, ana: User, sign_in: SignIn) -> None:
    browser = sign_in(ana)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(ana.pk)
    session.save()
    assert browser.post(page(asked), {"agreed": "on", "typed_name": "Somebody"}).status_code == 422
    assert browser.post(page(asked), {"agreed": "on", "typed_name": "Ana Rivera"}).url == page(asked)
    asked.refresh_from_db()
    assert asked.state == TradeState.CLEARED


def test_the_client_declines_with_a_reason(asked: TradeProposal, ana: User, sign_in: SignIn) -> None:
    browser = sign_in(ana)
    assert browser.get(page(asked, "trade-decline")).status_code == 200
    browser.post(page(asked, "trade-decline"), {"reason": "Not this year."})
    asked.refresh_from_db()
    assert (asked.state, asked.ended_because) == (TradeState.DECLINED, "Not this year.")
    assert "Not made" in browser.get(reverse("portal:trades")).text


def test_figures_open_their_passport(asked: TradeProposal, ana: User, sign_in: SignIn) -> None:
    url = reverse("portal:trade-figure", args=[asked.public_id, "sold-USD"])
    assert "$550.00" in sign_in(ana).get(url).text


def test_staff_strangers_and_what_is_not_yet_asked_are_kept_out(
    asked: TradeProposal, ana: User, ada: User, clay: User, sign_in: SignIn
) -> None:
    assert sign_in().get(page(asked)).status_code == 302
    assert sign_in(ada).get(page(asked)).status_code == 403
    assert sign_in(clay).get(page(asked)).status_code in {403, 404}
    line_ = asked.lines.get()
    draft = proposal(asked.household, ada, line(line_.account, line_.instrument), purpose="Only prepared")
    assert sign_in(ana).get(page(draft)).status_code == 404
    assert "Only prepared" not in sign_in(ana).get(reverse("portal:trades")).text


def test_the_number_of_queries_does_not_grow_with_the_proposals(
    asked: TradeProposal, ada: User, connie: User, ana: User
) -> None:
    """One or five that wait, and what was ordered besides."""
    actor = ana.as_actor()
    client_trades(actor)
    with CaptureQueriesContext(connection) as of_one:
        (one,) = client_trades(actor)
    assert one.is_asked
    first = asked.lines.get()
    for _ in range(4):
        more = proposal(asked.household, ada, line(first.account, first.instrument, quantity="1"))
        approved(pass_checkpoints(proposal=more, by=ada.as_actor()), connie)
    with CaptureQueriesContext(connection) as of_five:
        rows = client_trades(actor)
    assert [row.is_asked for row in rows] == [True] * 5
    assert len(of_one) == len(of_five) == QUERIES
