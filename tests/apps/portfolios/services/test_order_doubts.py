"""Orders in doubt: put there, settled by a word, and what may be done with them by whom. FIX asks in integrations."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import BlockOrder, OrderDoubt
from apps.portfolios.selectors.orders import blotter
from apps.portfolios.services.fills import close_order
from apps.portfolios.services.order_doubts import ask_about_order, doubt_order, say_order_again, settle_doubt
from apps.portfolios.services.orders import OrderStateError
from tests.apps.portfolios.services.wire import Wire
from tests.factories.trades import fill, line, ordered, ready

SignIn = Callable[..., Client]


@pytest.fixture
def block(ada: User, connie: User) -> BlockOrder:
    household, account, fund = ready(ada)
    (made,) = ordered(ada, connie, line(account, fund), household=household)
    BlockOrder.objects.update(route="wire")
    made.refresh_from_db()
    return made


def doubted(block: BlockOrder, by: User, doubt: str = OrderDoubt.UNKNOWN) -> BlockOrder:
    return doubt_order(order=block, doubt=doubt, by=by.as_actor())


def test_a_doubt_is_noted_once_and_settled_with_a_word(block: BlockOrder, ada: User) -> None:
    first = doubted(block, ada).doubt_since
    assert doubted(block, ada).doubt_since == first
    assert doubted(block, ada, OrderDoubt.SILENT).doubt_since == first, "in doubt since the first"
    assert AuditEvent.objects.filter(action="portfolios.doubt_order").count() == 2
    with pytest.raises(InvalidInputError):
        settle_doubt(order=block, note=" ", by=ada.as_actor())
    assert settle_doubt(order=block, note="Their desk has it.", by=ada.as_actor()).doubt == ""
    assert AuditEvent.objects.get(action="portfolios.settle_doubt").reason == "Their desk has it."
    with pytest.raises(OrderStateError):
        settle_doubt(order=block, note="Again.", by=ada.as_actor())


def test_an_order_that_ends_is_no_longer_in_doubt_and_gets_into_none(block: BlockOrder, ada: User) -> None:
    doubted(block, ada)
    ended = close_order(order=block, reason="The broker never had it.", by=ada.as_actor())
    assert (ended.doubt, ended.doubt_since) == ("", None)
    assert doubted(block, ada).doubt == ""


def test_only_what_was_never_answered_is_said_again(block: BlockOrder, ada: User, wire: Wire) -> None:
    with pytest.raises(OrderStateError, match="never answered"):
        say_order_again(order=block, by=ada.as_actor())
    doubted(block, ada, OrderDoubt.MISSED)
    with pytest.raises(OrderStateError):
        say_order_again(order=block, by=ada.as_actor())
    doubted(block, ada)
    assert say_order_again(order=block, by=ada.as_actor()).doubt == ""
    assert wire.said == ["again"]
    doubted(block, ada)
    fill(block, ada, "4", "55")
    with pytest.raises(OrderStateError):
        say_order_again(order=block, by=ada.as_actor())
    assert wire.said == ["again"]


def test_a_broker_is_asked_about_what_it_may_have(block: BlockOrder, ada: User, wire: Wire) -> None:
    ask_about_order(order=block, by=ada.as_actor())
    assert wire.said == ["ask"]
    assert AuditEvent.objects.filter(action="portfolios.ask_about_order").count() == 1
    BlockOrder.objects.update(route="file")
    with pytest.raises(OrderStateError):
        ask_about_order(order=block, by=ada.as_actor())
    assert AuditEvent.objects.filter(action="portfolios.ask_about_order").count() == 1


def test_the_pages_say_which_orders_are_in_doubt_and_mend_them(
    block: BlockOrder, ada: User, mallory: User, sue: User, sign_in: SignIn, wire: Wire
) -> None:
    doubted(block, ada)
    browser, page = sign_in(ada), block.get_absolute_url()
    assert "Orders in doubt" in browser.get(reverse("portfolios:order-list")).text
    shown = browser.get(page).text
    assert "unknown to the broker" in shown
    assert "Say it again" in shown
    urls = {name: reverse(f"portfolios:order-{name}", args=[block.public_id]) for name in ("ask", "again", "settle")}
    for url in urls.values():
        assert sign_in(mallory).post(url).status_code == 404
        assert sign_in(sue).post(url).status_code == 403
        assert sign_in().post(url).status_code == 302
    assert blotter(mallory.as_actor()).doubts == ()
    assert browser.get(urls["settle"]).status_code == 200
    browser.post(urls["ask"])
    browser.post(urls["again"])
    assert wire.said == ["ask", "again"]
    doubted(block, ada)
    assert browser.post(urls["settle"], {"note": ""}).status_code == 422
    assert browser.post(urls["settle"], {"note": "Their desk has it."}).url == page
    assert "Orders in doubt" not in browser.get(reverse("portfolios:order-list")).text
