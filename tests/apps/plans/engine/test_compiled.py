"""Compiled kernels keep the order of operations and divide like numpy."""

from __future__ import annotations

import math

from apps.plans.engine.compiled import compiled


@compiled
def _sum(first: float, second: float, third: float) -> float:
    return first + second + third


@compiled
def _ratio(top: float, bottom: float) -> float:
    return top / bottom


def test_sums_are_not_regrouped() -> None:
    assert _sum(1e16, 1.0, -1e16) == (1e16 + 1.0) - 1e16
    assert _sum(1e16, -1e16, 1.0) == 1.0


def test_a_division_by_zero_gives_infinity_instead_of_an_exception() -> None:
    assert math.isinf(_ratio(1.0, 0.0))
