"""Demands of a month where goals have accounts of their own or give way: who pays first, what waits, what is cut.

A goal that gives way waits, a year at a time, where the money that may pay for it does not suffice on its day; taxes
of taking it out are not looked at. When it can wait no longer, or has begun, each payment is made as far as the money
goes, and is met if it comes to the part that is enough.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import (
    AMOUNT,
    F_SHORTFALL,
    FLOWS,
    HALF_A_CENT,
    NEVER,
    SPENT,
    SPENT_ABOVE,
    STATES,
    UNSPENT,
    balance_row,
)
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.kernel_flows import count_above, cover_deficit, draw_education, pay, tell, withdraw
from apps.plans.engine.means_program import (
    AMOUNT_DUE,
    FIRST,
    FLEXIBLE,
    LEAST,
    N_EDUCATION,
    N_EDUCATION_FIRST,
    N_GIVEN,
    N_OWN,
    N_SOURCES,
    ONLY,
    PAYMENTS,
    WAITS,
    Means,
)
from apps.plans.engine.program import Program
from apps.plans.engine.schedules import ABOVE_FLOOR, WHOLE


@compiled
def pay_all_else(program: Program, month: int, books: NDArray[np.float64], need: NDArray[np.float64]) -> None:
    """Pay what is no demand, ``need`` (LANES,): living costs are not met where that fails."""
    means, sources = program.means, program.payers.sources
    if means.orders.shape[0] > 0:
        row = means.rows[means.eras[month], program.demands.shape[2]]
        sources = means.orders[row, : means.counts[row, N_SOURCES]]
    pay(sources, books, month, need, balance_row(program.mix.size))


@compiled
def _available(
    means: Means, month: int, demand: int, books: NDArray[np.float64], available: NDArray[np.float64]
) -> None:
    """Put the money that may pay for a goal into ``available`` (LANES,)."""
    row, from_income = means.rows[means.eras[month], demand], 1.0 - means.goals[demand, ONLY]
    for lane in range(LANES):
        available[lane] = from_income * max(0.0, books[UNSPENT, lane])
    for place in range(means.counts[row, N_SOURCES]):
        account = balance_row(means.orders[row, place, 0])
        for lane in range(LANES):
            available[lane] += books[account, lane]
    for place in range(means.counts[row, N_EDUCATION]):
        account = balance_row(means.education[row, place])
        for lane in range(LANES):
            available[lane] += books[account, lane]


@compiled
def _comes_due(
    program: Program,
    place: tuple[int, int],
    price: NDArray[np.float32],
    books: NDArray[np.float64],
    available: NDArray[np.float64],
) -> bool:
    """Put what is due of a goal that gives way into AMOUNT; let it wait where the money is not there. False: none."""
    means, month, demand = program.means, place[0], place[1]
    flexible = means.goals[demand, FLEXIBLE]
    goal = means.flexible[flexible]
    since = month - int(goal[FIRST])
    if since < 0 or since % 12 != 0 or since // 12 >= int(goal[PAYMENTS] + goal[WAITS]):
        return False
    first_demand = balance_row(program.mix.size)
    waited = books[first_demand + program.demands.shape[2] + N_GIVEN * flexible]
    failed = books[first_demand + demand]
    need = books[AMOUNT]
    _available(means, month, demand, books, available)
    for lane in range(LANES):
        alive = books[STATES, lane] + books[STATES + 1, lane] + books[STATES + 2, lane]
        nth = since // 12 - waited[lane]
        need[lane] = alive * goal[AMOUNT_DUE] * price[lane] if 0.0 <= nth < goal[PAYMENTS] else 0.0
        if nth != 0.0 or alive == 0.0:
            continue
        # who dies while the goal waits has not met it
        failed[lane] = NEVER
        if waited[lane] < goal[WAITS] and need[lane] - available[lane] >= HALF_A_CENT:
            failed[lane] = goal[FIRST]
            waited[lane] += 1.0
            need[lane] = 0.0
    return True


@compiled
def _note_missing(
    program: Program,
    month: int,
    demand: int,
    whole: NDArray[np.float64],
    books: NDArray[np.float64],
) -> None:
    """Note what is missing (AMOUNT) of what was due: enough was paid, or the first month of failure."""
    means, need = program.means, books[AMOUNT]
    first_demand = balance_row(program.mix.size)
    flexible, flow = means.goals[demand, FLEXIBLE], FLOWS + program.payers.demands[demand, 0]
    for lane in range(LANES):
        if need[lane] < HALF_A_CENT:
            continue
        if flexible >= 0:
            part = first_demand + program.demands.shape[2] + N_GIVEN * flexible + 1
            least = means.flexible[flexible, LEAST] * whole[lane]
            if whole[lane] - need[lane] > least - HALF_A_CENT:
                # what is not asked for is not missing
                books[flow, lane] -= need[lane]
                books[part, lane] = min(books[part, lane], 1.0 - need[lane] / whole[lane])
                continue
        books[FLOWS + F_SHORTFALL, lane] += need[lane]
        if books[first_demand + demand, lane] == NEVER:
            books[first_demand + demand, lane] = month


@compiled
def _pay_as_meant(
    program: Program, month: int, demand: int, books: NDArray[np.float64], whole: NDArray[np.float64]
) -> None:
    """Pay what is due (AMOUNT) of a demand by its order: education accounts, own accounts, income, the rest."""
    means, need = program.means, books[AMOUNT]
    row, is_only = means.rows[means.eras[month], demand], means.goals[demand, ONLY] == 1
    counts = means.counts[row]
    for lane in range(LANES):
        whole[lane] = need[lane]
    draw_education(means.education[row, : counts[N_EDUCATION_FIRST]], books, need)
    missing = count_above(need, 0.0)
    # income stands behind the own accounts
    for place in range(counts[N_SOURCES] + 1):
        if place == counts[N_OWN]:
            if not is_only:
                _pay_from_income(books, need)
                missing = count_above(need, 0.0)
        elif missing > 0:
            missing = withdraw(means.orders[row, place if place < counts[N_OWN] else place - 1], books, need, month)
    if not is_only:
        draw_education(means.education[row, counts[N_EDUCATION_FIRST] : counts[N_EDUCATION]], books, need)
    _note_missing(program, month, demand, whole, books)


@compiled
def _pay_from_income(books: NDArray[np.float64], need: NDArray[np.float64]) -> None:
    for lane in range(LANES):
        from_income = min(max(books[UNSPENT, lane], 0.0), need[lane])
        books[UNSPENT, lane] -= from_income
        need[lane] -= from_income


@compiled
def _book(program: Program, demand: int, price: NDArray[np.float32], books: NDArray[np.float64]) -> None:
    """Note what is due (AMOUNT) of a demand in its flow, less what a rule of spending does not let be spent."""
    flow, part, need = FLOWS + program.payers.demands[demand, 0], program.payers.demands[demand, 2], books[AMOUNT]
    for lane in range(LANES):
        if part == ABOVE_FLOOR:
            need[lane] *= books[SPENT_ABOVE, lane]
        if part != WHOLE:
            books[SPENT, lane] += need[lane] / price[lane]
        books[flow, lane] += need[lane]


@compiled
def spend_as_meant(
    program: Program,
    month: int,
    price: NDArray[np.float32],
    books: NDArray[np.float64],
    scratch: NDArray[np.float64],
) -> None:
    """Cover what contributions exceed income by, and pay the demands of a month, each from the accounts meant for it.

    ``scratch`` (2, LANES) is used up.
    """
    means, whole, available = program.means, scratch[0], scratch[1]
    row = means.rows[means.eras[month], program.demands.shape[2]]
    sources = means.orders[row, : means.counts[row, N_SOURCES]]
    cover_deficit(sources, books, month, whole, balance_row(program.mix.size))
    for demand in range(program.demands.shape[2]):
        if means.goals[demand, FLEXIBLE] >= 0:
            if not _comes_due(program, (month, demand), price, books, available):
                continue
        elif not tell(program.demands, month, demand, price, books):
            continue
        _book(program, demand, price, books)
        _pay_as_meant(program, month, demand, books, whole)
        if program.payers.demands[demand, 2] != WHOLE:
            for lane in range(LANES):
                books[SPENT, lane] -= books[AMOUNT, lane] / price[lane]
