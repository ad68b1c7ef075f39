"""What FIX reports do to orders, and what cannot be said."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.integrations.engine.fix_session import Message
from apps.integrations.models import FixConnection, FixMessage
from apps.integrations.selectors.fix_sessions import fields_of
from apps.integrations.services.fix_connections import ConnectionTerms, set_up_connection
from apps.integrations.services.fix_orders import (
    NoAccountNumberError,
    NoConnectionError,
    say_cancel,
    say_order,
    take_report,
)
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import Account, BlockOrder, Fill, FillProblem, OrderState
from apps.portfolios.services.orders import OrderStateError, ask_to_cancel, release_orders, send_by_route
from tests.days import today
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


def heard(block: BlockOrder, *fields: tuple[int, str], kind: str = "8") -> Message:
    return Message(kind, 2, ((11, block.reference), *fields))


TRADE = ((150, "F"), (17, "X1"), (32, "10"), (31, "55"))


def test_a_trade_is_taken_up_once(row: FixConnection, block: BlockOrder, ada: User) -> None:
    message = heard(block, *TRADE, (60, f"{today():%Y%m%d}-15:00:00"))
    outcomes = [take_report(connection=row, message=message, by=ada.as_actor()) for _ in range(2)]
    assert outcomes == ["filled", "filled"]
    assert Fill.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("unreadable", ((150, "F"), (17, "X"), (32, "ten"), (31, "5"))),
        ("unreadable", ((150, "F"), (17, ""), (32, "1"), (31, "5"))),
        ("unreadable", ((150, "F"), (17, "X"), (32, "1E+15"), (31, "5"))),
        ("commission", ((150, "F"), (17, "X"), (32, "1"), (31, "55"), (12, "0.5"), (13, "2"))),
        ("busted", ((150, "H"), (17, "X2"), (19, "X1"), (32, "4"), (31, "55"))),
        ("corrected", ((150, "G"), (17, "X2"), (19, "X1"), (32, "4"), (31, "54"))),
    ],
)
def test_what_only_a_person_can_read_waits_for_one(
    row: FixConnection, block: BlockOrder, ada: User, code: str, fields: tuple
) -> None:
    for _n in range(2):
        assert take_report(connection=row, message=heard(block, *fields), by=ada.as_actor()) == "queued"
    problem = FillProblem.objects.get()
    assert (problem.code, problem.order, problem.reference) == (code, block, block.reference)
    assert not Fill.objects.exists()
    assert AuditEvent.objects.filter(action="portfolios.refuse_fill").count() == 1


@pytest.mark.parametrize(("kind", "fees"), [("1", "5"), ("3", "0.5"), ("", "0.5")])
def test_a_commission_is_by_unit_or_of_the_whole(
    row: FixConnection, block: BlockOrder, ada: User, kind: str, fees: str
) -> None:
    told = (*TRADE, (12, "0.5"), (13, kind))
    assert take_report(connection=row, message=heard(block, *told), by=ada.as_actor()) == "filled"
    assert Fill.objects.get().fees == Decimal(fees)


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


def test_news_of_an_order_that_is_only_acknowledged_change_nothing(
    row: FixConnection, block: BlockOrder, ada: User
) -> None:
    for message in (heard(block, (150, "0")), heard(block, kind="9"), heard(block, (150, "F"), kind="j")):
        assert take_report(connection=row, message=message, by=ada.as_actor()) == ""
    block.refresh_from_db()
    assert block.state == OrderState.SENT


def test_more_than_the_order_waits_in_the_queue(row: FixConnection, block: BlockOrder, ada: User) -> None:
    message = heard(block, (150, "F"), (17, "X1"), (32, "11"), (31, "55"))
    assert take_report(connection=row, message=message, by=ada.as_actor()) == "queued"
    assert FillProblem.objects.get().code == "overfill"


@pytest.mark.parametrize(("code", "word"), [("8", "rejected"), ("C", "expired"), ("3", "done for the day")])
def test_an_end_closes_the_order_once(row: FixConnection, block: BlockOrder, ada: User, code: str, word: str) -> None:
    message = heard(block, (150, code), (58, "as told"))
    assert take_report(connection=row, message=message, by=ada.as_actor()) == "closed"
    assert take_report(connection=row, message=message, by=ada.as_actor()) == ""
    block.refresh_from_db()
    assert (block.state, block.note) == (OrderState.CLOSED, f"{word}: as told")


def test_an_order_without_a_session_is_refused(block: BlockOrder, ada: User) -> None:
    with pytest.raises(NoConnectionError, match="Example Custodian"):
        say_order(order=block, by=ada.as_actor())
    assert not FixMessage.objects.exists()


def test_a_cancel_names_the_order_and_has_its_own_reference(row: FixConnection, block: BlockOrder, ada: User) -> None:
    first, second = (dict(fields_of(say_cancel(order=block, by=ada.as_actor()))) for _ in range(2))
    assert first[41] == second[41] == block.reference
    assert first[11] != second[11]
    assert AuditEvent.objects.filter(action="integrations.queue_fix").count() == 2


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


@pytest.mark.parametrize("what", [TRADE, ((150, "4"),), ((150, "8"), (58, "no"))])
def test_the_session_of_another_custodian_neither_fills_nor_ends_an_order(
    block: BlockOrder, paul: User, ada: User, what: tuple
) -> None:
    theirs = set_up_connection(terms=OTHER, by=paul.as_actor())
    assert take_report(connection=theirs, message=heard(block, *what), by=ada.as_actor()) == "queued"
    block.refresh_from_db()
    assert (FillProblem.objects.get().code, block.state) == ("other_custodian", OrderState.SENT)
    assert not Fill.objects.exists()


@pytest.mark.parametrize("field", [(54, "1"), (55, "OTHER"), (48, "000000000"), (15, "GBX")])
def test_a_report_of_another_trade_than_the_order_is_not_booked(
    row: FixConnection, block: BlockOrder, ada: User, field: tuple
) -> None:
    assert take_report(connection=row, message=heard(block, *TRADE, field), by=ada.as_actor()) == "queued"
    assert FillProblem.objects.get().code == "other_trade"
    assert not Fill.objects.exists()


def test_side_security_and_currency_of_the_order_are_taken(row: FixConnection, block: BlockOrder, ada: User) -> None:
    told = (*TRADE, (54, "2"), (55, block.instrument.symbol.lower()), (15, "USD"))
    assert take_report(connection=row, message=heard(block, *told), by=ada.as_actor()) == "filled"


def test_a_field_that_would_end_another_is_not_said(row: FixConnection, block: BlockOrder, ada: User) -> None:
    block.instrument.symbol = "ABC\x0138=1000000"
    with pytest.raises(InvalidInputError, match="cannot be said"):
        say_order(order=block, by=ada.as_actor())
    assert not FixMessage.objects.exists()
