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

from apps.core.series_rows import array_text, read_rows
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


# an account of a currency and each security of its own: what a foreign currency touches is walked, with rates
_ACCOUNTS = """(
    SELECT account.id AS account_id, account.currency, told.first_day
    FROM (SELECT unnest(%(accounts)s::bigint[]) AS id, unnest(%(days)s::date[]) AS first_day) AS told
    JOIN portfolios_account account USING (id)
) AS due"""
_HELD = f"""
SELECT entry.account_id, coalesce(entry.instrument_id, 0) AS instrument_id, {_fitted("sum(entry.units)")} AS units,
    {_fitted("sum(entry.cash)")} AS cash, max((entry.currency <> due.currency)::int) * 4 AS role
FROM portfolios_transaction entry JOIN {_ACCOUNTS} USING (account_id)
WHERE entry.trade_date < due.first_day GROUP BY 1, 2
"""  # noqa: S608 - text of our own
# account by account, by the index: a night looks at none of the entries before it
_ENTRIES = f"""
SELECT due.account_id, told.* FROM {_ACCOUNTS} CROSS JOIN LATERAL (
    SELECT coalesce(entry.instrument_id, 0) AS instrument_id, (entry.trade_date - DATE '2000-01-01')::bigint AS day,
        {_fitted("entry.units")} AS units, {_fitted("entry.cash")} AS cash,
        CASE WHEN entry.currency <> due.currency THEN 4 ELSE 0 END + CASE
            WHEN entry.kind <> ALL(%(counted)s) OR entry.id IN (
                SELECT reversal_of_id FROM portfolios_transaction WHERE reversal_of_id IS NOT NULL
            ) THEN 0 WHEN entry.kind = %(fee)s THEN 2 ELSE 1 END AS role
    FROM portfolios_transaction entry
    WHERE entry.account_id = due.account_id AND entry.trade_date BETWEEN due.first_day AND %(last)s OFFSET 0
) AS told
"""  # noqa: S608
_DAYS = """
SELECT held.id AS instrument_id, closes.* FROM portfolios_instrument held CROSS JOIN LATERAL (
    SELECT string_agg(date_send(day), ''::bytea) AS days,
        string_agg(int8send((close * 1000000)::bigint), ''::bytea) AS prices
    FROM (
        (SELECT day, close FROM {table} WHERE {key} AND day <= %(first)s ORDER BY day DESC LIMIT 1)
        UNION ALL SELECT day, close FROM {table} WHERE {key} AND day > %(first)s AND day <= %(last)s
    ) AS told
) AS closes WHERE held.id = ANY(%(ids)s::bigint[]) AND held.master_id IS {what} AND closes.days IS NOT NULL
"""
_PRICES = " UNION ALL ".join(
    [
        _DAYS.format(table="market_price", key="security_id = held.master_id", what="NOT NULL"),
        _DAYS.format(table="portfolios_instrumentprice", key="instrument_id = held.id", what="NULL"),
    ]
)


@dataclass(frozen=True, slots=True)
class Openings:
    """What accounts had at the close before their first day, where it is known; who is not named had nothing.

    `summed` are accounts of which the ledger is to be asked. `accounts`, `cash` (n,); `owners` (accounts),
    `instruments`, `units` (n_positions,).
    """

    summed: tuple[int, ...]
    accounts: Ints
    cash: Ints
    owners: Ints
    instruments: Ints
    units: Ints


NOTHING_KNOWN = Openings((), *([np.empty(0, dtype=np.int64)] * 5))


@dataclass(frozen=True, slots=True)
class BookTables:
    """What the kernel is handed. `accounts` and `instruments` are the row ids behind its places.

    `foreign` names accounts that ever touched a currency other than their own, of which nothing is in the tables,
    `too_large` those whose numbers do not fit.
    """

    accounts: Ints
    instruments: Ints
    span: DateSpan
    state: BookState
    entries: BookEntries
    prices: Ints
    foreign: frozenset[int]
    too_large: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Sums or entries: ids of accounts and instruments (0 without one), units and cash, `role` as _ENTRIES has it."""

    accounts: Ints
    instruments: Ints
    units: Ints
    cash: Ints
    role: Ints
    days: Ints

    def of(self, chosen: NDArray[np.bool_]) -> _Rows:
        columns = self.accounts, self.instruments, self.units, self.cash, self.role, self.days
        return _Rows(*(column[chosen] for column in columns))


def book_tables(first_days: Mapping[int, dt.date], last: dt.date, openings: Openings = NOTHING_KNOWN) -> BookTables:
    """Return the book of accounts, each from its first day (by row id) to the last."""
    span = DateSpan(min(first_days.values()), last)
    had, moved = _had(first_days, openings), _moved(first_days, last)
    instruments = np.unique(np.concatenate([had.instruments, moved.instruments]))
    instruments = instruments[instruments > 0]
    # who goes on from a close that is known had one currency until then
    is_bond, foreign = _told_of(instruments, (had.of(~np.isin(had.accounts, openings.accounts)), moved))
    had, moved = (rows.of(~np.isin(rows.accounts, foreign)) for rows in (had, moved))
    accounts = np.setdiff1d(np.array(list(first_days), dtype=np.int64), foreign)
    prices, unfit = _prices(instruments, is_bond, span)
    cash, near = np.zeros(len(accounts), dtype=np.int64), np.zeros(len(accounts))
    np.add.at(cash, np.searchsorted(accounts, had.accounts), had.cash)
    np.add.at(near, np.searchsorted(accounts, had.accounts), had.cash.astype(np.float64))
    first = np.array([(first_days[int(pk)] - span.first).days for pk in accounts], dtype=np.int64)
    held = had.of((had.instruments > 0) & (had.units != 0))
    owners = np.searchsorted(accounts, held.accounts)
    entries = BookEntries(
        accounts=np.searchsorted(accounts, moved.accounts),
        securities=np.where(moved.instruments > 0, np.searchsorted(instruments, moved.instruments), -1),
        days=moved.days - _day_number(span.first),
        units=moved.units,
        cash=moved.cash,
        is_flow=moved.role == 1,
        is_fee=moved.role == 2,
    )
    large = [accounts[np.abs(near) >= _LARGEST]]
    for rows in (had, moved):
        fits = (np.abs(rows.units) < _LARGEST) & (np.abs(rows.cash) < _LARGEST) & ~np.isin(rows.instruments, unfit)
        large.append(rows.accounts[~fits])
    return BookTables(
        accounts=accounts,
        instruments=instruments,
        span=span,
        state=BookState(first, owners, np.searchsorted(instruments, held.instruments), held.units, cash),
        entries=entries,
        prices=prices,
        foreign=frozenset(foreign.tolist()),
        too_large=frozenset(np.concatenate(large).tolist()),
    )


def _had(first_days: Mapping[int, dt.date], openings: Openings) -> _Rows:
    """What accounts had before their first day: as it is known, or summed from the ledger."""
    known = (
        np.concatenate([openings.accounts, openings.owners]),
        np.concatenate([np.zeros_like(openings.accounts), openings.instruments]),
        np.concatenate([np.zeros_like(openings.accounts), openings.units]),
        np.concatenate([openings.cash, np.zeros_like(openings.units)]),
    )
    nothing = np.zeros(len(known[0]), dtype=np.int64)
    if not openings.summed:
        return _Rows(*known, nothing, nothing)
    told = _due({pk: first_days[pk] for pk in openings.summed})
    summed = read_columns(_HELD, ("account_id", "instrument_id", "units", "cash", "role"), told)
    columns = [np.concatenate(pair) for pair in zip((*known, nothing), summed, strict=True)]
    return _Rows(*columns, *[np.zeros(len(columns[0]), dtype=np.int64)])


def _moved(first_days: Mapping[int, dt.date], last: dt.date) -> _Rows:
    fee = TransactionKind.ADVISORY_FEE
    told = {**_due(first_days), "last": last, "counted": [*EXTERNAL, fee], "fee": fee}
    columns = read_columns(_ENTRIES, ("account_id", "instrument_id", "units", "cash", "role", "day"), told)
    return _Rows(*columns)


def _due(first_days: Mapping[int, dt.date]) -> dict[str, Any]:
    return {"accounts": array_text(first_days), "days": array_text(first_days.values())}


def _day_number(day: dt.date) -> int:
    return int((np.datetime64(day) - EPOCH).astype(int))


def _told_of(instruments: Ints, rows: Sequence[_Rows]) -> tuple[NDArray[np.bool_], Ints]:
    """Return which instruments are bonds, and the accounts that touched a currency other than their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, currency FROM portfolios_instrument WHERE id = ANY(%s::bigint[]) ORDER BY id",
            [array_text(instruments.tolist())],
        )
        told = cursor.fetchall()
    named = {currency: place for place, currency in enumerate(sorted({currency for _, currency in told}))}
    currencies = np.array([named[currency] for _, currency in told], dtype=np.int64)
    return np.array([kind == SecurityKind.BOND for kind, _ in told], dtype=bool), _foreign(
        instruments, currencies, list(named), rows
    )


def _foreign(instruments: Ints, currencies: Ints, names: Sequence[str], rows: Sequence[_Rows]) -> Ints:
    accounts = np.unique(np.concatenate([each.accounts for each in rows]))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(array_position(%s::text[], currency) - 1, -1) FROM portfolios_account "
            "WHERE id = ANY(%s::bigint[]) ORDER BY id",
            [array_text(names), array_text(accounts.tolist())],
        )
        own = np.array([place for (place,) in cursor.fetchall()], dtype=np.int64)
    found = []
    for each in rows:
        of_security = each.instruments > 0
        found.append(each.accounts[each.role >= 4])
        ids, held = each.accounts[of_security], each.instruments[of_security]
        differs = currencies[np.searchsorted(instruments, held)] != own[np.searchsorted(accounts, ids)]
        found.append(ids[differs])
    return np.unique(np.concatenate(found))


def _prices(instruments: Ints, is_bond: NDArray[np.bool_], span: DateSpan) -> tuple[Ints, Ints]:
    """The last close on or before each day (n_instruments, n_days), and those whose closes do not fit."""
    told = {"ids": array_text(instruments.tolist()), "first": span.first, "last": span.last}
    (ids,), (days, closes) = read_rows(_PRICES, ("instrument_id",), {"days": ">i4", "prices": ">i8"}, told)
    rows = np.repeat(np.searchsorted(instruments, ids), days.sizes)
    table = np.full((len(instruments), span.days), NO_PRICE, dtype=np.int64)
    fits = closes.items <= _HIGHEST_PRICE
    factor = np.where(is_bond, 1, 100)[rows]  # bonds are quoted per hundred of face value
    places = np.maximum(days.items - _day_number(span.first), 0)  # the last close before the first day is its own
    table[rows[fits], places[fits]] = (closes.items * factor)[fits]
    known = np.where(table == NO_PRICE, 0, np.arange(span.days))
    np.maximum.accumulate(known, axis=1, out=known)
    return np.take_along_axis(table, known, axis=1), instruments[np.unique(rows[~fits])]
