"""The simulation kernel: one pass over the scenario cube, month by month, a block of paths at a time.

Order of a month: markets move and fees are charged; incomes and contributions arrive; demands are paid in their
order, from the year's unspent income first, then from the accounts. Order of a year's end: federal tax of the
year is paid, what is left of its income is saved or spent, every mix returns to its target weights. Flows thus
happen at the end of a month, at its price level.

Within a year, deposits and withdrawals keep the drifted weights of a mix, so a mix has one growth factor per month
whatever flows: it is computed once for all accounts that share it, and this is exact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled
from apps.plans.engine.program import (
    F_BENEFITS,
    F_CONTRIBUTIONS,
    F_EMPLOYER,
    F_OTHER,
    F_SAVED,
    F_SHORTFALL,
    F_TAXES,
    F_UNPLANNED,
    F_WAGES,
    F_WITHDRAWALS,
    N_FLOWS,
    TAX_DEFERRED,
    TAXABLE,
    Program,
    Schedule,
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
    federal_tax_of_lane,
)

# Paths of a block: sixteen float32 fill one cache line.
LANES = 16

# A gap below half a cent is rounding, not a shortfall.
HALF_A_CENT = 0.005

NEVER = -1

# Columns of the incomes: where each is noted for the tax (-1: nowhere) and in which flow.
INCOME_SLOTS = (WAGES_1, WAGES_2, BENEFITS, ORDINARY, -1)
INCOME_FLOWS = (F_WAGES, F_WAGES, F_BENEFITS, F_OTHER, F_OTHER)
N_INCOMES = len(INCOME_SLOTS)


# The books of a block: one array (n_rows, LANES), since a hot call must carry one array, not a dozen. Rows: the
# ledger of the tax year, the flows of the year, the year's unspent income, then two rows for each account (balance
# and cost basis), then the first month in which each demand was not met.
FLOWS = N_SLOTS
UNSPENT = FLOWS + N_FLOWS
ACCOUNTS = UNSPENT + 1


class Recorded(NamedTuple):
    """What is kept of all paths.

    ``wealth`` and ``price`` (n_years + 1, n_paths) at year ends, ``failed`` (n_demands, n_paths) the first month a
    demand was not met or NEVER, ``flows`` (n_years, N_FLOWS, n_paths) or with no years where only success is asked.
    """

    wealth: NDArray[np.float64]
    price: NDArray[np.float64]
    failed: NDArray[np.int32]
    flows: NDArray[np.float32]


@compiled
def _balance_row(account: int) -> int:
    """Row of an account's balance; its cost basis lies in the next."""
    return ACCOUNTS + 2 * account


@compiled
def _move_mixes(
    weights: NDArray[np.float64], factors: NDArray[np.float32], drift: NDArray[np.float64], total: NDArray[np.float64]
) -> None:
    """Grow the drifted weights by a month.

    ``factors`` (n_assets + 1, LANES), ``drift`` (n_mixes, n_assets, LANES), ``total`` (n_mixes, 2, LANES): the sum of
    the drifted weights, and the growth of this month.
    """
    n_mixes, n_assets = weights.shape
    for mix in range(n_mixes):
        for lane in range(LANES):
            total[mix, 1, lane] = 0.0
        for asset in range(n_assets):
            if weights[mix, asset] > 0.0:
                for lane in range(LANES):
                    drift[mix, asset, lane] *= factors[asset, lane]
                    total[mix, 1, lane] += drift[mix, asset, lane]
        for lane in range(LANES):
            fresh = total[mix, 1, lane]
            total[mix, 1, lane] = fresh / total[mix, 0, lane]
            total[mix, 0, lane] = fresh


@compiled
def _move_accounts(program: Program, total: NDArray[np.float64], books: NDArray[np.float64]) -> None:
    """Grow balances by the growth of their mix, charge fees, note taxable yields (they raise the cost basis)."""
    for account in range(program.mix.size):
        mix = program.mix[account]
        row = _balance_row(account)
        fee = program.fee_factor[account]
        interest = program.interest[account]
        qualified = program.qualified[account]
        if interest + qualified > 0.0:
            for lane in range(LANES):
                opening = books[row, lane]
                books[INTEREST, lane] += opening * interest
                books[QUALIFIED, lane] += opening * qualified
                books[row + 1, lane] += opening * (interest + qualified)
        for lane in range(LANES):
            books[row, lane] *= total[mix, 1, lane] * fee


@compiled
def _withdraw(sources: NDArray[np.int64], books: NDArray[np.float64], month: int, need: float, lane: int) -> float:
    """Take ``need`` from the accounts in their order; return what was raised and note what is taxed."""
    raised = 0.0
    for place in range(sources.shape[0]):
        row = _balance_row(sources[place, 0])
        balance = books[row, lane]
        if balance <= 0.0:
            continue
        take = min(balance, need - raised)
        kind = sources[place, 1]
        if kind == TAXABLE:
            cost = books[row + 1, lane] * (take / balance)
            books[GAINS, lane] += take - cost
            books[row + 1, lane] -= cost
        elif kind == TAX_DEFERRED:
            books[ORDINARY, lane] += take
            if month < sources[place, 2]:
                books[EARLY, lane] += take
        books[row, lane] = balance - take
        raised += take
        if raised >= need:
            break
    books[FLOWS + F_WITHDRAWALS, lane] += raised
    return raised


@compiled
def _pay(sources: NDArray[np.int64], books: NDArray[np.float64], month: int, need: float, lane: int) -> bool:
    """Pay from unspent income, then from accounts; answer whether it sufficed, to half a cent."""
    from_income = min(max(books[UNSPENT, lane], 0.0), need)
    books[UNSPENT, lane] -= from_income
    missing: float = need - from_income
    if missing > 0.0:
        missing -= _withdraw(sources, books, month, missing, lane)
    if missing < HALF_A_CENT:
        return True
    books[FLOWS + F_SHORTFALL, lane] += missing
    return False


@compiled
def _earn(incomes: Schedule, books: NDArray[np.float64], month: int, price: NDArray[np.float64]) -> None:
    """Incomes of a month arrive on every path of the block."""
    for source in range(N_INCOMES):
        real, nominal = incomes.real[month, source], incomes.nominal[month, source]
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
def _contribute(program: Program, books: NDArray[np.float64], month: int, price: NDArray[np.float64]) -> None:
    """Contributions go to their accounts; the household's own come out of its income."""
    for line in range(program.contribution_account.size):
        real, nominal = program.contributions.real[month, line], program.contributions.nominal[month, line]
        if real == 0.0 and nominal == 0.0:
            continue
        account = program.contribution_account[line]
        row = _balance_row(account)
        own = 1.0 - program.contribution_employer[line]
        before_tax = own if program.treatment[account] == TAX_DEFERRED else 0.0
        for lane in range(LANES):
            amount = real * price[lane] + nominal
            books[row, lane] += amount
            books[row + 1, lane] += amount
            books[UNSPENT, lane] -= own * amount
            books[PRE_TAX, lane] += before_tax * amount
            books[FLOWS + F_CONTRIBUTIONS, lane] += own * amount
            books[FLOWS + F_EMPLOYER, lane] += (1.0 - own) * amount


@compiled
def _note_failure(books: NDArray[np.float64], row: int, month: int, lane: int) -> None:
    """Keep the first month in which a demand was not met."""
    if books[row, lane] == NEVER:
        books[row, lane] = month


@compiled
def _cover_deficit(sources: NDArray[np.int64], books: NDArray[np.float64], month: int, first_demand: int) -> None:
    """Where contributions exceeded income, accounts make up for it; failing that, living costs are not met."""
    for lane in range(LANES):
        if books[UNSPENT, lane] < 0.0:
            deficit = -books[UNSPENT, lane]
            books[UNSPENT, lane] = 0.0
            if not _pay(sources, books, month, deficit, lane):
                _note_failure(books, first_demand, month, lane)


@compiled
def _spend(program: Program, books: NDArray[np.float64], month: int, price: NDArray[np.float64]) -> None:
    """Pay the demands of a month in their order."""
    sources = program.sources
    first_demand = _balance_row(program.mix.size)
    for demand in range(program.demand_category.size):
        real, nominal = program.demands.real[month, demand], program.demands.nominal[month, demand]
        if real == 0.0 and nominal == 0.0:
            continue
        flow = FLOWS + program.demand_category[demand]
        from_education = program.demand_education[demand] == 1
        for lane in range(LANES):
            need = real * price[lane] + nominal
            books[flow, lane] += need
            if from_education:
                need -= _draw_education(program.education, books, need, lane)
            if books[UNSPENT, lane] >= need:
                books[UNSPENT, lane] -= need
            elif not _pay(sources, books, month, need, lane):
                _note_failure(books, first_demand + demand, month, lane)


@compiled
def _draw_education(education: NDArray[np.int64], books: NDArray[np.float64], need: float, lane: int) -> float:
    """Take an education cost from the accounts kept for it, free of tax (IRC 529(c)(3)); return what they gave."""
    raised = 0.0
    for place in range(education.size):
        row = _balance_row(education[place])
        take = min(books[row, lane], need - raised)
        books[row, lane] -= take
        raised += take
    books[FLOWS + F_WITHDRAWALS, lane] += raised
    return raised


@compiled
def _close_year(program: Program, books: NDArray[np.float64], month: int, index: NDArray[np.float64]) -> None:
    """Pay the federal tax of the year and dispose of what is left of its income.

    ``index`` (LANES,) is the price level at the start of the year, by which the law's amounts have risen since the
    table. A withdrawal that pays the tax belongs to the next year.
    """
    facts = program.year_facts[month // 12]
    law = program.law[facts[0]]
    surplus_row = _balance_row(program.surplus_account)
    first_demand = _balance_row(program.mix.size)
    for lane in range(LANES):
        due = federal_tax_of_lane(law, facts, index[lane], books, lane)
        for slot in range(N_SLOTS):
            if slot != LOSS:
                books[slot, lane] = 0.0
        books[FLOWS + F_TAXES, lane] += due
        if not _pay(program.sources, books, month, due, lane):
            _note_failure(books, first_demand, month, lane)
        left = max(0.0, books[UNSPENT, lane])
        saved = left * program.surplus_share
        books[surplus_row, lane] += saved
        books[surplus_row + 1, lane] += saved
        books[FLOWS + F_SAVED, lane] += saved
        books[FLOWS + F_UNPLANNED, lane] += left - saved
        books[UNSPENT, lane] = 0.0


@compiled
def _open_books(program: Program) -> NDArray[np.float64]:
    n_accounts = program.mix.size
    first_demand = _balance_row(n_accounts)
    books = np.zeros((first_demand + program.demand_category.size, LANES))
    for account in range(n_accounts):
        books[_balance_row(account), :] = program.balance[account]
        books[_balance_row(account) + 1, :] = program.basis[account]
    books[first_demand:, :] = NEVER
    return books


@compiled
def _rebalance(weights: NDArray[np.float64], drift: NDArray[np.float64], total: NDArray[np.float64]) -> None:
    """Return every mix to its target weights."""
    n_mixes, n_assets = weights.shape
    for mix in range(n_mixes):
        total[mix, 0, :] = 1.0
        for asset in range(n_assets):
            drift[mix, asset, :] = weights[mix, asset]


@compiled
def _record(
    books: NDArray[np.float64], n_accounts: int, recorded: Recorded, place: tuple[int, int], price: NDArray[np.float64]
) -> None:
    """Keep wealth and price level at the end of a year (0 is the start), and its flows; ``place``: year, first path."""
    year, first_path = place
    lanes = min(LANES, recorded.wealth.shape[1] - first_path)
    for lane in range(lanes):
        wealth = 0.0
        for account in range(n_accounts):
            wealth += books[_balance_row(account), lane]
        recorded.wealth[year, first_path + lane] = wealth
        recorded.price[year, first_path + lane] = price[lane]
    if year > 0 and recorded.flows.shape[0] > 0:
        for flow in range(N_FLOWS):
            for lane in range(lanes):
                recorded.flows[year - 1, flow, first_path + lane] = books[FLOWS + flow, lane]
    books[FLOWS : FLOWS + N_FLOWS, :] = 0.0


@compiled
def _simulate_block(program: Program, factors: NDArray[np.float32], first_path: int, recorded: Recorded) -> None:
    """Walk one block from the start to the horizon; ``factors`` (n_months, n_assets + 1, LANES)."""
    n_mixes, n_assets = program.weights.shape
    n_accounts = program.mix.size
    first_demand = _balance_row(n_accounts)
    books = _open_books(program)
    drift = np.empty((n_mixes, n_assets, LANES))
    total = np.empty((n_mixes, 2, LANES))
    price = np.ones(LANES)
    index = np.ones(LANES)
    _rebalance(program.weights, drift, total)
    _record(books, n_accounts, recorded, (0, first_path), price)
    for month in range(program.year_facts.shape[0] * 12):
        _move_mixes(program.weights, factors[month], drift, total)
        _move_accounts(program, total, books)
        for lane in range(LANES):
            price[lane] *= factors[month, n_assets, lane]
        _earn(program.incomes, books, month, price)
        _contribute(program, books, month, price)
        _cover_deficit(program.sources, books, month, first_demand)
        _spend(program, books, month, price)
        if month % 12 == 11:
            _close_year(program, books, month, index)
            index[:] = price
            _record(books, n_accounts, recorded, (month // 12 + 1, first_path), price)
            _rebalance(program.weights, drift, total)
    for demand in range(program.demand_category.size):
        for lane in range(min(LANES, recorded.wealth.shape[1] - first_path)):
            recorded.failed[demand, first_path + lane] = int(books[first_demand + demand, lane])


@compiled
def simulate_blocks(
    program: Program, factors: NDArray[np.float32], first_block: int, last_block: int, recorded: Recorded
) -> None:
    """Simulate the blocks from ``first_block`` up to but not in ``last_block``.

    ``factors`` (n_blocks, n_months, n_assets + 1, LANES): growth of each asset and of prices over each month. Blocks
    do not touch each other's results: any split over threads gives the same bits.
    """
    for block in range(first_block, last_block):
        _simulate_block(program, factors[block], block * LANES, recorded)
