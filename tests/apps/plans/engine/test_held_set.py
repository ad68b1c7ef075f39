"""The bordered inverse against an inverse made anew."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine import held_set
from apps.plans.engine.frontier import _problem
from apps.plans.engine.weight_limits import GroupLimit, weight_limits
from tests.apps.plans.engine.portfolios import drawn_moments


def whole(problem: held_set.Problem) -> np.ndarray:
    m = problem.rows.shape[0]
    return np.block([[problem.covariance, problem.rows.T], [problem.rows, np.zeros((m, m))]])


def test_the_inverse_stays_that_of_its_members_as_they_come_and_go() -> None:
    moments = drawn_moments(1, 8)
    problem = _problem(moments, weight_limits(8, 0.0, 1.0, [GroupLimit((0, 1, 2), 0.0, 0.4)]))
    held = held_set.empty_set(8, 2)
    weights = np.array([0.5, 0.5, 0, 0, 0, 0, 0, 0])
    held_set.begin(held, problem, weights)
    for index in (4, 9, 6, 2):
        assert held_set.enter(held, problem, index)
    for index, state in ((4, held_set.AT_LOW), (9, held_set.SLACK), (0, held_set.AT_LOW)):
        held_set.leave(held, index, state)
        size = int(held.size[0])
        members = held.members[:size]
        assert held.inverse[:size, :size] == pytest.approx(np.linalg.inv(whole(problem)[np.ix_(members, members)]))
        assert [held.places[each] for each in members] == list(range(size))


def test_a_row_that_follows_from_those_held_is_refused() -> None:
    moments = drawn_moments(2, 3)
    problem = _problem(moments, weight_limits(3, 0.0, 1.0, [GroupLimit((0, 1, 2), 0.0, 0.99)]))
    held = held_set.empty_set(3, 2)
    held_set.begin(held, problem, np.array([0.4, 0.3, 0.3]))
    assert not held_set.enter(held, problem, 4)
