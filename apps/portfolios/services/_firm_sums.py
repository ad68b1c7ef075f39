"""The managed accounts of a firm added together, from the rows kept by night: quarter by quarter, in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db.models import Max, Min
from numpy.typing import NDArray

from apps.core.series_rows import read_rows
from apps.core.whole_rows import EPOCH, copy_in
from apps.portfolios.engine.kept_days import DaySeries, quarter_of, unpacked
from apps.portfolios.models import Account, FirmDay, KeptAccount

Ints = NDArray[np.int64]
_ROWS = """
SELECT kept.account_id, (kept.first_day - DATE '2000-01-01')::bigint AS day, kept.holdings, kept.changes
FROM portfolios_accountquarter kept WHERE kept.first_day >= %(first)s AND kept.first_day < %(next)s
"""
_MOST_DAYS = 92
_COLUMNS = ("currency", "day", "value", "money_in", "money_out", "fees")


@dataclass(frozen=True, slots=True)
class QuarterRows:
    """Rows of a quarter: `accounts`, `offsets` (days into the quarter) and `sizes` (n_rows,), their days end to end."""

    accounts: Ints
    offsets: Ints
    sizes: Ints
    days: DaySeries


@dataclass(frozen=True, slots=True)
class Managed:
    """Accounts of one currency, in order, and the household of each: (n_accounts,)."""

    accounts: Ints
    households: Ints


def sum_up(first: dt.date) -> None:
    """Add the managed accounts of each currency together again from a day on.

    What left one account of a household and reached another on the same day is no flow, as on the household's sheet.
    """
    FirmDay.objects.filter(day__gte=first).delete()
    kept = KeptAccount.objects.aggregate(first=Min("first_day"), last=Max("last_day"))
    if kept["last"] is None:
        return
    managed = _managed()
    told: list[tuple[object, ...]] = []
    for quarter, after in _quarters(max(first, kept["first"]), kept["last"]):
        rows = _rows(quarter, after)
        for currency, own in managed.items():
            days = ((quarter + dt.timedelta(days=place), sums) for place, sums in firm_days(rows, own).items())
            told += [(currency, day, *sums) for day, sums in days if day >= first]
    copy_in(FirmDay._meta.db_table, _COLUMNS, told)


def _managed() -> dict[str, Managed]:
    rows = list(Account.objects.filter(is_held_away=False).order_by("pk").values_list("pk", "household_id", "currency"))
    return {
        currency: Managed(*(np.array([row[at] for row in rows if row[2] == currency], dtype=np.int64) for at in (0, 1)))
        for currency in {row[2] for row in rows}
    }


def _quarters(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Each quarter's first day and that of the next."""
    quarter = quarter_of(first)
    while quarter <= last:
        after = quarter_of(quarter + dt.timedelta(days=_MOST_DAYS))
        yield quarter, after
        quarter = after


def _rows(quarter: dt.date, after: dt.date) -> QuarterRows:
    (accounts, firsts), (holdings, changes) = read_rows(
        _ROWS, ("account_id", "day"), {"holdings": "<i8", "changes": "<i8"}, {"first": quarter, "next": after}
    )
    days = unpacked(holdings.items, holdings.sizes, changes.sizes, changes.items)
    return QuarterRows(accounts, firsts - int((np.datetime64(quarter) - EPOCH).astype(int)), holdings.sizes, days)


def firm_days(rows: QuarterRows, own: Managed) -> dict[int, tuple[int, int, int, int]]:
    """Return value, what came in, what left and fees of each day on which any of these accounts is kept."""
    chosen = np.isin(rows.accounts, own.accounts)
    starts = np.cumsum(rows.sizes) - rows.sizes
    value, fees = ([0] * _MOST_DAYS for _ in range(2))
    kept = np.zeros(_MOST_DAYS, dtype=np.int64)
    # rows of the same days lie like a table
    shapes, shape_of = np.unique(np.stack([rows.offsets, rows.sizes]), axis=1, return_inverse=True)
    for place, (offset, size) in enumerate(shapes.T.tolist()):
        alike = np.flatnonzero((shape_of.ravel() == place) & chosen)
        kept[offset : offset + size] += len(alike)
        at = starts[alike, None] + np.arange(size)
        for total, columns in ((value, (rows.days.holdings, rows.days.cash)), (fees, (rows.days.fees,))):
            for column in columns:
                for day, amount in enumerate(_exact(column[at]), offset):
                    total[day] += amount
    came, left = _flows(rows, own, chosen)
    return {day: (value[day], came[day], left[day], fees[day]) for day in np.flatnonzero(kept).tolist()}


def _flows(rows: QuarterRows, own: Managed, chosen: NDArray[np.bool_]) -> tuple[list[int], list[int]]:
    """What crossed the border of each household, of all of them together, by day."""
    shape = len(np.unique(own.households)), _MOST_DAYS
    sides = []
    moved = np.flatnonzero(rows.days.money_in | rows.days.money_out)
    of_row = np.searchsorted(np.cumsum(rows.sizes), moved, side="right")
    moved, of_row = moved[chosen[of_row]], of_row[chosen[of_row]]
    _, household_of = np.unique(own.households, return_inverse=True)
    household = household_of[np.searchsorted(own.accounts, rows.accounts[of_row])]
    day = rows.offsets[of_row] + moved - (np.cumsum(rows.sizes) - rows.sizes)[of_row]
    for column in (rows.days.money_in, rows.days.money_out):
        total = np.zeros(shape, dtype=np.int64)
        np.add.at(total, (household, day), column[moved])
        sides.append(total)
    inner = np.minimum(*sides)
    came, left = (_exact(side - inner) for side in sides)
    return came, left


def _exact(amounts: Ints) -> list[int]:
    """Sums of the rows of a table, which may need more than 64 bits: of the upper and of the lower half of each."""
    upper, lower = (amounts >> 32).sum(axis=0), (amounts & 0xFFFFFFFF).sum(axis=0)
    return [(high << 32) + low for high, low in zip(upper.tolist(), lower.tolist(), strict=True)]
