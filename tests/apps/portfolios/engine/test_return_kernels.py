from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from apps.kernel.errors import InvalidInputError
from apps.kernel.flows import FlowTiming
from apps.portfolios.engine.performance import DailyRecord, Day, FeeBasis, time_weighted
from apps.portfolios.engine.return_kernels import (
    BookDays,
    BookFlows,
    RateFlag,
    batch_irr,
    batch_time_weighted,
)
from apps.portfolios.engine.returns import irr

AMOUNTS = st.one_of(st.integers(-1000, 1000), st.integers(-10_000_000, 10_000_000).map(lambda cents: cents / 100))
ACCOUNT = st.lists(st.tuples(st.integers(0, 4000), AMOUNTS), max_size=20)


def book(accounts):
    starts = np.cumsum([0, *map(len, accounts)], dtype=np.int64)
    flows = [flow for account in accounts for flow in account]
    return BookFlows(starts, np.array([day / 365 for day, _ in flows]), np.array([float(a) for _, a in flows]))


def same(found, expected):
    return np.isnan(found) if expected is None else found == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(st.lists(ACCOUNT, max_size=5))
def test_a_book_has_the_rates_that_its_accounts_have_one_by_one(accounts):
    found = batch_irr(book(accounts))
    for account, rate, flag in zip(accounts, found.rates, found.flags, strict=True):
        alone = irr([day / 365 for day, _ in account], [float(amount) for _, amount in account])
        assert same(rate, alone.value)
        assert (flag in {RateFlag.ONLY, RateFlag.NEAREST}) == (alone.value is not None)


def hard_book(n, seed=9):
    dice = np.random.default_rng(seed)
    days = np.sort(dice.integers(0, 3650, (n, 60)), axis=1)
    days[:, 0], days[:, -1] = 0, 3650
    amounts = dice.normal(0, 1, (n, 60)) * dice.lognormal(6, 1.5, (n, 1))
    amounts[:, 0] = -np.abs(amounts[:, 0]) * 5
    amounts[:, -1] = np.abs(amounts[:, -1]) * dice.lognormal(2, 2, n)
    return days, amounts


def test_hard_flows_get_the_same_answer_and_no_answer_that_does_not_solve_them():
    days, amounts = hard_book(400)
    found = batch_irr(book([list(zip(d, a, strict=True)) for d, a in zip(days, amounts, strict=True)]), n_threads=2)
    assert set(found.flags) == {RateFlag.ONLY, RateFlag.NEAREST, RateFlag.NONE}
    for day, amount, rate in zip(days, amounts, found.rates, strict=True):
        assert same(rate, irr(day / 365, amount).value)
        if np.isfinite(rate):
            worth = amount * np.exp(-np.log1p(rate) * day / 365)
            assert abs(worth.sum()) <= 1e-7 * np.abs(worth).sum()


def test_a_rate_that_is_the_only_one_is_what_the_oracles_find():
    days, amounts = hard_book(400, seed=3)
    found = batch_irr(book([list(zip(d, a, strict=True)) for d, a in zip(days, amounts, strict=True)]))
    only = np.flatnonzero(found.flags == RateFlag.ONLY)
    assert len(only) > 50
    for place in only:
        dated = [date(2015, 1, 1) + timedelta(days=int(day)) for day in days[place]]
        theirs = pyxirr.xirr(dated, amounts[place])
        if theirs is not None:
            assert found.rates[place] == pytest.approx(theirs, rel=1e-8, abs=1e-9)
        bracket = brentq(lambda x, i=place: float(amounts[i] @ np.exp(-x * days[i] / 365)), -5, 5, xtol=1e-14)
        assert np.log1p(found.rates[place]) == pytest.approx(bracket, abs=1e-9)


def test_accounts_of_unlike_length_side_by_side_get_the_rates_they_have_alone():
    dice = np.random.default_rng(5)
    accounts = []
    for n in dice.integers(2, 90, 300):
        days = np.sort(dice.integers(0, 4000, n))
        amounts = np.round(-dice.lognormal(6, 1, n), 2)
        amounts[-1] = round(-amounts.sum() * dice.uniform(0.2, 4), 2)
        accounts.append(list(zip(days.tolist(), amounts.tolist(), strict=True)))
    found = batch_irr(book(accounts), n_threads=3)
    assert (found.flags == RateFlag.ONLY).mean() > 0.95
    for account, rate in zip(accounts, found.rates, strict=True):
        assert same(rate, irr([day / 365 for day, _ in account], [amount for _, amount in account]).value)


def test_flows_of_one_day_and_of_very_short_or_long_lives_are_as_alone():
    accounts = [
        [(9, -1), (9, 1)],
        [(0, -100), (1, 101)],
        [(0, -1), (36500, 1000)],
        [(0, -100), (30000, 50), (36500, 9)],
    ]
    found = batch_irr(book(accounts))
    for account, rate in zip(accounts, found.rates, strict=True):
        assert same(rate, irr([day / 365 for day, _ in account], [float(amount) for _, amount in account]).value)


def test_flows_need_not_be_in_order_and_one_way_is_no_rate():
    found = batch_irr(book([[(365, 110), (0, -100)], [(0, 5)], [], [(0, -1), (5, 0), (9, 1)]]))
    assert found.rates[0] == pytest.approx(0.10)
    assert list(found.flags) == [RateFlag.NEAREST, RateFlag.ONE_WAY, RateFlag.ONE_WAY, RateFlag.ONLY]
    assert np.isnan(found.rates[1:3]).all()


def test_flows_that_do_not_fit_are_refused():
    with pytest.raises(InvalidInputError):
        batch_irr(BookFlows(np.array([0, 2]), np.zeros(1), np.zeros(1)))
    with pytest.raises(InvalidInputError):
        batch_irr(BookFlows(np.array([0, 1]), np.zeros(1), np.array([np.nan])))
    with pytest.raises(InvalidInputError):
        batch_irr(BookFlows(np.array([0, 2]), np.array([0, np.inf]), np.array([-1.0, 2.0])))


CENTS = st.integers(0, 1_000_000).map(lambda cents: Decimal(cents) / 100)
QUIET = st.just(Decimal(0))
DAY = st.builds(Day, CENTS, st.one_of(QUIET, CENTS), st.one_of(QUIET, CENTS), st.one_of(QUIET, CENTS), QUIET)


@given(st.lists(DAY, min_size=1, max_size=60), CENTS, st.sampled_from(FlowTiming), st.sampled_from(FeeBasis))
def test_a_book_links_days_as_one_account_does(days, opening, timing, basis):
    record = DailyRecord(date(2026, 1, 1), opening, tuple(days))
    alone = time_weighted(record, timing, basis)
    value, came, left, taken, elsewhere = (record.table[:, place][np.newaxis] for place in range(5))
    fees = taken if basis is FeeBasis.GROSS else -elsewhere
    closes = np.hstack([[[float(opening)]], value])
    totals, broken = batch_time_weighted(BookDays(closes, came, left, fees), timing)
    assert same(totals[0], alone.total.value)
    assert broken[0] == len(alone.broken_days)


def test_a_long_life_stays_within_the_range_of_floats():
    closes = np.full((2, 8000), 1e12)
    closes[1, -1] = 2e12
    nothing = np.zeros((2, 7999))
    totals, _ = batch_time_weighted(BookDays(closes, nothing, nothing, nothing), FlowTiming.END_OF_DAY)
    assert totals == pytest.approx([0, 1])


def test_tables_of_other_shapes_are_refused():
    with pytest.raises(InvalidInputError):
        batch_time_weighted(BookDays(np.ones((1, 3)), *[np.ones((1, 3))] * 3), FlowTiming.END_OF_DAY)
