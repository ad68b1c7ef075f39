"""What is known of a corporate action besides its lines."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.portfolios.models import InstrumentPrice
from apps.portfolios.readers.transactions import read_transactions
from apps.portfolios.services.custodian_terms import (
    action_rows,
    facts_of,
    fraction_told,
    id_of,
    open_fractions,
    questions_of,
)
from tests.apps.portfolios.services.test_custodian_checks import told
from tests.factories import market
from tests.factories import portfolios as made

DAY = dt.date(2025, 3, 7)
SPIN = "03/07/2025,03/07/2025,1234-5678,Spin-off,NEW,NEW INC,25,,,"
BOOT = (
    "03/07/2025,03/07/2025,1234-5678,Stock Merger,BBB,BBB INC,40,,,",
    "03/07/2025,03/07/2025,1234-5678,Stock Merger,AAA,AAA INC,-100,,,500.00",
)
LIEU = "03/10/2025,03/10/2025,1234-5678,Cash In Lieu,BBB,BBB INC,,,,7.50"
TWO = Decimal(2)
pytestmark = pytest.mark.usefixtures("ada")


def asked(*lines: str) -> list[str]:
    return [question.name.rpartition("_")[2] for question in questions_of(read_transactions(told(*lines).encode()))]


def facts(line: str, **answers: str) -> object:
    [row] = action_rows(read_transactions(told(line).encode()))
    return facts_of([row], {f"{id_of(row)}_{name}": text for name, text in answers.items()})[id_of(row)]


def test_only_what_nobody_says_is_asked() -> None:
    assert asked(SPIN) == ["parent", "basis", "leave"]
    assert asked(SPIN.replace("NEW INC", "NEW SPINOFF FROM:(AAA )")) == ["basis", "leave"]
    assert asked(*BOOT) == ["value", "leave"]
    assert asked(*BOOT, LIEU) == ["value", "ratio", "leave", "leave"]
    assert asked(BOOT[0], BOOT[1].replace("AAA INC", "AAA EXCHANGED FOR .4 SHARES"), LIEU)[:2] == ["value", "leave"]
    assert asked(SPIN.replace("Spin-off", "Stock Split")) == []
    assert asked(LIEU) == ["ratio", "leave"]
    market.security("AAA", {})
    market.security("NEW", {})
    market.action("AAA", DAY + dt.timedelta(days=3), "spin_off", into="NEW", new_shares=TWO, old_shares=TWO,
                  fair_old=TWO, fair_new=TWO)  # fmt: skip
    assert asked(SPIN) == ["leave"]


def test_a_file_without_actions_asks_nothing_and_reads_no_row() -> None:
    assert asked("03/07/2025,03/07/2025,1234-5678,Buy,AAA,AAA INC,1,5.00,,-5.00") == []


@pytest.mark.parametrize(
    ("answers", "field", "value"),
    [
        ({"basis": "23.84"}, "share", Decimal("0.2384")),
        ({"basis": "23,84 %"}, "share", Decimal("0.2384")),
        ({"basis": "100"}, "wrong", "100"),
        ({"basis": "-3"}, "wrong", "-3"),
        ({"basis": "NaN"}, "wrong", "NaN"),
        ({"ratio": "1 for 25"}, "ratio", (1, 25)),
        ({"ratio": "1 por 2,5"}, "ratio", (1, Decimal("2.5"))),
        ({"ratio": "1.103"}, "ratio", (Decimal("1.103"), 1)),
        ({"ratio": "1:2:3"}, "wrong", "1:2:3"),
        ({"ratio": "0 for 3"}, "wrong", "0 for 3"),
        ({"value": "41.50"}, "fair_new", Decimal("41.5")),
        ({"leave": "leave"}, "is_left", True),
        ({"leave": ""}, "is_left", False),
    ],
)
def test_answers_are_read_with_point_or_comma_and_nonsense_is_named(
    answers: dict[str, str], field: str, value: object
) -> None:
    assert getattr(facts(SPIN, **answers), field) == value


def test_the_value_of_a_new_share_is_the_close_of_the_very_day(ada: User) -> None:
    [row] = action_rows(read_transactions(told(*BOOT).encode()))

    def value() -> Decimal | None:
        return facts_of([row], {})[id_of(row)].fair_new

    assert value() is None
    own = made.own_instrument(ada, "BBB")
    InstrumentPrice.objects.create(instrument=own, day=DAY - dt.timedelta(days=1), close=9, source="file")
    assert value() is None
    InstrumentPrice.objects.create(instrument=own, day=DAY, close=11, source="file")
    assert value() == 11


def test_a_line_of_cash_is_of_its_own_account_and_of_the_next_two_months() -> None:
    def of(*lines: str) -> int:
        rows = action_rows(read_transactions(told(*lines).encode()))
        return len(open_fractions(rows, next(row for row in rows if row.terms and row.terms.into)))

    assert of(*BOOT, LIEU) == 1
    assert of(*BOOT, LIEU.replace("1234-5678", "8765-4321")) == 0
    assert of(*BOOT, LIEU.replace("03/10", "05/10")) == 0
    assert of(*BOOT, LIEU.replace("BBB", "CCC")) == 0


def test_a_fraction_is_told_by_quantity_or_by_price() -> None:
    rows = [
        action_rows(read_transactions(told(LIEU.replace(",,,,7.50", f",{cells},,7.50")).encode()))[0]
        for cells in ("-0.3,", ",30.00", ",")
    ]
    assert [fraction_told(row) for row in rows] == [Decimal("0.3"), Decimal("0.25"), None]
