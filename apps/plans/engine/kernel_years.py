"""What the end of a year does to the books of a block: what the law requires is taken out, taxes are paid, what is
left of the year's income is saved or spent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import (
    CONVERTING_TAX,
    F_REQUIRED,
    F_SAVED,
    F_STATE_TAXES,
    F_TAXES,
    F_UNPLANNED,
    FLOWS,
    STATES,
    TAXED,
    UNSPENT,
    WORK,
    YEAR_STATES,
    balance_row,
    is_any,
)
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.kernel_active_gains import spare_active_gains
from apps.plans.engine.kernel_conversions import convert, settle
from apps.plans.engine.kernel_deductions import carry_gifts, clear_paid, could_itemise, relieve
from apps.plans.engine.kernel_iras import CARRY, RECOVER, step_iras
from apps.plans.engine.kernel_means import pay_all_else
from apps.plans.engine.kernel_medicare import add_premiums
from apps.plans.engine.kernel_minimum_tax import close_options, count_options
from apps.plans.engine.kernel_roths import CARRY as ROTH_CARRY
from apps.plans.engine.kernel_roths import TELL_APART, step_roths
from apps.plans.engine.kernel_states import N_TOLD, add_state_taxes
from apps.plans.engine.payment_schedules import ASKS, OPTIONS, TURNS, YEARS
from apps.plans.engine.program import Program
from apps.plans.engine.state_tax_kernel import N_ROWS
from apps.plans.engine.tax_kernel import federal_taxes
from apps.plans.engine.tax_lanes import net_gains
from apps.plans.engine.tax_law import LOSS, N_SLOTS, ORDINARY

# Rows of work beyond those of a state's tax: that tax, and what was saved of the federal one the turn before and now.
_OF_STATE, _BEFORE, _SAVED = range(WORK + N_ROWS, WORK + N_ROWS + 3)


@compiled
def _require(program: Program, year: int, books: NDArray[np.float64]) -> None:
    """Take out what the law requires and was not taken: it is taxed and goes to the account of the surplus.

    Of a balance of the 31 December before, over the divisor of the age (IRC 401(a)(9)).
    """
    surplus_row = balance_row(program.surplus_account)
    for state in range(program.divisors.shape[0]):
        for account in range(program.mix.size):
            row, divisor = balance_row(account), program.divisors[state, year, account]
            if divisor > 0.0:
                for lane in range(LANES):
                    missing = max(0.0, books[row + 2, lane] / divisor - books[row + 3, lane])
                    take = books[YEAR_STATES + state, lane] * min(books[row, lane], missing)
                    books[row, lane] -= take
                    books[row + 3, lane] += take
                    books[ORDINARY, lane] += take
                    books[surplus_row, lane] += take
                    books[surplus_row + 1, lane] += take
                    books[FLOWS + F_REQUIRED, lane] += take


@compiled
def begin_year(program: Program, books: NDArray[np.float64]) -> None:
    """Note who lives and the balances with which a year begins, for what the law asks of it."""
    if program.roths.whole.shape[0] > 0:
        step_roths(program, books, ROTH_CARRY, 0, 0)
    for state in range(program.year_facts.shape[0]):
        for lane in range(LANES):
            books[YEAR_STATES + state, lane] = books[STATES + state, lane]
    for account in range(program.mix.size):
        row = balance_row(account)
        for lane in range(LANES):
            books[row + 2, lane] = books[row, lane]
            books[row + 3, lane] = 0.0


@compiled
def _add_state(
    program: Program,
    books: NDArray[np.float64],
    place: tuple[int, int],
    index: NDArray[np.float64],
    scratch: NDArray[np.float64],
) -> None:
    """Add the tax of a state and take off what may be deducted, where there is any of either; ``place``: who lives,
    year."""
    state, year = place
    if program.state_laws.shape[1] > 0 or program.deductions[state, YEARS + year, ASKS] > 0.0:
        _tax_of_state(program, books, place, index, scratch)


@compiled
def _tax_of_state(
    program: Program,
    books: NDArray[np.float64],
    place: tuple[int, int],
    index: NDArray[np.float64],
    scratch: NDArray[np.float64],
) -> None:
    """Add the tax of the state of residence to the federal one in ``scratch[0]`` and take off that what may be deducted
    saves of it, less what options held add to it; ``place``: who lives, year.

    A state that deducts the federal tax is asked again with what is left of it, until neither moves the other.
    """
    state, year = place
    facts, due, is_taxed = program.year_facts[state, year], scratch[0], program.state_laws.shape[1] > 0
    turns = int(program.deductions[state, 0, TURNS])
    federal, asks = program.law[min(year, 1), facts[0]], program.deductions[state, YEARS + year, ASKS] > 0.0
    alone, before, saved, rows = books[_OF_STATE], books[_BEFORE], books[_SAVED], books[WORK : WORK + N_ROWS]
    for lane in range(LANES):
        alone[lane], before[lane], saved[lane] = 0.0, 0.0, 0.0
    for turn in range(turns):
        if is_taxed:
            laws = (program.state_laws[state, year], federal, facts)
            add_state_taxes(laws, index, books, scratch[-N_TOLD:], rows, (due, alone))
        if turn == 0 and not asks and not could_itemise(federal, facts, index, alone):
            break
        helps = relieve(program, books, place, index, (alone, saved))
        if program.deductions[state, YEARS + year, OPTIONS] > 0.0:
            helps |= count_options(program, books, place, index, (alone, saved))
        if turn == 0 and not helps:
            break
        for lane in range(LANES):
            due[lane] += before[lane] - saved[lane]
            before[lane] = saved[lane]
            if turn + 1 < turns:
                due[lane] -= alone[lane]
    if is_taxed:
        for lane in range(LANES):
            books[FLOWS + F_STATE_TAXES, lane] += books[YEAR_STATES + state, lane] * alone[lane]


@compiled
def _tax(
    program: Program, books: NDArray[np.float64], year: int, index: NDArray[np.float64], scratch: NDArray[np.float64]
) -> None:
    """Put the tax of the year into ``scratch[0]``: by the law of who lived as it began, none where nobody did."""
    law, first = program.law[min(year, 1)], program.year_facts[0, year]
    net_gains(law[first[0]], books)
    if program.year_facts.shape[0] == 1:
        federal_taxes(law[first[0]], first, index, books, scratch)
        spare_active_gains(program, (0, year), books, scratch[0])
        _add_state(program, books, (0, year), index, scratch)
        for lane in range(LANES):
            scratch[0, lane] *= books[YEAR_STATES, lane]
        return
    total, due = scratch[0], scratch[1]
    total[:] = 0.0
    for state in range(program.year_facts.shape[0]):
        inside = books[YEAR_STATES + state]
        if is_any(inside):
            facts = program.year_facts[state, year]
            federal_taxes(law[facts[0]], facts, index, books, scratch[1:])
            spare_active_gains(program, (state, year), books, due)
            _add_state(program, books, (state, year), index, scratch[1:])
            for lane in range(LANES):
                total[lane] += inside[lane] * due[lane]


@compiled
def _begin_converting(
    program: Program, books: NDArray[np.float64], year: int, index: NDArray[np.float64], tax: NDArray[np.float64]
) -> None:
    """Keep the tax (LANES,) of a year without conversions, to be taken from that with them, and convert."""
    for lane in range(LANES):
        books[CONVERTING_TAX, lane] = tax[lane]
    convert(program, books, year, index)
    for lane in range(LANES):
        # counted once more with them
        books[FLOWS + F_STATE_TAXES, lane] = 0.0


@compiled
def _begin_ledger(program: Program, books: NDArray[np.float64], year: int) -> None:
    """Leave to the next year what the law carries on, keep the ledger as the tax saw it, and begin it anew."""
    carry_gifts(program, books, year)
    clear_paid(program, books)
    close_options(program, books, year)
    for slot in range(N_SLOTS):
        for lane in range(LANES):
            books[TAXED + slot, lane] = books[slot, lane]
        if slot != LOSS:
            books[slot, :] = 0.0


@compiled
def close_year(
    program: Program, books: NDArray[np.float64], month: int, index: NDArray[np.float64], scratch: NDArray[np.float64]
) -> None:
    """Pay the taxes and the premiums of the year and dispose of what is left of its income.

    ``index`` (LANES,) is the price level at the start of the year, by which the law's amounts have risen since the
    table; ``scratch`` (3, LANES), and the rows of `kernel_states`. A withdrawal that pays the tax is of the next year.
    """
    year = (month + 12 - program.first_year) // 12
    surplus_row = balance_row(program.surplus_account)
    share = program.surplus_share
    _require(program, year, books)
    knows_iras = program.iras.whole.shape[0] > 0
    if knows_iras:
        step_iras(program, books, RECOVER, (month, year, 0), 0.0)
    if program.roths.whole.shape[0] > 0:
        step_roths(program, books, TELL_APART, month, year)
    converts = program.conversions.rules.shape[0] > 0
    need = scratch[0]
    # one place that calls for the tax: a second one would make all plans slower
    for turn in range(2 if converts else 1):
        if turn == 1:
            _begin_converting(program, books, year, index, need)
        _tax(program, books, year, index, scratch)
    for lane in range(LANES):
        books[FLOWS + F_TAXES, lane] += need[lane]
    if converts:
        for lane in range(LANES):
            books[CONVERTING_TAX, lane] = max(0.0, need[lane] - books[CONVERTING_TAX, lane])
            need[lane] -= books[CONVERTING_TAX, lane]
    add_premiums(program, books, year, index, need)
    _begin_ledger(program, books, year)
    scratch[3:, :] = 0.0
    pay_all_else(program, month, books, need)
    if converts:
        settle(program, books, month, year, need)
    if knows_iras:
        step_iras(program, books, CARRY, (month, year, 0), 0.0)
    for lane in range(LANES):
        left = max(0.0, books[UNSPENT, lane])
        books[surplus_row, lane] += left * share
        books[surplus_row + 1, lane] += left * share
        books[FLOWS + F_SAVED, lane] += left * share
        books[FLOWS + F_UNPLANNED, lane] += left - left * share
        books[UNSPENT, lane] = 0.0
