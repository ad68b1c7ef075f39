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

from apps.core.whole_rows import EPOCH, write_rows
from apps.kernel.dates import DateSpan
from apps.portfolios.models import Account, AccountDay, KeptAccount, ValueMark
from apps.portfolios.selectors.book_tables import BookTables, accounts_with_currencies, book_tables
from apps.portfolios.selectors.valuations import KEPT_UNIT, AccountValuation, openings_before, valuations

if TYPE_CHECKING:
    from apps.portfolios.engine.book_values import BookValues

Ints = NDArray[np.int64]
COLUMNS = {
    "account_id": "bigint",
    "day": "date",
    "holdings": "bigint",
    "cash": "bigint",
    "money_in": "bigint",
    "money_out": "bigint",
    "fees": "bigint",
}
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
_DUE = "(SELECT unnest(%(accounts)s::bigint[]) AS account_id, unnest(%(days)s::date[]) AS first_day) AS due"
_OF = "kept.account_id = due.account_id AND kept"
_REMOVE = (
    f"DELETE FROM portfolios_accountday kept USING {_DUE} WHERE {_OF}.day >= due.first_day",  # noqa: S608
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
_SUM_UP = """
INSERT INTO portfolios_firmday (currency, day, value, money_in, money_out, fees)
SELECT currency, day, sum(value), sum(came - least(came, went)), sum(went - least(came, went)), sum(fees)
FROM (
    SELECT account.household_id, account.currency, kept.day, sum(kept.holdings + kept.cash) AS value,
        sum(kept.money_in) AS came, sum(kept.money_out) AS went, sum(kept.fees) AS fees
    FROM portfolios_accountday kept JOIN portfolios_account account ON account.id = kept.account_id
    WHERE kept.day >= %(first)s AND NOT account.is_held_away
    GROUP BY 1, 2, 3
) AS household GROUP BY 1, 2
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
    """Rows to write, in the order of COLUMNS, of the accounts that fit."""

    accounts: frozenset[int]
    columns: tuple[Ints, ...]
    held: tuple[HeldSince, ...]

    @property
    def n_days(self) -> int:
        """How many rows there are."""
        return len(self.columns[0])


NO_VALUES = Values(frozenset(), tuple(np.empty(0, dtype=np.int64) for _ in COLUMNS), ())


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
    return list(ValueMark.objects.filter(account_id__in=account_ids).values_list("pk", flat=True))


def forget_marks(ids: Sequence[int]) -> None:
    """Remove marks that were taken up."""
    ValueMark.objects.filter(pk__in=ids).delete()


def computed(firsts: Mapping[int, dt.date], last: dt.date) -> Values:
    """Value accounts from their first day to the last: those of one currency as a book, others one by one."""
    if not firsts:
        return NO_VALUES
    walked = accounts_with_currencies(firsts)
    parts = [_walked(Account.objects.in_bulk(walked), firsts, last)] if walked else []
    plain = {pk: day for pk, day in firsts.items() if pk not in walked}
    if plain:
        parts.append(_of_book(book_tables(plain, last)))
    return Values(
        frozenset().union(*(part.accounts for part in parts)),
        tuple(np.concatenate(columns) for columns in zip(*(part.columns for part in parts), strict=True)),
        tuple(each for part in parts for each in part.held),
    )


def _of_book(tables: BookTables) -> Values:
    # imported when asked for: it brings the compiler (1.3 s), which only this job needs
    from apps.portfolios.engine.book_values import book_values

    found = book_values(tables.state, tables.entries, tables.prices)
    fits = found.fits & ~np.isin(tables.accounts, list(tables.too_large))
    n_days, first = np.diff(found.starts), tables.state.first_days
    owners = np.repeat(np.arange(len(tables.accounts)), n_days)
    places = np.arange(len(owners)) - found.starts[owners] + first[owners]
    origin = int((np.datetime64(tables.span.first) - EPOCH).astype(int))
    kept = fits[owners]
    values = (found.holdings, found.cash, found.money_in, found.money_out, found.fees)
    columns = (tables.accounts[owners], places + origin, *values)
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
    return Values(frozenset(tables.accounts[fits].tolist()), tuple(column[kept] for column in columns), held)


def _is_news(tables: BookTables, found: BookValues) -> NDArray[np.bool_]:
    """Which positions were held since a day of these, or are without a price on one: the others have their row."""
    n = len(tables.instruments)
    had = np.isin(found.accounts * n + found.securities, tables.state.accounts * n + tables.state.securities)
    return (found.held_on >= 0) & (~had | (found.unpriced_on >= 0))


def _walked(accounts: Mapping[int, Account], firsts: Mapping[int, dt.date], last: dt.date) -> Values:
    groups: dict[dt.date, list[Account]] = defaultdict(list)
    for pk, account in accounts.items():
        groups[firsts[pk]].append(account)
    rows: list[list[int]] = []
    held: list[HeldSince] = []
    kept: set[int] = set()
    for first, group in groups.items():
        found = valuations(group, DateSpan(first, last), openings=openings_before(group, first))
        for pk, valued in found.items():
            days = _days_of(valued)
            if all(abs(number) < LARGEST for day in days for number in day):
                kept.add(pk)
                rows += days
                held += _held_of(valued)
    table = np.array(rows, dtype=np.int64).reshape(-1, len(COLUMNS))
    return Values(frozenset(kept), tuple(table.T), tuple(held))


def _days_of(valued: AccountValuation) -> list[list[int]]:
    came: dict[dt.date, Decimal] = defaultdict(Decimal)
    left: dict[dt.date, Decimal] = defaultdict(Decimal)
    fees: dict[dt.date, Decimal] = defaultdict(Decimal)
    for flow in valued.flows:
        (came if flow.amount > 0 else left)[flow.day] += abs(flow.amount)
    for fee in valued.fees:
        fees[fee.day] += fee.amount
    return [
        [valued.account_id, int((np.datetime64(value.day) - EPOCH).astype(int))]
        + [
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
    """Put rows in the place of those from each account's first day on; of an account without rows nothing is left."""
    days = {pk: start if pk in values.accounts else dt.date.min for pk, start in starts.items()}
    with connection.cursor() as cursor:
        for statement in _REMOVE:
            cursor.execute(statement, {"accounts": list(days), "days": list(days.values())})
    write_rows(AccountDay._meta.db_table, COLUMNS, values.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            _HELD,
            {
                "accounts": [each.account_id for each in values.held],
                "instruments": [each.instrument_id for each in values.held],
                "currencies": [each.currency for each in values.held],
                "firsts": [each.first_day for each in values.held],
                "unpriced": [each.unpriced_on for each in values.held],
            },
        )


def note_spans(account_ids: Collection[int], firsts: Mapping[int, dt.date], values: Values, last: dt.date) -> None:
    """Say which days of the accounts are kept now."""
    KeptAccount.objects.filter(account_id__in=[pk for pk in account_ids if pk not in values.accounts]).delete()
    spans = [KeptAccount(account_id=pk, first_day=firsts[pk], last_day=last) for pk in values.accounts]
    KeptAccount.objects.bulk_create(
        spans, update_conflicts=True, unique_fields=["account"], update_fields=["first_day", "last_day"]
    )


def sum_up(first: dt.date) -> None:
    """Add the managed accounts together again from a day on.

    What left one account of a household and reached another on the same day is no flow, as on the household's sheet.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM portfolios_firmday WHERE day >= %s", [first])
        cursor.execute(_SUM_UP, {"first": first})
