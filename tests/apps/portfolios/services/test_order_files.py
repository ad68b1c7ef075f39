"""Orders as a custodian's file, and the file with which it tells what it executed."""

from __future__ import annotations

import csv
import io

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import BlockOrder, Fill, FillProblem, Instrument, OrderFile, OrderState
from apps.portfolios.services.order_files import TOLD, content_of, take_confirmations, write_order_file
from apps.portfolios.services.orders import OrderStateError, release_orders
from tests.days import TODAY
from tests.factories.trades import cleared, line, ready

pytestmark = pytest.mark.usefixtures("held_day")
DAY = TODAY.isoformat()


@pytest.fixture
def block(ada: User, connie: User) -> BlockOrder:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund, limit_price="54"), household=household)
    (made,) = release_orders(proposals=[kept], by=ada.as_actor())
    return made


def test_a_file_names_block_accounts_and_is_written_once(ada: User, block: BlockOrder) -> None:
    file = write_order_file(orders=[block], by=ada.as_actor())
    rows = list(csv.DictReader(io.StringIO(content_of(file).decode("utf-8-sig"))))
    assert [row["Record"] for row in rows] == ["BLOCK", "ALLOC"]
    told = rows[0]
    assert (told["Side"], told["Symbol"], told["Quantity"], told["Limit price"]) == ("SELL", "AAA", "10", "54")
    assert rows[1]["Account number"] == "1234-5678"
    assert "1234-5678" not in OrderFile.objects.get().content
    block.refresh_from_db()
    assert (block.state, block.route, block.file) == (OrderState.SENT, "file", file)
    with pytest.raises(OrderStateError):
        write_order_file(orders=[block], by=ada.as_actor())
    event = AuditEvent.objects.get(action="portfolios.write_order_file")
    assert event.after["orders"] == [block.reference]


def test_no_cell_is_a_formula(ada: User, block: BlockOrder) -> None:
    Instrument.objects.filter(pk=block.instrument_id).update(symbol="=cmd")
    block.refresh_from_db()
    content = content_of(write_order_file(orders=[block], by=ada.as_actor())).decode()
    assert ",'=cmd," in content


def test_a_file_is_of_one_custodian(ada: User) -> None:
    with pytest.raises(InvalidInputError, match="one custodian"):
        write_order_file(orders=[], by=ada.as_actor())


def told(*rows: tuple[str, ...]) -> bytes:
    return "\n".join(",".join(row) for row in (TOLD, *rows)).encode()


def test_confirmations_are_taken_up_once(ada: User, block: BlockOrder) -> None:
    write_order_file(orders=[block], by=ada.as_actor())
    rows = (
        (block.reference, "X1", "4", "55.10", "0.40", DAY),
        (block.reference, "X2", "6", "55", "", DAY),
        ("STNONE", "X3", "1", "5", "0", DAY),
    )
    first = take_confirmations(content=told(*rows), filename="c.csv", by=ada.as_actor())
    assert (first.fills, first.known, first.problems) == (2, 0, 1)
    again = take_confirmations(content=told(*reversed(rows)), filename="c.csv", by=ada.as_actor())
    assert (again.fills, again.known, again.problems) == (0, 3, 0)
    block.refresh_from_db()
    assert block.state == OrderState.FILLED
    assert (Fill.objects.count(), FillProblem.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00", "not in UTF-8"),
        (b"Order reference,Quantity\n", "lacks the column"),
        (b"x" * 2_000_001, "too large"),
        (told(("R", "X", "ten", "1", "0", DAY)), "Line 2"),
        (told(("R", "X", "NaN", "1", "0", DAY)), "Line 2"),
        (told(("R", "X", "-1", "1", "0", DAY)), "Line 2"),
        (told(("R", "X", "1", "1", "0", "yesterday")), "Line 2"),
        (told(("R", "", "1", "1", "0", DAY)), "Line 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(ada: User, content: bytes, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        take_confirmations(content=content, filename="c.csv", by=ada.as_actor())
    assert not FillProblem.objects.exists()


def test_a_bad_row_leaves_nothing_of_the_file(ada: User, block: BlockOrder) -> None:
    write_order_file(orders=[block], by=ada.as_actor())
    rows = ((block.reference, "X1", "4", "55.10", "0.40", DAY), (block.reference, "X2", "x", "55", "", DAY))
    with pytest.raises(InvalidInputError, match="Line 3"):
        take_confirmations(content=told(*rows), filename="c.csv", by=ada.as_actor())
    assert not Fill.objects.exists()


@pytest.mark.parametrize(
    ("quantity", "price", "fees"),
    [("1e400", "55", "0"), ("1e-12", "55", "0"), ("4", "1e30", "0"), ("4", "1e-9", "0"), ("4", "55", "1e30")],
)
def test_numbers_that_no_row_can_hold_are_refused_with_their_line(
    ada: User, block: BlockOrder, quantity: str, price: str, fees: str
) -> None:
    write_order_file(orders=[block], by=ada.as_actor())
    content = told((block.reference, "E1", quantity, price, fees, DAY))
    with pytest.raises(InvalidInputError, match="no execution"):
        take_confirmations(content=content, filename="day.csv", by=ada.as_actor())
    assert not Fill.objects.exists()
    assert not FillProblem.objects.exists()


@pytest.mark.parametrize("reference", ["ST\0", "x" * 200_000])
def test_text_that_no_row_can_hold_is_refused(ada: User, reference: str) -> None:
    for content in (told((reference, "E1", "4", "55", "0", DAY)), reference.encode()):
        with pytest.raises(InvalidInputError):
            take_confirmations(content=content, filename="day.csv", by=ada.as_actor())
    assert not FillProblem.objects.exists()
