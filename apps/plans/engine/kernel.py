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


class State(NamedTuple):
    """The books of a block: per account (n_accounts, LANES), ledger (N_SLOTS, LANES), the rest (LANES,) or rows."""

    balance: NDArray[np.float64]
    basis: NDArray[np.float64]
    ledger: NDArray[np.float64]
    flows: NDArray[np.float64]
    unspent: NDArray[np.float64]
    failed: NDArray[np.int32]


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
def _move_markets(
    program: Program, factors: NDArray[np.float32], drift: NDArray[np.float64], total: NDArray[np.float64], state: State
) -> None:
    """Grow drifted weights and balances by one month; charge fees; note taxable yields.

    ``factors`` (n_assets + 1, LANES), ``drift`` (n_mixes, n_assets, LANES), ``total`` (n_mixes, 2, LANES): the sum of
    the drifted weights, and the growth of this month.
    """
    n_mixes, n_assets, _ = drift.shape
    for mix in range(n_mixes):
        fresh = np.zeros(LANES)
        for asset in range(n_assets):
            if program.weights[mix, asset] > 0.0:
                for lane in range(LANES):
                    drift[mix, asset, lane] *= factors[asset, lane]
                    fresh[lane] += drift[mix, asset, lane]
        for lane in range(LANES):
            total[mix, 1, lane] = fresh[lane] / total[mix, 0, lane]
            total[mix, 0, lane] = fresh[lane]
    for account in range(program.mix.size):
        growth = total[program.mix[account], 1]
        fee = program.fee_factor[account]
        interest = program.interest[account]
        qualified = program.qualified[account]
        paid_out = interest + qualified
        for lane in range(LANES):
            opening = state.balance[account, lane]
            state.balance[account, lane] = opening * growth[lane] * fee
            state.ledger[INTEREST, lane] += opening * interest
            state.ledger[QUALIFIED, lane] += opening * qualified
            state.basis[account, lane] += opening * paid_out


@compiled
def _withdraw(program: Program, state: State, month: int, need: float, lane: int) -> float:
    """Take ``need`` from the accounts in their order; return what was raised and note what is taxed."""
    raised = 0.0
    for place in range(program.order.size):
        if raised >= need:
            break
        account = program.order[place]
        balance = state.balance[account, lane]
        if balance <= 0.0:
            continue
        take = min(balance, need - raised)
        kind = program.treatment[account]
        if kind == TAXABLE:
            cost = state.basis[account, lane] * (take / balance)
            state.ledger[GAINS, lane] += take - cost
            state.basis[account, lane] -= cost
        elif kind == TAX_DEFERRED:
            state.ledger[ORDINARY, lane] += take
            if month < program.penalty_until[account]:
                state.ledger[EARLY, lane] += take
        state.balance[account, lane] = balance - take
        raised += take
    state.flows[F_WITHDRAWALS, lane] += raised
    return raised


@compiled
def _pay(program: Program, state: State, month: int, need: float, lane: int) -> float:
    """Pay from unspent income, then from accounts; return what is missing, 0 below half a cent."""
    from_income = min(max(state.unspent[lane], 0.0), need)
    state.unspent[lane] -= from_income
    missing: float = need - from_income
    if missing > 0.0:
        missing -= _withdraw(program, state, month, missing, lane)
    if missing < HALF_A_CENT:
        return 0.0
    state.flows[F_SHORTFALL, lane] += missing
    return missing


@compiled
def _earn(program: Program, state: State, month: int, price: float, lane: int) -> None:
    """Incomes arrive, contributions go to their accounts."""
    real, nominal = program.incomes.real[month], program.incomes.nominal[month]
    first = real[0] * price + nominal[0]
    second = real[1] * price + nominal[1]
    benefits = real[2] * price + nominal[2]
    taxed = real[3] * price + nominal[3]
    free = real[4] * price + nominal[4]
    state.ledger[WAGES_1, lane] += first
    state.ledger[WAGES_2, lane] += second
    state.ledger[BENEFITS, lane] += benefits
    state.ledger[ORDINARY, lane] += taxed
    state.flows[F_WAGES, lane] += first + second
    state.flows[F_BENEFITS, lane] += benefits
    state.flows[F_OTHER, lane] += taxed + free
    state.unspent[lane] += first + second + benefits + taxed + free
    for line in range(program.contribution_account.size):
        amount = program.contributions.real[month, line] * price + program.contributions.nominal[month, line]
        if amount <= 0.0:
            continue
        account = program.contribution_account[line]
        state.balance[account, lane] += amount
        state.basis[account, lane] += amount
        if program.contribution_employer[line] == 1:
            state.flows[F_EMPLOYER, lane] += amount
            continue
        state.flows[F_CONTRIBUTIONS, lane] += amount
        state.unspent[lane] -= amount
        if program.treatment[account] == TAX_DEFERRED:
            state.ledger[PRE_TAX, lane] += amount


@compiled
def _spend(program: Program, state: State, month: int, price: float, lane: int) -> None:
    """Cover a deficit of income, then pay the demands in their order; note the first month one is not met."""
    if state.unspent[lane] < 0.0:
        deficit = -state.unspent[lane]
        state.unspent[lane] = 0.0
        if _pay(program, state, month, deficit, lane) > 0.0 and state.failed[0, lane] == NEVER:
            state.failed[0, lane] = month
    for demand in range(program.demand_category.size):
        need = program.demands.real[month, demand] * price + program.demands.nominal[month, demand]
        if need <= 0.0:
            continue
        state.flows[program.demand_category[demand], lane] += need
        if program.demand_education[demand] == 1:
            for place in range(program.education.size):
                account = program.education[place]
                take = min(state.balance[account, lane], need)
                state.balance[account, lane] -= take
                state.flows[F_WITHDRAWALS, lane] += take
                need -= take
        if need > 0.0 and _pay(program, state, month, need, lane) > 0.0 and state.failed[demand, lane] == NEVER:
            state.failed[demand, lane] = month


@compiled
def _close_year(program: Program, state: State, month: int, index: float, lane: int) -> None:
    """Pay the federal tax of the year and dispose of what is left of its income.

    ``index`` is the price level at the start of the year, by which the law's amounts have risen since the table.
    A withdrawal that pays the tax belongs to the next year.
    """
    due = federal_tax_of_lane(program.tax, program.year_facts[month // 12], index, state.ledger, lane)
    for slot in range(N_SLOTS):
        if slot != LOSS:
            state.ledger[slot, lane] = 0.0
    state.flows[F_TAXES, lane] += due
    if _pay(program, state, month, due, lane) > 0.0 and state.failed[0, lane] == NEVER:
        state.failed[0, lane] = month
    left = max(0.0, state.unspent[lane])
    saved = left * program.surplus_share
    state.balance[program.surplus_account, lane] += saved
    state.basis[program.surplus_account, lane] += saved
    state.flows[F_SAVED, lane] += saved
    state.flows[F_UNPLANNED, lane] += left - saved
    state.unspent[lane] = 0.0


@compiled
def _open_books(program: Program) -> State:
    n_accounts = program.mix.size
    balance = np.empty((n_accounts, LANES))
    basis = np.empty((n_accounts, LANES))
    for account in range(n_accounts):
        balance[account, :] = program.balance[account]
        basis[account, :] = program.basis[account]
    return State(
        balance,
        basis,
        np.zeros((N_SLOTS, LANES)),
        np.zeros((N_FLOWS, LANES)),
        np.zeros(LANES),
        np.full((program.demand_category.size, LANES), NEVER, np.int32),
    )


@compiled
def _rebalance(program: Program, drift: NDArray[np.float64], total: NDArray[np.float64]) -> None:
    """Return every mix to its target weights."""
    n_mixes, n_assets, _ = drift.shape
    for mix in range(n_mixes):
        total[mix, 0, :] = 1.0
        for asset in range(n_assets):
            drift[mix, asset, :] = program.weights[mix, asset]


@compiled
def _record(state: State, recorded: Recorded, year: int, first_path: int, price: NDArray[np.float64]) -> None:
    """Keep wealth and price level at the end of ``year`` (0 is the start), and the flows of the year."""
    lanes = min(LANES, recorded.wealth.shape[1] - first_path)
    for lane in range(lanes):
        wealth = 0.0
        for account in range(state.balance.shape[0]):
            wealth += state.balance[account, lane]
        recorded.wealth[year, first_path + lane] = wealth
        recorded.price[year, first_path + lane] = price[lane]
    if year > 0 and recorded.flows.shape[0] > 0:
        for flow in range(N_FLOWS):
            for lane in range(lanes):
                recorded.flows[year - 1, flow, first_path + lane] = state.flows[flow, lane]
    state.flows[:] = 0.0


@compiled
def _simulate_block(program: Program, factors: NDArray[np.float32], first_path: int, recorded: Recorded) -> None:
    """Walk one block from the start to the horizon; ``factors`` (n_months, n_assets + 1, LANES)."""
    n_mixes, n_assets = program.weights.shape
    state = _open_books(program)
    drift = np.empty((n_mixes, n_assets, LANES))
    total = np.empty((n_mixes, 2, LANES))
    price = np.ones(LANES)
    index = np.ones(LANES)
    lanes = min(LANES, recorded.wealth.shape[1] - first_path)
    _rebalance(program, drift, total)
    _record(state, recorded, 0, first_path, price)
    for month in range(program.year_facts.shape[0] * 12):
        _move_markets(program, factors[month], drift, total, state)
        for lane in range(LANES):
            price[lane] *= factors[month, n_assets, lane]
        for lane in range(lanes):
            _earn(program, state, month, price[lane], lane)
            _spend(program, state, month, price[lane], lane)
        if month % 12 == 11:
            for lane in range(lanes):
                _close_year(program, state, month, index[lane], lane)
                index[lane] = price[lane]
            _record(state, recorded, month // 12 + 1, first_path, price)
            _rebalance(program, drift, total)
    for demand in range(state.failed.shape[0]):
        for lane in range(lanes):
            recorded.failed[demand, first_path + lane] = state.failed[demand, lane]


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
