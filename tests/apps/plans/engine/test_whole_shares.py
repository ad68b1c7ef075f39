"""Whole shares and capped weights, by hand and by what must always hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import DomainError
from apps.plans.engine.whole_shares import WholeShares, capped_weights, whole_shares

D = Decimal
NAMES = "abcdef"


def shares_of(parts: list[int]) -> dict[str, Decimal]:
    total = sum(parts)
    return {name: D(part) / total for name, part in zip(NAMES, parts, strict=False)}


def test_what_is_left_buys_what_lacks_most():
    """600 and 400 of 1,000 pay 5 at 110 and 3 at 130; the 60 that are left pay neither."""
    told = whole_shares({"a": D("0.6"), "b": D("0.4")}, {"a": D(110), "b": D(130)}, D(1_000))
    assert told == WholeShares({"a": 5, "b": 3}, D(60))
    more = whole_shares({"a": D("0.6"), "b": D("0.4")}, {"a": D(110), "b": D(59)}, D(1_000))
    # 5 at 110 and 6 at 59 leave 96: b lacks (0.4 - 354/904), buys one at 59; then a lacks and costs more than is left
    assert more == WholeShares({"a": 5, "b": 7}, D(37))


@given(
    st.lists(st.integers(0, 100), min_size=1, max_size=6).filter(any),
    st.lists(st.integers(1, 50_000), min_size=6, max_size=6),
    st.integers(0, 10_000_000),
)
def test_cash_is_conserved_and_nothing_is_oversold(parts: list[int], cents: list[int], cash: int):
    weights = shares_of(parts)
    prices = {name: D(price) / 100 for name, price in zip(NAMES, cents, strict=True)}
    told = whole_shares(weights, prices, D(cash) / 100)
    spent = sum(count * prices[name] for name, count in told.shares.items())
    assert spent + told.left == D(cash) / 100
    assert told.left >= 0
    assert all(count > 0 and weights[name] > 0 for name, count in told.shares.items())


@given(st.lists(st.integers(0, 100), min_size=4, max_size=6).filter(lambda parts: sum(map(bool, parts)) >= 4))
def test_no_weight_is_above_the_cap_and_the_others_keep_their_proportion(parts: list[int]):
    weights, cap = shares_of(parts), D("0.3")
    told = capped_weights(weights, cap)
    assert abs(sum(told.values()) - 1) < D("1e-20")
    assert all(weight <= cap for weight in told.values())
    free = [name for name, weight in told.items() if 0 < weight < cap]
    for one in free:
        for other in free:
            assert abs(told[one] * weights[other] - told[other] * weights[one]) < D("1e-20")


def test_a_cap_that_nothing_reaches_changes_nothing():
    weights = shares_of([1, 1, 1, 1])
    assert capped_weights(weights, D("0.3")) == weights
    assert capped_weights(weights, D("0.25")) == weights


def test_what_cannot_be_is_refused():
    half = {"a": D("0.5"), "b": D("0.5")}
    with pytest.raises(DomainError) as refused:
        capped_weights(half, D("0.4"))
    assert refused.value.field == "cap"
    with pytest.raises(DomainError) as refused:
        whole_shares(half, {"a": D(1)}, D(10))
    assert refused.value.field == "prices[b]"
    with pytest.raises(DomainError) as refused:
        whole_shares({"a": D("0.5")}, {"a": D(1)}, D(10))
    assert refused.value.field == "weights"
    with pytest.raises(DomainError) as refused:
        whole_shares(half, {"a": D(1), "b": D(1)}, D(-1))
    assert refused.value.field == "cash"
