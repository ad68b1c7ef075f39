"""Open lots with what they are worth, and the term that a sale on the day would have."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from apps.portfolios.engine.lots import Term, term_of
from apps.portfolios.selectors.lots import open_lots
from apps.portfolios.selectors.valuations import AccountHoldings, Holding
from apps.portfolios.selectors.wash_sales import OpenPiece

TEN = Decimal(10)


@pytest.mark.parametrize(
    ("bought", "day", "is_long"),
    [
        (dt.date(2023, 2, 28), dt.date(2024, 2, 29), False),
        (dt.date(2023, 2, 28), dt.date(2024, 3, 1), True),
        (dt.date(2024, 2, 29), dt.date(2025, 3, 1), True),
        (dt.date(2024, 2, 29), dt.date(2025, 2, 28), False),
    ],
)
def test_the_term_of_a_lot_is_that_which_its_sale_is_taxed_by(bought: dt.date, day: dt.date, is_long: bool) -> None:
    piece = OpenPiece(1, "7", "lot", TEN, bought, bought, Decimal(400), Decimal(0), "")
    held = Holding(7, uuid.uuid4(), "AAA", "AAA", "us_equity", TEN, "USD", TEN, day, Decimal(500), None)
    (line,) = open_lots([piece], AccountHoldings(1, day, "USD", (held,), Decimal(0), ()))
    assert line.is_long_term is is_long
    assert (term_of(bought, day) is Term.LONG) is is_long
