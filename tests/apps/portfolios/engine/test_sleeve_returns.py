"""Returns of parts of a portfolio: contributions sum to the whole, moves between sleeves are flows."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.kernel.flows import FlowTiming
from apps.portfolios.engine.performance import DailyEarnings
from apps.portfolios.engine.sleeve_returns import SleeveDays, sleeve_returns, to_the_cent

TIMINGS = st.sampled_from(list(FlowTiming))


def drawn(seed, n_days=8, n_sleeves=4):
    """Sleeves that trade with each other and take in money; the whole is invested in its mornings' worth."""
    dice = np.random.default_rng(seed)
    worth = np.empty((n_days + 1, n_sleeves))
    gains, paid = np.empty((n_days, n_sleeves)), np.zeros((n_days, n_sleeves))
    worth[0] = dice.uniform(500, 2000, n_sleeves)
    for day in range(n_days):
        gains[day] = worth[day] * dice.normal(0.001, 0.02, n_sleeves)
        paid[day] = np.maximum(gains[day], 0) * dice.uniform(0, 0.5, n_sleeves)
        moved = dice.normal(0, 60, n_sleeves) - paid[day]
        worth[day + 1] = worth[day] + gains[day] + moved
    return SleeveDays(worth, gains, paid)


def whole_of(days, fees):
    return DailyEarnings(days.worth[:-1].sum(axis=1), days.gains.sum(axis=1) + fees)


@given(st.integers(0, 5000), TIMINGS)
def test_contributions_and_fees_sum_to_the_return_of_the_portfolio(seed, timing):
    days, fees = drawn(seed), -np.full(8, 1.25)
    whole = whole_of(days, fees)
    found = sleeve_returns(days, whole, fees, timing)
    total = np.prod(1 + whole.returns) - 1
    assert found.contributions.sum() + found.fees == pytest.approx(total, abs=1e-12)
    assert found.rest == pytest.approx(0, abs=1e-12)
    assert found.fees < 0


@given(st.integers(0, 5000))
def test_what_moves_between_sleeves_makes_no_return(seed):
    dice = np.random.default_rng(seed)
    moved = dice.normal(0, 100, 5)
    worth = 1000 + np.concatenate([[0.0], np.cumsum(moved)])
    days = SleeveDays(np.column_stack([worth, 2000 - worth]), np.zeros((5, 2)), np.zeros((5, 2)))
    whole = DailyEarnings(np.full(5, 2000.0), np.zeros(5))
    found = sleeve_returns(days, whole, np.zeros(5), FlowTiming.IN_START_OUT_END)
    assert (found.returns == 0).all()
    assert days.moved.sum(axis=1) == pytest.approx(0, abs=1e-9)


def test_a_purchase_counts_as_the_firm_says_when_money_counts():
    """By hand: 100 in the morning, 100 more bought, 220 in the evening after 20 gained of which 4 were paid out."""
    days = SleeveDays(np.array([[100.0], [216.0]]), np.array([[20.0]]), np.array([[4.0]]))
    assert days.moved == pytest.approx(np.array([[96.0]]))
    whole = DailyEarnings(np.array([1000.0]), np.array([20.0]))
    for timing, base in (
        (FlowTiming.IN_START_OUT_END, 200),
        (FlowTiming.START_OF_DAY, 200),
        (FlowTiming.END_OF_DAY, 100),
    ):
        found = sleeve_returns(days, whole, np.zeros(1), timing)
        assert found.returns == pytest.approx([20 / base])
        assert found.contributions == pytest.approx([0.02])


def test_a_dividend_after_the_sale_counts_in_the_contribution_alone():
    days = SleeveDays(np.array([[0.0, 50.0], [0.0, 55.0]]), np.array([[5.0, 0.0]]), np.array([[5.0, 0.0]]))
    found = sleeve_returns(
        days, DailyEarnings(np.array([50.0]), np.array([5.0])), np.zeros(1), FlowTiming.IN_START_OUT_END
    )
    assert np.isnan(found.returns[0])
    assert list(found.unlinked) == [1, 0]
    assert found.contributions == pytest.approx([0.1, 0.0])


@pytest.mark.parametrize("n", [0, 3])
def test_days_that_differ_are_refused(n):
    days = SleeveDays(np.ones((3, 2)), np.zeros((2, 2)), np.zeros((2, 2)))
    with pytest.raises(InvalidInputError):
        sleeve_returns(days, DailyEarnings(np.ones(n), np.zeros(n)), np.zeros(n), FlowTiming.END_OF_DAY)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12), st.integers(-9, 9))
def test_cents_add_up_to_the_total(amounts, off):
    total = Decimal(str(round(sum(amounts), 2))) + off * Decimal("0.01")
    found = to_the_cent(amounts, total)
    assert sum(found) == total
    assert all(part == part.quantize(Decimal("0.01")) for part in found)
    if abs(off) <= 1:
        # nobody is further from its own amount than the odd cent, but for the one that takes what cannot be shared
        assert all(abs(float(part) - amount) < 0.0151 for part, amount in zip(found[:-1], amounts, strict=False))


def test_a_total_with_parts_of_a_cent_is_refused():
    with pytest.raises(InvalidInputError):
        to_the_cent([1.0], Decimal("1.001"))
    with pytest.raises(InvalidInputError):
        to_the_cent([], Decimal(0))


@given(st.integers(0, 5000), TIMINGS, st.integers(1, 7))
def test_what_belongs_to_another_sleeve_overnight_earns_there_from_the_morning(seed, timing, turn):
    """A part that lies in one sleeve until a day, and in an empty one after, earns the same in both, linked."""
    alone = drawn(seed, n_sleeves=1)
    before, after = (np.arange(9) <= turn)[:, None], (np.arange(9) > turn)[:, None]
    worth = np.hstack([alone.worth * before, alone.worth * after])
    early, late = (np.arange(8) < turn)[:, None], (np.arange(8) >= turn)[:, None]
    split = SleeveDays(
        worth,
        *(np.hstack([each * early, each * late]) for each in (alone.gains, alone.paid_out, alone.worth[:-1])),
    )
    fees = np.zeros(8)
    one, two = (sleeve_returns(each, whole_of(alone, fees), fees, timing) for each in (alone, split))
    assert np.prod(1 + two.returns) - 1 == pytest.approx(one.returns[0])
    assert two.contributions.sum() == pytest.approx(one.contributions[0])
    assert split.moved.sum(axis=1) == pytest.approx(alone.moved[:, 0])
