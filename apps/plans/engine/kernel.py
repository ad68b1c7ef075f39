"""The simulation kernel: one pass over the scenario cube, month by month, a block of paths at a time.

Order of a month: markets move and fees are charged; incomes and contributions arrive; demands are paid in their
order, from the year's unspent income first, then from the accounts. Order of a year's end: federal tax of the
year is paid, what is left of its income is saved or spent, every mix returns to its target weights. Flows thus
happen at the end of a month, at its price level.

The markets come as the growth of each allocation and the price level (`growth`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.program import (
    F_BENEFITS,
    F_CONTRIBUTIONS,
    F_EMPLOYER,
    F_OTHER,
    F_REQUIRED,
    F_SAVED,
    F_SHORTFALL,
    F_TAXES,
    F_UNPLANNED,
    F_WAGES,
    F_WITHDRAWALS,
    N_FLOWS,
    NOMINAL,
    REAL,
    TAX_DEFERRED,
    TAXABLE,
    Payers,
    Program,
)
from apps.plans.engine.tax_kernel import (
    BENEFITS,
    EARLY,
    GAINS,
    INTEREST,
    LOSS,
    N_SLOTS,
    ORDINARY,
    PRE_TAX,
    QUALIFIED,
    WAGES_1,
    WAGES_2,
    federal_taxes,
)

# A gap below half a cent is rounding, not a shortfall.
HALF_A_CENT = 0.005

NEVER = -1

PriceAndNeed = tuple[NDArray[np.float32], NDArray[np.float64]]

# Columns of the incomes: where each is noted for the tax (-1: nowhere) and in which flow.
INCOME_SLOTS = (WAGES_1, WAGES_2, BENEFITS, ORDINARY, -1)
INCOME_FLOWS = (F_WAGES, F_WAGES, F_BENEFITS, F_OTHER, F_OTHER)
N_INCOMES = len(INCOME_SLOTS)


# The books of a block: one array (n_rows, LANES), since a hot call must carry one array, not a dozen. Rows: the
# ledger of the tax year, the flows of the year, the year's unspent income, then four rows for each account (see
# `_balance_row`), then the first month in which each demand was not met.
FLOWS = N_SLOTS
UNSPENT = FLOWS + N_FLOWS
ACCOUNTS = UNSPENT + 1


class Recorded(NamedTuple):
    """What is kept of all paths.

    ``wealth`` (n_years + 1, n_paths) at the start and at year ends, ``failed`` (n_demands, n_paths) the first month a
    demand was not met or NEVER, ``flows`` (n_years, N_FLOWS, n_paths) or with no years where only success is asked.
    """

    wealth: NDArray[np.float64]
    failed: NDArray[np.int32]
    flows: NDArray[np.float32]


@compiled
def _balance_row(account: int) -> int:
    """Row of an account's balance; then come its cost basis, its balance as the year began, what was taken since."""
    return ACCOUNTS + 4 * account


@compiled
def _move_accounts(
    mix: NDArray[np.int64],
    rates: NDArray[np.float64],
    growth: NDArray[np.float32],
    month: int,
    books: NDArray[np.float64],
) -> None:
    """Grow balances by the growth of their mix, charge fees, note taxable yields (they raise the cost basis)."""
    for account in range(mix.size):
        grows = mix[account]
        row = _balance_row(account)
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
def _count_above(amounts: NDArray[np.float64], bound: float) -> int:
    """On how many lanes an amount lies above a bound."""
    count = 0
    for lane in range(LANES):
        count += amounts[lane] > bound
    return count


@compiled
def _withdraw(source: NDArray[np.int64], books: NDArray[np.float64], missing: NDArray[np.float64], month: int) -> int:
    """Take what is missing (LANES,) from one account as far as it goes; note what is taxed.

    Returns on how many paths something is still missing: a count, since the largest amount would have to be found lane
    by lane, and a loop without branches runs on all lanes at once.
    """
    row = _balance_row(source[0])
    taxable = source[1] == TAXABLE
    if taxable:
        for lane in range(LANES):
            balance = books[row, lane]
            take = min(balance, missing[lane])
            share = take / balance if balance > 0.0 else 0.0
            cost = books[row + 1, lane] * share
            books[GAINS, lane] += take - cost
            books[row + 1, lane] -= cost
    if source[1] == TAX_DEFERRED:
        early = 1.0 if month < source[2] else 0.0
        for lane in range(LANES):
            take = min(books[row, lane], missing[lane])
            books[ORDINARY, lane] += take
            books[EARLY, lane] += early * take
            books[row + 3, lane] += take
    for lane in range(LANES):
        take = min(books[row, lane], missing[lane])
        books[row, lane] -= take
        missing[lane] -= take
        books[FLOWS + F_WITHDRAWALS, lane] += take
    return _count_above(missing, 0.0)


@compiled
def _pay(
    sources: NDArray[np.int64], books: NDArray[np.float64], month: int, need: NDArray[np.float64], failure_row: int
) -> None:
    """Pay ``need`` (LANES,) from unspent income, then from the accounts in their order.

    Where that does not suffice, to half a cent, note the shortfall and the first month of failure. ``need`` is used up.
    """
    for lane in range(LANES):
        from_income = min(max(books[UNSPENT, lane], 0.0), need[lane])
        books[UNSPENT, lane] -= from_income
        need[lane] -= from_income
    missing = _count_above(need, 0.0)
    for place in range(sources.shape[0]):
        if missing == 0:
            return
        missing = _withdraw(sources[place], books, need, month)
    for lane in range(LANES):
        if need[lane] >= HALF_A_CENT:
            books[FLOWS + F_SHORTFALL, lane] += need[lane]
            if books[failure_row, lane] == NEVER:
                books[failure_row, lane] = month


@compiled
def _earn(due: NDArray[np.float64], books: NDArray[np.float64], price: NDArray[np.float32]) -> None:
    """Incomes of a month, ``due`` (5, 2), arrive on every path of the block."""
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
def _contribute(
    lines: NDArray[np.int64], due: NDArray[np.float64], books: NDArray[np.float64], price: NDArray[np.float32]
) -> None:
    """Contributions of a month go to their accounts; the household's own come out of its income."""
    for line in range(lines.shape[0]):
        real, nominal = due[line, REAL], due[line, NOMINAL]
        if real == 0.0 and nominal == 0.0:
            continue
        row = _balance_row(lines[line, 0])
        flow = FLOWS + (F_CONTRIBUTIONS if lines[line, 1] == 1 else F_EMPLOYER)
        for lane in range(LANES):
            amount = real * price[lane] + nominal
            books[row, lane] += amount
            books[row + 1, lane] += amount
            books[flow, lane] += amount
        if lines[line, 1] == 1:
            for lane in range(LANES):
                books[UNSPENT, lane] -= real * price[lane] + nominal
        if lines[line, 2] == 1:
            for lane in range(LANES):
                books[PRE_TAX, lane] += real * price[lane] + nominal


@compiled
def _cover_deficit(
    sources: NDArray[np.int64], books: NDArray[np.float64], month: int, need: NDArray[np.float64], failure_row: int
) -> None:
    """Where contributions exceeded income, accounts make up for it; failing that, living costs are not met."""
    for lane in range(LANES):
        need[lane] = max(0.0, -books[UNSPENT, lane])
        books[UNSPENT, lane] += need[lane]
    if _count_above(need, 0.0) > 0:
        _pay(sources, books, month, need, failure_row)


@compiled
def _spend(
    payers: Payers, due: NDArray[np.float64], books: NDArray[np.float64], month: int, scratch: PriceAndNeed
) -> None:
    """Pay the demands of a month, ``due`` (n_demands, 2), in their order; ``scratch``: price level, room for needs."""
    price, need = scratch
    first_demand = books.shape[0] - due.shape[0]
    for demand in range(due.shape[0]):
        real, nominal = due[demand, REAL], due[demand, NOMINAL]
        if real == 0.0 and nominal == 0.0:
            continue
        flow = FLOWS + payers.demands[demand, 0]
        for lane in range(LANES):
            need[lane] = real * price[lane] + nominal
            books[flow, lane] += need[lane]
        if payers.demands[demand, 1] == 1:
            _draw_education(payers.education, books, need)
        _pay(payers.sources, books, month, need, first_demand + demand)


@compiled
def _draw_education(education: NDArray[np.int64], books: NDArray[np.float64], need: NDArray[np.float64]) -> None:
    """Take an education cost from the accounts kept for it, free of tax (IRC 529(c)(3))."""
    for place in range(education.size):
        row = _balance_row(education[place])
        for lane in range(LANES):
            take = min(books[row, lane], need[lane])
            books[row, lane] -= take
            need[lane] -= take
            books[FLOWS + F_WITHDRAWALS, lane] += take


@compiled
def _require(program: Program, year: int, books: NDArray[np.float64]) -> None:
    """Take out what the law requires and was not taken: it is taxed and goes to the account of the surplus.

    Of a balance of the 31 December before, over the divisor of the age (IRC 401(a)(9)).
    """
    surplus_row = _balance_row(program.surplus_account)
    for account in range(program.mix.size):
        row, divisor = _balance_row(account), program.divisors[year, account]
        if divisor > 0.0:
            for lane in range(LANES):
                missing = max(0.0, books[row + 2, lane] / divisor - books[row + 3, lane])
                take = min(books[row, lane], missing)
                books[row, lane] -= take
                books[ORDINARY, lane] += take
                books[surplus_row, lane] += take
                books[surplus_row + 1, lane] += take
                books[FLOWS + F_REQUIRED, lane] += take


@compiled
def _begin_year(program: Program, books: NDArray[np.float64]) -> None:
    """Note the balances with which a year begins, for what the law requires in it."""
    for account in range(program.mix.size):
        row = _balance_row(account)
        books[row + 2, :] = books[row, :]
        books[row + 3, :] = 0.0


@compiled
def _close_year(
    program: Program, books: NDArray[np.float64], month: int, index: NDArray[np.float64], scratch: NDArray[np.float64]
) -> None:
    """Pay the federal tax of the year and dispose of what is left of its income.

    ``index`` (LANES,) is the price level at the start of the year, by which the law's amounts have risen since the
    table. A withdrawal that pays the tax belongs to the next year.
    """
    year = (month + 12 - program.first_year) // 12
    facts = program.year_facts[year]
    surplus_row = _balance_row(program.surplus_account)
    share = program.surplus_share
    _require(program, year, books)
    federal_taxes(program.law[min(year, 1), facts[0]], facts, index, books, scratch)
    for slot in range(N_SLOTS):
        if slot != LOSS:
            books[slot, :] = 0.0
    need = scratch[0]
    for lane in range(LANES):
        books[FLOWS + F_TAXES, lane] += need[lane]
    _pay(program.payers.sources, books, month, need, _balance_row(program.mix.size))
    for lane in range(LANES):
        left = max(0.0, books[UNSPENT, lane])
        books[surplus_row, lane] += left * share
        books[surplus_row + 1, lane] += left * share
        books[FLOWS + F_SAVED, lane] += left * share
        books[FLOWS + F_UNPLANNED, lane] += left - left * share
        books[UNSPENT, lane] = 0.0


@compiled
def _open_books(opening: NDArray[np.float64], n_demands: int) -> NDArray[np.float64]:
    first_demand = _balance_row(opening.shape[0])
    books = np.zeros((first_demand + n_demands, LANES))
    for account in range(opening.shape[0]):
        books[_balance_row(account), :] = opening[account, 0]
        books[_balance_row(account) + 1, :] = opening[account, 1]
        books[_balance_row(account) + 2, :] = opening[account, 0]
    books[first_demand:, :] = NEVER
    return books


@compiled
def _record(books: NDArray[np.float64], n_accounts: int, recorded: Recorded, place: tuple[int, int]) -> None:
    """Keep wealth at the end of a year (0 is the start) and the flows of it; ``place``: year, first path."""
    year, first_path = place
    lanes = min(LANES, recorded.wealth.shape[1] - first_path)
    for lane in range(lanes):
        wealth = 0.0
        for account in range(n_accounts):
            wealth += books[_balance_row(account), lane]
        recorded.wealth[year, first_path + lane] = wealth
    if year > 0 and recorded.flows.shape[0] > 0:
        for flow in range(N_FLOWS):
            for lane in range(lanes):
                recorded.flows[year - 1, flow, first_path + lane] = books[FLOWS + flow, lane]
    books[FLOWS : FLOWS + N_FLOWS, :] = 0.0


@compiled
def _simulate_block(program: Program, growth: NDArray[np.float32], first_path: int, recorded: Recorded) -> None:
    """Walk one block from the start to the horizon; ``growth`` (n_mixes + 1, n_months, LANES)."""
    n_mixes = program.weights.shape[0]
    n_accounts, n_demands = program.mix.size, program.demands.shape[1]
    first_demand = _balance_row(n_accounts)
    books = _open_books(program.opening, n_demands)
    scratch = np.empty((2, LANES))
    index = np.ones(LANES)
    need = scratch[0]
    mix, rates, lines, payers = program.mix, program.rates, program.lines, program.payers
    incomes, contributions, demands = program.incomes, program.contributions, program.demands
    own_lines = lines[:, 1].sum()
    _record(books, n_accounts, recorded, (0, first_path))
    year = 0
    for month in range(program.demands.shape[0]):
        price = growth[n_mixes, month]
        _move_accounts(mix, rates, growth, month, books)
        _earn(incomes[month], books, price)
        _contribute(lines, contributions[month], books, price)
        if own_lines > 0:
            _cover_deficit(payers.sources, books, month, need, first_demand)
        _spend(payers, demands[month], books, month, (price, need))
        if month % 12 == (program.first_year - 1) % 12:
            _close_year(program, books, month, index, scratch)
            _begin_year(program, books)
            index[:] = price
            year += 1
            _record(books, n_accounts, recorded, (year, first_path))
    for demand in range(n_demands):
        for lane in range(min(LANES, recorded.wealth.shape[1] - first_path)):
            recorded.failed[demand, first_path + lane] = int(books[first_demand + demand, lane])


@compiled
def simulate_blocks(program: Program, growth: NDArray[np.float32], first_block: int, recorded: Recorded) -> None:
    """Simulate the blocks of ``growth`` (n_blocks, n_mixes + 1, n_months, LANES), the first being ``first_block``.

    Blocks do not touch each other's results: any split over threads gives the same bits.
    """
    for block in range(growth.shape[0]):
        _simulate_block(program, growth[block], (first_block + block) * LANES, recorded)
