"""Sharing out executions: exact sums, nobody above their order, nobody passed over."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.allocation import Share, allocate, apportion


def shares(*quantities: str) -> list[Share]:
    return [Share(str(place), Decimal(quantity), place) for place, quantity in enumerate(quantities)]


def test_a_whole_fill_gives_everybody_their_order_at_the_average_price() -> None:
    got = allocate(shares("100", "50", "50"), Decimal(200), Decimal("10010.00"), Decimal("4.00"))
    assert [each.quantity for each in got] == [100, 50, 50]
    assert [each.amount for each in got] == [Decimal("5005.00"), Decimal("2502.50"), Decimal("2502.50")]
    assert [each.fees for each in got] == [2, 1, 1]


def test_a_partial_fill_is_shared_pro_rata_and_what_is_left_by_largest_remainder() -> None:
    # 100 of 300 on 150, 100, 50: 50, 33.33, 16.67
    got = allocate(shares("150", "100", "50"), Decimal(100), Decimal(1000), Decimal(0))
    assert [each.quantity for each in got] == [50, 33, 17]
    assert sum(each.amount for each in got) == 1000


def test_equal_remainders_go_by_the_order_drawn() -> None:
    drawn = [Share("a", Decimal(10), 2), Share("b", Decimal(10), 0), Share("c", Decimal(10), 1)]
    got = allocate(drawn, Decimal(1), Decimal(50), Decimal(1))
    assert {each.key: each.quantity for each in got} == {"a": 0, "b": 1, "c": 0}
    assert {each.key: each.amount for each in got} == {"a": 0, "b": 50, "c": 0}


def test_cents_are_not_lost() -> None:
    assert apportion(Decimal("0.05"), [Fraction(1)] * 3, [0, 1, 2]) == [
        Decimal("0.02"),
        Decimal("0.02"),
        Decimal("0.01"),
    ]


@pytest.mark.parametrize(
    ("orders", "filled"), [(shares("1"), "2"), (shares("1"), "-1"), (shares("0"), "0"), (shares("-1", "3"), "1")]
)
def test_what_cannot_be_is_refused(orders: list[Share], filled: str) -> None:
    with pytest.raises(InvalidInputError):
        allocate(orders, Decimal(filled), Decimal(0), Decimal(0))


def test_a_rank_is_held_once() -> None:
    with pytest.raises(InvalidInputError, match="own place"):
        allocate([Share("a", Decimal(1), 0), Share("b", Decimal(1), 0)], Decimal(1), Decimal(1), Decimal(0))


@st.composite
def blocks(draw: st.DrawFn) -> tuple[list[Share], Decimal, Decimal, Decimal]:
    quantities = draw(st.lists(st.integers(1, 5000), min_size=1, max_size=12))
    ranks = draw(st.permutations(range(len(quantities))))
    orders = [Share(str(i), Decimal(q), r) for i, (q, r) in enumerate(zip(quantities, ranks, strict=True))]
    filled = Decimal(draw(st.integers(0, sum(quantities))))
    cents = st.integers(0, 10**9).map(lambda n: Decimal(n).scaleb(-2))
    return orders, filled, draw(cents) if filled else Decimal(0), draw(cents) if filled else Decimal(0)


@given(blocks())
def test_sums_are_exact_and_nobody_gets_more_than_ordered(block: tuple[list[Share], Decimal, Decimal, Decimal]) -> None:
    orders, filled, amount, fees = block
    got = allocate(orders, filled, amount, fees)
    assert sum(each.quantity for each in got) == filled
    assert sum(each.amount for each in got) == amount
    assert sum(each.fees for each in got) == fees
    for share, each in zip(orders, got, strict=True):
        assert 0 <= each.quantity <= share.quantity
        assert each.quantity == each.quantity.to_integral_value()
        assert each.amount >= 0
        assert bool(each.quantity) or not each.amount


@given(blocks())
def test_nobody_goes_without_while_another_order_of_more_than_a_lot_is_full(
    block: tuple[list[Share], Decimal, Decimal, Decimal],
) -> None:
    orders, filled, amount, fees = block
    got = allocate(orders, filled, amount, fees)
    if any(each.quantity == 0 for each in got):
        full = [s for s, each in zip(orders, got, strict=True) if each.quantity == s.quantity and s.quantity > 1]
        assert full == []


@given(blocks())
def test_everybody_is_within_a_lot_of_their_exact_share(block: tuple[list[Share], Decimal, Decimal, Decimal]) -> None:
    orders, filled, amount, fees = block
    ordered = sum(share.quantity for share in orders)
    for share, each in zip(orders, allocate(orders, filled, amount, fees), strict=True):
        assert abs(Fraction(each.quantity) - Fraction(share.quantity) * Fraction(filled) / Fraction(ordered)) <= 1
