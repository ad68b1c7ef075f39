"""Payments that may be deducted, in the walk: what a month pays, and what they save of the year's federal tax.

Nothing is computed of lanes on which nothing can be saved. All that could be itemised, with state taxes up to a cap
that has not shrunk and nothing taken off gifts and medical costs, is held against the standard deduction: where it is
no more, itemising saves nothing of the usual tax (`relieve`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import F_GIVEN, FLOWS, INCOME_TWO_BEFORE, PAID, STATES, YEAR_STATES
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.kernel_medicare import premium_at
from apps.plans.engine.payment_schedules import INTEREST, MOST_PREMIUM, PREMIUM, YEARS
from apps.plans.engine.program import Program
from apps.plans.engine.tax_lanes import gross_income, saved_by, state_tax_cap
from apps.plans.engine.tax_law import ADDITIONAL, AMT_FLOOR, DEDUCTION, R_MEDICAL, SENIORS, STATUS
from apps.plans.engine.yearly_payments import GIFTS, GIFTS_IN_COSTS, MEDICAL, N_PAID, PROPERTY_TAX


@compiled
def deducts_months(program: Program) -> bool:
    """Say whether months of the plan pay anything that may be deducted."""
    has: bool = program.deductions.shape[1] > YEARS + program.year_facts.shape[1]
    return has


@compiled
def note_paid(program: Program, month: int, price: NDArray[np.float32], books: NDArray[np.float64]) -> None:
    """Note what a month pays that may be deducted, by who lives."""
    rows, first = program.deductions, YEARS + program.year_facts.shape[1]
    for state in range(rows.shape[0]):
        for column in range(N_PAID):
            amount = rows[state, first + month, column]
            if amount != 0.0:
                for lane in range(LANES):
                    books[PAID + column, lane] += books[STATES + state, lane] * amount * price[lane]


@compiled
def clear_paid(program: Program, books: NDArray[np.float64]) -> None:
    """Begin a year's payments anew."""
    if deducts_months(program):
        books[PAID : PAID + N_PAID, :] = 0.0


@compiled
def could_itemise(
    law: NDArray[np.float64], facts: NDArray[np.int64], index: NDArray[np.float64], of_state: NDArray[np.float64]
) -> bool:
    """Say whether the state's tax (LANES,) alone exceeds the standard deduction on any lane, as far as it is capped."""
    standard, cap = law[DEDUCTION] + facts[SENIORS] * law[ADDITIONAL], state_tax_cap(law, facts, 0.0)
    found = False
    for lane in range(LANES):
        found |= min(of_state[lane], cap) > standard * index[lane]
    return found


@compiled
def paid_on(
    books: NDArray[np.float64], lane: int, of_state: float, interest: float
) -> tuple[float, float, float, float]:
    """What a lane paid in the year that may be deducted, but for premiums, as `tax_lanes` takes it."""
    given = max(0.0, books[PAID + GIFTS_IN_COSTS, lane] - books[FLOWS + F_GIVEN, lane]) + books[PAID + GIFTS, lane]
    return of_state + books[PAID + PROPERTY_TAX, lane], given, books[PAID + MEDICAL, lane], interest


@compiled
def insured_in(program: Program, state: int, year: int) -> float:
    """Months of a year for which premiums are due: none where a plan does not ask for them."""
    months: float = program.insured[state, year] if program.premiums.shape[0] > 0 else 0.0
    return months


@compiled
def relieve(
    program: Program,
    books: NDArray[np.float64],
    place: tuple[int, int],
    index: NDArray[np.float64],
    taxes: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> bool:
    """Put into the second of ``taxes`` (LANES,) what payments save of each lane's federal tax, the first being that of
    the state; return whether it is anything. ``place``: who lives, year.

    A lane is passed over where all its payments are no more than the standard deduction and none of them counts for the
    minimum tax, which knows no standard deduction: then the larger deduction, or the smaller tax, is the standard one.
    """
    state, year = place
    of_state, saved = taxes
    rows, facts = program.deductions, program.year_facts[state, year]
    law, interest = program.law[min(year, 1), facts[STATUS]], rows[state, YEARS + year, INTEREST]
    months = insured_in(program, state, year)
    standard = law[DEDUCTION] + facts[SENIORS] * law[ADDITIONAL]
    cap, most, floor = (
        state_tax_cap(law, facts, 0.0),
        months * rows[state, 0, MOST_PREMIUM],
        law[R_MEDICAL] * law[AMT_FLOOR],
    )
    found = False
    for lane in range(LANES):
        saved[lane] = 0.0
        local, given, costs, _ = paid_on(books, lane, of_state[lane], interest)
        bound = costs + most * index[lane]
        kept = given + interest + max(0.0, bound - floor * index[lane])
        could_save = given > 0.0 or min(local, cap) + interest + bound > standard * index[lane]
        if not could_save and kept > 0.0:
            could_save = gross_income(law, books, lane) > law[AMT_FLOOR] * index[lane]
        if could_save and books[YEAR_STATES + state, lane] > 0.0:
            if months > 0.0:
                row = program.premiums[facts[STATUS]]
                each = (
                    premium_at(row, books[INCOME_TWO_BEFORE, lane], index[lane]) + rows[state, 0, PREMIUM] * index[lane]
                )
                costs += months * each
            saved[lane] = max(0.0, saved_by(law, facts, index[lane], books, lane, (local, given, costs, interest)))
            found = found or saved[lane] > 0.0
    return found
