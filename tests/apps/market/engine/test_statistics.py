"""Volatility and trend of closes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.market.engine.statistics import annual_trend, annual_volatility


def test_a_steady_price_has_neither_volatility_nor_trend() -> None:
    closes = [Decimal(100)] * 10
    assert annual_volatility(closes) == pytest.approx(0)
    assert annual_trend(closes) == pytest.approx(0)


def test_steady_growth_is_all_trend() -> None:
    closes = [Decimal(repr(100 * 1.0001**day)) for day in range(252)]
    assert annual_volatility(closes) == pytest.approx(0, abs=1e-9)
    assert annual_trend(closes) == pytest.approx(1.0001**252 - 1, rel=1e-6)


def test_volatility_by_hand() -> None:
    # log returns +ln 1.1 and -ln 1.1: mean 0, deviation (n - 1) ln 1.1 · sqrt 2
    closes = [Decimal(100), Decimal(110), Decimal(100)]
    assert annual_volatility(closes) == pytest.approx(0.0953101798 * 2**0.5 * 252**0.5)


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_closes_say_so(n: int) -> None:
    closes = [Decimal(100)] * n
    assert annual_volatility(closes) is None
    assert annual_trend(closes) is None


def test_two_closes_have_a_trend_but_no_volatility() -> None:
    assert annual_volatility([Decimal(100), Decimal(101)]) is None
    assert annual_trend([Decimal(100), Decimal(101)]) == pytest.approx(1.01**252 - 1)
