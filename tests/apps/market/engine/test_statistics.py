"""Volatility and trend of closes."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from apps.market.engine.statistics import annual_trend, annual_volatility, measured_trend


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


def test_the_range_of_a_trend_holds_the_true_growth_of_wandering_prices_as_often_as_it_says() -> None:
    dice, years, hits, n = np.random.default_rng(7), 5, 0, 400
    drift, volatility = 0.06, 0.18
    for _ in range(n):
        steps = dice.normal(drift / 252, volatility / 252**0.5, 252 * years)
        closes = [Decimal(str(round(float(close), 6))) for close in 100 * np.exp(np.cumsum(steps))]
        found = measured_trend(closes)
        assert found is not None
        assert found.rate == annual_trend(closes)
        hits += found.low < np.expm1(drift) < found.high
    assert 0.92 <= hits / n <= 0.98


def test_two_closes_have_no_error_and_no_measured_trend() -> None:
    assert measured_trend([Decimal(1), Decimal(2)]) is None
