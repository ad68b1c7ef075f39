"""Sums of a firm's accounts that no longer fit in 64 bits are still exact."""

from __future__ import annotations

import numpy as np

from apps.portfolios.engine.kept_days import DaySeries
from apps.portfolios.services._firm_sums import Managed, QuarterRows, firm_days


def ints(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_sums_may_be_larger_than_any_of_their_parts() -> None:
    large = 8 * 10**18
    rows = QuarterRows(
        accounts=ints(1, 2, 3),
        offsets=ints(0, 1, 0),
        sizes=ints(2, 1, 1),
        days=DaySeries(
            ints(large, large, large, -5), ints(1, 2, 3, 0), ints(10, 4, 0, 7), ints(0, 0, 9, 3), ints(0, 1, 1, 0)
        ),
    )
    assert firm_days(rows, Managed(ints(1, 2), ints(70, 70))) == {
        0: (large + 1, 10, 0, 0),
        1: (2 * large + 5, 0, 5, 2),
    }
    assert firm_days(rows, Managed(ints(1, 2), ints(70, 71)))[1] == (2 * large + 5, 4, 9, 2)
    assert firm_days(rows, Managed(ints(4), ints(70))) == {}
