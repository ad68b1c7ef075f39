"""Rows of kept values: computed in memory, replaced by COPY, and the marks that were taken up with them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from apps.core.series_rows import SeriesRows, array_text, write_series
from apps.core.whole_rows import EPOCH
from apps.kernel.dates import DateSpan
from apps.portfolios.models import Account, AccountMonth, KeptAccount
from apps.portfolios.models.kept_values import SERIES
from apps.portfolios.selectors.book_tables import BookTables, accounts_with_currencies, book_tables
from apps.portfolios.selectors.valuations import KEPT_UNIT, AccountValuation, openings_before, valuations

if TYPE_CHECKING:
    from apps.portfolios.engine.book_values import BookValues

Ints = NDArray[np.int64]
LARGEST = 9 * 10**18
_TAKE_UP_INSTRUMENTS = """
WITH taken AS (DELETE FROM portfolios_valuemark WHERE instrument_id IS NOT NULL RETURNING instrument_id, first_day)
INSERT INTO portfolios_valuemark (account_id, first_day)
SELECT entry.account_id, min(taken.first_day) FROM taken
JOIN (SELECT DISTINCT account_id, instrument_id FROM portfolios_transaction) AS entry USING (instrument_id)
GROUP BY 1
"""
_TAKE_UP_MARKET = """
INSERT INTO portfolios_valuemark (account_id, first_day)
SELECT kept.account_id, min(mark.first_day) FROM market_pricemark mark
JOIN portfolios_keptaccount kept ON mark.first_day <= kept.last_day
WHERE mark.id > %(after)s AND mark.id <= %(upto)s AND (mark.security_id IS NULL OR EXISTS (
    SELECT 1 FROM portfolios_transaction entry JOIN portfolios_instrument held ON held.id = entry.instrument_id
    WHERE entry.account_id = kept.account_id AND held.master_id = mark.security_id))
GROUP BY 1
"""
_GONE = """
DELETE FROM portfolios_valuemark mark
WHERE account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM portfolios_account WHERE id = mark.account_id)
"""
_DUE = """(SELECT account_id, first_day, date_trunc('month', first_day)::date AS month FROM (
    SELECT unnest(%(accounts)s::bigint[]) AS account_id, unnest(%(days)s::date[]) AS first_day) AS told) AS due"""
_OF = "kept.account_id = due.account_id AND kept"
_REMOVE = (
    f"DELETE FROM portfolios_accountmonth kept USING {_DUE} WHERE {_OF}.first_day >= due.month",  # noqa: S608
    f"DELETE FROM portfolios_keptholding kept USING {_DUE} WHERE {_OF}.first_day >= due.first_day",  # noqa: S608
    f"UPDATE portfolios_keptholding kept SET unpriced_on = NULL FROM {_DUE} WHERE {_OF}.unpriced_on >= due.first_day",  # noqa: S608
)
_HELD = """
INSERT INTO portfolios_keptholding (account_id, instrument_id, currency, first_day, unpriced_on)
SELECT unnest(%(accounts)s::bigint[]), unnest(%(instruments)s::bigint[]), unnest(%(currencies)s::text[]),
    unnest(%(firsts)s::date[]), unnest(%(unpriced)s::date[])
ON CONFLICT ON CONSTRAINT kept_holding_once DO UPDATE SET unpriced_on = excluded.unpriced_on
WHERE portfolios_keptholding.unpriced_on IS NULL AND excluded.unpriced_on IS NOT NULL
"""
_SPANS = """
INSERT INTO portfolios_keptaccount (account_id, first_day, last_day)
SELECT unnest(%(accounts)s::bigint[]), unnest(%(firsts)s::date[]), %(last)s
ON CONFLICT (account_id) DO UPDATE SET first_day = excluded.first_day, last_day = excluded.last_day
"""


@dataclass(frozen=True, slots=True)
class HeldSince:
    """A `KeptHolding` to write."""

    account_id: int
    instrument_id: int | None
    currency: str
    first_day: dt.date
    unpriced_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Values:
    """Days to write of the accounts that fit, end to end: account i from `firsts[i]` (days since EPOCH) on.

    `accounts`, `firsts`, `sizes` (n_accounts,), `series` (n_days,) in the order of SERIES.
    """

    accounts: Ints
    firsts: Ints
    sizes: Ints
    series: tuple[Ints, ...]
    held: tuple[HeldSince, ...]


def take_up_marks(after: int) -> int:
    """Turn marks of instruments and of shared prices into marks of accounts; return the last of the shared ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM market_pricemark")
        (upto,) = cursor.fetchone()
        cursor.execute(_TAKE_UP_INSTRUMENTS)
        cursor.execute(_TAKE_UP_MARKET, {"after": after, "upto": upto})
    return max(after, int(upto))


def take_up_gone() -> bool:
    """Remove marks of accounts that are no more; say whether there were any."""
    with connection.cursor() as cursor:
        cursor.execute(_GONE)
        return bool(cursor.rowcount)


def marks_of(account_ids: Sequence[int]) -> list[int]:
    """Return the marks of accounts by row id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM portfolios_valuemark WHERE account_id = ANY(%s::bigint[])", [array_text(account_ids)]
        )
        return [pk for (pk,) in cursor.fetchall()]


def forget_marks(ids: Sequence[int]) -> None:
    """Remove marks that were taken up."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM portfolios_valuemark WHERE id = ANY(%s::bigint[])", [array_text(ids)])


def computed(firsts: Mapping[int, dt.date], last: dt.date) -> Values:
    """Value accounts from the month of their first day to the last: those of one currency as a book, others one by one.

    `firsts` are days on which an account has lived.
    """
    walked = accounts_with_currencies(firsts)
    parts = [_walked(Account.objects.in_bulk(walked), firsts, last)]
    plain = {pk: day for pk, day in firsts.items() if pk not in walked}
    if plain:
        parts.append(_of_book(book_tables(plain, last)))
    return Values(
        accounts=np.concatenate([part.accounts for part in parts]),
        firsts=np.concatenate([part.firsts for part in parts]),
        sizes=np.concatenate([part.sizes for part in parts]),
        series=tuple(np.concatenate(columns) for columns in zip(*(part.series for part in parts), strict=True)),
        held=tuple(each for part in parts for each in part.held),
    )


def _of_book(tables: BookTables) -> Values:
    # imported when asked for: it brings the compiler (1.3 s), which only this job needs
    from apps.portfolios.engine.book_values import book_values

    found = book_values(tables.state, tables.entries, tables.prices)
    fits = found.fits & ~np.isin(tables.accounts, list(tables.too_large))
    sizes = np.diff(found.starts)
    series: tuple[Ints, ...] = (found.holdings, found.cash, found.money_in, found.money_out, found.fees)
    if not fits.all():
        kept = np.repeat(fits, sizes)
        series = tuple(column[kept] for column in series)
    held = tuple(
        HeldSince(
            int(tables.accounts[found.accounts[place]]),
            int(tables.instruments[found.securities[place]]),
            "",
            tables.span.first + dt.timedelta(days=int(found.held_on[place])),
            tables.span.first + dt.timedelta(days=int(found.unpriced_on[place]))
            if found.unpriced_on[place] >= 0
            else None,
        )
        for place in np.flatnonzero(fits[found.accounts] & _is_news(tables, found))
    )
    firsts = tables.state.first_days + _day_number(tables.span.first)
    return Values(tables.accounts[fits], firsts[fits], sizes[fits], series, held)


def _is_news(tables: BookTables, found: BookValues) -> NDArray[np.bool_]:
    """Which positions were held since a day of these, or are without a price on one: the others have their row."""
    n = len(tables.instruments)
    keys, had_then = found.accounts * n + found.securities, tables.state.accounts * n + tables.state.securities
    had = np.isin(keys, had_then, assume_unique=True, kind="sort")
    return (found.held_on >= 0) & (~had | (found.unpriced_on >= 0))


def _walked(accounts: Mapping[int, Account], firsts: Mapping[int, dt.date], last: dt.date) -> Values:
    groups: dict[dt.date, list[Account]] = defaultdict(list)
    for pk, account in accounts.items():
        groups[firsts[pk]].append(account)
    days: dict[int, list[list[int]]] = {}
    held: list[HeldSince] = []
    for first, group in groups.items():
        found = valuations(group, DateSpan(first, last), openings=openings_before(group, first))
        for pk, valued in found.items():
            numbers = _days_of(valued)
            if all(abs(number) < LARGEST for each in numbers for number in each):
                days[pk] = numbers
                held += _held_of(valued)
    table = np.array([each for numbers in days.values() for each in numbers], dtype=np.int64).reshape(-1, len(SERIES))
    return Values(
        np.array(list(days), dtype=np.int64),
        np.array([_day_number(firsts[pk]) for pk in days], dtype=np.int64),
        np.array([len(numbers) for numbers in days.values()], dtype=np.int64),
        tuple(table.T),
        tuple(held),
    )


def _day_number(day: dt.date) -> int:
    return int((np.datetime64(day) - EPOCH).astype(int))


def _days_of(valued: AccountValuation) -> list[list[int]]:
    came: dict[dt.date, Decimal] = defaultdict(Decimal)
    left: dict[dt.date, Decimal] = defaultdict(Decimal)
    fees: dict[dt.date, Decimal] = defaultdict(Decimal)
    for flow in valued.flows:
        (came if flow.amount > 0 else left)[flow.day] += abs(flow.amount)
    for fee in valued.fees:
        fees[fee.day] += fee.amount
    return [
        [
            int(amount.quantize(KEPT_UNIT).scaleb(8))
            for amount in (value.holdings, value.cash, came[value.day], left[value.day], fees[value.day])
        ]
        for value in valued.values
    ]


def _held_of(valued: AccountValuation) -> Iterable[HeldSince]:
    for instrument_id, day in valued.held.items():
        yield HeldSince(valued.account_id, instrument_id, "", day, valued.unpriced_on.get(instrument_id))
    for key, day in valued.unpriced_on.items():
        if isinstance(key, str):
            yield HeldSince(valued.account_id, None, key, day, day)


def replace(starts: Mapping[int, dt.date], values: Values) -> None:
    """Put rows in the place of those from each account's first month on; of an account without any nothing is left."""
    written = set(values.accounts.tolist())
    days = {pk: start if pk in written else dt.date.min for pk, start in starts.items()}
    with connection.cursor() as cursor:
        for statement in _REMOVE:
            cursor.execute(statement, {"accounts": array_text(days), "days": array_text(days.values())})
    write_series(AccountMonth._meta.db_table, {"account_id": "bigint", "first_day": "date"}, SERIES, _months_of(values))
    with connection.cursor() as cursor:
        cursor.execute(
            _HELD,
            {
                "accounts": array_text(each.account_id for each in values.held),
                "instruments": array_text(each.instrument_id for each in values.held),
                "currencies": array_text(each.currency for each in values.held),
                "firsts": array_text(each.first_day for each in values.held),
                "unpriced": array_text(each.unpriced_on for each in values.held),
            },
        )


def _months_of(values: Values) -> SeriesRows:
    """The days of each account month by month."""
    ends = values.firsts + values.sizes
    if not len(ends):
        return SeriesRows((values.accounts, values.firsts), values.firsts, values.sizes, values.series)
    months = np.arange(
        (EPOCH + values.firsts.min()).astype("datetime64[M]"), (EPOCH + ends.max()).astype("datetime64[M]") + 1
    )
    begins = (months.astype("datetime64[D]") - EPOCH).astype(np.int64)
    skipped = np.searchsorted(begins, values.firsts, side="right") - 1  # months before the one of the first day
    counts = np.searchsorted(begins, ends) - skipped
    owners = np.repeat(np.arange(len(counts)), counts)
    month = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts) + skipped[owners]
    firsts = np.maximum(begins[month], values.firsts[owners])
    sizes = np.minimum(np.append(begins, ends.max())[month + 1], ends[owners]) - firsts
    places = (np.cumsum(values.sizes) - values.sizes - values.firsts)[owners] + firsts
    return SeriesRows((values.accounts[owners], firsts), places, sizes, values.series)


def note_spans(account_ids: Collection[int], firsts: Mapping[int, dt.date], values: Values, last: dt.date) -> None:
    """Say which days of the accounts are kept now."""
    written = values.accounts.tolist()
    KeptAccount.objects.filter(account_id__in=set(account_ids).difference(written)).delete()
    told: dict[str, str | dt.date] = {
        "accounts": array_text(written),
        "firsts": array_text(firsts[pk] for pk in written),
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SPANS, told)
