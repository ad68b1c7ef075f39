"""Payments that may be deducted, in the walk: what a month pays, and what they save of the year's federal tax.

Nothing is computed of lanes on which nothing can be saved. All that could be itemised, with state taxes up to a cap
that has not shrunk and nothing taken off gifts and medical costs, is held against the standard deduction: where it is
no more, itemising saves nothing of the usual tax (`relieve`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import F_GIVEN, FLOWS, GIFTS_CARRIED, INCOME_TWO_BEFORE, PAID, STATES, YEAR_STATES
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.kernel_medicare import premium_at
from apps.plans.engine.payment_schedules import GIVES, INTEREST, MOST_PREMIUM, PREMIUM, YEARS
from apps.plans.engine.program import Program
from apps.plans.engine.tax_lanes import gross_income, saved_by, state_tax_cap
from apps.plans.engine.tax_law import (
    ADDITIONAL,
    AMT_FLOOR,
    DEDUCTION,
    R_CHARITY_FLOOR,
    R_CHARITY_MOST,
    R_MEDICAL,
    SENIORS,
    STATUS,
)
from apps.plans.engine.yearly_payments import GIFT_YEARS, GIFTS, GIFTS_IN_COSTS, MEDICAL, N_PAID, PROPERTY_TAX


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
def paid_on(books: NDArray[np.float64], lane: int, of_state: float) -> tuple[float, float, float]:
    """What a lane paid in the year that may be deducted: state and local taxes, gifts, medical costs but premiums."""
    given = max(0.0, books[PAID + GIFTS_IN_COSTS, lane] - books[FLOWS + F_GIVEN, lane]) + books[PAID + GIFTS, lane]
    return of_state + books[PAID + PROPERTY_TAX, lane], given, books[PAID + MEDICAL, lane]


@compiled
def carried_by(books: NDArray[np.float64], lane: int) -> float:
    """Gifts that a lane carries on from earlier years."""
    carried = 0.0
    for age in range(GIFT_YEARS):
        carried += books[GIFTS_CARRIED + age, lane]
    return carried


@compiled
def carry_gifts(program: Program, books: NDArray[np.float64], year: int) -> None:
    """Carry on what of a year's gifts exceeds the limit, with what the floor took of them then; gifts of the year come
    first, then the oldest (`tax_deductions.gifts_carried`). Comes before the ledger is cleared."""
    if program.deductions[0, YEARS + year, GIVES] == 0.0:
        return
    for state in range(program.year_facts.shape[0]):
        law = program.law[min(year, 1), program.year_facts[state, year, STATUS]]
        for lane in range(LANES):
            _, given, _ = paid_on(books, lane, 0.0)
            if books[YEAR_STATES + state, lane] > 0.0 and given + carried_by(books, lane) > 0.0:
                income = max(0.0, gross_income(law, books, lane))
                limit = law[R_CHARITY_MOST] * income
                room = max(0.0, limit - given)
                for age in range(GIFT_YEARS - 1, -1, -1):
                    used = min(room, books[GIFTS_CARRIED + age, lane])
                    books[GIFTS_CARRIED + age, lane] -= used
                    room -= used
                for age in range(GIFT_YEARS - 1, 0, -1):
                    books[GIFTS_CARRIED + age, lane] = books[GIFTS_CARRIED + age - 1, lane]
                own = given - limit + law[R_CHARITY_FLOOR] * income
                books[GIFTS_CARRIED, lane] = own if given > limit else 0.0


@compiled
def insured_in(program: Program, state: int, year: int) -> float:
    """Months of a year for which premiums are due: none where a plan does not ask for them."""
    months: float = program.insured[state, year] if program.premiums.shape[0] > 0 else 0.0
    return months


@compiled
def paid_in_all(
    program: Program, books: NDArray[np.float64], place: tuple[int, int], lane: int, level: float, of_state: float
) -> tuple[float, float, float, float, float]:
    """All that a lane paid in the year that may be deducted, as `tax_lanes` takes it; ``place``: who lives, year."""
    state, year = place
    rows, months = program.deductions, insured_in(program, state, year)
    local, given, costs = paid_on(books, lane, of_state)
    if months > 0.0:
        row = program.premiums[program.year_facts[state, year, STATUS]]
        costs += months * (premium_at(row, books[INCOME_TWO_BEFORE, lane], level) + rows[state, 0, PREMIUM] * level)
    carried = carried_by(books, lane) if rows[state, YEARS + year, GIVES] > 0.0 else 0.0
    return local, given, costs, rows[state, YEARS + year, INTEREST], carried


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
    months, gives = insured_in(program, state, year), rows[state, YEARS + year, GIVES] > 0.0
    standard = law[DEDUCTION] + facts[SENIORS] * law[ADDITIONAL]
    cap, most, floor = (
        state_tax_cap(law, facts, 0.0),
        months * rows[state, 0, MOST_PREMIUM],
        law[R_MEDICAL] * law[AMT_FLOOR],
    )
    found = False
    for lane in range(LANES):
        saved[lane] = 0.0
        local, given, costs = paid_on(books, lane, of_state[lane])
        carried = carried_by(books, lane) if gives else 0.0
        bound = costs + most * index[lane]
        kept = given + carried + interest + max(0.0, bound - floor * index[lane])
        could_save = given + carried > 0.0 or min(local, cap) + interest + bound > standard * index[lane]
        if not could_save and kept > 0.0:
            could_save = gross_income(law, books, lane) > law[AMT_FLOOR] * index[lane]
        if could_save and books[YEAR_STATES + state, lane] > 0.0:
            if months > 0.0:
                row = program.premiums[facts[STATUS]]
                each = (
                    premium_at(row, books[INCOME_TWO_BEFORE, lane], index[lane]) + rows[state, 0, PREMIUM] * index[lane]
                )
                costs += months * each
            saved[lane] = max(
                0.0, saved_by(law, facts, index[lane], books, lane, (local, given, costs, interest, carried))
            )
            found = found or saved[lane] > 0.0
    return found
