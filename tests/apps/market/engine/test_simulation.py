"""The simulated continuation of prices."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.market.engine.simulation import (
    AssetShock,
    Market,
    SimulatedSecurity,
    daily_returns,
    log_volatility,
    moved,
)

MARKET = Market(
    assets=(AssetShock("stocks", 0.09, 0.20), AssetShock("bonds", 0.04, 0.06)),
    correlation=((1.0, 0.3), (0.3, 1.0)),
    cash_mean=0.03,
)


def dice(day: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[7, day]))


def stock(number: int = 0, **changes: float) -> SimulatedSecurity:
    fields = {"exposure": 1.0, "own_volatility": 0.0, "distribution_yield": 0.0, **changes}
    return SimulatedSecurity(number=number, asset="stocks", **fields)


def test_a_day_depends_on_its_seed_alone() -> None:
    assert daily_returns(MARKET, [stock()], dice(1)) == daily_returns(MARKET, [stock()], dice(1))
    assert daily_returns(MARKET, [stock()], dice(1)) != daily_returns(MARKET, [stock()], dice(2))


def test_a_new_security_leaves_the_others_as_they_were() -> None:
    alone = daily_returns(MARKET, [stock(0, own_volatility=0.1)], dice(3))
    with_another = daily_returns(MARKET, [stock(0, own_volatility=0.1), stock(1, own_volatility=0.2)], dice(3))
    assert with_another[0] == alone[0]


def test_the_moments_are_those_of_the_assumption_set() -> None:
    returns = np.array([daily_returns(MARKET, [stock()], dice(day))[0] for day in range(20_000)])
    spread = log_volatility(MARKET.assets[0])
    assert returns.std() * np.sqrt(252) == pytest.approx(spread, rel=0.02)
    assert returns.mean() * 252 == pytest.approx(np.log(1.09) - spread**2 / 2, abs=4 * spread / np.sqrt(20_000 / 252))


def test_a_distribution_leaves_the_price() -> None:
    plain = daily_returns(MARKET, [stock()], dice(4))[0]
    paying = daily_returns(MARKET, [stock(distribution_yield=0.0252)], dice(4))[0]
    assert plain - paying == pytest.approx(0.0001)


def test_a_money_market_fund_holds_its_price() -> None:
    assert daily_returns(MARKET, [stock(exposure=0.0)], dice(5)) == [0.0]


def test_an_unknown_asset_is_refused() -> None:
    gold = SimulatedSecurity(number=0, asset="gold", exposure=1.0, own_volatility=0.1, distribution_yield=0.0)
    with pytest.raises(InvalidInputError, match="no asset “gold”"):
        daily_returns(MARKET, [gold], dice(1))


def test_a_market_that_cannot_move_is_refused() -> None:
    impossible = Market(MARKET.assets, ((1.0, 1.5), (1.5, 1.0)), 0.03)
    with pytest.raises(InvalidInputError, match="positive definite"):
        daily_returns(impossible, [stock()], dice(1))


@given(st.decimals("0.0001", "99999", places=4), st.floats(-1, 1))
def test_a_close_stays_positive_and_exact_to_four_places(close: Decimal, log_return: float) -> None:
    after = moved(close, log_return)
    assert after >= Decimal("0.0001")
    assert after == after.quantize(Decimal("0.0001"))
