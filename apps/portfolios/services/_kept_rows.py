"""Rows of kept values, replaced from each account's first day that is due: removed and added by COPY."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from apps.core.series_rows import Series, array_text, ranges, read_rows, write_rows
from apps.core.whole_rows import EPOCH
from apps.portfolios.engine.kept_days import DaySeries, joined, packed, quarter_of, unpacked
from apps.portfolios.models import AccountQuarter, KeptAccount, KeptHolding
from apps.portfolios.services._kept_days import NEVER, Due, HeldSince, Values, day_number

Ints = NDArray[np.int64]
_DUE = """(SELECT unnest(%(accounts)s::bigint[]) AS account_id, unnest(%(days)s::date[]) AS first_day) AS due"""
_OF = "kept.account_id = due.account_id AND kept"
_HEADS = f"""
SELECT kept.account_id, (kept.first_day - DATE '2000-01-01')::bigint AS day, kept.holdings, kept.changes
FROM {_DUE} JOIN portfolios_accountquarter kept ON {_OF}.first_day = due.first_day
"""  # noqa: S608 - text of our own
_REMOVE_DAYS = f"DELETE FROM portfolios_accountquarter kept USING {_DUE} WHERE {_OF}.first_day >= due.first_day"  # noqa: S608
_REMOVE_HELD = (
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
_GO_ON = """
UPDATE portfolios_accountquarter kept
SET holdings = kept.holdings || told.holdings, changes = kept.changes || told.changes
FROM (SELECT unnest(%(accounts)s::bigint[]) AS account_id, unnest(%(days)s::date[]) AS first_day,
    unnest(%(holdings)s::bytea[]) AS holdings, unnest(%(changes)s::bytea[]) AS changes) AS told
WHERE kept.account_id = told.account_id AND kept.first_day = told.first_day
"""
_SAME_CLOSE = "UPDATE portfolios_keptaccount SET last_day = %(last)s WHERE account_id = ANY(%(accounts)s::bigint[])"
_REMOVE_CLOSES = "DELETE FROM portfolios_keptaccount WHERE account_id = ANY(%(accounts)s::bigint[])"
_quarter_of = cache(quarter_of)


def replace(due: Sequence[Due], values: Values, last: dt.date) -> None:
    """Put values in the place of what is kept from the first day of each account that is due.

    What nothing touched goes on in its row; of an account that has no values nothing stays.
    """
    written = dict(zip(values.accounts.tolist(), values.is_walked.tolist(), strict=True))
    going_on = {pk: each for each in due if (pk := each.account_id) in written and each.is_carried and not written[pk]}
    others = [each for each in due if each.account_id not in going_on]
    goes_on = np.isin(values.accounts, list(going_on))
    whole = _with_heads(_spans(values, ~goes_on), others, written)  # before their rows go
    _remove(others, written)
    _go_on(_spans(values, goes_on), going_on, values.opening[goes_on])
    _write_days(whole)
    _write_held(values, np.array([each.account_id for each in due if each.kept is None], dtype=np.int64))
    _write_closes(due, values, last, goes_on & ~values.moved)


@dataclass(frozen=True, slots=True)
class _Spans:
    """Days of accounts end to end: account i (`accounts`, `firsts`, `sizes`: (n_accounts,)) from its first on."""

    accounts: Ints
    firsts: Ints
    sizes: Ints
    days: DaySeries

    def joined(self, other: _Spans) -> _Spans:
        """Return the spans of both, where an account's follow each other as one."""
        accounts, firsts, sizes = (
            np.concatenate(pair)
            for pair in ((self.accounts, other.accounts), (self.firsts, other.firsts), (self.sizes, other.sizes))
        )
        order = np.lexsort((firsts, accounts))
        days = joined(self.days, other.days).at(ranges((np.cumsum(sizes) - sizes)[order], sizes[order]))
        found, begins = np.unique(accounts[order], return_index=True)
        return _Spans(found, firsts[order][begins], np.add.reduceat(sizes[order], begins), days)


def _spans(values: Values, chosen: NDArray[np.bool_]) -> _Spans:
    days = values.days if chosen.all() else values.days.at(np.repeat(chosen, values.sizes))
    return _Spans(values.accounts[chosen], values.firsts[chosen], values.sizes[chosen], days)


def _with_heads(spans: _Spans, due: Iterable[Due], written: Collection[int]) -> _Spans:
    """The days, and before them what is kept of the same quarters."""
    rows = {each.account_id: (_row_of(each), each.start) for each in due if each.kept is not None}
    rows = {pk: (row, start) for pk, (row, start) in rows.items() if row < start and pk in written}
    if not rows:
        return spans
    told = {"accounts": array_text(rows), "days": array_text(row for row, _ in rows.values())}
    (accounts, firsts), (holdings, changes) = read_rows(
        _HEADS, ("account_id", "day"), {"holdings": "<i8", "changes": "<i8"}, told
    )
    starts = np.array([day_number(rows[pk][1]) for pk in accounts.tolist()], dtype=np.int64)
    sizes = np.minimum(holdings.sizes, starts - firsts)
    days = unpacked(holdings.items, holdings.sizes, changes.sizes, changes.items)
    return _Spans(accounts, firsts, sizes, days.at(ranges(holdings.starts[:-1], sizes))).joined(spans)


def _row_of(due: Due) -> dt.date:
    """The first day of the row in which the first day that is due has its place."""
    quarter = _quarter_of(due.start)
    return quarter if due.kept is None else max(quarter, due.kept.first)


def _remove(due: Sequence[Due], written: Collection[int]) -> None:
    gone = {each.account_id for each in due if each.account_id not in written}
    days = {each.account_id: dt.date.min if each.account_id in gone else _row_of(each) for each in due if each.kept}
    changed = {each.account_id: each.start for each in due if each.kept and not each.is_carried}
    changed |= dict.fromkeys(gone, dt.date.min)
    with connection.cursor() as cursor:
        cursor.execute(_REMOVE_DAYS, {"accounts": array_text(days), "days": array_text(days.values())})
        for statement in _REMOVE_HELD if changed else ():
            cursor.execute(statement, {"accounts": array_text(changed), "days": array_text(changed.values())})


def _quarters(spans: _Spans) -> tuple[Ints, Ints, Ints]:
    """The days of each account quarter by quarter: whose place, which first day, how many (n_rows,)."""
    ends = spans.firsts + spans.sizes
    first, last = ((EPOCH + day).astype("datetime64[M]") for day in (spans.firsts.min(), ends.max()))
    begins = (np.arange(first - first.astype(int) % 3, last + 4, 3).astype("datetime64[D]") - EPOCH).astype(np.int64)
    skipped = np.searchsorted(begins, spans.firsts, side="right") - 1  # quarters before the one of the first day
    counts = np.searchsorted(begins, ends) - skipped
    owners = np.repeat(np.arange(len(counts)), counts)
    quarter = ranges(skipped, counts)
    firsts = np.maximum(begins[quarter], spans.firsts[owners])
    return owners, firsts, np.minimum(begins[quarter + 1], ends[owners]) - firsts


def _write_days(spans: _Spans) -> None:
    """Add the days of each account as rows of their own."""
    if len(spans.accounts):
        nothing = np.zeros_like(spans.accounts)
        _add_rows(_rows_of(spans, nothing, nothing))


def _go_on(spans: _Spans, due: Mapping[int, Due], cash: Ints) -> None:
    """Add the days of each account to the row of their quarter where there is one; `cash` is that before them."""
    if not len(spans.accounts):
        return
    row = np.array([day_number(_row_of(due[pk])) for pk in spans.accounts.tolist()], dtype=np.int64)
    rows = _rows_of(spans, spans.firsts - row, cash)
    _add_rows(rows.at(np.flatnonzero(~rows.goes_on)))
    rows = rows.at(np.flatnonzero(rows.goes_on))
    if len(rows.accounts):
        first_of = dict(zip(spans.accounts.tolist(), (EPOCH + row).tolist(), strict=True))
        accounts = rows.accounts.tolist()
        told = {"accounts": array_text(accounts), "days": array_text(first_of[pk] for pk in accounts)}
        with connection.cursor() as cursor:
            cursor.execute(_GO_ON, {**told, "holdings": rows.holdings.text(), "changes": rows.changes.text()})


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of quarters: `accounts`, `firsts`, whether each `goes_on` (n_rows,), and what is told of their days."""

    accounts: Ints
    firsts: Ints
    goes_on: NDArray[np.bool_]
    holdings: Series
    changes: Series

    def at(self, places: Ints) -> _Rows:
        """Return the rows at these places."""
        return _Rows(
            self.accounts[places],
            self.firsts[places],
            self.goes_on[places],
            self.holdings.at(places),
            self.changes.at(places),
        )


def _rows_of(spans: _Spans, had: Ints, cash: Ints) -> _Rows:
    """The days of each account by quarters: its first row goes on after the days it `had`, `cash` at the last."""
    owners, firsts, sizes = _quarters(spans)
    goes_on = (np.diff(owners, prepend=-1) != 0) & (had[owners] > 0)
    changes = packed(spans.days, sizes, np.where(goes_on, had[owners], 0), np.where(goes_on, cash[owners], 0))
    return _Rows(spans.accounts[owners], firsts, goes_on, Series(sizes, spans.days.holdings), Series(*changes))


def _add_rows(rows: _Rows) -> None:
    keys = {"account_id": ("bigint", rows.accounts), "first_day": ("date", rows.firsts)}
    write_rows(AccountQuarter._meta.db_table, keys, {"holdings": rows.holdings, "changes": rows.changes})


def _write_held(values: Values, fresh: Ints) -> None:
    """Add what was held since a day: accounts that were not kept have none, others may have theirs."""
    of_fresh = np.isin(values.held.accounts, fresh)
    for has_price in (True, False):
        held = values.held.of(of_fresh & ((values.held.unpriced == NEVER) == has_price))
        keys: dict[str, tuple[str, Ints]] = {
            "account_id": ("bigint", held.accounts),
            "instrument_id": ("bigint", held.instruments),
            "currency": ("empty", held.accounts),
            "first_day": ("date", held.firsts),
        }
        if not has_price:
            keys["unpriced_on"] = ("date", held.unpriced)
        write_rows(KeptHolding._meta.db_table, keys)
    told = list(_told(values.held.of(~of_fresh)))
    told += [(account_id, None, currency, day, day) for account_id, currency, day in values.owed]
    if told:
        names = ("accounts", "instruments", "currencies", "firsts", "unpriced")
        with connection.cursor() as cursor:
            cursor.execute(_HELD, dict(zip(names, map(array_text, zip(*told, strict=True)), strict=True)))


def _told(held: HeldSince) -> Iterator[tuple[int, int | None, str, object, object]]:
    firsts, unpriced = ((EPOCH + days).tolist() for days in (held.firsts, held.unpriced))
    for place, (account_id, instrument_id) in enumerate(
        zip(held.accounts.tolist(), held.instruments.tolist(), strict=True)
    ):
        missing = None if held.unpriced[place] == NEVER else unpriced[place]
        yield account_id, instrument_id, "", firsts[place], missing


def _write_closes(due: Sequence[Due], values: Values, last: dt.date, is_same: NDArray[np.bool_]) -> None:
    """Say which days of the accounts are kept now, and where each stands at the last close, if that is not the same."""
    firsts = {each.account_id: day_number(each.first) for each in due if each.first is not None}
    same = set(values.accounts[is_same].tolist())
    with connection.cursor() as cursor:
        cursor.execute(_SAME_CLOSE, {"accounts": array_text(same), "last": last})
        cursor.execute(
            _REMOVE_CLOSES, {"accounts": array_text(each.account_id for each in due if each.account_id not in same)}
        )
    others = np.flatnonzero(~is_same)
    accounts = values.accounts[others]
    write_rows(
        KeptAccount._meta.db_table,
        {
            "account_id": ("bigint", accounts),
            "first_day": ("date", np.array([firsts[pk] for pk in accounts.tolist()], dtype=np.int64)),
            "last_day": ("date", np.full(len(accounts), day_number(last))),
            "is_walked": ("boolean", values.is_walked[others].astype(np.int64)),
            "cash": ("bigint", values.cash[others]),
        },
        {"positions": values.positions.at(others)},
    )
