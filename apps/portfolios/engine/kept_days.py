"""Days of accounts as they are kept: what is worth something every day as it is, what seldom moves by its moves alone.

A row holds some days of one account, at most 128. `holdings` are kept day by day; of the other series only what is not
zero: the steps of cash (its first day whole), and what came in, left, or was charged on a day. Each such change is two
numbers, 128 · series + day in the row, and the amount. Whole numbers: what is packed comes back as it was.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_DAYS = 128


@dataclass(frozen=True, slots=True)
class DaySeries:
    """Numbers of each day, rows end to end: (n_days,) each."""

    holdings: Ints
    cash: Ints
    money_in: Ints
    money_out: Ints
    fees: Ints

    @property
    def columns(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        return self.holdings, self.cash, self.money_in, self.money_out, self.fees

    def at(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> DaySeries:
        """Return the days at these places, in their order."""
        return DaySeries(*(column[places] for column in self.columns))


def quarter_of(day: dt.date) -> dt.date:
    """Return the first day of the quarter, with which no row of the quarter begins earlier."""
    return dt.date(day.year, day.month - (day.month - 1) % 3, 1)


def joined(first: DaySeries, second: DaySeries) -> DaySeries:
    """Return the days of both, end to end."""
    return DaySeries(*(np.concatenate(pair) for pair in zip(first.columns, second.columns, strict=True)))


def packed(days: DaySeries, sizes: Ints, had: Ints, cash: Ints) -> tuple[Ints, Ints]:
    """Return how many numbers the changes of each row take (n_rows,), and these numbers end to end.

    `sizes` (n_rows,) says how many of the days are each row's; a row that goes on `had` days before them, and `cash` at
    the last: its changes follow those it has. Of a new row both are 0.
    """
    ends = np.cumsum(sizes)
    starts = ends - sizes
    steps = np.diff(days.cash, prepend=0)
    steps[starts[sizes > 0]] = days.cash[starts[sizes > 0]] - cash[sizes > 0]
    series = (steps, *days.columns[2:])
    places = [np.flatnonzero(column) for column in series]
    at = np.concatenate(places)
    which = np.repeat(np.arange(len(series)), [len(each) for each in places])
    rows = np.searchsorted(ends, at, side="right")
    order = np.argsort(rows, kind="stable")
    amounts = np.concatenate([column[each] for column, each in zip(series, places, strict=True)])
    pairs = np.column_stack([which * _DAYS + had[rows] + at - starts[rows], amounts])[order]
    return 2 * np.bincount(rows, minlength=len(sizes)), pairs.ravel()


def unpacked(holdings: Ints, sizes: Ints, counts: Ints, changes: Ints) -> DaySeries:
    """Return the days of rows of which `sizes` say the days, `counts` the numbers of the changes (n_rows,)."""
    starts = np.cumsum(sizes) - sizes
    codes, amounts = changes[0::2], changes[1::2]
    places = np.repeat(starts, counts // 2) + codes % _DAYS
    tables = np.zeros((4, len(holdings)), dtype=np.int64)
    tables[codes // _DAYS, places] = amounts
    total = np.concatenate([[0], np.cumsum(tables[0])])
    cash = total[1:] - np.repeat(total[starts], sizes)
    return DaySeries(holdings, cash, *tables[1:])
