"""What the accounts of a book are worth day by day, from their entries and a table of prices: units times prices.

Whole numbers throughout: units, cash, prices and values in hundred-millionths (`SCALE`), so that a value is the same
however it is computed. A value is exact until it is rounded once per account and day, half to even, as the walk of one
account does it (`selectors/valuations`). One currency: what needs a rate is not for this kernel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.books import NO_PRICE, SCALE, BookEntries, BookState
from apps.portfolios.engine.compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# an account whose holdings could come to more is left out: 64 bits hold 9.2 × 10^18
LARGEST = 9e18
# so many positions are added up in one pass over the days: their sums are read and written once for all
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class BookValues:
    """Days of all accounts end to end: account i has `starts[i]:starts[i + 1]`, from its first day to the last.

    `fits` (n_accounts,) is False where the numbers would not fit: nothing is said of that account. For each position
    (`accounts`, `securities`) the place of the first day with units and of the first without a price, −1 for never, and
    the `units` at the last close.
    """

    starts: Ints
    holdings: Ints
    cash: Ints
    money_in: Ints
    money_out: Ints
    fees: Ints
    fits: NDArray[np.bool_]
    accounts: Ints
    securities: Ints
    held_on: Ints
    unpriced_on: Ints
    units: Ints


def book_values(state: BookState, entries: BookEntries, prices: Ints) -> BookValues:
    """Value the book on every day of the table: `prices` (n_securities, n_days), NO_PRICE where none is known yet.

    What is known once stays known: a price is carried until the next one.

    Raises InvalidInputError for an entry outside of its account's days.
    """
    n_accounts, n_days = len(state.first_days), prices.shape[1]
    if len(entries.days) and (
        (entries.days < state.first_days[entries.accounts]).any() or entries.days.max() >= n_days
    ):
        raise InvalidInputError(gettext_noop("The period lies outside of what is recorded."), field="first_day")
    starts = np.concatenate([[0], np.cumsum(n_days - state.first_days)]).astype(np.int64)
    places = starts[entries.accounts] + entries.days - state.first_days[entries.accounts]
    accounts, securities, held = _positions(state, entries, len(prices))
    holdings, cash = np.zeros(starts[-1], dtype=np.int64), np.zeros(starts[-1], dtype=np.int64)
    held_on, unpriced_on = np.full(len(accounts), -1), np.full(len(accounts), -1)
    size = np.zeros(n_accounts)
    known = np.where(prices == NO_PRICE, 0, prices)
    # days without a price come first
    unknown = (prices == NO_PRICE).sum(axis=1)
    where = (accounts, securities, state.first_days, starts)
    _value_positions(where, held, (known, unknown), holdings, (held_on, unpriced_on))
    most = _largest(held)
    np.add.at(size, accounts, np.maximum(most, most / SCALE * known.max(axis=1, initial=0)[securities]))
    _post(cash, places, entries.cash)
    _carry(starts, state.cash, cash)
    money_in, money_out = _flows(entries, places, prices, starts[-1])
    fees = np.zeros(starts[-1], dtype=np.int64)
    _post(fees, places[entries.is_fee], -entries.cash[entries.is_fee])
    return BookValues(
        starts=starts,
        holdings=holdings,
        cash=cash,
        money_in=money_in,
        money_out=money_out,
        fees=fees,
        fits=size < LARGEST,
        accounts=accounts,
        securities=securities,
        held_on=held_on,
        unpriced_on=unpriced_on,
        units=_closing(held),
    )


def worth(units: Ints, prices: Ints) -> Ints:
    """Return units times prices, rounded half to even to a hundred-millionth; without a price nothing."""
    known = np.where(prices == NO_PRICE, 0, prices)
    whole, part = units // SCALE, units % SCALE
    spare = part * (known % SCALE)
    exact = whole * known + part * (known // SCALE) + spare // SCALE
    total: Ints = exact + _rounded(exact, spare % SCALE)
    return total


def _rounded(whole: Ints, spare: Ints) -> Ints:
    """What hundred-millionths of a hundred-millionth add when they are rounded half to even."""
    added, rest = spare // SCALE, spare % SCALE
    odd = (whole + added) & 1
    total: Ints = added + ((rest > SCALE // 2) | ((rest == SCALE // 2) & (odd == 1)))
    return total


_Held = tuple[Ints, Ints, Ints, Ints]


def _positions(state: BookState, entries: BookEntries, n_securities: int) -> tuple[Ints, Ints, _Held]:
    """All positions with their units at the start, and their entries end to end in the order of days."""
    of_units = (entries.securities >= 0) & (entries.units != 0)
    moved = entries.accounts[of_units] * n_securities + entries.securities[of_units]
    had = state.accounts * n_securities + state.securities
    keys, places = np.unique(np.concatenate([had, moved]), return_inverse=True)
    units = np.zeros(len(keys), dtype=np.int64)
    _post(units, places[: len(had)], state.units)
    positions, days = places[len(had) :], entries.days[of_units]
    order = np.lexsort((days, positions))
    starts = np.searchsorted(positions[order], np.arange(len(keys) + 1)).astype(np.int64)
    held = units, starts, days[order], entries.units[of_units][order]
    return keys // max(n_securities, 1), keys % max(n_securities, 1), held


def _flows(entries: BookEntries, places: Ints, prices: Ints, n: int) -> tuple[Ints, Ints]:
    """What came in and what left on each day, securities at the price of the day."""
    chosen = entries.is_flow
    securities, days = entries.securities[chosen], entries.days[chosen]
    found = prices[securities, days] if len(prices) else np.full(len(days), NO_PRICE)
    amounts = entries.cash[chosen] + worth(entries.units[chosen], np.where(securities >= 0, found, NO_PRICE))
    came, left = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    _post(came, places[chosen], np.maximum(amounts, 0))
    _post(left, places[chosen], np.maximum(-amounts, 0))
    return came, left


def _largest(held: _Held) -> NDArray[np.float64]:
    """The most units that each position ever had."""
    opening, starts, _days, units = held
    owners = np.repeat(np.arange(len(opening)), np.diff(starts))
    total = np.concatenate([[0.0], np.cumsum(units.astype(np.float64))])
    most: NDArray[np.float64] = np.abs(opening.astype(np.float64))
    np.maximum.at(most, owners, np.abs(opening[owners] + total[1:] - total[starts[owners]]))
    return most


def _closing(held: _Held) -> Ints:
    """The units of each position after its last entry."""
    opening, starts, _days, units = held
    total = np.concatenate([[0], np.cumsum(units)])
    closing: Ints = opening + total[starts[1:]] - total[starts[:-1]]
    return closing


@compiled
def _post(balances: Ints, places: Ints, amounts: Ints) -> None:
    """Add each amount where it belongs."""
    for entry in range(places.size):
        balances[places[entry]] += amounts[entry]


@compiled
def _carry(starts: Ints, opening: Ints, cash: Ints) -> None:
    """Turn what each day brought into what there is at its close."""
    for account in range(opening.size):
        balance = opening[account]
        for at in range(starts[account], starts[account + 1]):
            balance += cash[at]
            cash[at] = balance


@compiled
def _value_positions(
    where: tuple[Ints, Ints, Ints, Ints],
    held: _Held,
    table: tuple[Ints, Ints],
    holdings: Ints,
    seen: tuple[Ints, Ints],
) -> None:
    """Sum units times prices over the positions of each account, which follow each other; round once a day."""
    accounts, securities, first_days, starts = where
    prices, unknown = table
    n_days = prices.shape[1]
    low, near = np.zeros(n_days, np.int64), np.zeros(n_days)
    place = 0
    while place < accounts.size:
        account = accounts[place]
        end = place
        while end < accounts.size and accounts[end] == account:
            end += 1
        while place < end:
            own = slice(place, min(place + AT_ONCE, end))
            _value_some(place, first_days[account], held, (prices, securities[own]), (low, near))
            place = own.stop
        days = slice(first_days[account], n_days)
        _round_products(low[days], near[days], holdings[starts[account] : starts[account + 1]])
    for place in range(accounts.size):
        _see(place, first_days[accounts[place]], held, unknown[securities[place]], n_days, seen)


@compiled
def _value_some(first_place: int, first: int, held: _Held, table: tuple[Ints, Ints], sums: tuple[Ints, Floats]) -> None:
    """Add units times prices of up to AT_ONCE positions to the sums of each day, from one entry of any to the next.

    Of a sum its last 64 bits, which wrap around, and a float near it.
    """
    opening, entry_starts, entry_days, entry_units = held
    prices, securities = table
    low, near = sums
    units, entry, rows = np.zeros(AT_ONCE, np.int64), np.zeros(AT_ONCE, np.int64), np.zeros(AT_ONCE, np.int64)
    for own in range(securities.size):
        units[own], entry[own] = opening[first_place + own], entry_starts[first_place + own]
    for own in range(AT_ONCE):
        rows[own] = securities[own] if own < securities.size else securities[0]
    day, n_days = first, prices.shape[1]
    while day < n_days:
        until = n_days
        for own in range(securities.size):
            end = entry_starts[first_place + own + 1]
            while entry[own] < end and entry_days[entry[own]] <= day:
                units[own] += entry_units[entry[own]]
                entry[own] += 1
            if entry[own] < end:
                until = min(until, entry_days[entry[own]])
        if units.any():
            days = slice(day, until)
            of_days = (prices[rows[0], days], prices[rows[1], days], prices[rows[2], days], prices[rows[3], days])
            _add_products(units, of_days, low[days], near[days])
        day = until


@compiled
def _add_products(units: Ints, prices: tuple[Ints, Ints, Ints, Ints], low: Ints, near: Floats) -> None:
    first, second, third, fourth = prices
    a, b, c, d = units[0], units[1], units[2], units[3]
    near_a, near_b, near_c, near_d = float(a), float(b), float(c), float(d)
    for day in range(low.size):
        low[day] += (a * first[day] + b * second[day]) + (c * third[day] + d * fourth[day])
        near[day] += (near_a * float(first[day]) + near_b * float(second[day])) + (
            near_c * float(third[day]) + near_d * float(fourth[day])
        )


@compiled
def _round_products(low: Ints, near: Floats, values: Ints) -> None:
    """Put the sums divided by SCALE, rounded half to even, into `values`, and begin the sums anew.

    The float is right to a 10^-15th: its quotient is close enough that what it leaves of the sum fits in 64 bits, and
    so can be told from the last 64 bits of both.
    """
    for day in range(low.size):
        guess = np.int64(near[day] / SCALE)
        rest = low[day] - guess * SCALE
        more = rest // SCALE
        rest -= more * SCALE
        whole = guess + more
        values[day] = whole + (2 * rest > SCALE or (2 * rest == SCALE and whole & 1 == 1))
        low[day], near[day] = 0, 0.0


@compiled
def _see(place: int, first: int, held: _Held, unknown: int, n_days: int, seen: tuple[Ints, Ints]) -> None:
    """Find the first day with units, and the first of those before the first price."""
    opening, entry_starts, entry_days, entry_units = held
    held_on, unpriced_on = seen
    units, entry, day = opening[place], entry_starts[place], first
    while day < n_days:
        while entry < entry_starts[place + 1] and entry_days[entry] <= day:
            units += entry_units[entry]
            entry += 1
        if units != 0:
            if held_on[place] < 0:
                held_on[place] = day
            if unpriced_on[place] < 0 and day < unknown:
                unpriced_on[place] = day
            if day >= unknown:
                return
        day = entry_days[entry] if entry < entry_starts[place + 1] else n_days
