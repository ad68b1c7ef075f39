"""Orders whose numbers ended before all was heard: asked about, never said twice unasked, never lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.integrations.engine.fix_session import Message
from apps.integrations.models import FixConnection, FixMessage
from apps.integrations.services.fix_connections import reset_numbers, switch_connection
from apps.integrations.services.fix_doubts import ask_doubtful, doubt_said
from apps.integrations.services.fix_reports import take_report
from apps.portfolios.models import BlockOrder, FillProblem, OrderDoubt, OrderState
from apps.portfolios.services.order_doubts import ask_about_order, say_order_again
from apps.portfolios.services.orders import OrderStateError, send_by_route
from tests.apps.integrations.acceptor import Acceptor, wait_for
from tests.apps.integrations.lines import BY, filled, runner, state, trade
from tests.days import today
from tests.factories.trades import fill

Said = tuple[str, tuple]


def status(asked: Message, *fields: tuple[int, str]) -> Said:
    """An answer to a question about an order."""
    about = ((37, "B1"), (17, "0"), (150, "I"), (11, asked.get(11)), (790, asked.get(790)), (55, asked.get(55)))
    return "8", (*about, (54, "2"), *fields)


def unknown(asked: Message) -> Said:
    return status(asked, (39, "8"), (103, "5"), (14, "0"), (6, "0"), (58, "unknown order"))


def doubt(block: BlockOrder) -> str:
    block.refresh_from_db()
    return block.doubt


def kinds(broker: Acceptor) -> list[str]:
    return [message.kind for message in broker.orders]


class KilledError(Exception):
    """The process is gone."""


def killed_on_the_order(row: FixConnection, monkeypatch: pytest.MonkeyPatch, *, delivered: bool) -> None:
    """Keep the session until its process is killed as the order is written."""
    kept = runner(row)
    out = kept._out

    def die(raw: bytes) -> None:
        is_order = b"\x0135=D\x01" in raw
        if delivered or not is_order:
            out(raw)
        if is_order:
            raise KilledError

    monkeypatch.setattr(kept, "_out", die)
    with pytest.raises(KilledError):
        kept.run(wait_for(lambda: False, 10))


def reset(row: FixConnection, broker: Acceptor, paul: User) -> None:
    """Both sides begin at one again, as agreed by telephone."""
    switch_connection(connection=row, is_active=False, by=paul.as_actor())
    reset_numbers(connection=row, by=paul.as_actor())
    switch_connection(connection=row, is_active=True, by=paul.as_actor())
    broker.next_out, broker.next_in, broker.kept = 1, 1, {}


def test_an_order_that_never_arrived_is_asked_about_and_said_again_only_when_a_person_says_so(
    ada: User, paul: User, broker: Acceptor, row: FixConnection, block: BlockOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.answer = lambda message: [unknown(message)] if message.kind == "H" else filled(message)
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    killed_on_the_order(row, monkeypatch, delivered=False)
    reset(row, broker, paul)
    assert doubt(block) == OrderDoubt.UNHEARD
    runner(row).run(wait_for(lambda: doubt(block) == OrderDoubt.UNKNOWN))
    assert doubt(block) == OrderDoubt.UNKNOWN
    assert kinds(broker) == ["H"]
    say_order_again(order=block, by=ada.as_actor())
    assert doubt(block) == ""
    with pytest.raises(OrderStateError):
        say_order_again(order=block, by=ada.as_actor())
    runner(row).run(wait_for(lambda: state(block) == OrderState.FILLED))
    assert state(block) == OrderState.FILLED
    assert kinds(broker) == ["H", "D"]
    again = broker.orders[1]
    assert (again.get(11), again.get(97), again.poss_dup) == (block.reference, "Y", False)
    assert block.filled == 10
    assert AuditEvent.objects.filter(action="portfolios.doubt_order").count() == 2


def test_what_was_executed_while_the_line_was_dead_is_put_before_a_person_and_the_doubt_ends_with_it(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = {"done": "4"}

    def answer(message: Message) -> list[Said]:
        if message.kind == "D":
            return []
        return [status(message, (39, "1"), (14, book["done"]), (6, "55.5"))]

    broker.answer = answer
    FixConnection.objects.update(resets_daily=True)
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    killed_on_the_order(row, monkeypatch, delivered=True)
    FixConnection.objects.update(epoch_day=today() - dt.timedelta(days=1))
    runner(row).run(wait_for(FillProblem.objects.exists))
    problem = FillProblem.objects.get()
    assert (problem.code, problem.quantity, problem.price) == ("missed", 4, Decimal("55.5"))
    assert doubt(block) == OrderDoubt.MISSED
    assert kinds(broker) == ["D", "H"], "never said twice"
    with pytest.raises(OrderStateError):
        say_order_again(order=block, by=ada.as_actor())
    fill(block, ada, "4", "55.5", f"form:{block.reference}:X1")
    ask_about_order(order=block, by=ada.as_actor())
    runner(row).run(wait_for(lambda: doubt(block) == ""))
    assert (doubt(block), state(block), block.filled) == ("", OrderState.PARTIAL, 4)


def test_an_order_that_was_said_again_and_was_there_all_along_is_not_ended_by_the_brokers_no(
    ada: User, paul: User, broker: Acceptor, row: FixConnection, block: BlockOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(message: Message) -> list[Said]:
        if message.kind == "H" and len(broker.orders) < 3:
            return [("j", ((45, str(message.seq)), (372, "H"), (380, "3"), (58, "not supported")))]
        if message.kind == "H":
            return [status(message, (39, "0"), (14, "0"), (6, "0"))]
        if message.get(97) == "Y":
            refused = ((37, "B1"), (17, "0"), (150, "8"), (39, "8"), (103, "6"), (11, message.get(11)))
            return [("8", (*refused, (58, "duplicate")))]
        return []

    broker.answer = answer
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    killed_on_the_order(row, monkeypatch, delivered=True)
    reset(row, broker, paul)
    runner(row).run(wait_for(lambda: doubt(block) == OrderDoubt.SILENT))
    assert doubt(block) == OrderDoubt.SILENT
    say_order_again(order=block, by=ada.as_actor())
    runner(row).run(wait_for(lambda: kinds(broker)[-1] == "H" and doubt(block) == "" and len(broker.orders) == 4))
    assert kinds(broker) == ["D", "H", "D", "H"]
    assert (state(block), doubt(block)) == (OrderState.SENT, "")
    with pytest.raises(OrderStateError):
        say_order_again(order=block, by=ada.as_actor())


def test_numbers_that_the_broker_skips_are_asked_about_at_once(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    def answer(message: Message) -> list[Said]:
        if message.kind == "H":
            return [status(message, (39, "0"), (14, "0"), (6, "0"))]
        new = ("8", ((37, "B1"), (17, "N1"), (150, "0"), (39, "0"), (11, message.get(11))))
        return [new, ("4", ((36, "20"),))]

    broker.answer = answer
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    runner(row).run(wait_for(lambda: "H" in kinds(broker) and doubt(block) == ""))
    assert kinds(broker) == ["D", "H"]
    assert doubt(block) == ""
    events = AuditEvent.objects.filter(action__in=["portfolios.doubt_order", "portfolios.settle_doubt"])
    assert [event.action for event in events.order_by("pk")] == ["portfolios.doubt_order", "portfolios.settle_doubt"]


@pytest.fixture
def said(ada: User, row: FixConnection, block: BlockOrder) -> BlockOrder:
    """An order that was said in numbers which are over, and not answered."""
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    FixMessage.objects.update(seq=2, sent_at=timezone.now())
    FixConnection.objects.update(epoch=2)
    row.refresh_from_db()
    doubt_said(connection=row, by=BY)
    block.refresh_from_db()
    return block


def told(block: BlockOrder, *fields: tuple[int, str]) -> Message:
    return Message("8", 2, ((11, block.reference), (150, "I"), (37, "B1"), *fields))


def test_the_question_is_asked_once_in_each_numbering(row: FixConnection, said: BlockOrder) -> None:
    for _n in range(2):
        ask_doubtful(connection=row, by=BY)
    assert FixMessage.objects.filter(kind="H").count() == 1
    FixMessage.objects.filter(kind="H").update(seq=3, epoch=2, sent_at=timezone.now())
    ask_doubtful(connection=row, by=BY)
    assert FixMessage.objects.filter(kind="H").count() == 1
    FixConnection.objects.update(epoch=3)
    row.refresh_from_db()
    ask_doubtful(connection=row, by=BY)
    assert FixMessage.objects.filter(kind="H").count() == 2


def test_an_order_that_the_broker_never_had_ends_with_its_day(row: FixConnection, said: BlockOrder) -> None:
    BlockOrder.objects.update(sent_at=timezone.now() - dt.timedelta(days=1))
    assert take_report(connection=row, message=told(said, (39, "8"), (103, "5")), by=BY) == "closed"
    said.refresh_from_db()
    assert (said.state, said.doubt) == (OrderState.CLOSED, "")


def test_one_that_it_told_of_before_is_not_ended_by_forgetting_it(
    ada: User, row: FixConnection, said: BlockOrder
) -> None:
    fill(said, ada, "4", "55")
    assert take_report(connection=row, message=told(said, (39, "8"), (103, "5")), by=BY) == "doubted"
    assert doubt(said) == OrderDoubt.GONE


@pytest.mark.parametrize(
    ("fields", "outcome", "left"),
    [
        (((39, "1"), (14, "4"), (6, "55")), "settled", ("partial", "")),
        (((39, "4"), (14, "4"), (6, "55"), (58, "by desk")), "closed", ("closed", "")),
        (((39, "1"), (14, "2"), (6, "55")), "doubted", ("partial", "differs")),
        (((39, "1"), (14, "many"), (6, "55")), "doubted", ("partial", "differs")),
        (((39, "4"), (14, "9"), (6, "55")), "queued", ("partial", "missed")),
    ],
)
def test_an_answer_is_held_against_the_books(
    ada: User, row: FixConnection, said: BlockOrder, fields: tuple, outcome: str, left: tuple[str, str]
) -> None:
    fill(said, ada, "4", "55")
    assert take_report(connection=row, message=told(said, *fields), by=BY) == outcome
    assert (state(said), doubt(said)) == left
    assert FillProblem.objects.filter(code="missed").count() == (outcome == "queued")


def test_a_late_execution_of_an_order_that_was_never_answered_shows_that_the_broker_has_it(
    row: FixConnection, said: BlockOrder
) -> None:
    asked = Message("D", 2, ((11, said.reference), (55, "AAA")))
    late = Message("8", 3, trade(asked, "4", "55", "X1")[1])
    assert take_report(connection=row, message=late, by=BY) == "filled"
    assert doubt(said) == OrderDoubt.MISSED
    assert FixMessage.objects.waiting().filter(kind="H").count() == 1


@pytest.mark.parametrize("kind", ["j", "3"])
def test_an_order_that_is_refused_as_a_message_was_never_in_the_market(
    ada: User, row: FixConnection, block: BlockOrder, kind: str
) -> None:
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    FixMessage.objects.update(seq=2, epoch=row.epoch, sent_at=timezone.now())
    refused = Message(kind, 2, ((45, "2"), (372, "D"), (58, "no such symbol")))
    assert take_report(connection=row, message=refused, by=BY) == "closed"
    assert take_report(connection=row, message=refused, by=BY) == ""
    assert (state(block), block.note) == (OrderState.CLOSED, "refused as a message: no such symbol")
