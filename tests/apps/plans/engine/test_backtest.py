"""Withdrawals through history: closed forms, and a loop in plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import DomainError
from apps.plans.engine.backtest import backtest, lasting_rates, mixed

RETURNS = st.lists(st.floats(-0.6, 0.8), min_size=12, max_size=40)


def annuity_due(rate: float, years: int) -> float:
    return float((1 - (1 + rate) ** -years) / rate * (1 + rate))


def test_even_returns_last_at_the_rate_of_an_annuity():
    even = np.full(30, 0.04)
    assert lasting_rates(even, years=30)[0] == pytest.approx(1 / annuity_due(0.04, 30))
    assert lasting_rates(np.zeros(30), years=30, payments=12)[0] == pytest.approx(1 / 30)


def test_each_year_of_history_that_has_years_enough_after_it_is_a_beginning():
    told = backtest(np.full(40, 0.05), 1990, rate=0.04, years=30)
    assert told.windows == 11
    assert told.first_years.tolist() == list(range(1990, 2001))
    assert told.success == 1.0


@given(RETURNS, st.floats(0.01, 0.3), st.sampled_from([1, 12]))
def test_it_walks_as_a_loop_does(returns: list[float], rate: float, payments: int):
    years = 10
    told = backtest(np.array(returns), 1950, rate=rate, years=years, payments=payments)
    for place in range(len(returns) - years + 1):
        balance, lasted = 1.0, True
        for growth in returns[place : place + years]:
            for _ in range(payments):
                balance -= rate / payments
                lasted = lasted and balance >= -1e-12
                balance *= (1 + growth) ** (1 / payments)
        assert bool(told.lasted[place]) == lasted
        assert told.left[place] == pytest.approx(balance if lasted else 0.0, abs=1e-9)


@given(RETURNS, st.sampled_from([1, 12]))
def test_just_below_the_lasting_rate_it_lasts_and_just_above_it_does_not(returns: list[float], payments: int):
    history = np.array(returns)
    for place, rate in enumerate(lasting_rates(history, years=10, payments=payments)):
        window = history[place : place + 10]
        if rate < 0.99:
            assert backtest(window, 1950, rate=rate * (1 - 1e-9), years=10, payments=payments).successes == 1
            assert backtest(window, 1950, rate=rate * (1 + 1e-6), years=10, payments=payments).successes == 0


def test_a_mix_is_rebalanced_each_year():
    assert mixed(np.array([0.6, 0.4]), np.array([[0.1, 0.0], [-0.5, 0.05]])) == pytest.approx([0.06, -0.28])


def test_what_history_cannot_tell_is_refused():
    with pytest.raises(DomainError) as refused:
        backtest(np.zeros(20), 1950, rate=0.04, years=30)
    assert "20" in str(refused.value)
    with pytest.raises(DomainError):
        backtest(np.array([0.1, np.nan, 0.1]), 1950, rate=0.04, years=2)
    with pytest.raises(DomainError):
        backtest(np.zeros(20), 1950, rate=0.04, years=10, payments=4)
    with pytest.raises(DomainError):
        mixed(np.array([0.6, 0.6]), np.zeros((2, 2)))
