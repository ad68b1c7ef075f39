"""What vests and is exercised in the books."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from apps.plans.engine.books import DEATHS, UNSPENT, balance_row
from apps.plans.engine.compiled import LANES
from apps.plans.engine.kernel_grants import follow, take_grants
from apps.plans.engine.program import Program, build_program
from apps.plans.engine.tax_law import ORDINARY, WAGES_1, WAGES_2
from tests.apps.plans.engine.test_grants import HELD, INCENTIVE, OPTIONS, PURCHASES, SOLD, UNITS, granted

MONTH = 10
VESTS = ((date(2027, 5, 20), 100.0),)


def taken(*grants, price: float = 2.0) -> tuple[Program, np.ndarray, np.ndarray]:  # type: ignore[no-untyped-def]
    own = tuple(replace(grant, tranches=VESTS, exercise=None) for grant in grants)
    program = build_program(granted(None, *own), drawn=True)
    books = np.zeros((balance_row(program.mix.size) + program.demands.shape[2], LANES))
    books[DEATHS : DEATHS + 2, :] = 400.0
    books[DEATHS : DEATHS + 2, 1] = MONTH
    told = np.zeros((3, LANES))
    growth = np.ones((program.weights.shape[0] + 1, MONTH + 1, LANES), dtype=np.float32)
    prices = np.full((program.weights.shape[0] + program.grants.rows.shape[0], LANES), price)
    prices[program.weights.shape[0] :] = 1.0
    take_grants(program, growth, MONTH, prices, books, told)
    return program, books, told


def test_units_are_wages_at_the_price_of_the_day_and_nobodys_after_a_death() -> None:
    _, books, _ = taken(UNITS)
    assert books[WAGES_1, :2].tolist() == books[UNSPENT, :2].tolist() == [18_000.0, 0.0]


def test_an_option_brings_what_the_share_is_worth_more_and_is_left_where_it_is_worth_less() -> None:
    _, books, _ = taken(OPTIONS)
    assert books[WAGES_2, 0] == books[UNSPENT, 0] == 10_000.0
    _, books, _ = taken(OPTIONS, price=0.8)
    assert not books[:DEATHS].any()


def test_incentive_options_sold_at_once_and_purchases_bear_no_payroll_tax() -> None:
    _, books, told = taken(SOLD)
    assert books[ORDINARY, 0] == books[UNSPENT, 0] == told[2, 0] == 8_000.0
    _, books, _ = taken(PURCHASES)
    assert books[ORDINARY, 0] == pytest.approx(0.15 * 18_000.0)
    assert books[WAGES_1, 0] == 0.0


def test_shares_held_lie_in_their_account_with_what_was_taxed_or_paid_as_basis() -> None:
    program, books, _ = taken(HELD, INCENTIVE)
    row = balance_row(program.mix.size - 1)
    assert books[row, 0] == 36_000.0
    assert books[row + 1, 0] == 18_000.0 + 8_000.0
    assert books[UNSPENT, 0] == -8_000.0
    assert (books[WAGES_2, 0], books[WAGES_1, 0], books[ORDINARY, 0]) == (18_000.0, 0.0, 0.0)


def test_the_price_follows_the_growth_of_its_mix() -> None:
    growth = np.full((3, 3, LANES), 1.5, dtype=np.float32)
    shares = np.ones((2, LANES))
    follow(growth, 0, shares)
    follow(growth, 1, shares)
    assert shares.max() == shares.min() == 2.25


def test_an_option_under_water_waits_for_the_first_month_in_which_it_is_worth_more() -> None:
    late = replace(OPTIONS, tranches=VESTS, exercise=None, expiry=date(2027, 9, 1))
    program = build_program(granted(None, late), drawn=True)
    n_mixes = program.weights.shape[0]
    books = np.zeros((balance_row(program.mix.size) + program.demands.shape[2], LANES))
    books[DEATHS : DEATHS + 2, :] = 400.0
    shares = np.ones((n_mixes + 1, LANES))
    shares[:n_mixes, 0], shares[:n_mixes, 1] = 0.8, 0.2
    growth = np.ones((n_mixes + 1, 40, LANES), dtype=np.float32)
    growth[:, MONTH + 2] = 2.0
    seen = []
    for month in range(MONTH, MONTH + 8):
        take_grants(program, growth, month, shares, books, np.zeros((3, LANES)))
        seen.append(books[WAGES_2, :2].tolist())
    # 100 options at 80, a share at 90: worth 144 from the third month on, and 36, which it never is before it expires
    strike, price = late.strike, late.price
    assert seen[1] == [0.0, 0.0]
    assert seen[2] == seen[-1] == [pytest.approx(100.0 * (1.6 * price - strike)), 0.0]
