"""Limits of weights: what is kept, what excludes itself."""

from __future__ import annotations

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.weight_limits import (
    GroupLimit,
    InfeasibleWeightsError,
    WeightLimits,
    boldest_weights,
    weight_limits,
)

MEANS = np.array([0.09, 0.07, 0.04, 0.02])


def test_the_boldest_weights_fill_what_returns_most_within_caps_and_groups() -> None:
    assert boldest_weights(MEANS, weight_limits(4, 0.0, 0.4)) == pytest.approx([0.4, 0.4, 0.2, 0.0])
    grouped = weight_limits(4, 0.0, 0.4, [GroupLimit((0, 1), 0.0, 0.5), GroupLimit((3,), 0.15, 1.0)])
    weights = boldest_weights(MEANS, grouped)
    assert weights == pytest.approx([0.4, 0.1, 0.35, 0.15])
    assert grouped.violation(weights) < 1e-12
    assert grouped.violation(np.array([0.5, 0.5, 0.0, 0.0])) == pytest.approx(0.5)
    assert weight_limits(4, 0.0, 1.0).violation(np.array([0.5, 0.4, 0.0, 0.0])) == pytest.approx(0.1)


def test_limits_that_exclude_each_other_are_refused() -> None:
    for floor, cap in ((0.3, 1.0), (0.0, 0.2), (0.5, 0.4)):
        with pytest.raises(InfeasibleWeightsError):
            weight_limits(4, floor, cap)
    with pytest.raises(InfeasibleWeightsError):
        boldest_weights(MEANS, weight_limits(4, 0.0, 0.4, [GroupLimit((0, 1, 2), 0.0, 0.5)]))


def test_limits_of_something_else_are_refused() -> None:
    for members in ((), (4,), (-1,)):
        with pytest.raises(InvalidInputError):
            weight_limits(4, 0.0, 1.0, [GroupLimit(members, 0.0, 0.5)])
    with pytest.raises(InvalidInputError):
        WeightLimits(np.zeros(3), np.ones(4), np.zeros((0, 3)), np.zeros(0))
    with pytest.raises(InvalidInputError):
        weight_limits(2, 0.0, float("nan"))
