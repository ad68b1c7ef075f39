"""What FIX reports do to orders."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.integrations.engine.fix_session import Message
from apps.integrations.models import FixConnection
from apps.integrations.services.fix_connections import ConnectionTerms, set_up_connection
from apps.integrations.services.fix_reports import take_report
from apps.portfolios.models import BlockOrder, Fill, FillProblem, OrderState
from tests.days import today
from tests.factories.trades import line, ordered, ready


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


OTHER = ConnectionTerms("Other", "Other Custodian", "127.0.0.1", 10, "STEWARD", "OTHER", uses_tls=False)
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
