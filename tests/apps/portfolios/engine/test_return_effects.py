"""A gain split into capital, income and currency: hand-worked, and the identity of returns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.return_effects import HoldingDays, split_effects


def one(price0, price1, rate0, rate1, units=10.0, income=0.0):
    return HoldingDays(
        units=np.full((2, 1), units),
        prices=np.array([[price0], [price1]]),
        rates=np.array([[rate0], [rate1]]),
        paid=np.zeros((1, 1)),
        income=np.array([[income]]),
    )


def test_by_hand_the_cross_term_counts_with_the_local_gain():
    """10 units from 100 to 110, the rate from 1.00 to 1.20, 6 paid out: 1320 − 1000 + 6 gained."""
    found = split_effects(one(100, 110, 1.0, 1.2, income=6.0))
    assert found.capital == pytest.approx(10 * 10 * 1.2)
    assert found.currency == pytest.approx(10 * 100 * 0.2)
    assert found.income == pytest.approx(6)
    assert found.gains == pytest.approx(326)


@given(st.floats(1, 500), st.floats(1, 500), st.floats(0.2, 5), st.floats(0.2, 5))
def test_effects_over_the_morning_are_the_return_in_the_portfolios_currency(price0, price1, rate0, rate1):
    found = split_effects(one(price0, price1, rate0, rate1))
    morning = 10 * price0 * rate0
    local, exchange = price1 / price0 - 1, rate1 / rate0 - 1
    assert found.gains[0, 0] / morning == pytest.approx((1 + local) * (1 + exchange) - 1, abs=1e-9)
    assert found.currency[0, 0] / morning == pytest.approx(exchange, abs=1e-9)
    assert found.capital[0, 0] / morning == pytest.approx(local * (1 + exchange), abs=1e-9)


@given(st.integers(0, 5000))
def test_what_is_traded_is_no_gain_and_all_gains_are_explained(seed):
    dice = np.random.default_rng(seed)
    shape = (7, 3)
    units, prices = dice.uniform(0, 50, shape), dice.uniform(10, 90, shape)
    rates = np.column_stack([np.ones(7), dice.uniform(0.5, 2, (7, 2))])
    paid = np.diff(units, axis=0) * prices[1:] * rates[1:]
    days = HoldingDays(units, prices, rates, paid, np.zeros((6, 3)))
    found = split_effects(days)
    assert found.gains == pytest.approx(np.diff(days.worth, axis=0) - paid)
    held = units[:-1] * (prices[1:] * rates[1:] - prices[:-1] * rates[:-1])
    assert found.gains == pytest.approx(held)
    assert (found.currency[:, 0] == 0).all()


def test_arrays_that_do_not_fit_are_refused():
    days = one(1, 1, 1, 1)
    with pytest.raises(InvalidInputError):
        split_effects(HoldingDays(days.units, days.prices, days.rates, days.paid, np.zeros((2, 1))))
