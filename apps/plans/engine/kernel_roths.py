"""Roth accounts in the walk: contributions first, then conversions by year, then earnings.

The float64 twin of `roth_distributions`, lane by lane; only plans in which something that comes out may be taxed walk
through here, at a year's end and in the month in which an owner is old enough. A slot of conversions serves every fifth
year: what is left of one after five years is asked for no longer, and goes to the contributions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import (
    AMOUNT,
    CONVERTED,
    CONVERTED_BASIS,
    F_ROTH,
    FLOWS,
    ROTH_DRAWN,
    ROTH_EARLY,
    ROTH_LAYERS,
    ROTH_PAID,
    YEAR_STATES,
    balance_row,
)
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.conversion_program import TARGET
from apps.plans.engine.program import Program
from apps.plans.engine.roth_distributions import FIVE_YEARS
from apps.plans.engine.roth_program import (
    CLOCKS,
    DONE,
    MAX_ADULTS,
    N_BESIDES,
    N_LAYERS,
    N_POOLS,
    OF_PLANS,
    POOL,
    UNTIL,
    Roths,
)
from apps.plans.engine.tax_law import EARLY, ORDINARY

# What is done with Roth accounts: it is noted that an owner has come of age, what came out in a year is told apart,
# what was converted is put on the layers, and what paid the tax of the year is noted for the next one.
OF_AGE, TELL_APART, LAY, CARRY = range(4)


@compiled
def _note_alone(roths: Roths, books: NDArray[np.float64], year: int) -> float:
    """Put into AMOUNT 0 where each has their own, 1 where the first adult alone lived as the year began, 2 where the
    second did; return whether anybody is alone."""
    most = 0.0
    for lane in range(LANES):
        books[AMOUNT, lane] = 0.0
    for state in range(roths.real.shape[0] - 1):
        alone = roths.real[state, year]
        if alone > 0.0:
            for lane in range(LANES):
                books[AMOUNT, lane] += alone * books[YEAR_STATES + state, lane]
            most = alone
    return most


@compiled
def _merge(books: NDArray[np.float64]) -> None:
    """Who is left alone treats the accounts of both as their own (26 CFR 1.408A-6 A-14)."""
    for row in range(ROTH_PAID, ROTH_LAYERS, MAX_ADULTS):
        for lane in range(LANES):
            if books[AMOUNT, lane] > 0.0:
                books[row, lane] += books[row + 1, lane]
                books[row + 1, lane] = 0.0
    for layer in range(ROTH_LAYERS, ROTH_LAYERS + N_LAYERS):
        for lane in range(LANES):
            if books[AMOUNT, lane] > 0.0:
                books[layer, lane] += books[layer + N_LAYERS, lane]
                books[layer + N_LAYERS, lane] = 0.0


@compiled
def _note_drawn(roths: Roths, books: NDArray[np.float64], n_accounts: int) -> None:
    for account in range(n_accounts):
        pool, row = roths.whole[account, POOL], balance_row(account) + 3
        if pool >= 0:
            for lane in range(LANES):
                books[ROTH_DRAWN + pool, lane] += books[row, lane]
                books[row, lane] = 0.0


@compiled
def _come_of_age(roths: Roths, books: NDArray[np.float64], month: int, n_accounts: int) -> None:
    """What was taken so far in the year was early."""
    for adult in range(MAX_ADULTS):
        if roths.whole[n_accounts + adult, UNTIL] == month:
            for pool in range(N_POOLS):
                own = 1 if pool % MAX_ADULTS == adult else 0
                for lane in range(LANES):
                    alone = books[AMOUNT, lane]
                    if (alone == 0.0 and own == 1) or alone == adult + 1.0:
                        books[ROTH_EARLY + pool, lane] = books[ROTH_DRAWN + pool, lane]


@compiled
def _pay_in(roths: Roths, books: NDArray[np.float64], year: int, n_accounts: int) -> None:
    """What was paid in is a contribution, and so is, from now on, a conversion of five years ago."""
    for account in range(n_accounts):
        pool, row = roths.whole[account, POOL], balance_row(account) + 1
        if pool >= 0:
            for lane in range(LANES):
                books[ROTH_PAID + pool, lane] += books[row, lane]
                books[row, lane] = 0.0
    if year > 0:
        for adult in range(MAX_ADULTS):
            row = ROTH_LAYERS + adult * N_LAYERS + 2 * (year % FIVE_YEARS)
            for lane in range(LANES):
                books[ROTH_PAID + adult, lane] += books[row, lane] + books[row + 1, lane]
                books[row, lane] = 0.0
                books[row + 1, lane] = 0.0


@compiled
def _draw(
    books: NDArray[np.float64], pool: int, place: tuple[int, int], amount: float, is_early: int
) -> tuple[float, float]:
    """Take from the layers of Roth IRAs; ``place``: year, lane. Returns earnings, and what bears the additional tax."""
    year, lane = place
    take = min(amount, books[ROTH_PAID + pool, lane])
    books[ROTH_PAID + pool, lane] -= take
    left, penalised = amount - take, 0.0
    if left > 0.0:
        for passed in range(1, FIVE_YEARS + 1):
            row = ROTH_LAYERS + pool * N_LAYERS + 2 * ((year + passed) % FIVE_YEARS)
            taxed = min(left, books[row, lane])
            books[row, lane] -= taxed
            left -= taxed
            untaxed = min(left, books[row + 1, lane])
            books[row + 1, lane] -= untaxed
            left -= untaxed
            penalised += taxed
    return left, (penalised + left if is_early == 1 else 0.0)


@compiled
def _held(roths: Roths, books: NDArray[np.float64], pool: int, lane: int) -> float:
    held = 0.0
    n_accounts = roths.whole.shape[0] - N_BESIDES
    for account in range(n_accounts):
        whose = roths.whole[account, POOL]
        if whose == pool or (books[AMOUNT, lane] > 0.0 and whose == pool + 1):
            held += books[balance_row(account), lane]
    return held


@compiled
def _tell_apart(roths: Roths, books: NDArray[np.float64], place: tuple[int, int, int], pool: int) -> None:
    """What of a pool's distributions of a year is income and bears the additional tax; ``place``: month, year, lane."""
    month, year, lane = place
    n_accounts = roths.whole.shape[0] - N_BESIDES
    alone, clock_of = int(books[AMOUNT, lane]), CLOCKS + pool // MAX_ADULTS
    who = n_accounts + (alone - 1 if alone > 0 else pool % MAX_ADULTS)
    clock = roths.whole[who, clock_of]
    if alone > 0:
        clock = min(roths.whole[n_accounts, clock_of], roths.whole[n_accounts + 1, clock_of])
    drawn = books[ROTH_DRAWN + pool, lane]
    early = drawn if month < roths.whole[who, UNTIL] else books[ROTH_EARLY + pool, lane]
    if pool < OF_PLANS:
        of_early, penalised = _draw(books, pool, (year, lane), early, 1)
        of_late, _ = _draw(books, pool, (year, lane), drawn - early, 0)
    else:
        share = min(1.0, books[ROTH_PAID + pool, lane] / (_held(roths, books, pool, lane) + drawn))
        books[ROTH_PAID + pool, lane] -= share * drawn
        of_early, of_late = early * (1.0 - share), (drawn - early) * (1.0 - share)
        penalised = of_early
    income = of_early + (0.0 if year >= clock else of_late)
    books[ORDINARY, lane] += income
    books[EARLY, lane] += penalised
    books[FLOWS + F_ROTH, lane] += income
    books[ROTH_DRAWN + pool, lane] = 0.0
    books[ROTH_EARLY + pool, lane] = 0.0


@compiled
def _lay(program: Program, books: NDArray[np.float64], year: int) -> None:
    """What came into Roth accounts by conversion is a layer of its year: what was taxed of it, and what was not."""
    knows_iras = program.iras.whole.shape[0] > 0
    for plan in range(program.conversions.rules.shape[0]):
        account = int(program.conversions.rules[plan, TARGET])
        own, row = program.roths.whole[account, POOL], balance_row(account) + 1
        if own < 0:
            continue
        for lane in range(LANES):
            amount, untaxed = books[row, lane], 0.0
            books[row, lane] = 0.0
            if knows_iras and books[CONVERTED + plan, lane] > 0.0:
                untaxed = amount * books[CONVERTED_BASIS + plan, lane] / books[CONVERTED + plan, lane]
            pool = own - (own % MAX_ADULTS if books[AMOUNT, lane] > 0.0 else 0)
            if pool < OF_PLANS:
                layer = ROTH_LAYERS + pool * N_LAYERS + 2 * (year % FIVE_YEARS)
                books[layer, lane] += amount - untaxed
                books[layer + 1, lane] += untaxed
            else:
                books[ROTH_PAID + pool, lane] += amount


@compiled
def come_of_age(program: Program, books: NDArray[np.float64], month: int, year: int) -> None:
    """Note in the month from which on what an owner takes is not early what they took before in the year."""
    for adult in range(MAX_ADULTS):
        if program.roths.whole[program.mix.size + adult, UNTIL] == month:
            step_roths(program, books, OF_AGE, month, year)


@compiled
def step_roths(program: Program, books: NDArray[np.float64], step: int, month: int, year: int) -> None:
    """Do one of the steps above: one function for all, which LLVM then leaves where it is."""
    roths, n_accounts = program.roths, program.mix.size
    if year >= roths.whole[n_accounts + MAX_ADULTS, DONE]:
        return
    _note_drawn(roths, books, n_accounts)
    is_alone = _note_alone(roths, books, year) > 0.0
    if step == OF_AGE:
        _come_of_age(roths, books, month, n_accounts)
    elif step == LAY:
        _lay(program, books, year)
    elif step == TELL_APART:
        _pay_in(roths, books, year, n_accounts)
        if is_alone:
            _merge(books)
        for pool in range(N_POOLS):
            for lane in range(LANES):
                # few arrays, not the program: this is called for each lane
                if books[ROTH_DRAWN + pool, lane] > 0.0:
                    _tell_apart(roths, books, (month, year, lane), pool)
