from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.book_values import book_values, worth
from apps.portfolios.engine.books import NO_PRICE, SCALE, BookEntries, BookState

ONE_HUNDRED_MILLIONTH = Decimal(1).scaleb(-8)
N_DAYS, N_SECURITIES, N_ACCOUNTS = 6, 6, 2
UNITS = st.one_of(st.integers(-500, 500).map(lambda n: n * SCALE), st.integers(-(10**13), 10**13))
ENTRY = st.tuples(
    st.integers(0, N_ACCOUNTS - 1), st.integers(-1, N_SECURITIES - 1), st.integers(2, N_DAYS - 1), UNITS,
    st.integers(-(10**12), 10**12), st.sampled_from([(False, False), (True, False), (False, True)]),
)  # fmt: skip
PRICES = st.lists(
    st.one_of(st.just(NO_PRICE), st.integers(1, 10**13)), min_size=N_DAYS * N_SECURITIES, max_size=N_DAYS * N_SECURITIES
)


def ints(values):
    return np.array(list(values), dtype=np.int64)


def entries_of(rows):
    accounts, securities, days, units, cash, marks = zip(*rows, strict=True) if rows else ((),) * 6
    units = [u if s >= 0 else 0 for u, s in zip(units, securities, strict=True)]
    flows, fees = ([mark[side] for mark in marks] for side in (0, 1))
    return BookEntries(
        ints(accounts),
        ints(securities),
        ints(days),
        ints(units),
        ints(cash),
        np.array(flows, bool),
        np.array(fees, bool),
    )


def rounded(exact):
    """Half to even to a hundred-millionth, as the walk's decimals."""
    return round(exact)


@given(
    st.lists(ENTRY, max_size=20),
    PRICES,
    st.lists(UNITS, min_size=2, max_size=2),
    st.lists(UNITS, min_size=2, max_size=2),
)
def test_values_are_units_times_prices_to_the_last_digit(rows, prices, held, cash):
    table = ints(prices).reshape(N_SECURITIES, N_DAYS)
    first = ints([0, 2])
    state = BookState(first, ints([0, 1]), ints([0, 1]), ints(held), ints(cash))
    entries = entries_of(rows)
    found = book_values(state, entries, table)
    for account in range(N_ACCOUNTS):
        assert found.fits[account]
        for day in range(first[account], N_DAYS):
            at = found.starts[account] + day - first[account]
            units = {account: held[account]}
            money = cash[account]
            for i in range(len(rows)):
                if entries.accounts[i] == account and entries.days[i] <= day:
                    security = int(entries.securities[i])
                    units[security] = units.get(security, 0) + int(entries.units[i])
                    money += int(entries.cash[i])
            exact = sum(
                Fraction(amount * int(table[security, day]), SCALE)
                for security, amount in units.items()
                if security >= 0 and table[security, day] != NO_PRICE
            )
            assert found.holdings[at] == rounded(exact)
            assert found.cash[at] == money
            moved = [
                int(entries.cash[i]) + int(worth(entries.units[i : i + 1], table[entries.securities[i], day][None])[0])
                for i in range(len(rows))
                if entries.is_flow[i] and entries.accounts[i] == account and entries.days[i] == day
            ]
            assert found.money_in[at] == sum(amount for amount in moved if amount > 0)
            assert found.money_out[at] == -sum(amount for amount in moved if amount < 0)


@given(UNITS, st.integers(1, 10**13))
def test_worth_is_the_decimal_product_rounded_once(units, price):
    exact = (Decimal(units).scaleb(-8) * Decimal(price).scaleb(-8)).quantize(ONE_HUNDRED_MILLIONTH)
    assert worth(ints([units]), ints([price]))[0] == int(exact.scaleb(8))


def test_the_first_day_held_and_the_first_without_a_price_are_told():
    table = ints([NO_PRICE, NO_PRICE, 5 * SCALE, 5 * SCALE]).reshape(1, 4)
    none = ints([])
    entries = entries_of([(0, 0, 1, 2 * SCALE, 0, (False, False)), (0, 0, 3, -2 * SCALE, 0, (False, False))])
    found = book_values(BookState(ints([0]), none, none, none, ints([0])), entries, table)
    assert (found.held_on[0], found.unpriced_on[0]) == (1, 1)
    assert list(found.holdings) == [0, 0, 10 * SCALE, 0]


def test_what_would_not_fit_is_told_and_the_others_stand():
    table = ints([10**16] * 4).reshape(2, 2)
    state = BookState(ints([0, 0]), ints([0, 1]), ints([0, 1]), ints([10**13, SCALE]), ints([0, 0]))
    found = book_values(state, entries_of([]), table)
    assert list(found.fits) == [False, True]
    assert found.holdings[2] == 10**16


def test_an_entry_before_the_first_day_of_its_account_is_refused():
    state = BookState(ints([2]), ints([]), ints([]), ints([]), ints([0]))
    with pytest.raises(InvalidInputError):
        book_values(state, entries_of([(0, 0, 1, SCALE, 0, (False, False))]), np.ones((1, 4), dtype=np.int64))
