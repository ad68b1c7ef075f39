"""Sums of a firm's accounts that no longer fit in 64 bits are still exact."""

from __future__ import annotations

import datetime as dt

import numpy as np

from apps.core.series_rows import SeriesRows
from apps.core.whole_rows import EPOCH
from apps.portfolios.services._firm_sums import _sums

MONTH = dt.date(2026, 2, 1)
FIRST = int((np.datetime64(MONTH) - EPOCH).astype(int))


def ints(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_sums_may_be_larger_than_any_of_their_parts() -> None:
    large = 8 * 10**18
    rows = SeriesRows(
        keys=(ints(1, 2, 3), ints(FIRST, FIRST + 1, FIRST)),
        places=ints(0, 2, 3),
        sizes=ints(2, 1, 1),
        series=(
            ints(large, large, large, -5),
            ints(1, 2, 3, 0),
            ints(10, 4, 0, 7),
            ints(0, 0, 9, 3),
            ints(0, 1, 1, 0),
        ),
    )
    found = _sums(rows, (ints(1, 2), ints(70, 70)), MONTH, "USD")
    assert [(each.day.day, int(each.value), each.money_in, each.money_out, each.fees) for each in found] == [
        (1, large + 1, 10, 0, 0),
        (2, 2 * large + 5, 0, 5, 2),
    ]
