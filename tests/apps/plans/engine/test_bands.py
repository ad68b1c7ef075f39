"""Percentiles by partial selection equal those of a full sort, bit by bit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from apps.plans.engine.bands import ordered, percentiles_of
from apps.plans.engine.results import PERCENTILES

DICE = np.random.default_rng(7)
WEALTH = DICE.lognormal(13.0, 1.0, (5, 10_000))


@pytest.mark.parametrize(
    "rows",
    [
        WEALTH,
        np.where(DICE.random(WEALTH.shape) < 0.15, 0.0, WEALTH),
        np.where(DICE.random(WEALTH.shape) < 0.999, 0.0, WEALTH),
        WEALTH.round(-5),
        -WEALTH,
        WEALTH - 5e5,
        np.full((2, 64), 7.0),
        DICE.normal(size=(9, 1)),
        DICE.normal(size=(9, 2)).astype(np.float32),
    ],
    ids=["wealth", "some ruined", "nearly all ruined", "ties", "negative", "mixed", "equal", "one path", "two paths"],
)
def test_places_of_the_order_are_those_of_a_full_sort(rows: NDArray[np.floating]) -> None:
    places = np.unique(np.linspace(0, rows.shape[1] - 1, 15).astype(np.int64))
    full = np.sort(rows.astype(np.float32), axis=1).astype(np.float64)
    assert np.array_equal(ordered(rows, places), full[:, places])


@given(st.lists(st.floats(-1e9, 1e9, width=32), min_size=1, max_size=60))
@settings(deadline=None)
def test_percentiles_equal_numpys(values: list[float]) -> None:
    row = np.array(values)
    expected = np.percentile(row, PERCENTILES)
    # Compared as float32: seven digits of the largest amount.
    assert percentiles_of(row[None, :])[0] == pytest.approx(expected, abs=1e-6 * float(np.abs(row).max()) + 1e-6)


def test_threads_find_the_same() -> None:
    with ThreadPoolExecutor(3) as pool:
        assert np.array_equal(percentiles_of(WEALTH, pool.map), percentiles_of(WEALTH))
