"""Orders over FIX against a local acceptor: gaps, resends, duplicates, lost lines, killed processes."""

from __future__ import annotations

import datetime as dt
import ssl
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DataError
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.integrations.engine.fix_session import Message
from apps.integrations.models import FixConnection, FixMessage
from apps.integrations.selectors.fix_sessions import fields_of
from apps.integrations.services import fix_runner
from apps.integrations.services.fix_orders import say_order
from apps.portfolios.models import BlockOrder, Fill, FillProblem, OrderState
from apps.portfolios.services.fills import close_order
from apps.portfolios.services.order_changes import ask_to_cancel
from apps.portfolios.services.orders import send_by_route
from tests.apps.integrations.acceptor import Acceptor, wait_for
from tests.apps.integrations.lines import filled, runner, state, trade
from tests.factories import models


def test_an_order_goes_out_with_its_allocations_and_its_executions_are_booked(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    broker.answer = filled
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    runner(row).run(wait_for(lambda: state(block) == OrderState.FILLED))
    assert state(block) == OrderState.FILLED
    (order,) = broker.orders
    told = {tag: value for tag, value in order.fields if tag != 60}
    assert told == {
        11: block.reference,
        21: "1",
        55: "AAA",
        54: "2",
        38: "10",
        40: "2",
        44: "54",
        15: "USD",
        59: "0",
        78: "1",
        79: "1234-5678",
        80: "10",
    }
    assert [(fill.quantity, fill.price, str(fill.fees)) for fill in block.fills.all()] == [
        (4, 55, "0.25"),
        (6, 56, "0.25"),
    ]
    (logon,) = broker.logons
    assert (logon.get(553), logon.get(554), logon.get(108)) == ("us", "pw", "30")
    assert broker.heard[-1].kind == "5"
    kept = FixMessage.objects.get(kind="A", is_ours=True)
    assert dict(fields_of(kept))[554] == "***"
    assert "1234-5678" not in FixMessage.objects.get(kind="D").body
    row.refresh_from_db()
    assert row.next_out == broker.next_in


def test_a_report_that_was_lost_is_asked_for_and_none_counts_twice(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    broker.answer = filled
    broker.lose, broker.twice = {2}, {3}
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    runner(row).run(wait_for(lambda: state(block) == OrderState.FILLED))
    assert [fill.key[-2:] for fill in block.fills.order_by("pk")] == ["X1", "X2"]
    asked = [message for message in broker.heard if message.kind == "2"]
    assert [(message.get(7), message.get(16)) for message in asked] == [("2", "0")]


def test_a_session_goes_on_over_a_lost_line_and_what_was_not_heard_is_sent_again(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    broker.answer = filled
    broker.drop_after = 1  # the line closes after the logon: the order is written into nothing
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    runner(row).run(wait_for(lambda: state(block) == OrderState.FILLED))
    assert state(block) == OrderState.FILLED
    assert broker.lines == 2
    assert len(broker.orders) == 1
    assert len({message.seq for message in broker.logons}) == 2


def test_an_order_that_was_numbered_before_the_process_was_killed_is_sent_again_as_a_duplicate(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.answer = filled
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    killed = runner(row)
    out = killed._out

    class KilledError(Exception):
        pass

    def die_on_the_order(raw: bytes) -> None:
        if b"\x0135=D\x01" in raw:
            raise KilledError
        out(raw)

    monkeypatch.setattr(killed, "_out", die_on_the_order)
    with pytest.raises(KilledError):
        killed.run(wait_for(lambda: False, 10))
    assert FixMessage.objects.get(kind="D").seq == 2
    assert broker.orders == []
    runner(row).run(wait_for(lambda: state(block) == OrderState.FILLED))
    (order,) = broker.orders
    assert (order.poss_dup, order.seq) == (True, 2)
    assert Fill.objects.count() == 2


def test_a_report_whose_booking_fails_is_heard_again(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.answer = filled
    send_by_route(orders=[block], route="fix", by=ada.as_actor())

    def broken(**_kwargs: object) -> None:
        raise RuntimeError("killed while booking")

    with monkeypatch.context() as patched:
        patched.setattr(fix_runner, "take_report", broken)
        with pytest.raises(RuntimeError):
            runner(row).run(wait_for(lambda: False, 10))
    row.refresh_from_db()
    assert row.next_in == 2
    runner(row).run(wait_for(lambda: state(block) == OrderState.FILLED))
    assert Fill.objects.count() == 2


def test_a_cancelled_order_is_closed_and_what_was_done_is_booked(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    def partly(message: Message) -> list[tuple[str, tuple]]:
        if message.kind == "D":
            return [trade(message, "4", "55", "X1")]
        fields = ((37, "B1"), (17, "X9"), (150, "4"), (39, "4"), (11, message.get(11)), (41, message.get(41)))
        return [("8", (*fields, (58, "by request")))]

    broker.answer = partly
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    runner(row).run(wait_for(lambda: state(block) == OrderState.PARTIAL))
    ask_to_cancel(order=block, by=ada.as_actor())
    runner(row).run(wait_for(lambda: state(block) == OrderState.CLOSED))
    assert state(block) == OrderState.CLOSED
    assert block.note == "canceled: by request"
    assert block.filled == 4


def test_a_stranger_on_the_line_is_not_listened_to(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    FixConnection.objects.update(target_comp_id="SOMEBODY")
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    runner(row).run(wait_for(lambda: bool(FixConnection.objects.get().state_note), 10))
    assert "somebody else" in FixConnection.objects.get().state_note
    assert broker.orders == []


def test_an_order_is_not_said_while_nobody_answers(ada: User, row: FixConnection, block: BlockOrder) -> None:
    FixConnection.objects.update(port=1)
    say_order(order=block, by=ada.as_actor())
    runner(row).run(wait_for(lambda: bool(FixConnection.objects.get().state_note), 10))
    assert FixMessage.objects.get(kind="D").seq is None
    assert not FixConnection.objects.get().is_on


def test_the_command_keeps_a_session_until_it_is_taken_out_of_use(row: FixConnection, broker: Acceptor) -> None:
    FixConnection.objects.update(is_active=False)
    with schema_context("public"):
        with pytest.raises(CommandError, match="no FIX connection"):
            call_command("run_fix", firm="alpha", connection="Nobody")
        call_command("run_fix", firm="alpha", connection="Broker")
    assert broker.lines == 0


def certificate(folder: Path) -> tuple[str, ssl.SSLContext]:
    """Return a certificate for this machine that nobody else signed, and a server's context that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "broker.pem").write_bytes(pem + private)
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(folder / "broker.pem")
    return pem.decode(), secure


def test_an_encrypted_line_is_kept_only_with_who_shows_the_certificate(
    ada: User, row: FixConnection, block: BlockOrder, tmp_path: Path
) -> None:
    pem, secure = certificate(tmp_path)
    broker = Acceptor(filled, secure)
    try:
        FixConnection.objects.update(port=broker.port, uses_tls=True)
        send_by_route(orders=[block], route="fix", by=ada.as_actor())
        runner(row).run(wait_for(lambda: "CERTIFICATE" in FixConnection.objects.get().state_note))
        assert broker.heard == []
        FixConnection.objects.update(ca_certificate=pem)
        runner(row).run(wait_for(lambda: state(block) == OrderState.FILLED))
        assert state(block) == OrderState.FILLED
    finally:
        broker.stop()


def test_a_report_that_no_row_can_hold_waits_for_a_person_and_the_session_goes_on(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = fix_runner.take_report

    def overflowing(*, message: Message, **rest: object) -> str:
        if message.get(17) == "X1":
            raise DataError("numeric field overflow")
        return take(message=message, **rest)

    monkeypatch.setattr(fix_runner, "take_report", overflowing)
    broker.answer = filled
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    runner(row).run(wait_for(Fill.objects.exists))
    assert FillProblem.objects.get().code == "unreadable"
    assert Fill.objects.get().quantity == 6
    row.refresh_from_db()
    assert (row.next_in, row.seen_at is not None) == (broker.next_out, True)


def test_a_message_of_a_kind_that_no_row_can_hold_ends_no_session(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    broker.answer = lambda message: [("UNHEARDOF", ((58, "no kind of FIX"),)), *filled(message)]
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    runner(row).run(wait_for(lambda: state(block) == OrderState.FILLED))
    assert state(block) == OrderState.FILLED


def test_numbers_that_begin_anew_each_day_say_so_once_a_day(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    FixConnection.objects.update(resets_daily=True, next_out=7, next_in=9)
    broker.answer = filled
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    runner(row).run(wait_for(lambda: state(block) == OrderState.FILLED))
    runner(row).run(wait_for(lambda: len(broker.logons) == 2))
    first, second = broker.logons
    assert (first.seq, first.get(141)) == (1, "Y")
    assert (second.seq > 1, second.get(141)) == (True, "")
    assert set(FixMessage.objects.filter(is_ours=True).values_list("epoch", flat=True)) == {2}


def test_a_broker_who_is_away_is_named_without_the_number_of_the_error(broker: Acceptor, row: FixConnection) -> None:
    broker.stop()
    runner(row).run(wait_for(lambda: FixConnection.objects.get().state_note != ""))
    assert FixConnection.objects.get().state_note == "Connection refused"


def test_an_order_that_ended_while_it_waited_is_never_said(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    close_order(order=block, reason="Given by telephone.", by=ada.as_actor())
    runner(row).run(wait_for(lambda: not FixMessage.objects.waiting().exists(), 10))
    message = FixMessage.objects.get(kind="D")
    assert (message.seq, message.sent_at is not None, broker.orders) == (None, True, [])
    assert AuditEvent.objects.filter(action="integrations.withdraw_fix").count() == 1


def test_an_order_that_waited_beyond_its_day_ends_unsaid(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    BlockOrder.objects.update(sent_at=timezone.now() - dt.timedelta(days=1))
    runner(row).run(wait_for(lambda: state(block) == OrderState.CLOSED, 10))
    assert (broker.orders, block.note) == ([], "Its day was over before the session was on.")
    assert not FixMessage.objects.waiting().exists()


def test_an_order_that_is_cancelled_before_it_was_said_ends_at_once(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    (sent,) = send_by_route(orders=[block], route="fix", by=ada.as_actor())
    ask_to_cancel(order=sent, by=ada.as_actor())
    assert state(block) == OrderState.CLOSED
    runner(row).run(wait_for(lambda: bool(broker.logons), 10))
    assert broker.orders == []
    assert not FixMessage.objects.filter(kind="F").exists()


def test_an_order_that_was_forbidden_while_it_waited_ends_unsaid(
    ada: User, broker: Acceptor, row: FixConnection, block: BlockOrder
) -> None:
    send_by_route(orders=[block], route="fix", by=ada.as_actor())
    household = block.shares.get().line.proposal.household
    models.restricted(household, ada, kind="hold", asset_class="", instrument=block.instrument, reason="Founder's.")
    runner(row).run(wait_for(lambda: state(block) == OrderState.CLOSED, 10))
    assert broker.orders == []
    assert "Founder's." in block.note
