"""What work takes of the benefits of who is left alone, path by path (`survivor_work`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import AMOUNT, DEATHS, F_BENEFITS, FIRST_ALONE, FLOWS, STATES, UNSPENT
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.program import Program
from apps.plans.engine.tax_law import BENEFITS


@compiled
def tell_withheld(program: Program, month: int, price: NDArray[np.float32], books: NDArray[np.float64]) -> bool:
    """Put into AMOUNT what work takes of a month's benefits of who is left alone; False: of nobody."""
    n_deaths, n_held = program.withheld.shape[1], program.withheld.shape[2]
    if month < min(program.withheld_from[0], program.withheld_from[1]):
        return False
    for lane in range(LANES):
        books[AMOUNT, lane] = 0.0
    for adult in range(2):
        place = month - program.withheld_from[adult]
        if place < 0:
            continue
        for lane in range(LANES):
            died = int(books[DEATHS + 1 - adult, lane])
            if books[STATES + FIRST_ALONE + adult, lane] == 1.0 and 0 <= died < n_deaths:
                held = program.withheld[adult, died, min(place, n_held - 1)]
                books[AMOUNT, lane] += held * price[lane]
    return True


@compiled
def hold_back(program: Program, month: int, price: NDArray[np.float32], books: NDArray[np.float64]) -> None:
    """Take off the benefits that arrived in a month what work withholds of them, where it does."""
    if program.withheld.shape[1] > 0 and tell_withheld(program, month, price, books):
        for lane in range(LANES):
            amount = books[AMOUNT, lane]
            books[FLOWS + F_BENEFITS, lane] -= amount
            books[UNSPENT, lane] -= amount
            books[BENEFITS, lane] -= amount
