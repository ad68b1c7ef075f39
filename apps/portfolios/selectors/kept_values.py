"""Daily values from the rows that are kept by night, where nothing they rest on has changed; the rest from the ledger.

A row and a walk of the ledger give the same value: both round once, per account and day. `known_at` is never answered
from rows, which know the present state alone.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

import numpy as np
from django.db import connection

from apps.kernel.dates import DateSpan
from apps.portfolios.engine.kept_days import quarter_of, unpacked
from apps.portfolios.models import Account, AccountQuarter, Instrument, KeptHolding, Transaction, TransactionKind
from apps.portfolios.policies import EXTERNAL
from apps.portfolios.selectors.prices import PriceBook, notice_of
from apps.portfolios.selectors.valuations import (
    NOTHING,
    AccountValuation,
    DailyValue,
    fees_of,
    flows_of,
    openings_before,
    valuations,
)

ONE_DAY = dt.timedelta(days=1)
# the earliest mark that reaches each account: its own, of an instrument it ever moved, of the shared prices since the
# last night
_CLEAN = """
SELECT kept.account_id, kept.first_day, kept.last_day, least(
    (SELECT min(mark.first_day) FROM portfolios_valuemark mark WHERE mark.account_id = kept.account_id),
    (SELECT min(mark.first_day) FROM portfolios_valuemark mark WHERE mark.instrument_id IN (
        SELECT entry.instrument_id FROM portfolios_transaction entry WHERE entry.account_id = kept.account_id)),
    (SELECT min(mark.first_day) FROM market_pricemark mark
        WHERE mark.id > (SELECT coalesce(max(last_mark), 0) FROM portfolios_keptstate)
        AND (mark.security_id IS NULL OR mark.security_id IN (
            SELECT held.master_id FROM portfolios_transaction entry
            JOIN portfolios_instrument held ON held.id = entry.instrument_id
            WHERE entry.account_id = kept.account_id)))
) FROM portfolios_keptaccount kept WHERE kept.account_id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class CleanDays:
    """The days of an account whose rows count."""

    first: dt.date
    last: dt.date


def clean_days(accounts: Sequence[Account]) -> dict[int, CleanDays]:
    """Return which kept days of each account nothing has reached since; accounts without any are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_CLEAN, [[account.pk for account in accounts]])
        rows = cursor.fetchall()
    found = {}
    for pk, first, last, marked in rows:
        until = last if marked is None else min(last, marked - ONE_DAY if marked > dt.date.min else dt.date.min)
        if until >= first:
            found[pk] = CleanDays(first, until)
    return found


def daily_values(accounts: Sequence[Account], span: DateSpan) -> dict[int, AccountValuation]:
    """Return what `valuations` returns, read from kept rows as far as they count.

    Accounts whose rows count to the same day are taken together: a fixed number of queries for each such day. Of a span
    that begins within an account's life only its own rows are read; notices then may name what was held before it.
    """
    clean = clean_days(accounts)
    groups: dict[dt.date | None, list[Account]] = defaultdict(list)
    for account in accounts:
        days = clean.get(account.pk)
        usable = days is not None and days.last >= span.first
        groups[min(days.last, span.last) if usable and days else None].append(account)
    found: dict[int, AccountValuation] = {}
    for until, group in groups.items():
        found |= valuations(group, span) if until is None else _from_rows(group, span, until, clean)
    return found


def _from_rows(
    accounts: Sequence[Account], span: DateSpan, until: dt.date, clean: Mapping[int, CleanDays]
) -> dict[int, AccountValuation]:
    rows = _rows(accounts, DateSpan(span.first, until))
    whole = [a for a in accounts if len(rows[a.pk]) == max((until - max(clean[a.pk].first, span.first)).days + 1, 0)]
    kept = _Kept(whole, span, until)
    # rows that a night is just replacing are read from the ledger
    others = [account for account in accounts if account not in whole]
    found = valuations(others, span) if others else {}
    tails: dict[int, AccountValuation] = {}
    if until < span.last:
        after = until + ONE_DAY
        tails = valuations(whole, DateSpan(after, span.last), openings=openings_before(whole, after))
    for account in whole:
        quiet = [
            DailyValue(day, NOTHING, NOTHING)
            for day in _days(span.first, min(clean[account.pk].first, until + ONE_DAY))
        ]
        found[account.pk] = kept.joined(account, [*quiet, *rows[account.pk]], tails.get(account.pk))
    return found


def _days(first: dt.date, end: dt.date) -> list[dt.date]:
    return [first + n * ONE_DAY for n in range((end - first).days)]


def _rows(accounts: Sequence[Account], span: DateSpan) -> dict[int, list[DailyValue]]:
    rows = AccountQuarter.objects.filter(
        account_id__in=[a.pk for a in accounts], first_day__range=(quarter_of(span.first), span.last)
    )
    told = list(rows.order_by("account_id", "first_day"))
    sizes = np.array([len(row.holdings) // 8 for row in told], dtype=np.int64)
    counts = np.array([len(row.changes) // 8 for row in told], dtype=np.int64)
    holdings = np.frombuffer(b"".join(row.holdings for row in told), dtype="<i8")
    changes = np.frombuffer(b"".join(row.changes for row in told), dtype="<i8")
    days = unpacked(holdings, sizes, counts, changes)
    numbers = zip(days.holdings.tolist(), days.cash.tolist(), strict=True)
    found: dict[int, list[DailyValue]] = defaultdict(list)
    for row, size in zip(told, sizes.tolist(), strict=True):
        for place, (held, cash) in enumerate(islice(numbers, size)):
            day = row.first_day + place * ONE_DAY
            if span.first <= day <= span.last:
                found[row.account_id].append(DailyValue(day, Decimal(held).scaleb(-8), Decimal(cash).scaleb(-8)))
    return found


class _Kept:
    """What belongs to kept rows besides the values: flows and fees entry by entry, what was held and not priced."""

    def __init__(self, accounts: Sequence[Account], span: DateSpan, until: dt.date) -> None:
        self.span, self.until = span, until
        pks = [account.pk for account in accounts]
        entries = Transaction.objects.standing().filter(
            account_id__in=pks,
            kind__in=[*EXTERNAL, TransactionKind.ADVISORY_FEE],
            trade_date__range=(span.first, span.last),
        )
        self.entries: dict[int, list[Transaction]] = defaultdict(list)
        instruments: dict[int, Instrument] = {}
        for entry in entries.select_related("instrument__master").order_by("trade_date", "id"):
            self.entries[entry.account_id].append(entry)
            if entry.instrument is not None:
                instruments[entry.instrument.pk] = entry.instrument
        moved = {entry.currency for per in self.entries.values() for entry in per}
        self.books = {c: PriceBook(instruments.values(), c, span, moved) for c in {a.currency for a in accounts}}
        self.held: dict[int, list[KeptHolding]] = defaultdict(list)
        for row in KeptHolding.objects.filter(account_id__in=pks, first_day__lte=until).select_related(
            "instrument__master"
        ):
            self.held[row.account_id].append(row)

    def joined(self, account: Account, values: Sequence[DailyValue], tail: AccountValuation | None) -> AccountValuation:
        """Put rows and the walk after them together."""
        book, entries = self.books[account.currency], self.entries[account.pk]
        rows = self.held[account.pk]
        names = {
            str(row.instrument or row.currency)
            for row in rows
            if row.unpriced_on is not None and row.unpriced_on <= self.until
        }
        masters = [row.instrument.master for row in rows if row.instrument is not None and row.instrument.master]
        found = AccountValuation(
            account_id=account.pk,
            currency=account.currency,
            span=self.span,
            values=tuple(values),
            flows=flows_of(entries, book),
            fees=fees_of(entries, book),
            unpriced=tuple(sorted(names)),
            simulation=notice_of(masters, self.span.last),
        )
        if tail is None:
            return found
        late = [each for each in (found.simulation, tail.simulation) if each is not None]
        symbols = {symbol for notice in late for symbol in notice.symbols}
        return replace(
            found,
            values=(*values, *tail.values),
            unpriced=tuple(sorted(names | set(tail.unpriced))),
            simulation=replace(
                late[0], simulated_from=min(each.simulated_from for each in late), symbols=tuple(sorted(symbols))
            )
            if late
            else None,
        )
