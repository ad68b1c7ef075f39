"""The days of accounts that a night computes: those of one currency as a book, the others by a walk of the ledger."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apps.core.series_rows import Series, array_text, read_rows
from apps.kernel.dates import DateSpan
from apps.portfolios.engine.kept_days import DaySeries, joined
from apps.portfolios.models import Account
from apps.portfolios.selectors.book_tables import BookTables, Openings, book_tables
from apps.portfolios.selectors.valuations import KEPT_UNIT, AccountValuation, openings_before, valuations

if TYPE_CHECKING:
    from apps.portfolios.engine.book_values import BookValues

Ints = NDArray[np.int64]
LARGEST = 9 * 10**18
NEVER = -(10**6)
_EPOCH = dt.date(2000, 1, 1).toordinal()
_NOTHING = np.empty(0, dtype=np.int64)
_CLOSES = """
SELECT account_id, cash, positions FROM portfolios_keptaccount WHERE account_id = ANY(%(accounts)s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Due:
    """An account and from which day on it is computed; `first` is the first day of its ledger, if any.

    `kept` are the days that are kept, if any; of an account that `is_walked` no last close is.
    """

    account_id: int
    start: dt.date
    first: dt.date | None
    kept: DateSpan | None
    is_walked: bool

    @property
    def is_carried(self) -> bool:
        """Whether nothing has touched what is kept: the last close is where it goes on."""
        return self.kept is not None and self.start > self.kept.last

    def begins(self, last: dt.date) -> dt.date | None:
        """Return the first day to compute, if any until the last."""
        day = None if self.first is None else max(self.start, self.first)
        return None if day is None or day > last else day


@dataclass(frozen=True, slots=True)
class HeldSince:
    """Since when accounts held something, and the first close without its value, NEVER if all had one: (n,) each.

    Days are counted from EPOCH. `currencies` are texts, empty where something has an instrument.
    """

    accounts: Ints = field(default_factory=_NOTHING.copy)
    instruments: Ints = field(default_factory=_NOTHING.copy)
    firsts: Ints = field(default_factory=_NOTHING.copy)
    unpriced: Ints = field(default_factory=_NOTHING.copy)

    def of(self, chosen: NDArray[np.bool_]) -> HeldSince:
        """Return those chosen."""
        return HeldSince(self.accounts[chosen], self.instruments[chosen], self.firsts[chosen], self.unpriced[chosen])


@dataclass(frozen=True, slots=True)
class Values:
    """Days of the accounts that fit, end to end: account i from `firsts[i]` (days since EPOCH) on.

    `accounts`, `firsts`, `sizes`, `cash` at the last close (n_accounts,), `days` (n_days,), `positions` at the last
    close: an instrument and its units by turns. `opening` is the cash before the first day, of an account that was
    not walked; `moved` says whether an entry came after it. `owed` are currencies without a rate: account, currency,
    first day.
    """

    accounts: Ints
    firsts: Ints
    sizes: Ints
    days: DaySeries
    cash: Ints
    opening: Ints
    positions: Series
    moved: NDArray[np.bool_]
    is_walked: NDArray[np.bool_]
    held: HeldSince
    owed: tuple[tuple[int, str, dt.date], ...] = ()


def day_number(day: dt.date) -> int:
    """Return a day as the database counts it."""
    return day.toordinal() - _EPOCH


def computed(due: Sequence[Due], last: dt.date) -> Values:
    """Value accounts from their first day that is due to the last."""
    firsts = {each.account_id: day for each in due if (day := each.begins(last)) is not None}
    walked = {each.account_id for each in due if each.account_id in firsts and each.is_carried and each.is_walked}
    plain = [each for each in due if each.account_id in firsts and each.account_id not in walked]
    # most begin on one day: what is corrected far back does not make them read prices from there
    usual = max(Counter(firsts[each.account_id] for each in plain).items(), key=lambda found: found[1], default=None)
    parts = []
    for group in (
        [each for each in plain if usual is not None and firsts[each.account_id] == usual[0]],
        [each for each in plain if usual is not None and firsts[each.account_id] != usual[0]],
    ):
        if group:
            tables = book_tables({each.account_id: firsts[each.account_id] for each in group}, last, _openings(group))
            walked |= tables.foreign
            parts.append(_of_book(tables))
    parts.append(_walked(walked, firsts, last))
    return together(parts)


def together(parts: Sequence[Values]) -> Values:
    """Return the accounts of all parts."""
    parts = [part for part in parts if len(part.accounts)] or parts[:1]
    if len(parts) == 1:
        return parts[0]

    def column(name: str) -> Ints:
        found: Ints = np.concatenate([getattr(part, name) for part in parts])
        return found

    days = parts[0].days
    for part in parts[1:]:
        days = joined(days, part.days)
    return Values(
        accounts=column("accounts"),
        firsts=column("firsts"),
        sizes=column("sizes"),
        days=days,
        cash=column("cash"),
        opening=column("opening"),
        moved=column("moved").astype(bool),
        positions=Series(
            np.concatenate([part.positions.sizes for part in parts]),
            np.concatenate([part.positions.items for part in parts]),
        ),
        is_walked=column("is_walked").astype(bool),
        held=HeldSince(
            *(
                np.concatenate([getattr(part.held, name) for part in parts])
                for name in ("accounts", "instruments", "firsts", "unpriced")
            )
        ),
        owed=tuple(each for part in parts for each in part.owed),
    )


def _openings(due: Sequence[Due]) -> Openings:
    """Where accounts stand before their first day: carried from their last close, else summed where there is a past."""
    summed = tuple(
        each.account_id for each in due if not each.is_carried and each.first is not None and each.first < each.start
    )
    carried = array_text(each.account_id for each in due if each.is_carried)
    (accounts, cash), (positions,) = read_rows(
        _CLOSES, ("account_id", "cash"), {"positions": "<i8"}, {"accounts": carried}
    )
    owners = np.repeat(accounts, positions.sizes // 2)
    return Openings(summed, accounts, cash, owners, positions.items[0::2], positions.items[1::2])


def _of_book(tables: BookTables) -> Values:
    # imported when asked for: it brings the compiler (1.3 s), which only this job needs
    from apps.portfolios.engine.book_values import book_values

    found = book_values(tables.state, tables.entries, tables.prices)
    fits = found.fits & ~np.isin(tables.accounts, list(tables.too_large))
    sizes, first = np.diff(found.starts), day_number(tables.span.first)
    days = DaySeries(found.holdings, found.cash, found.money_in, found.money_out, found.fees)
    place = np.cumsum(fits) - 1
    news, left = (fits[found.accounts] & chosen for chosen in (_is_news(tables, found), found.units != 0))
    return Values(
        accounts=tables.accounts[fits],
        firsts=(tables.state.first_days + first)[fits],
        sizes=sizes[fits],
        days=days if fits.all() else days.at(np.repeat(fits, sizes)),
        cash=found.cash[found.starts[1:] - 1][fits],
        opening=tables.state.cash[fits],
        moved=np.isin(np.flatnonzero(fits), tables.entries.accounts),
        positions=Series(
            2 * np.bincount(place[found.accounts[left]], minlength=int(fits.sum())),
            np.column_stack([tables.instruments[found.securities[left]], found.units[left]]).ravel(),
        ),
        is_walked=np.zeros(int(fits.sum()), dtype=bool),
        held=HeldSince(
            tables.accounts[found.accounts[news]],
            tables.instruments[found.securities[news]],
            found.held_on[news] + first,
            np.where(found.unpriced_on[news] >= 0, found.unpriced_on[news] + first, NEVER),
        ),
    )


def _is_news(tables: BookTables, found: BookValues) -> NDArray[np.bool_]:
    """Which positions were held since a day of these, or are without a price on one: the others have their row."""
    n = len(tables.instruments)
    keys, had_then = found.accounts * n + found.securities, tables.state.accounts * n + tables.state.securities
    had = np.isin(keys, had_then, assume_unique=True, kind="sort")
    return (found.held_on >= 0) & (~had | (found.unpriced_on >= 0))


def _walked(account_ids: Collection[int], firsts: Mapping[int, dt.date], last: dt.date) -> Values:
    groups: dict[dt.date, list[Account]] = defaultdict(list)
    for account in Account.objects.in_bulk(account_ids).values():
        groups[firsts[account.pk]].append(account)
    fit: dict[int, list[list[int]]] = {}
    held: list[tuple[int, int, int, int]] = []
    owed: list[tuple[int, str, dt.date]] = []
    for first, group in groups.items():
        for pk, valued in valuations(group, DateSpan(first, last), openings=openings_before(group, first)).items():
            numbers = _days_of(valued)
            if all(abs(number) < LARGEST for each in numbers for number in each):
                fit[pk] = numbers
                held += _held_of(valued)
                owed += [(pk, key, day) for key, day in valued.unpriced_on.items() if isinstance(key, str)]
    table = np.array([each for numbers in fit.values() for each in numbers], dtype=np.int64).reshape(-1, 5)
    nothing = np.zeros(len(fit), dtype=np.int64)
    return Values(
        accounts=np.array(list(fit), dtype=np.int64),
        firsts=np.array([day_number(firsts[pk]) for pk in fit], dtype=np.int64),
        sizes=np.array([len(numbers) for numbers in fit.values()], dtype=np.int64),
        days=DaySeries(*table.T),
        cash=nothing,
        opening=nothing,
        positions=Series(nothing, _NOTHING),
        moved=np.zeros(len(fit), dtype=bool),
        is_walked=np.ones(len(fit), dtype=bool),
        held=HeldSince(*np.array(held, dtype=np.int64).reshape(-1, 4).T),
        owed=tuple(owed),
    )


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


def _held_of(valued: AccountValuation) -> Iterable[tuple[int, int, int, int]]:
    for instrument_id, day in valued.held.items():
        unpriced = valued.unpriced_on.get(instrument_id)
        told = NEVER if unpriced is None else day_number(unpriced)
        yield valued.account_id, instrument_id, day_number(day), told
