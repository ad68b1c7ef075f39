"""Turnover, cost, tracking and volatility as limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.constrained import SolverStalledError, constrained_portfolio, wishes
from apps.plans.engine.weight_limits import InfeasibleWeightsError, weight_limits
from tests.apps.plans.engine.portfolios import drawn_moments

MOMENTS, LIMITS = drawn_moments(5, 8), weight_limits(8, 0.0, 0.4)
CURRENT = np.full(8, 0.125)


def test_turnover_is_kept_and_used() -> None:
    free = constrained_portfolio(MOMENTS, LIMITS, replace(wishes(4.0), current=CURRENT))
    assert free.turnover is not None
    assert free.turnover > 0.2
    bound = constrained_portfolio(MOMENTS, LIMITS, replace(wishes(4.0), current=CURRENT, max_turnover=0.1))
    assert bound.turnover == pytest.approx(0.1, abs=1e-6)
    assert bound.violation < 1e-8
    assert bound.gap < 1e-8
    none = constrained_portfolio(MOMENTS, LIMITS, replace(wishes(4.0), current=CURRENT, max_turnover=0.0))
    assert none.weights == pytest.approx(CURRENT, abs=1e-6)


def test_a_cost_keeps_small_moves_back() -> None:
    bought = [
        constrained_portfolio(MOMENTS, LIMITS, replace(wishes(4.0), current=CURRENT, cost=cost)).turnover
        for cost in (0.0, 0.02, 0.5)
    ]
    assert bought[0] > bought[1] > bought[2] == pytest.approx(0.0, abs=1e-6)


def test_tracking_error_and_volatility_are_kept() -> None:
    asked = replace(wishes(None), benchmark=CURRENT, max_tracking_error=0.03)
    near = constrained_portfolio(MOMENTS, LIMITS, asked)
    off = near.weights - CURRENT
    assert np.sqrt(off @ MOMENTS.covariance @ off) == pytest.approx(0.03, abs=1e-6)
    calm = constrained_portfolio(MOMENTS, LIMITS, replace(wishes(None), max_volatility=near.volatility * 0.95))
    assert calm.volatility <= near.volatility * 0.95 + 1e-7


def test_wishes_that_exclude_each_other_are_refused() -> None:
    for asked in (
        replace(wishes(None), max_volatility=0.01),
        replace(wishes(None), least_return=0.5),
        replace(wishes(4.0), current=np.array([1.0, *[0.0] * 7]), max_turnover=0.1),
    ):
        with pytest.raises((InfeasibleWeightsError, SolverStalledError)):
            constrained_portfolio(MOMENTS, LIMITS, asked)
    with pytest.raises(InvalidInputError):
        replace(wishes(None), cost=-0.1)
