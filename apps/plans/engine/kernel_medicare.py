"""What Medicare asks of incomes in the walk: by the income of two years before, for each insured month.

Charged with the year's taxes. Bounds and amounts rise with the path's inflation, as those of the taxes do; the law
holds the highest bound until 2027 and lets it rise from then on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import F_MEDICARE, FLOWS, INCOME_BEFORE, INCOME_TWO_BEFORE, YEAR_STATES
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.medicare_program import N_STEPS
from apps.plans.engine.program import Program
from apps.plans.engine.tax_lanes import gross_income


@compiled
def premium_at(row: NDArray[np.float64], income: float, index: float) -> float:
    """A month's premium of a person: above the bound of each step, and from the bound of the last on."""
    step = 0
    for bound in range(N_STEPS - 1):
        step += income > row[bound] * index
    step += income >= row[N_STEPS - 1] * index
    each: float = row[N_STEPS + step] * index
    return each


@compiled
def add_premiums(
    program: Program, books: NDArray[np.float64], year: int, index: NDArray[np.float64], due: NDArray[np.float64]
) -> None:
    """Add the year's premiums to what is due (LANES,), and note this year's income for the one after the next.

    Comes after the gains are netted and before the ledger is cleared.
    """
    if program.premiums.shape[0] == 0:
        return
    for state in range(program.insured.shape[0]):
        months, status = program.insured[state, year], program.year_facts[state, year, 0]
        if months > 0.0:
            for lane in range(LANES):
                each = premium_at(program.premiums[status], books[INCOME_TWO_BEFORE, lane], index[lane])
                paid = books[YEAR_STATES + state, lane] * months * each
                books[FLOWS + F_MEDICARE, lane] += paid
                due[lane] += paid
    for lane in range(LANES):
        books[INCOME_TWO_BEFORE, lane] = books[INCOME_BEFORE, lane]
        books[INCOME_BEFORE, lane] = 0.0
    # a first year of some months stands for a whole one like it
    whole = 12.0 / program.first_year if year == 0 else 1.0
    for state in range(program.insured.shape[0]):
        law = program.law[min(year, 1), program.year_facts[state, year, 0]]
        for lane in range(LANES):
            inside = books[YEAR_STATES + state, lane]
            if inside > 0.0:
                books[INCOME_BEFORE, lane] += whole * gross_income(law, books, lane)
