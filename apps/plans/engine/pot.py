"""The short way through the months for a plan whose money lies in one untaxed account and knows no income.

Such a plan (a fund for one goal, a Roth account, what simple calculators compute) has no tax, no choice between
accounts and nothing unspent, so a month is one growth, its payments in and its payments out. This does the same
operations in the same order as the whole kernel and gives the same bits, several times sooner. Where cash flows by
category are asked, or anything else is in the plan, `kernel` walks the months.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import HALF_A_CENT, NEVER, Recorded
from apps.plans.engine.compiled import LANES, compiled, compiled_with_arrays
from apps.plans.engine.program import Program
from apps.plans.engine.schedules import NOMINAL, REAL, TAX_DEFERRED, TAXABLE

# Rows of the books of a block.
POT, GAP, FAILED = range(3)


def is_pot(program: Program) -> bool:
    """Say whether the short way gives what the whole kernel would."""
    sources = program.payers.sources
    return (
        program.mix.size == 1
        and sources.shape[0] == 1
        and sources[0, 1] not in (TAXABLE, TAX_DEFERRED)
        and program.roths.whole.shape[0] == 0
        and not program.rates[0, 1:].any()
        and not program.incomes.any()
        and not program.lines[:, 1].any()
        and program.payers.education.size == 0
        and program.spending.rule.size == 0
        and program.payouts.shape[0] == 0
        and program.grants.rows.shape[0] == 0
    )


@compiled
def _pay_in(
    real: float, nominal: float, growth: NDArray[np.float32], place: tuple[int, int], books: NDArray[np.float64]
) -> None:
    block, month = place
    if real == 0.0:
        for lane in range(LANES):
            books[POT, lane] += nominal
    else:
        for lane in range(LANES):
            books[POT, lane] += real * growth[block, 1, month, lane] + nominal


@compiled
def _pay_out(
    demand: int,
    due: tuple[float, float],
    growth: NDArray[np.float32],
    place: tuple[int, int],
    books: NDArray[np.float64],
) -> None:
    """Pay a demand as far as the pot goes; note the first month in which it was not met."""
    real, nominal = due
    block, month = place
    short = 0
    for lane in range(LANES):
        need = real * growth[block, 1, month, lane] + nominal
        taken = min(books[POT, lane], need)
        books[POT, lane] -= taken
        books[GAP, lane] = need - taken
        short += books[GAP, lane] >= HALF_A_CENT
    if short > 0:
        for lane in range(LANES):
            noted = books[FAILED + demand, lane]
            first = month if noted == NEVER else noted
            books[FAILED + demand, lane] = first if books[GAP, lane] >= HALF_A_CENT else noted


@compiled
def _walk(
    program: Program, growth: NDArray[np.float32], block: int, books: NDArray[np.float64], wealth: NDArray[np.float64]
) -> None:
    """Walk a block of ``growth`` to the horizon; ``wealth`` (n_years, LANES).

    ``books`` (2 + n_demands, LANES): the pot, what is missing, the first month in which each demand was not met. Whole
    arrays and places are handed on, not rows: making a row costs as much as walking it.
    """
    contributions, demands, fee = program.contributions, program.demands, program.rates[0, 0]
    last = 0
    for year in range(wealth.shape[0]):
        first, last = last, program.first_year + 12 * year
        for month in range(first, last):
            for lane in range(LANES):
                books[POT, lane] *= growth[block, 0, month, lane] * fee
            for line in range(contributions.shape[2]):
                real, nominal = contributions[0, month, line, REAL], contributions[0, month, line, NOMINAL]
                if real != 0.0 or nominal != 0.0:
                    _pay_in(real, nominal, growth, (block, month), books)
            for demand in range(demands.shape[2]):
                real, nominal = demands[0, month, demand, REAL], demands[0, month, demand, NOMINAL]
                if real != 0.0 or nominal != 0.0:
                    _pay_out(demand, (real, nominal), growth, (block, month), books)
        for lane in range(LANES):
            wealth[year, lane] = books[POT, lane]


@compiled_with_arrays
def simulate_pots(program: Program, growth: NDArray[np.float32], first_block: int, recorded: Recorded) -> None:
    """Simulate the blocks of ``growth`` like `kernel.simulate_blocks`, for a program that `is_pot`; keeps no flows."""
    n_years, n_demands = program.year_facts.shape[1], program.demands.shape[2]
    books = np.empty((FAILED + n_demands, LANES))
    wealth = np.empty((n_years, LANES))
    for block in range(growth.shape[0]):
        first_path = (first_block + block) * LANES
        lanes = min(LANES, recorded.wealth.shape[1] - first_path)
        last_path = first_path + lanes
        books[POT, :] = program.opening[0, 0]
        books[FAILED:, :] = NEVER
        recorded.wealth[0, first_path:last_path] = books[POT, :lanes]
        _walk(program, growth, block, books, wealth)
        for year in range(n_years):
            for lane in range(lanes):
                recorded.wealth[year + 1, first_path + lane] = wealth[year, lane]
        for demand in range(n_demands):
            for lane in range(lanes):
                recorded.failed[demand, first_path + lane] = int(books[FAILED + demand, lane])
