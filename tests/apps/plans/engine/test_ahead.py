"""Asking ahead reads nothing and changes nothing, within the markets of a block or beyond their end."""

from __future__ import annotations

import numpy as np

from apps.plans.engine.ahead import MONTHS, ask_ahead
from apps.plans.engine.compiled import LANES


def test_asking_changes_nothing_and_may_go_beyond_the_end() -> None:
    growth = np.arange(3 * 30 * LANES, dtype=np.float32).reshape(3, 30, LANES)
    kept = growth.copy()
    for month in (0, 30 - MONTHS, 29, 5_000_000):
        ask_ahead(growth, month)
    assert np.array_equal(growth, kept)


def test_it_asks_for_more_than_a_page_ahead() -> None:
    assert MONTHS * LANES * np.dtype(np.float32).itemsize > 4_096
