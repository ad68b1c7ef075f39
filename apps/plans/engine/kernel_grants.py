"""What grants of equity do to the books of a block: income as they vest or are exercised, shares sold or held."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import (
    DEATHS,
    F_CONTRIBUTIONS,
    F_EQUITY,
    F_WAGES,
    FLOWS,
    SPREAD,
    UNSPENT,
    balance_row,
    is_any,
)
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.grant_schedules import COST, COST_SHARE, FOLLOWS, HELD_IN, LAST, MONTH, OWNER, SLOT, WORTH
from apps.plans.engine.kernel_states import OTHER
from apps.plans.engine.program import Program
from apps.plans.engine.tax_law import ORDINARY


@compiled
def follow(growth: NDArray[np.float32], month: int, shares: NDArray[np.float64]) -> None:
    """Move the price of shares, the first rows of ``shares``, one a mix, 1 at the start, by a month."""
    for mix in range(min(growth.shape[0] - 1, shares.shape[0])):
        for lane in range(LANES):
            shares[mix, lane] *= growth[mix, month, lane]


@compiled
def take_grants(
    program: Program,
    growth: NDArray[np.float32],
    month: int,
    shares: NDArray[np.float64],
    books: NDArray[np.float64],
    told: NDArray[np.float64],
) -> None:
    """Move prices by a month and take what vests or is exercised in it while its owner lives; an option that costs too
    much waits for a month in which it does not, while there is one, and what is held may cost more than has come in.

    ``shares`` (n_mixes + n_rows, LANES), no rows without grants: prices, then 1 for each row that is not taken yet;
    ``told`` are the rows of `kernel_states`, for what states tell apart of ordinary income, or none.
    """
    follow(growth, month, shares)
    for place in range(program.grants.rows.shape[0]):
        row = program.grants.rows[place]
        if row[MONTH] <= month <= row[LAST]:
            _take(program, (place, month), shares, books, told)


@compiled
def _take(
    program: Program,
    at: tuple[int, int],
    shares: NDArray[np.float64],
    books: NDArray[np.float64],
    told: NDArray[np.float64],
) -> None:
    place, month = at
    row, amounts = program.grants.rows[place], program.grants.amounts[place]
    price, waits = shares[row[FOLLOWS]], shares[program.weights.shape[0] + place]
    drawn = is_any(books[DEATHS])
    slot, held_in = row[SLOT], row[HELD_IN]
    for lane in range(LANES):
        worth = amounts[WORTH] * price[lane]
        cost = amounts[COST] + amounts[COST_SHARE] * worth
        lives = not drawn or month < books[DEATHS + row[OWNER], lane]
        if not lives or worth <= cost or waits[lane] == 0.0:
            continue
        waits[lane] = 0.0
        gain = worth - cost
        if slot >= 0:
            books[slot, lane] += gain
            books[FLOWS + F_WAGES, lane] += gain
            if slot == ORDINARY:
                books[FLOWS + F_EQUITY, lane] += gain
                if told.shape[0] > OTHER:
                    told[OTHER, lane] += gain
        if held_in < 0:
            books[UNSPENT, lane] += gain
        else:
            basis = worth if slot >= 0 else cost
            books[UNSPENT, lane] -= cost
            books[balance_row(held_in), lane] += worth
            books[balance_row(held_in) + 1, lane] += basis
            books[FLOWS + F_CONTRIBUTIONS, lane] += basis
            if slot < 0:
                # no income yet, but for the minimum tax, which counts it as a cost when they are sold (IRC 56(b)(3))
                books[SPREAD, lane] += gain
                books[balance_row(held_in) + 4, lane] += gain
