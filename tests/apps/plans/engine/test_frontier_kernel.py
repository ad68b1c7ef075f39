"""What the kernels say when they cannot go on, and where they begin."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine import frontier_kernel as kernel
from apps.plans.engine.frontier import _problem
from apps.plans.engine.held_set import begin, empty_set
from apps.plans.engine.weight_limits import weight_limits
from tests.apps.plans.engine.portfolios import drawn_moments


def test_a_search_that_may_not_step_says_so() -> None:
    moments = drawn_moments(3, 10)
    problem = _problem(moments, weight_limits(10, 0.0, 0.3))
    weights = kernel.fill(problem.means, problem.low, problem.high)
    held = empty_set(10, 1)
    begin(held, problem, weights)
    assert kernel.active_set(problem, 0.0, held, weights, 2) == -1
    assert weights.sum() == pytest.approx(1.0)


def test_bounds_are_filled_in_the_order_of_returns() -> None:
    means = np.array([0.03, 0.09, 0.05])
    filled = kernel.fill(means, np.full(3, 0.1), np.full(3, 0.5))
    assert filled == pytest.approx([0.1, 0.5, 0.4])
