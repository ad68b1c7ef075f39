"""The polynomials give what the library of C gives, to the last places of a float."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from apps.plans.engine.float_kernels import cosine_of_half_turns, exp_of, log_of, sine_of_half_turns


def told(function: Callable[[np.float32], np.float32], values: np.ndarray) -> np.ndarray:
    """Apply a function of one float to many."""
    return np.array([function(value) for value in values], dtype=np.float64)


def test_logarithms_are_right_to_two_units_in_the_last_place() -> None:
    values = np.concatenate([np.geomspace(1e-37, 1e38, 3001), np.linspace(0.5, 2.0, 3001)]).astype(np.float32)
    exact = np.log(values.astype(np.float64))
    assert np.abs(told(log_of, values) - exact).max(where=np.abs(exact) < 1.0, initial=0.0) < 1.5e-7
    assert (np.abs(told(log_of, values) - exact) / np.maximum(np.abs(exact), 0.1)).max() < 2.0 * 2.0**-23
    assert log_of(np.float32(1.0)) == 0.0


def test_exponentials_are_right_to_two_units_in_the_last_place() -> None:
    values = np.linspace(-80.0, 80.0, 6001).astype(np.float32)
    exact = np.exp(values.astype(np.float64))
    assert (np.abs(told(exp_of, values) - exact) / exact).max() < 2.0 * 2.0**-23
    assert exp_of(np.float32(0.0)) == 1.0


@pytest.mark.parametrize("value", [-1e9, -88.0, 88.0, 1e9])
def test_exponentials_stay_finite_where_a_float_ends(value: float) -> None:
    found = exp_of(np.float32(value))
    assert np.isfinite(found)
    assert found == pytest.approx(np.exp(np.clip(value, -87.0, 87.0)), rel=1e-5)


def test_sine_and_cosine_of_half_turns_lie_on_the_circle() -> None:
    turns = np.linspace(-0.5, 0.5, 4001).astype(np.float32)
    sines, cosines = told(sine_of_half_turns, turns), told(cosine_of_half_turns, turns)
    assert np.abs(sines - np.sin(np.pi * turns.astype(np.float64))).max() < 3e-7
    assert np.abs(cosines - np.cos(np.pi * turns.astype(np.float64))).max() < 3e-7
