"""The book of many accounts as tables of whole numbers, for the kernel that values them (`engine/book_values`).

Units, cash and prices in hundred-millionths; days as places from the first one. Read in a fixed number of queries, with
memory for the accounts asked for and the prices of what they hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from apps.core.series_rows import array_text
from apps.core.whole_rows import EPOCH, read_columns
from apps.kernel.dates import DateSpan
from apps.market.models import SecurityKind
from apps.portfolios.engine.books import NO_PRICE, BookEntries, BookState
from apps.portfolios.models import TransactionKind
from apps.portfolios.policies import EXTERNAL

Ints = NDArray[np.int64]
# prices come in millionths; one above this would not fit in hundred-millionths
_HIGHEST_PRICE = 9 * 10**16
# an entry of ten thousand million or more is not put into the tables as it is
_LARGEST = 10**18


def _fitted(exact: str) -> str:
    """SQL for a number in hundred-millionths, cut off where it would not fit."""
    return f"(greatest(least({exact}, 10000000000), -10000000000) * 100000000)::bigint"


_ACCOUNTS = "(SELECT unnest(%(accounts)s::bigint[]) AS account_id, unnest(%(days)s::date[]) AS first_day) AS due"
# what a foreign currency touches is walked, with rates
_FOREIGN = f"""
SELECT DISTINCT entry.account_id FROM portfolios_transaction entry JOIN {_ACCOUNTS} USING (account_id)
JOIN portfolios_account account ON account.id = entry.account_id
LEFT JOIN portfolios_instrument held ON held.id = entry.instrument_id
WHERE entry.currency <> account.currency OR held.currency <> account.currency
"""  # noqa: S608 - text of our own
_HELD = f"""
SELECT entry.account_id, coalesce(entry.instrument_id, 0) AS instrument_id, {_fitted("sum(entry.units)")} AS units,
    {_fitted("sum(entry.cash)")} AS cash
FROM portfolios_transaction entry JOIN {_ACCOUNTS} USING (account_id)
WHERE entry.trade_date < due.first_day GROUP BY 1, 2
"""  # noqa: S608
_ENTRIES = f"""
SELECT entry.account_id, coalesce(entry.instrument_id, 0) AS instrument_id,
    (entry.trade_date - DATE '2000-01-01')::bigint AS day,
    {_fitted("entry.units")} AS units, {_fitted("entry.cash")} AS cash,
    CASE WHEN entry.kind = ANY(%(external)s) THEN 1 WHEN entry.kind = %(fee)s THEN 2 ELSE 0 END
        * CASE WHEN back.id IS NULL THEN 1 ELSE 0 END AS role
FROM portfolios_transaction entry JOIN {_ACCOUNTS} USING (account_id)
LEFT JOIN portfolios_transaction back ON back.reversal_of_id = entry.id
WHERE entry.trade_date >= due.first_day AND entry.trade_date BETWEEN %(earliest)s AND %(last)s
ORDER BY entry.account_id, entry.trade_date, entry.id
"""  # noqa: S608
_PRICES = """
SELECT held.id AS instrument_id, (price.day - DATE '2000-01-01')::bigint AS day,
    (price.close * 1000000)::bigint AS close
FROM portfolios_instrument held JOIN market_price price ON price.security_id = held.master_id
WHERE held.id = ANY(%(ids)s::bigint[]) AND price.day > %(first)s AND price.day <= %(last)s
UNION ALL
SELECT held.id, (last_one.day - DATE '2000-01-01')::bigint, (last_one.close * 1000000)::bigint
FROM portfolios_instrument held CROSS JOIN LATERAL (
    SELECT day, close FROM market_price WHERE security_id = held.master_id AND day <= %(first)s
    ORDER BY day DESC LIMIT 1
) AS last_one WHERE held.id = ANY(%(ids)s::bigint[])
UNION ALL
SELECT price.instrument_id, (price.day - DATE '2000-01-01')::bigint, (price.close * 1000000)::bigint
FROM portfolios_instrumentprice price JOIN portfolios_instrument held ON held.id = price.instrument_id
WHERE held.id = ANY(%(ids)s::bigint[]) AND held.master_id IS NULL AND price.day <= %(last)s
"""


@dataclass(frozen=True, slots=True)
class BookTables:
    """What the kernel is handed. `accounts` and `instruments` are the row ids behind its places.

    `too_large` names accounts whose numbers do not fit the tables.
    """

    accounts: Ints
    instruments: Ints
    span: DateSpan
    state: BookState
    entries: BookEntries
    prices: Ints
    too_large: frozenset[int]


def accounts_with_currencies(first_days: Mapping[int, dt.date]) -> set[int]:
    """Return which of the accounts ever touched a currency other than their own."""
    with connection.cursor() as cursor:
        cursor.execute(_FOREIGN, _due(first_days))
        return {pk for (pk,) in cursor.fetchall()}


def book_tables(first_days: Mapping[int, dt.date], last: dt.date) -> BookTables:
    """Return the book of accounts, each from its first day (by row id) to the last, none of a foreign currency."""
    accounts = np.array(sorted(first_days), dtype=np.int64)
    span = DateSpan(min(first_days.values()), last)
    told = {**_due(first_days), "last": last, "external": [*EXTERNAL], "fee": TransactionKind.ADVISORY_FEE}
    had = read_columns(_HELD, ("account_id", "instrument_id", "units", "cash"), told)
    held = [column[(had[1] > 0) & (had[2] != 0)] for column in had]
    moved = read_columns(_ENTRIES, ("account_id", "instrument_id", "day", "units", "cash", "role"), told)
    instruments = np.unique(np.concatenate([held[1], moved[1][moved[1] > 0]]))
    prices, unfit = _prices(instruments, span)
    cash, near = np.zeros(len(accounts), dtype=np.int64), np.zeros(len(accounts))
    np.add.at(cash, np.searchsorted(accounts, had[0]), had[3])
    np.add.at(near, np.searchsorted(accounts, had[0]), had[3].astype(np.float64))
    first = np.array([(first_days[int(pk)] - span.first).days for pk in accounts], dtype=np.int64)
    origin = _day_number(span.first)
    state = BookState(first, np.searchsorted(accounts, held[0]), np.searchsorted(instruments, held[1]), held[2], cash)
    entries = BookEntries(
        accounts=np.searchsorted(accounts, moved[0]),
        securities=np.where(moved[1] > 0, np.searchsorted(instruments, moved[1]), -1),
        days=moved[2] - origin,
        units=moved[3],
        cash=moved[4],
        is_flow=moved[5] == 1,
        is_fee=moved[5] == 2,
    )
    holders: Ints = np.concatenate([held[0][np.isin(held[1], unfit)], moved[0][np.isin(moved[1], unfit)]])
    opening = ((had[0], had[2]), (had[0], had[3]), (accounts, near))
    for ids, numbers in (*opening, (moved[0], moved[3]), (moved[0], moved[4])):
        holders = np.concatenate([holders, ids[np.abs(numbers) >= _LARGEST]])
    return BookTables(accounts, instruments, span, state, entries, prices, frozenset(holders.tolist()))


def _due(first_days: Mapping[int, dt.date]) -> dict[str, Any]:
    return {
        "accounts": array_text(first_days),
        "days": array_text(first_days.values()),
        "earliest": min(first_days.values(), default=dt.date.min),
    }


def _day_number(day: dt.date) -> int:
    return int((np.datetime64(day) - EPOCH).astype(int))


def _prices(instruments: Ints, span: DateSpan) -> tuple[Ints, Ints]:
    """The last close on or before each day (n_instruments, n_days), and those whose closes do not fit."""
    table = np.full((len(instruments), span.days), NO_PRICE, dtype=np.int64)
    ids: Sequence[int] = instruments.tolist()
    told = read_columns(
        _PRICES, ("instrument_id", "day", "close"), {"ids": array_text(ids), "first": span.first, "last": span.last}
    )
    order = np.argsort(told[1], kind="stable")  # the last one before the first day wins its place
    rows, days, closes = (column[order] for column in told)
    large = closes > _HIGHEST_PRICE
    factor = np.where(np.isin(rows, _bonds(ids)), 1, 100)  # bonds are quoted per hundred of face value
    places = np.maximum(days - _day_number(span.first), 0)
    table[np.searchsorted(instruments, rows[~large]), places[~large]] = (closes * factor)[~large]
    known = np.where(table == NO_PRICE, 0, np.arange(span.days))
    np.maximum.accumulate(known, axis=1, out=known)
    return np.take_along_axis(table, known, axis=1), np.unique(rows[large])


def _bonds(ids: Sequence[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM portfolios_instrument WHERE id = ANY(%s::bigint[]) AND kind = %s",
            [array_text(ids), SecurityKind.BOND],
        )
        return [pk for (pk,) in cursor.fetchall()]
