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

from apps.plans.engine.books import (
    AMOUNT,
    BASIS,
    BOTH,
    CREDIT,
    DEATHS,
    ESTATE,
    FIRST_ALONE,
    FLOWS,
    INCOME_BEFORE,
    INCOME_TWO_BEFORE,
    INHERITED,
    INHERITED_FROM,
    N_FLOWS,
    NEVER,
    ROTH_LAYERS,
    ROTH_PAID,
    SECOND_ALONE,
    SPENT,
    SPENT_ABOVE,
    STATES,
    TAXED,
    YEAR_STATES,
    Recorded,
    balance_row,
)
from apps.plans.engine.compiled import LANES, compiled, compiled_with_arrays
from apps.plans.engine.grant_schedules import LAST
from apps.plans.engine.ira_program import MAX_POOLS, START, YEARS
from apps.plans.engine.kernel_basis import BEFORE, step_basis
from apps.plans.engine.kernel_benefits import hold_back
from apps.plans.engine.kernel_deductions import deducts_months, note_paid
from apps.plans.engine.kernel_flows import contribute, cover_deficit, earn, move_accounts, spend
from apps.plans.engine.kernel_grants import take_grants
from apps.plans.engine.kernel_iras import tell_iras
from apps.plans.engine.kernel_means import spend_as_meant
from apps.plans.engine.kernel_payouts import pay_out
from apps.plans.engine.kernel_roths import come_of_age
from apps.plans.engine.kernel_spending import set_spending
from apps.plans.engine.kernel_states import N_TOLD, tell_apart
from apps.plans.engine.kernel_years import begin_year, close_year
from apps.plans.engine.means_program import N_GIVEN
from apps.plans.engine.program import Program
from apps.plans.engine.roth_program import N_POOLS, N_START, POOL
from apps.plans.engine.spending_program import FLOOR
from apps.plans.engine.tax_law import N_SLOTS


class Room(NamedTuple):
    """Where a block is walked: its books, what is put together for a while (3 rows, and those of `kernel_states`), the
    price level as the year began (LANES,), and the shares of `kernel_grants`."""

    books: NDArray[np.float64]
    scratch: NDArray[np.float64]
    level: NDArray[np.float64]
    shares: NDArray[np.float64]


@compiled_with_arrays
def _room_for(program: Program) -> Room:
    n_mixes, n_grants = program.weights.shape[0], program.grants.rows.shape[0]
    n_rows = program.demands.shape[2] + N_GIVEN * program.means.flexible.shape[0]
    books = np.empty((balance_row(program.mix.size) + n_rows, LANES))
    shares = np.empty((n_grants + (n_mixes if n_grants > 0 else 0), LANES))
    return Room(books, np.empty((3 + N_TOLD, LANES)), np.empty(LANES), shares)


@compiled
def _open_books(program: Program, deaths: NDArray[np.int32], room: Room) -> int:
    """Put into the books what there is at the start, and return the first month whose beginning changes costs.

    Everybody lives.
    """
    books, scratch, index, shares = room
    scratch[:], index[:], shares[:] = 0.0, 1.0, 1.0
    n_accounts = program.opening.shape[0]
    first_demand = balance_row(n_accounts)
    n_demands, n_flexible = program.demands.shape[2], program.means.flexible.shape[0]
    books[:] = 0.0
    for account in range(n_accounts):
        books[balance_row(account), :] = program.opening[account, 0]
        books[balance_row(account) + 1, :] = program.opening[account, 1]
        books[balance_row(account) + 2, :] = program.opening[account, 0]
    for account in range(program.grants.beyond.size):
        books[balance_row(account) + 4, :] = program.grants.beyond[account]
    books[CREDIT, :] = program.grants.credit
    books[first_demand : first_demand + n_demands, :] = NEVER
    for flexible in range(n_flexible):
        books[first_demand + n_demands + N_GIVEN * flexible + 1, :] = 1.0
    books[STATES + BOTH, :] = 1.0
    books[YEAR_STATES + BOTH, :] = 1.0
    if program.spending.rule.size > 0:
        books[SPENT_ABOVE, :] = 1.0 - program.spending.rule[FLOOR]
    if program.iras.whole.shape[0] > 0:
        for pool in range(MAX_POOLS):
            books[BASIS + pool, :] = program.iras.real[0, START, pool]
    if program.roths.whole.shape[0] > 0:
        for place in range(N_START):
            row = ROTH_PAID + place if place < N_POOLS else ROTH_LAYERS + place - N_POOLS
            books[row, :] = program.roths.real[-1, place]
        # of an account with layers this row holds what was paid in this year
        for account in range(n_accounts):
            if program.roths.whole[account, POOL] >= 0:
                books[balance_row(account) + 1, :] = 0.0
    books[INCOME_BEFORE, :] = program.incomes_before[1]
    books[INCOME_TWO_BEFORE, :] = program.incomes_before[0]
    for adult in range(deaths.shape[0]):
        for lane in range(LANES):
            books[DEATHS + adult, lane] = deaths[adult, lane]
    return step_basis(program.opening, deaths, BEFORE, books)


@compiled
def _live(program: Program, books: NDArray[np.float64], month: int) -> None:
    """Note who lives in a month; who is left alone from it on inherits a benefit."""
    couple = program.year_facts.shape[0] > 1
    inherits = program.survivor.shape[1] > month
    for lane in range(LANES):
        first = 1.0 if month < books[DEATHS, lane] else 0.0
        second = 1.0 if month < books[DEATHS + 1, lane] else 0.0
        if inherits and first * second == 0.0 and books[STATES + BOTH, lane] == 1.0:
            heir = 0 if first == 1.0 else 1
            books[INHERITED, lane] = program.survivor[heir, month, 0]
            books[INHERITED_FROM, lane] = program.survivor[heir, month, 1]
        books[STATES + BOTH, lane] = first * second if couple else first
        books[STATES + FIRST_ALONE, lane] = first * (1.0 - second) if couple else 0.0
        books[STATES + SECOND_ALONE, lane] = second * (1.0 - first) if couple else 0.0


@compiled
def _keep_balances(books: NDArray[np.float64], n_accounts: int, balances: NDArray[np.float64], first_path: int) -> None:
    """Keep what each account holds at the end of a year in ``balances`` (n_accounts, n_paths)."""
    lanes = min(LANES, balances.shape[1] - first_path)
    for account in range(n_accounts):
        kept = balances[account, first_path : first_path + lanes]
        for lane in range(lanes):
            kept[lane] = books[balance_row(account), lane]


@compiled
def _record(books: NDArray[np.float64], n_accounts: int, recorded: Recorded, place: tuple[int, int]) -> None:
    """Keep wealth at the end of a year (0 is the start) and the flows of it; ``place``: year, first path."""
    year, first_path = place
    lanes = min(LANES, recorded.wealth.shape[1] - first_path)
    # the rows of these paths: the compiler then knows that lanes lie side by side
    last_path = first_path + lanes
    wealth = recorded.wealth[year, first_path:last_path]
    for lane in range(lanes):
        wealth[lane] = 0.0
    for account in range(n_accounts):
        for lane in range(lanes):
            wealth[lane] += books[balance_row(account), lane]
    if recorded.balances.shape[0] > 0:
        _keep_balances(books, n_accounts, recorded.balances[year], first_path)
    if year > 0:
        _keep_year(books, recorded, (year - 1, first_path, last_path))
    books[FLOWS : FLOWS + N_FLOWS, :] = 0.0
    books[SPENT, :] = 0.0


@compiled
def _keep_year(books: NDArray[np.float64], recorded: Recorded, place: tuple[int, int, int]) -> None:
    """Keep what is asked for of a year: flows, ledgers, spending; ``place``: year, first path, one past the last."""
    year, first_path, last_path = place
    lanes = last_path - first_path
    if recorded.flows.shape[0] > 0:
        for flow in range(recorded.flows.shape[1]):
            flows = recorded.flows[year, flow, first_path:last_path]
            for lane in range(lanes):
                flows[lane] = books[FLOWS + flow, lane]
    if recorded.ledgers.shape[0] > 0:
        for slot in range(N_SLOTS):
            ledger = recorded.ledgers[year, slot, first_path:last_path]
            for lane in range(lanes):
                ledger[lane] = books[TAXED + slot, lane]
    if recorded.spending.shape[0] > 0:
        spending = recorded.spending[year, first_path:last_path]
        for lane in range(lanes):
            spending[lane] = books[SPENT, lane]


@compiled
def _note_estate(books: NDArray[np.float64], n_accounts: int, price: NDArray[np.float32]) -> None:
    """Keep what there is at the end of a year that somebody began alive."""
    books[AMOUNT, :] = 0.0
    for account in range(n_accounts):
        row = balance_row(account)
        for lane in range(LANES):
            books[AMOUNT, lane] += books[row, lane]
    for lane in range(LANES):
        began = books[YEAR_STATES, lane] + books[YEAR_STATES + 1, lane] + books[YEAR_STATES + 2, lane]
        kept = books[ESTATE, lane]
        books[ESTATE, lane] = books[AMOUNT, lane] / price[lane] if began > 0.0 else kept


@compiled
def _keep_ends(books: NDArray[np.float64], first_demand: int, recorded: Recorded, first_path: int) -> None:
    """Keep what was left, when each demand was first not met, and how goals gave way."""
    lanes, n_demands = min(LANES, recorded.wealth.shape[1] - first_path), recorded.failed.shape[0]
    estate = recorded.estate[first_path : first_path + lanes]
    for lane in range(lanes):
        estate[lane] = books[ESTATE, lane]
    for demand in range(n_demands):
        failed = recorded.failed[demand, first_path : first_path + lanes]
        for lane in range(lanes):
            failed[lane] = int(books[first_demand + demand, lane])
    for row in range(recorded.given.shape[0]):
        given = recorded.given[row, first_path : first_path + lanes]
        for lane in range(lanes):
            given[lane] = books[first_demand + n_demands + row, lane]


@compiled
def _note(
    program: Program, month: int, price: NDArray[np.float32], books: NDArray[np.float64], told: NDArray[np.float64]
) -> None:
    """Note what a state tells apart of a month, and what may be deducted of it."""
    if program.state_laws.shape[1] > 0:
        for state in range(program.incomes.shape[0]):
            tell_apart(program.incomes[state, month], price, books[STATES + state], told)
    if deducts_months(program):
        note_paid(program, month, price, books)


@compiled
def _granted_until(program: Program) -> int:
    """The month from which on no grant can do anything, 0 where there is none."""
    until = 0
    for place in range(program.grants.rows.shape[0]):
        until = max(until, program.grants.rows[place, LAST] + 1)
    return until


@compiled
def _end_year(program: Program, growth: NDArray[np.float32], deaths: NDArray[np.int32], month: int, room: Room) -> None:
    """Close the calendar year whose last month this is, and begin the next one."""
    books, scratch, index, _ = room
    price = growth[program.weights.shape[0], month]
    close_year(program, books, month, index, scratch)
    if deaths.shape[0] > 0:
        _note_estate(books, program.mix.size, price)
        # who dies on the first of January is not there as the year begins
        _live(program, books, month + 1)
    if program.spending.rule.size > 0:
        set_spending(program, growth, month, books, index)
    begin_year(program, books)
    for lane in range(LANES):
        index[lane] = price[lane]


@compiled
def _simulate_block(
    program: Program,
    growth: NDArray[np.float32],
    deaths: NDArray[np.int32],
    first_path: int,
    recorded: Recorded,
    room: Room,
) -> None:
    """Walk one block from the start to the horizon; ``growth`` (n_mixes + 1, n_months, LANES)."""
    n_mixes, n_accounts, n_grants, year = program.weights.shape[0], program.mix.size, program.grants.rows.shape[0], 0
    books, scratch, index, shares = room
    step_at = _open_books(program, deaths, room)
    own_lines, granted_until = program.lines[:, 1].sum() + n_grants, _granted_until(program)
    notes = program.state_laws.shape[1] > 0 or deducts_months(program)
    gives = program.iras.real.shape[1] > YEARS + program.year_facts.shape[1]
    _record(books, n_accounts, recorded, (0, first_path))
    for month in range(program.demands.shape[1]):
        price = growth[n_mixes, month]
        if deaths.shape[0] > 0:
            _live(program, books, month)
        if month == step_at:
            step_at = step_basis(program.opening, deaths, month, books)
        move_accounts(program.mix, program.rates, growth, month, books)
        earn(program.incomes, month, price, books)
        hold_back(program, month, price, books)
        pay_out(program, month, deaths.shape[0] > 0, books)
        if month < granted_until:
            take_grants(program, growth, month, shares, books, scratch[3:])
        if notes:
            _note(program, month, price, books, scratch[3:])
        # told apart, since LLVM would copy what is called from one place into the walk of all plans
        if gives:
            tell_iras(program, books, (month, year, 1), price, index)
        elif program.iras.whole.shape[0] > 0:
            tell_iras(program, books, (month, year, 0), price, index)
        if program.roths.whole.shape[0] > 0:
            come_of_age(program, books, month, year)
        contribute(program.lines, program.contributions, month, price, books)
        if program.means.orders.shape[0] > 0:
            spend_as_meant(program, month, price, books, scratch)
        else:
            if own_lines > 0:
                cover_deficit(program.payers.sources, books, month, scratch[0], balance_row(n_accounts))
            spend(program.payers, program.demands, month, price, books)
        if month % 12 == (program.first_year - 1) % 12:
            _end_year(program, growth, deaths, month, room)
            year += 1
            _record(books, n_accounts, recorded, (year, first_path))
    _keep_ends(books, balance_row(n_accounts), recorded, first_path)


@compiled_with_arrays
def simulate_blocks(
    program: Program, growth: NDArray[np.float32], deaths: NDArray[np.int32], first_block: int, recorded: Recorded
) -> None:
    """Simulate the blocks of ``growth`` (n_blocks, n_mixes + 1, n_months, LANES), the first being ``first_block``.

    ``deaths`` (n_blocks, n_adults, LANES) is the month in which each adult dies on each path, or has no adults where
    the program knows the ends of all. Blocks do not touch each other's results: any split over threads gives the same
    bits.
    """
    room = _room_for(program)
    for block in range(growth.shape[0]):
        _simulate_block(program, growth[block], deaths[block], (first_block + block) * LANES, recorded, room)
