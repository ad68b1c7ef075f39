"""What life insurance does to the books of a block in the month of a death."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import DEATHS, F_CONTRIBUTIONS, F_OTHER, FLOWS, balance_row
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.program import Program


@compiled
def pay_out(program: Program, month: int, drawn: bool, books: NDArray[np.float64]) -> None:  # noqa: FBT001 - compiled
    """Put what is paid at deaths into the account of the surplus, free of tax; where lives are ``drawn`` on the lanes
    whose last month it is."""
    row = balance_row(program.surplus_account)
    for place in range(program.payouts.shape[0]):
        amount = program.payouts[place, month]
        if amount == 0.0:
            continue
        for lane in range(LANES):
            lived = max(books[DEATHS + place, lane], 1.0)
            paid = amount if not drawn or lived == month + 1 else 0.0
            books[row, lane] += paid
            books[row + 1, lane] += paid
            books[FLOWS + F_OTHER, lane] += paid
            books[FLOWS + F_CONTRIBUTIONS, lane] += paid
