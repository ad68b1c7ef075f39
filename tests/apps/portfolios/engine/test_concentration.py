"""Concentration and the days a sale takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.concentration import concentration, days_to_sell, sellable_within, shares_of

VALUES = st.lists(st.floats(0.01, 1e9), min_size=1, max_size=40)


def test_equal_holdings_are_worth_their_number() -> None:
    found = concentration([25.0] * 4)
    assert (found.herfindahl.value, found.effective.value, found.largest.value) == (0.25, 4, 0.25)
    assert concentration([50.0, 30.0, 20.0]).herfindahl.value == pytest.approx(0.38)


@given(VALUES)
def test_the_index_lies_between_one_holding_and_equal_ones(values: list[float]) -> None:
    found = concentration(values)
    assert 1 / len(values) - 1e-9 <= found.herfindahl.value <= 1 + 1e-9
    assert found.largest.value <= found.top.value + 1e-12 <= 1 + 1e-9
    assert sum(shares_of(values)) == pytest.approx(1)


def test_nothing_held_has_no_figure_and_a_wrong_value_is_refused() -> None:
    assert concentration([]).herfindahl.value is None
    assert concentration([0.0, -5.0]).largest.reason
    assert sellable_within([], [], 5).value is None
    with pytest.raises(InvalidInputError):
        concentration([float("nan")])


def test_days_follow_the_volume_and_else_the_kind() -> None:
    assert days_to_sell(10_000, 5_000, "stock") == pytest.approx(10)
    assert days_to_sell(10, 5_000, "stock") == 1
    assert days_to_sell(10, None, "private_fund") == 90
    assert days_to_sell(10, None, "something") == 30
    with pytest.raises(InvalidInputError):
        days_to_sell(10, 0, "stock")


def test_what_is_sold_within_some_days() -> None:
    assert sellable_within([60.0, 30.0, 10.0], [1, 5, 90], 5).value == pytest.approx(0.9)
