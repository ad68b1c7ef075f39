"""What a month does to the books of a block: markets move, incomes arrive, contributions and demands are paid.

Schedules have a row per state of the household: an amount counts with the weight of its state on each path, 1 where
the path is in it and else 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import (
    AMOUNT,
    F_BENEFITS,
    F_CONTRIBUTIONS,
    F_EMPLOYER,
    F_OTHER,
    F_SHORTFALL,
    F_WAGES,
    F_WITHDRAWALS,
    FIRST_ALONE,
    FLOWS,
    HALF_A_CENT,
    INHERITED,
    INHERITED_FROM,
    NEVER,
    SPENT,
    SPENT_ABOVE,
    SPREAD_SOLD,
    STATES,
    UNSPENT,
    balance_row,
)
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.program import Payers
from apps.plans.engine.roth_program import ROTH
from apps.plans.engine.schedules import ABOVE_FLOOR, NOMINAL, REAL, TAX_DEFERRED, TAXABLE, WHOLE
from apps.plans.engine.tax_law import (
    BENEFITS,
    EARLY,
    GAINS,
    INTEREST,
    ORDINARY,
    PRE_TAX,
    QUALIFIED,
    WAGES_1,
    WAGES_2,
)

# Columns of the incomes: where each is noted for the tax (-1: nowhere) and in which flow.
INCOME_SLOTS = (WAGES_1, WAGES_2, BENEFITS, ORDINARY, -1, GAINS, INTEREST)
INCOME_FLOWS = (F_WAGES, F_WAGES, F_BENEFITS, F_OTHER, F_OTHER, F_OTHER, F_OTHER)
N_INCOMES = len(INCOME_SLOTS)
INCOME_BENEFITS = 2


@compiled
def move_accounts(
    mix: NDArray[np.int64],
    rates: NDArray[np.float64],
    growth: NDArray[np.float32],
    month: int,
    books: NDArray[np.float64],
) -> None:
    """Grow balances by the growth of their mix, charge fees, note taxable yields (they raise the cost basis)."""
    for account in range(mix.size):
        grows = mix[account]
        row = balance_row(account)
        fee, interest, qualified = rates[account, 0], rates[account, 1], rates[account, 2]
        if interest + qualified > 0.0:
            for lane in range(LANES):
                opening = books[row, lane]
                books[INTEREST, lane] += opening * interest
                books[QUALIFIED, lane] += opening * qualified
                books[row + 1, lane] += opening * (interest + qualified)
        for lane in range(LANES):
            books[row, lane] *= growth[grows, month, lane] * fee


@compiled
def count_above(amounts: NDArray[np.float64], bound: float) -> int:
    """On how many lanes an amount lies above a bound."""
    count = 0
    for lane in range(LANES):
        count += amounts[lane] > bound
    return count


@compiled
def withdraw(source: NDArray[np.int64], books: NDArray[np.float64], missing: NDArray[np.float64], month: int) -> int:
    """Take what is missing (LANES,) from one account as far as it goes; note what is taxed.

    Returns on how many paths something is still missing: a count, since the largest amount would have to be found lane
    by lane, and a loop without branches runs on all lanes at once.
    """
    row = balance_row(source[0])
    taxable = source[1] == TAXABLE
    if taxable:
        for lane in range(LANES):
            balance = books[row, lane]
            take = min(balance, missing[lane])
            share = take / balance if balance > 0.0 else 0.0
            cost = books[row + 1, lane] * share
            books[GAINS, lane] += take - cost
            books[row + 1, lane] -= cost
        if source[2] < 0:
            for lane in range(LANES):
                balance = books[row, lane]
                more = books[row + 4, lane] * (min(balance, missing[lane]) / balance if balance > 0.0 else 0.0)
                books[SPREAD_SOLD, lane] += more
                books[row + 4, lane] -= more
    if source[1] == TAX_DEFERRED or source[1] >= ROTH:
        # what of a Roth account is taxed is told at the year's end
        taxed = 1.0 if source[1] == TAX_DEFERRED else 0.0
        early = taxed if month < source[2] else 0.0
        for lane in range(LANES):
            take = min(books[row, lane], missing[lane])
            books[ORDINARY, lane] += taxed * take
            books[EARLY, lane] += early * take
            books[row + 3, lane] += take
    for lane in range(LANES):
        take = min(books[row, lane], missing[lane])
        books[row, lane] -= take
        missing[lane] -= take
        books[FLOWS + F_WITHDRAWALS, lane] += take
    return count_above(missing, 0.0)


@compiled
def pay(
    sources: NDArray[np.int64], books: NDArray[np.float64], month: int, need: NDArray[np.float64], failure_row: int
) -> None:
    """Pay ``need`` (LANES,) from unspent income, then from the accounts in their order.

    Where that does not suffice, to half a cent, note the shortfall and the first month of failure. ``need`` is used up.
    """
    for lane in range(LANES):
        from_income = min(max(books[UNSPENT, lane], 0.0), need[lane])
        books[UNSPENT, lane] -= from_income
        need[lane] -= from_income
    missing = count_above(need, 0.0)
    for place in range(sources.shape[0]):
        if missing == 0:
            return
        missing = withdraw(sources[place], books, need, month)
    for lane in range(LANES):
        if need[lane] >= HALF_A_CENT:
            books[FLOWS + F_SHORTFALL, lane] += need[lane]
            if books[failure_row, lane] == NEVER:
                books[failure_row, lane] = month


@compiled
def tell(
    schedule: NDArray[np.float64], month: int, column: int, price: NDArray[np.float32], books: NDArray[np.float64]
) -> bool:
    """Put what a column of a schedule (n_states, n_months, n_columns, 2) brings in a month into AMOUNT; False: none."""
    if schedule.shape[0] == 1:
        real, nominal = schedule[0, month, column, REAL], schedule[0, month, column, NOMINAL]
        if real == 0.0 and nominal == 0.0:
            return False
        for lane in range(LANES):
            books[AMOUNT, lane] = real * price[lane] + nominal
        return True
    found = False
    for state in range(schedule.shape[0]):
        real, nominal = schedule[state, month, column, REAL], schedule[state, month, column, NOMINAL]
        if real == 0.0 and nominal == 0.0:
            continue
        if found:
            for lane in range(LANES):
                books[AMOUNT, lane] += books[STATES + state, lane] * (real * price[lane] + nominal)
        else:
            for lane in range(LANES):
                books[AMOUNT, lane] = books[STATES + state, lane] * (real * price[lane] + nominal)
        found = True
    return found


@compiled
def tell_benefits(
    schedule: NDArray[np.float64], month: int, price: NDArray[np.float32], books: NDArray[np.float64]
) -> bool:
    """Like `tell` for Social Security: who is left alone has the larger of the own and the survivor's benefit."""
    if schedule.shape[0] == 1:
        return tell(schedule, month, INCOME_BENEFITS, price, books)
    both = schedule[0, month, INCOME_BENEFITS, REAL]
    both_nominal = schedule[0, month, INCOME_BENEFITS, NOMINAL]
    for lane in range(LANES):
        books[AMOUNT, lane] = books[STATES, lane] * (both * price[lane] + both_nominal)
    for state in range(FIRST_ALONE, schedule.shape[0]):
        own, nominal = schedule[state, month, INCOME_BENEFITS, REAL], schedule[state, month, INCOME_BENEFITS, NOMINAL]
        for lane in range(LANES):
            inherited = books[INHERITED, lane] if month >= books[INHERITED_FROM, lane] else 0.0
            paid = max(own, inherited) * price[lane] + nominal
            books[AMOUNT, lane] += books[STATES + state, lane] * paid
    return True


@compiled
def _earn_the_same(due: NDArray[np.float64], price: NDArray[np.float32], books: NDArray[np.float64]) -> None:
    """Incomes, ``due`` (n_columns, 2), where the same people live on all paths: a pass less over the lanes."""
    for source in range(N_INCOMES):
        real, nominal = due[source, REAL], due[source, NOMINAL]
        if real == 0.0 and nominal == 0.0:
            continue
        slot = INCOME_SLOTS[source]
        flow = FLOWS + INCOME_FLOWS[source]
        for lane in range(LANES):
            amount = real * price[lane] + nominal
            books[flow, lane] += amount
            books[UNSPENT, lane] += amount
            if slot >= 0:
                books[slot, lane] += amount


@compiled
def earn(incomes: NDArray[np.float64], month: int, price: NDArray[np.float32], books: NDArray[np.float64]) -> None:
    """Incomes of a month, a schedule with the columns of INCOME_SLOTS, arrive on every path of the block."""
    if incomes.shape[0] == 1:
        _earn_the_same(incomes[0, month], price, books)
        return
    for source in range(N_INCOMES):
        if source == INCOME_BENEFITS:
            if not tell_benefits(incomes, month, price, books):
                continue
        elif not tell(incomes, month, source, price, books):
            continue
        slot = INCOME_SLOTS[source]
        flow = FLOWS + INCOME_FLOWS[source]
        for lane in range(LANES):
            amount = books[AMOUNT, lane]
            books[flow, lane] += amount
            books[UNSPENT, lane] += amount
            if slot >= 0:
                books[slot, lane] += amount


@compiled
def contribute(
    lines: NDArray[np.int64],
    contributions: NDArray[np.float64],
    month: int,
    price: NDArray[np.float32],
    books: NDArray[np.float64],
) -> None:
    """Contributions of a month go to their accounts; the household's own come out of its income."""
    for line in range(lines.shape[0]):
        if not tell(contributions, month, line, price, books):
            continue
        row = balance_row(lines[line, 0])
        flow = FLOWS + (F_CONTRIBUTIONS if lines[line, 1] == 1 else F_EMPLOYER)
        for lane in range(LANES):
            amount = books[AMOUNT, lane]
            books[row, lane] += amount
            books[row + 1, lane] += amount
            books[flow, lane] += amount
        if lines[line, 1] == 1:
            for lane in range(LANES):
                books[UNSPENT, lane] -= books[AMOUNT, lane]
        if lines[line, 2] == 1:
            for lane in range(LANES):
                books[PRE_TAX, lane] += books[AMOUNT, lane]


@compiled
def cover_deficit(
    sources: NDArray[np.int64], books: NDArray[np.float64], month: int, need: NDArray[np.float64], failure_row: int
) -> None:
    """Where contributions exceeded income, accounts make up for it; failing that, living costs are not met."""
    for lane in range(LANES):
        need[lane] = max(0.0, -books[UNSPENT, lane])
        books[UNSPENT, lane] += need[lane]
    if count_above(need, 0.0) > 0:
        pay(sources, books, month, need, failure_row)


@compiled
def spend(
    payers: Payers, demands: NDArray[np.float64], month: int, price: NDArray[np.float32], books: NDArray[np.float64]
) -> None:
    """Pay the demands of a month, a schedule with a column for each, in their order."""
    n_demands = demands.shape[2]
    first_demand = books.shape[0] - n_demands
    need = books[AMOUNT]
    for demand in range(n_demands):
        if not tell(demands, month, demand, price, books):
            continue
        flow, part = FLOWS + payers.demands[demand, 0], payers.demands[demand, 2]
        if part == ABOVE_FLOOR:
            for lane in range(LANES):
                need[lane] *= books[SPENT_ABOVE, lane]
        if part != WHOLE:
            for lane in range(LANES):
                books[SPENT, lane] += need[lane] / price[lane]
        for lane in range(LANES):
            books[flow, lane] += need[lane]
        if payers.demands[demand, 1] == 1:
            draw_education(payers.education, books, need)
        pay(payers.sources, books, month, need, first_demand + demand)
        if part != WHOLE:
            # what nobody could pay was not spent
            for lane in range(LANES):
                books[SPENT, lane] -= need[lane] / price[lane]


@compiled
def draw_education(education: NDArray[np.int64], books: NDArray[np.float64], need: NDArray[np.float64]) -> None:
    """Take an education cost from the accounts kept for it, free of tax (IRC 529(c)(3))."""
    for place in range(education.size):
        row = balance_row(education[place])
        for lane in range(LANES):
            take = min(books[row, lane], need[lane])
            books[row, lane] -= take
            need[lane] -= take
            books[FLOWS + F_WITHDRAWALS, lane] += take
