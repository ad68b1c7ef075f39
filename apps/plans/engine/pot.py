"""The short way through the months for a plan whose money lies in one untaxed account and knows no income.

Such a plan (a fund for one goal, a Roth account, what simple calculators compute) has no tax, no choice between
accounts and nothing unspent, so a month is one growth, its payments in and its payments out. This does the same
operations in the same order as the whole kernel and gives the same bits, several times sooner. Where cash flows by
category are asked, or anything else is in the plan, `kernel` walks the months.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.ahead import ask_ahead
from apps.plans.engine.books import HALF_A_CENT, NEVER, Recorded
from apps.plans.engine.compiled import LANES, compiled, compiled_with_arrays
from apps.plans.engine.program import Program
from apps.plans.engine.schedules import NOMINAL, REAL, TAX_DEFERRED, TAXABLE

# In place of a fee: the pot has grown in this month.
GROWN = -1.0


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
        and program.means.orders.shape[0] == 0
    )


@compiled
def _pay_in(
    due: tuple[float, float, float], price: NDArray[np.float32], grows: NDArray[np.float32], pot: NDArray[np.float64]
) -> None:
    """Let the pot grow and pay in what is due: real, nominal, and the fee less which it grows, or `GROWN`."""
    real, nominal, fee = due
    if fee == GROWN:
        for lane in range(LANES):
            pot[lane] += real * price[lane] + nominal
    elif real == 0.0:
        for lane in range(LANES):
            pot[lane] = pot[lane] * (grows[lane] * fee) + nominal
    else:
        for lane in range(LANES):
            pot[lane] = pot[lane] * (grows[lane] * fee) + (real * price[lane] + nominal)


@compiled
def _pay_out(
    due: tuple[float, float, float],
    month: int,
    price: NDArray[np.float32],
    grows: NDArray[np.float32],
    pot: NDArray[np.float64],
    failed: NDArray[np.float64],
) -> None:
    """Let the pot grow and pay a demand as far as it goes; note the first month in which it was not met.

    ``due`` as above; ``pot`` (2 * LANES,): what there is, and what was missing last.
    """
    real, nominal, fee = due
    missed = 0
    for lane in range(LANES):
        need = real * price[lane] + nominal
        grown = pot[lane] * (grows[lane] * fee) if fee != GROWN else pot[lane]
        taken = min(grown, need)
        pot[lane] = grown - taken
        pot[LANES + lane] = need - taken
        missed += (need - taken >= HALF_A_CENT) & (failed[lane] == NEVER)
    if missed > 0:
        for lane in range(LANES):
            noted = failed[lane]
            first = month if noted == NEVER else noted
            failed[lane] = first if pot[LANES + lane] >= HALF_A_CENT else noted


@compiled
def _walk(
    program: Program,
    growth: NDArray[np.float32],
    pot: NDArray[np.float64],
    failed: NDArray[np.float64],
    wealth: NDArray[np.float64],
) -> None:
    """Walk a block of ``growth`` (2, n_months, LANES) to the horizon.

    ``pot`` as above; ``failed`` (n_demands, LANES) the first month in which each demand was not met, ``wealth``
    (n_years, LANES).
    """
    contributions, demands, fee = program.contributions[0], program.demands[0], program.rates[0, 0]
    last = 0
    for year in range(wealth.shape[0]):
        first, last = last, program.first_year + 12 * year
        for month in range(first, last):
            ask_ahead(growth, month)
            grows, price = growth[0, month], growth[1, month]
            # the growth of a month is left to its first payment: one way over the lanes less
            growing = fee
            for line in range(contributions.shape[1]):
                real, nominal = contributions[month, line, REAL], contributions[month, line, NOMINAL]
                if real != 0.0 or nominal != 0.0:
                    _pay_in((real, nominal, growing), price, grows, pot)
                    growing = GROWN
            for demand in range(demands.shape[1]):
                real, nominal = demands[month, demand, REAL], demands[month, demand, NOMINAL]
                if real != 0.0 or nominal != 0.0:
                    _pay_out((real, nominal, growing), month, price, grows, pot, failed[demand])
                    growing = GROWN
            if growing != GROWN:
                _pay_in((0.0, 0.0, growing), price, grows, pot)
        for lane in range(LANES):
            wealth[year, lane] = pot[lane]


@compiled_with_arrays
def simulate_pots(program: Program, growth: NDArray[np.float32], first_block: int, recorded: Recorded) -> None:
    """Simulate the blocks of ``growth`` like `kernel.simulate_blocks`, for a program that `is_pot`; keeps no flows."""
    n_years, n_demands = program.year_facts.shape[1], program.demands.shape[2]
    pot, failed = np.empty(2 * LANES), np.empty((n_demands, LANES))
    wealth = np.empty((n_years, LANES))
    for block in range(growth.shape[0]):
        first_path = (first_block + block) * LANES
        lanes = min(LANES, recorded.wealth.shape[1] - first_path)
        last_path = first_path + lanes
        pot[:] = program.opening[0, 0]
        failed[:] = NEVER
        recorded.wealth[0, first_path:last_path] = pot[:lanes]
        _walk(program, growth[block], pot, failed, wealth)
        for year in range(n_years):
            kept = recorded.wealth[year + 1, first_path:last_path]
            for lane in range(lanes):
                kept[lane] = wealth[year, lane]
        for demand in range(n_demands):
            noted = recorded.failed[demand, first_path:last_path]
            for lane in range(lanes):
                noted[lane] = int(failed[demand, lane])
