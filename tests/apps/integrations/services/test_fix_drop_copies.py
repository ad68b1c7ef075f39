"""Drop copies: executions told on a second session, or of orders that went another way, are booked once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.integrations.engine.fix_session import Message
from apps.integrations.models import FixConnection, FixMessage
from apps.integrations.services.fix_connections import ConnectionTerms, set_up_connection
from apps.integrations.services.fix_orders import FixRoute
from apps.portfolios.models import BlockOrder, Fill, FillProblem, OrderState
from apps.portfolios.services.order_files import take_confirmations, write_order_file
from apps.portfolios.services.orders import send_by_route
from tests.apps.integrations.acceptor import Acceptor, wait_for
from tests.apps.integrations.lines import filled, runner, state, trade
from tests.days import today

SignIn = Callable[..., Client]


@pytest.fixture
def copier() -> Iterator[Acceptor]:
    acceptor = Acceptor()
    yield acceptor
    acceptor.stop()


@pytest.fixture
def copies(copier: Acceptor, paul: User) -> FixConnection:
    terms = ConnectionTerms(
        "Copies",
        "Example Custodian",
        "127.0.0.1",
        copier.port,
        "STEWARD",
        "BROKER",
        uses_tls=False,
        takes_orders=False,
    )
    return set_up_connection(terms=terms, by=paul.as_actor())


def told(copier: Acceptor, copies: FixConnection, reference: str, *keys: tuple[str, str, str]) -> None:
    """Have executions told on the session of drop copies, and all of them heard."""
    order = Message("D", 0, ((11, reference), (55, "AAA")))
    session, said = runner(copies), []

    def heard() -> bool:
        if copier.logons and FixConnection.objects.get(pk=copies.pk).is_on and not said:
            for key, quantity, price in keys:
                copier.say(*trade(order, quantity, price, key))
                said.append(key)
        return FixMessage.objects.filter(connection=copies, kind="8", is_ours=False).count() == len(keys)

    session.run(wait_for(heard))


def test_no_order_is_said_on_a_session_of_drop_copies(copies: FixConnection, row: FixConnection, ada: User) -> None:
    assert FixRoute().serves("Example Custodian")
    FixConnection.objects.filter(pk=row.pk).update(is_active=False)
    assert not FixRoute().serves("Example Custodian")


def test_an_execution_told_on_both_sessions_is_booked_once(
    ada: User, broker: Acceptor, copier: Acceptor, copies: FixConnection, row: FixConnection, block: BlockOrder
) -> None:
    broker.answer = filled
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    assert FixMessage.objects.get(kind="D").connection == row, "though the copies were set up first"
    told(copier, copies, block.reference, ("X1", "4", "55"))
    assert state(block) == OrderState.PARTIAL
    runner(row).run(wait_for(lambda: state(block) == OrderState.FILLED))
    assert (state(block), Fill.objects.count(), FillProblem.objects.count()) == (OrderState.FILLED, 2, 0)
    assert block.shares.get().line.filled_quantity == 10


def test_an_order_that_went_as_a_file_is_executed_by_copies_and_its_confirmation_adds_nothing(
    ada: User, copier: Acceptor, copies: FixConnection, block: BlockOrder
) -> None:
    write_order_file(orders=[block], by=ada.as_actor())
    told(copier, copies, block.reference, ("X1", "4", "55"), ("X2", "6", "56"))
    assert state(block) == OrderState.FILLED
    head = "Order reference,Execution id,Quantity,Price,Commission,Trade date"
    line = f"{block.reference},X1,4,55,0.25,{today().isoformat()}"
    taken = take_confirmations(content=f"{head}\n{line}\n".encode(), filename="c.csv", by=ada.as_actor())
    assert (taken.fills, taken.known, taken.problems, Fill.objects.count()) == (0, 1, 0, 2)


def test_what_names_no_order_of_ours_waits_for_a_person_once(
    copier: Acceptor, copies: FixConnection, block: BlockOrder
) -> None:
    copier.twice = {2}
    told(copier, copies, "DESK-77", ("X1", "4", "55"))
    problem = FillProblem.objects.get()
    assert (problem.code, problem.reference, Fill.objects.count()) == ("unknown_order", "DESK-77", 0)


def test_the_page_sets_one_up(paul: User, sign_in: SignIn) -> None:
    browser = sign_in(paul)
    told = {"name": "Copies", "custodian": "C", "host": "h", "port": "1", "sender_comp_id": "A", "target_comp_id": "B"}
    browser.post(reverse("integrations:fix-new"), {**told, "heartbeat": "30"})
    row = FixConnection.objects.get()
    assert not row.takes_orders
    page = reverse("integrations:fix-detail", args=[row.public_id])
    assert "no order is said here" in browser.get(page).text
