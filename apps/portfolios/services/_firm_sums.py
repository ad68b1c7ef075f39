"""The managed accounts of a firm added together, from the rows that are kept by night: month by month, in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
from django.db.models import Max, Min
from numpy.typing import NDArray

from apps.core.series_rows import SeriesRows, read_series
from apps.core.whole_rows import EPOCH
from apps.portfolios.models import Account, FirmDay, KeptAccount
from apps.portfolios.models.kept_values import SERIES

Ints = NDArray[np.int64]
_MONTH = f"""
SELECT account_id, (first_day - DATE '2000-01-01')::bigint AS day, {", ".join(SERIES)}
FROM portfolios_accountmonth WHERE first_day >= %(first)s AND first_day < %(next)s ORDER BY account_id
"""  # noqa: S608 - names of our own
_MOST_DAYS = 31


def sum_up(first: dt.date) -> None:
    """Add the managed accounts of each currency together again from a day on.

    What left one account of a household and reached another on the same day is no flow, as on the household's sheet.
    """
    FirmDay.objects.filter(day__gte=first).delete()
    kept = KeptAccount.objects.aggregate(first=Min("first_day"), last=Max("last_day"))
    if kept["last"] is None:
        return
    managed = Account.objects.filter(is_held_away=False).order_by("pk").values_list("pk", "household_id", "currency")
    accounts, households, currencies = zip(*managed, strict=True) if managed else ((), (), ())
    days: list[FirmDay] = []
    for month in _months(max(first, kept["first"]), kept["last"]):
        rows = read_series(_MONTH, ("account_id", "day"), SERIES, {"first": month, "next": _after(month)})
        for currency in set(currencies):
            chosen = [place for place, each in enumerate(currencies) if each == currency]
            own = np.array([accounts[place] for place in chosen]), np.array([households[place] for place in chosen])
            days += _sums(rows, own, month, currency)
    FirmDay.objects.bulk_create([day for day in days if day.day >= first])


def _months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _after(month)


def _after(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=_MOST_DAYS)).replace(day=1)


def _sums(rows: SeriesRows, own: tuple[Ints, Ints], month: dt.date, currency: str) -> list[FirmDay]:
    """The days of a month on which any of these accounts, which are in order, is kept."""
    accounts, households = own
    account_ids, first_days = rows.keys
    chosen = np.flatnonzero(np.isin(account_ids, accounts))
    sizes = rows.sizes[chosen]
    owners = np.repeat(chosen, sizes)
    step = np.arange(len(owners)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    at, day = rows.places[owners] + step, first_days[owners] + step - _day_number(month)
    _, household = np.unique(households[np.searchsorted(accounts, account_ids[owners])], return_inverse=True)
    holdings, cash, came, left, fees = (column[at] for column in rows.series)
    came, left = _across(household, day, came), _across(household, day, left)
    inner = np.minimum(came, left)
    kept = np.bincount(day, minlength=_MOST_DAYS)
    each_day = np.arange(len(inner)) % _MOST_DAYS
    sums = [
        _exact(day, holdings + cash),
        _exact(each_day, came - inner),
        _exact(each_day, left - inner),
        _exact(day, fees),
    ]
    return [
        FirmDay(
            currency=currency,
            day=month + dt.timedelta(days=place),
            value=value,
            money_in=inside,
            money_out=out,
            fees=fee,
        )
        for place, (value, inside, out, fee) in enumerate(zip(*sums, strict=True))
        if kept[place]
    ]


def _day_number(day: dt.date) -> int:
    return int((np.datetime64(day) - EPOCH).astype(int))


def _across(household: Ints, day: Ints, amounts: Ints) -> Ints:
    """Sums of each household and day, household by household."""
    n = (household.max(initial=-1) + 1) * _MOST_DAYS
    total = np.zeros(n, dtype=np.int64)
    moved = np.flatnonzero(amounts)
    np.add.at(total, household[moved] * _MOST_DAYS + day[moved], amounts[moved])
    return total


def _exact(day: Ints, amounts: Ints) -> list[int]:
    """Sums of each day of the month, which may need more than 64 bits: of the upper and of the lower half of each."""
    upper, lower = np.zeros(_MOST_DAYS, dtype=np.int64), np.zeros(_MOST_DAYS, dtype=np.int64)
    np.add.at(upper, day, amounts >> 32)
    np.add.at(lower, day, amounts & 0xFFFFFFFF)
    return [(int(high) << 32) + int(low) for high, low in zip(upper, lower, strict=True)]
