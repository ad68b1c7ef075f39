"""Orders cancelled and replaced over FIX against a local acceptor: answers, refusals, and executions on the way."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.integrations.engine.fix_session import Message
from apps.integrations.models import FixConnection, FixMessage
from apps.integrations.services.fix_doubts import doubt_said
from apps.integrations.services.fix_reports import take_report
from apps.portfolios.models import BlockOrder, ChangeState, FillProblem, OrderChange, OrderDoubt, OrderState
from apps.portfolios.services.order_changes import NewTerms, ask_to_cancel, ask_to_replace
from apps.portfolios.services.orders import OrderStateError, send_by_route
from tests.apps.integrations.acceptor import Acceptor, wait_for
from tests.apps.integrations.lines import BY, runner, state, trade

Said = tuple[str, tuple]


def report(message: Message, kind: str, *more: tuple[int, str]) -> Said:
    """A report that answers a change."""
    names = ((37, "B1"), (17, f"{kind}{message.seq}"), (150, kind), (11, message.get(11)), (41, message.get(41)))
    return "8", (*names, *more)


def refusal(message: Message, reason: str, text: str = "") -> Said:
    return "9", (
        (37, "B1"),
        (11, message.get(11)),
        (41, message.get(41)),
        (39, "1"),
        (434, "2"),
        (102, reason),
        (58, text),
    )


def asked(block: BlockOrder, by: User, quantity: str, limit: str = "54") -> OrderChange:
    return ask_to_replace(order=block, terms=NewTerms(Decimal(quantity), Decimal(limit), "Less."), by=by.as_actor())


def outcome(change: OrderChange) -> tuple[str, str]:
    change.refresh_from_db()
    return change.state, change.answer


@pytest.fixture
def live(ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder) -> BlockOrder:
    """An order in the market of which four of ten are executed."""
    broker.answer = lambda message: [trade(message, "4", "55", "X1")]
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    runner(row).run(wait_for(lambda: state(block) == OrderState.PARTIAL))
    assert state(block) == OrderState.PARTIAL
    return block


def test_a_smaller_order_is_asked_for_and_counts_once_the_broker_made_it(
    ada: User, broker: Acceptor, row: FixConnection, live: BlockOrder
) -> None:
    broker.answer = lambda message: [report(message, "E"), report(message, "5", (38, "6"), (14, "4"))]
    change = asked(live, ada, "6")
    runner(row).run(wait_for(lambda: outcome(change)[0] == ChangeState.DONE))
    live.refresh_from_db()
    assert (live.quantity, live.state, live.said_as) == (6, OrderState.PARTIAL, change.reference)
    said = broker.orders[-1]
    assert (said.kind, said.get(41), said.get(11)) == ("G", live.reference, change.reference)
    assert (said.get(38), said.get(44), said.get(80)) == ("6", "54", "6")
    # what follows names the order as the market knows it now
    broker.answer = lambda message: [trade(message, "2", "56", "X2")] if message.kind == "G" else []
    broker.say(*trade(Message("D", 0, ((11, change.reference), (55, "AAA"))), "2", "56", "X2"))
    runner(row).run(wait_for(lambda: state(live) == OrderState.FILLED))
    assert (state(live), live.filled) == (OrderState.FILLED, 6)
    assert live.shares.get().line.filled_quantity == 6


def test_executions_on_the_way_count_and_the_brokers_no_leaves_the_order_as_it_is(
    ada: User, broker: Acceptor, row: FixConnection, live: BlockOrder
) -> None:
    def too_late(message: Message) -> list[Said]:
        first = Message("D", 0, ((11, live.reference), (55, "AAA")))
        return [trade(first, "5", "55", "X2"), refusal(message, "0")]

    broker.answer = too_late
    change = asked(live, ada, "6")
    runner(row).run(wait_for(lambda: outcome(change)[0] == ChangeState.REFUSED))
    live.refresh_from_db()
    assert outcome(change) == (ChangeState.REFUSED, "Too late.")
    assert (live.quantity, live.filled, live.state) == (10, 9, OrderState.PARTIAL)
    assert not FillProblem.objects.exists()


def test_a_broker_who_executed_more_than_the_new_order_made_it_as_small_as_it_could(
    ada: User, broker: Acceptor, row: FixConnection, live: BlockOrder
) -> None:
    def crossed(message: Message) -> list[Said]:
        first = Message("D", 0, ((11, live.reference), (55, "AAA")))
        return [trade(first, "4", "55", "X2"), report(message, "5", (38, "8"), (14, "8"))]

    broker.answer = crossed
    change = asked(live, ada, "6")
    runner(row).run(wait_for(lambda: outcome(change)[0] == ChangeState.DONE))
    live.refresh_from_db()
    assert (live.quantity, live.filled, live.state) == (8, 8, OrderState.FILLED)


def test_an_order_that_fills_while_its_cancel_is_pending_is_executed_and_the_cancel_too_late(
    ada: User, broker: Acceptor, row: FixConnection, live: BlockOrder
) -> None:
    def pending_then_filled(message: Message) -> list[Said]:
        first = Message("D", 0, ((11, live.reference), (55, "AAA")))
        return [report(message, "6"), trade(first, "6", "55", "X2"), refusal(message, "0", "too late to cancel")]

    broker.answer = pending_then_filled
    change = ask_to_cancel(order=live, by=ada.as_actor())
    runner(row).run(wait_for(lambda: state(live) == OrderState.FILLED))
    assert (state(live), outcome(change)) == (OrderState.FILLED, (ChangeState.REFUSED, "The order is done."))


def test_a_cancel_is_done_when_the_broker_says_so_and_names_the_order_as_it_is_known(
    ada: User, broker: Acceptor, row: FixConnection, live: BlockOrder
) -> None:
    broker.answer = lambda message: [report(message, "5", (38, "8")) if message.kind == "G" else report(message, "4")]
    first = asked(live, ada, "8")
    runner(row).run(wait_for(lambda: outcome(first)[0] == ChangeState.DONE))
    live.refresh_from_db()
    cancel = ask_to_cancel(order=live, by=ada.as_actor())
    runner(row).run(wait_for(lambda: state(live) == OrderState.CLOSED))
    assert broker.orders[-1].get(41) == first.reference
    assert (state(live), outcome(cancel)[0], live.filled) == (OrderState.CLOSED, ChangeState.DONE, 4)


def test_a_change_that_is_refused_as_a_message_or_unknown_to_the_broker_leaves_the_order(
    ada: User, broker: Acceptor, row: FixConnection, live: BlockOrder
) -> None:
    broker.answer = lambda message: [("j", ((45, str(message.seq)), (372, "G"), (380, "3"), (58, "no replacing")))]
    change = asked(live, ada, "6")
    runner(row).run(wait_for(lambda: outcome(change)[0] == ChangeState.REFUSED))
    assert outcome(change)[1] == "no replacing"
    broker.answer = lambda message: [refusal(message, "1")] if message.kind == "G" else []
    second = asked(live, ada, "7")
    runner(row).run(wait_for(lambda: broker.orders[-1].kind == "H"))
    assert outcome(second) == (ChangeState.REFUSED, "The broker does not know the order.")
    live.refresh_from_db()
    assert (live.quantity, live.doubt) == (10, OrderDoubt.MISSED)


def test_an_order_that_waits_for_its_session_is_said_with_its_new_terms(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    change = asked(block, ada, "6")
    assert outcome(change)[0] == ChangeState.DONE
    runner(row).run(wait_for(lambda: bool(broker.orders)))
    (said,) = broker.orders
    assert (said.kind, said.get(38)) == ("D", "6")


def test_a_change_that_waited_until_too_much_was_executed_is_never_said(
    ada: User, broker: Acceptor, row: FixConnection, live: BlockOrder
) -> None:
    change = asked(live, ada, "6")
    late = Message("D", 0, ((11, live.reference), (55, "AAA")))
    take_report(connection=row, message=Message("8", 9, trade(late, "3", "55", "X2")[1]), by=BY)
    runner(row).run(wait_for(lambda: outcome(change)[0] == ChangeState.REFUSED))
    assert "executed already" in outcome(change)[1]
    assert [message.kind for message in broker.orders] == ["D"]
    assert not FixMessage.objects.waiting().exists()


@pytest.mark.parametrize(("ordered", "state_of", "quantity"), [("6", "done", 6), ("10", "refused", 10)])
def test_a_change_whose_answer_was_cut_ends_by_what_the_broker_says_is_ordered(
    ada: User, row: FixConnection, block: BlockOrder, ordered: str, state_of: str, quantity: int
) -> None:
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    FixMessage.objects.update(seq=2, sent_at=timezone.now(), answered_at=timezone.now())
    change = asked(block, ada, "6")
    FixMessage.objects.filter(kind="G").update(seq=3, sent_at=timezone.now())
    doubt_said(connection=row, by=BY)
    with pytest.raises(OrderStateError, match="waits for its answer"):
        asked(block, ada, "7")
    told = ((11, block.reference), (150, "I"), (39, "0"), (38, ordered), (14, "0"), (6, "0"))
    assert take_report(connection=row, message=Message("8", 2, told), by=BY) == "settled"
    block.refresh_from_db()
    assert (outcome(change)[0], block.quantity, block.doubt) == (state_of, quantity, "")


def test_a_replacement_that_nobody_asked_for_puts_the_order_in_doubt(
    ada: User, row: FixConnection, block: BlockOrder
) -> None:
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    told = ((11, "DESK1"), (41, block.reference), (150, "5"), (39, "0"), (38, "5"))
    assert take_report(connection=row, message=Message("8", 2, told), by=BY) == "doubted"
    block.refresh_from_db()
    assert (block.quantity, block.doubt) == (10, OrderDoubt.DIFFERS)


def test_a_change_is_not_said_after_its_day(ada: User, broker: Acceptor, row: FixConnection, live: BlockOrder) -> None:
    change = asked(live, ada, "6")
    BlockOrder.objects.update(sent_at=timezone.now() - dt.timedelta(days=1))
    runner(row).run(wait_for(lambda: outcome(change)[0] == ChangeState.REFUSED))
    assert "its day is over" in outcome(change)[1]
    assert [message.kind for message in broker.orders] == ["D"]
