from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.portfolios.engine.lot_reconcile import LotCause, StatedLot, compare_lots
from apps.portfolios.engine.lots import Lot
from tests.depth import examples

D = Decimal
MAY, JUNE = date(2024, 5, 2), date(2024, 6, 3)


def ours(day: date = MAY, quantity: str = "10", cost: str | None = "1000", security: str = "A") -> Lot:
    return Lot("t", security, day, D(quantity), None if cost is None else D(cost))


def theirs(day: date = MAY, quantity: str = "10", cost: str | None = "1000", security: str = "A") -> StatedLot:
    return StatedLot(security, day, D(quantity), None if cost is None else D(cost))


def test_the_same_lots_are_no_break_however_a_day_is_split() -> None:
    assert compare_lots([ours(quantity="4", cost="400"), ours(quantity="6", cost="600")], [theirs()]) == ()
    assert compare_lots([ours(cost="1000.04")], [theirs()]) == ()


def test_what_the_custodian_does_not_name_or_say_is_no_break() -> None:
    assert compare_lots([ours(), ours(security="B")], [theirs()]) == ()
    assert compare_lots([ours()], [theirs(cost=None)]) == ()


@pytest.mark.parametrize(
    ("mine", "stated", "cause", "days"),
    [
        ([ours(quantity="9")], [theirs()], LotCause.OTHER_QUANTITY, (MAY,)),
        ([], [theirs()], LotCause.OTHER_QUANTITY, (MAY,)),
        ([ours(cost=None)], [theirs()], LotCause.UNKNOWN_COST, (MAY,)),
        ([ours(JUNE)], [theirs()], LotCause.OTHER_DATES, (MAY, JUNE)),
        ([ours()], [theirs(quantity="4", cost="400"), theirs(JUNE, "6", "600")], LotCause.OTHER_DATES, (MAY, JUNE)),
        ([ours(cost="1010")], [theirs()], LotCause.OTHER_COST, (MAY,)),
    ],
)
def test_a_difference_names_its_likely_cause_and_days(mine, stated, cause, days) -> None:
    (found,) = compare_lots(mine, stated)
    assert (found.security_id, found.cause, found.days) == ("A", cause, days)


def test_a_break_says_both_sums() -> None:
    (found,) = compare_lots([ours(cost="900"), ours(JUNE, "5", None)], [theirs(quantity="15", cost="1500")])
    assert (found.our_quantity, found.our_cost, found.their_quantity, found.their_cost) == (D(15), None, D(15), D(1500))


lots = st.lists(
    st.tuples(
        st.sampled_from(["A", "B"]),
        st.dates(date(2020, 1, 1), date(2020, 1, 9)),
        st.decimals("0.001", 1000, places=3),
        st.decimals(0, 10_000, places=2),
    ),
    max_size=8,
)


@settings(max_examples=examples(100))
@given(lots)
def test_a_statement_of_our_own_lots_never_breaks(rows: list[tuple[str, date, Decimal, Decimal]]) -> None:
    mine = [Lot(str(n), security, day, q, cost) for n, (security, day, q, cost) in enumerate(rows)]
    stated = [StatedLot(security, day, q, cost) for security, day, q, cost in reversed(rows)]
    assert compare_lots(mine, stated) == ()
