"""What a death does to the books of a block: what one of a couple leaves has another cost.

The walk asks for the next month in which there is anything to do, and does nothing in the others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.basis_steps import FIRST_DIES, FROM, NO_MONTH
from apps.plans.engine.books import WORK, balance_row
from apps.plans.engine.compiled import LANES, compiled

# the month before the first one
BEFORE = -1


@compiled
def step_basis(opening: NDArray[np.float64], deaths: NDArray[np.int32], month: int, books: NDArray[np.float64]) -> int:
    """Give what one of a couple leaves the value of the day as its cost, as the month begins from which they are gone;
    return the next month in which anybody leaves anything, NO_MONTH where there is none.

    ``opening`` (n_accounts, 5) as of `basis_steps`; ``deaths`` (n_adults, LANES) those of the block, without adults
    where lives are known. The minimum tax has the same cost then, with no more.
    """
    if month != BEFORE:
        for adult in range(2):
            if _leaves(deaths, adult, month, books[WORK]):
                _step(opening, FIRST_DIES + adult, books)
            if deaths.shape[0] == 0:
                break
    found = NO_MONTH
    if deaths.shape[0] == 0:
        known = int(opening[0, FROM])
        return known if known > month else NO_MONTH
    if deaths.shape[0] == 2:
        for lane in range(LANES):
            first = min(deaths[0, lane], deaths[1, lane])
            if deaths[0, lane] != deaths[1, lane] and first > month and (found == NO_MONTH or first < found):
                found = first
    return found


@compiled
def _leaves(deaths: NDArray[np.int32], adult: int, month: int, leaves: NDArray[np.float64]) -> bool:
    """Put 1 into ``leaves`` (LANES,) where an adult is gone from a month on and the other is not; False: nowhere."""
    count = 0
    for lane in range(LANES):
        if deaths.shape[0] == 0:
            leaves[lane] = 1.0
        else:
            leaves[lane] = 1.0 if deaths[adult, lane] == month and deaths[1 - adult, lane] > month else 0.0
        count += leaves[lane] > 0.0
    return count > 0


@compiled
def _step(opening: NDArray[np.float64], column: int, books: NDArray[np.float64]) -> None:
    leaves = books[WORK]
    for account in range(opening.shape[0]):
        share = opening[account, column]
        if share == 0.0:
            continue
        row = balance_row(account)
        for lane in range(LANES):
            part = share * leaves[lane]
            books[row + 1, lane] += part * (books[row, lane] - books[row + 1, lane])
            books[row + 4, lane] -= part * books[row + 4, lane]
