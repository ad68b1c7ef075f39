"""What FIX reports do to orders, and what cannot be said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.integrations.models import FixConnection, FixMessage
from apps.integrations.selectors.fix_sessions import fields_of
from apps.integrations.services.fix_connections import ConnectionTerms, set_up_connection
from apps.integrations.services.fix_orders import (
    NoAccountNumberError,
    NoConnectionError,
    say_order,
)
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import Account, BlockOrder, OrderState
from apps.portfolios.services.order_changes import ask_to_cancel
from apps.portfolios.services.orders import OrderStateError, release_orders, send_by_route
from tests.factories.trades import cleared, line, ordered, ready


@pytest.fixture
def row(paul: User) -> FixConnection:
    terms = ConnectionTerms("Broker", "Example Custodian", "127.0.0.1", 9, "STEWARD", "BROKER", uses_tls=False)
    return set_up_connection(terms=terms, by=paul.as_actor())


@pytest.fixture
def block(ada: User, connie: User) -> BlockOrder:
    household, account, fund = ready(ada)
    (made,) = ordered(ada, connie, line(account, fund), household=household)
    return made


def test_an_order_for_an_account_without_a_number_is_not_said(row: FixConnection, block: BlockOrder, ada: User) -> None:
    Account.objects.update(number="")
    with pytest.raises(NoAccountNumberError, match="no account number"):
        say_order(order=block, by=ada.as_actor())
    assert not FixMessage.objects.exists()


def test_a_price_is_said_in_the_securitys_currency_and_where_it_settles(
    row: FixConnection, block: BlockOrder, ada: User
) -> None:
    assert 120 not in (told := dict(fields_of(say_order(order=block, by=ada.as_actor()))))
    assert told[15] == "USD"
    block.instrument.currency = "EUR"
    told = dict(fields_of(say_order(order=block, by=ada.as_actor())))
    assert (told[15], told[120]) == ("EUR", "USD")


def test_an_order_without_a_session_is_refused(block: BlockOrder, ada: User) -> None:
    with pytest.raises(NoConnectionError, match="Example Custodian"):
        say_order(order=block, by=ada.as_actor())
    assert not FixMessage.objects.exists()


def test_a_route_sends_only_what_is_ready_and_served(row: FixConnection, ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    (block,) = release_orders(proposals=[kept], by=ada.as_actor())
    for route in ("pigeon", ""):
        with pytest.raises(InvalidInputError, match="No such route"):
            send_by_route(orders=[block], route=route, by=ada.as_actor())
    with pytest.raises(OrderStateError):
        ask_to_cancel(order=block, by=ada.as_actor())
    FixConnection.objects.update(is_active=False)
    with pytest.raises(InvalidInputError):
        send_by_route(orders=[block], route="fix", by=ada.as_actor())
    FixConnection.objects.update(is_active=True)
    (sent,) = send_by_route(orders=[block], route="fix", by=ada.as_actor())
    assert (sent.state, sent.route) == (OrderState.SENT, "fix")
    with pytest.raises(OrderStateError, match="sent already"):
        send_by_route(orders=[block], route="fix", by=ada.as_actor())
    assert FixMessage.objects.filter(kind="D").count() == 1


def test_the_blotter_sends_by_fix_and_asks_to_cancel(
    row: FixConnection, ada: User, connie: User, sue: User, sign_in: Callable[..., Client]
) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    (block,) = release_orders(proposals=[kept], by=ada.as_actor())
    browser, send = sign_in(ada), reverse("portfolios:order-send")
    assert "Send to Example Custodian by FIX" in browser.get(reverse("portfolios:order-list")).text
    told = {"custodian": block.custodian, "route": "fix"}
    assert sign_in(sue).post(send, told).status_code == 403
    browser.post(send, told)
    block.refresh_from_db()
    assert (block.state, block.route) == (OrderState.SENT, "fix")
    assert "Ask to cancel the rest" in browser.get(block.get_absolute_url()).text
    FixMessage.objects.update(seq=2, sent_at=timezone.now())
    browser.post(reverse("portfolios:order-cancel", args=[block.public_id]))
    assert list(FixMessage.objects.order_by("pk").values_list("kind", flat=True)) == ["D", "F"]


OTHER = ConnectionTerms("Other", "Other Custodian", "127.0.0.1", 10, "STEWARD", "OTHER", uses_tls=False)


def test_a_field_that_would_end_another_is_not_said(row: FixConnection, block: BlockOrder, ada: User) -> None:
    block.instrument.symbol = "ABC\x0138=1000000"
    with pytest.raises(InvalidInputError, match="cannot be said"):
        say_order(order=block, by=ada.as_actor())
    assert not FixMessage.objects.exists()
