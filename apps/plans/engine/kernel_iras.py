"""Traditional IRAs in the walk: after-tax money comes back pro rata, and gifts to charity go out untaxed.

The float64 twin of `conversions.pro_rata` and `charitable_gifts.qualified_gift`: only plans that tell pools walk
through here, once a month and at a year's end. Who is left alone differs from lane to lane, and with it whose an
account is: it counts for a pool with a weight of 0 or 1, so that a loop without branches runs on all lanes at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import (
    AMOUNT,
    BASIS,
    CONVERTED,
    CONVERTED_BASIS,
    DRAWN,
    DRAWN_EARLY,
    F_GIVEN,
    F_RECOVERED,
    F_WITHDRAWALS,
    FLOWS,
    GIVEN,
    LATE,
    SHARE,
    STATES,
    UNSPENT,
    WORK,
    YEAR_STATES,
    balance_row,
)
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.conversion_program import FIXED, RULE
from apps.plans.engine.ira_program import (
    FROM,
    GIFT,
    INTO,
    LIMIT,
    LINE,
    MAX_POOLS,
    MAY_GIVE,
    NOT_DEDUCTED,
    POOL,
    START,
    UNTIL,
    WHAT,
    YEARS,
)
from apps.plans.engine.kernel_flows import tell
from apps.plans.engine.program import Program
from apps.plans.engine.tax_law import EARLY, ORDINARY

# What a year's end does to IRAs.
RECOVER, CONVERT, CARRY = range(3)


# Rows of work: 1 where one adult at most lived as the year began; what is still wanted of a month's gift; of a pool
# what its accounts hold, what came out of them, what of that was early, and the part of each balance that is given.
_ALONE, _WANTED, _HELD, _OUT, _OUT_EARLY, _PART = range(WORK, WORK + 6)


# What is called for each lane, or often, is handed few arrays, not the program: those are copied at every call.
# ``accounts`` (n_accounts, 4) are the rows of accounts of `Iras.whole`, ``real`` is its other array.


@compiled
def _note_alone(real: NDArray[np.float64], books: NDArray[np.float64], year: int) -> None:
    """Note where one adult at most lived as the year began: the first pool then holds the IRAs of both, as their own,
    with the basis in them (26 CFR 1.408-8(c))."""
    alone, found = books[_ALONE], False
    for lane in range(LANES):
        alone[lane] = 0.0
    for state in range(real.shape[0]):
        if real[state, YEARS + year, 0] > 0.0:
            found, inside = True, books[YEAR_STATES + state]
            for lane in range(LANES):
                alone[lane] += inside[lane]
    if found:
        for row in (BASIS, DRAWN, DRAWN_EARLY, GIVEN, LATE):
            first, second = books[row], books[row + 1]
            for lane in range(LANES):
                moved = alone[lane] * second[lane]
                first[lane] += moved
                second[lane] -= moved


@compiled
def _belongs(accounts: NDArray[np.int64], account: int, pool: int) -> tuple[float, float]:
    """With what weight an account counts for a pool: always, and what is added to that where one adult is left."""
    told = accounts[account, POOL]
    if told < 0 or told < pool:
        return 0.0, 0.0
    if told > pool:
        return 0.0, 1.0
    return 1.0, 0.0 if pool == 0 else -1.0


@compiled
def _share_of(program: Program, books: NDArray[np.float64], account: int, place: tuple[int, int]) -> tuple[int, float]:
    """Return the pool of an account and what part of it is after-tax money; ``place``: year, lane. -1 is no IRA."""
    year, lane = place
    pool = int(program.iras.whole[account, POOL])
    if pool < 0:
        return -1, 0.0
    lives = 0.0
    for state in range(program.iras.real.shape[0]):
        lives += books[YEAR_STATES + state, lane] * program.iras.real[state, YEARS + year, 0]
    if lives > 0.0:
        pool = 0
    return pool, books[SHARE + pool, lane]


@compiled
def _note_lines(program: Program, books: NDArray[np.float64], month: int, price: NDArray[np.float32]) -> None:
    """Contributions that are not deducted are basis; deductible ones after 70 1/2 come off later gifts."""
    lines = program.iras.whole
    for place in range(program.mix.size, lines.shape[0]):
        if month < lines[place, FROM] or not tell(program.contributions, month, lines[place, LINE], price, books):
            continue
        row = (BASIS if lines[place, WHAT] == NOT_DEDUCTED else LATE) + lines[place, INTO]
        for lane in range(LANES):
            books[row, lane] += books[AMOUNT, lane]


@compiled
def _gather(accounts: NDArray[np.int64], books: NDArray[np.float64], pool: int, month: int) -> None:
    """Put together what the accounts of a pool hold, what came out of them this year, and what of that was early."""
    alone, held, out, early = books[_ALONE], books[_HELD], books[_OUT], books[_OUT_EARLY]
    for lane in range(LANES):
        held[lane], out[lane], early[lane] = 0.0, books[DRAWN + pool, lane], books[DRAWN_EARLY + pool, lane]
    for account in range(accounts.shape[0]):
        always, if_alone = _belongs(accounts, account, pool)
        if always + if_alone * if_alone > 0.0:
            balance, taken = books[balance_row(account)], books[balance_row(account) + 3]
            counts = 1.0 if month < accounts[account, UNTIL] else 0.0
            for lane in range(LANES):
                weight = always + if_alone * alone[lane]
                held[lane] += weight * balance[lane]
                out[lane] += weight * taken[lane]
                early[lane] += counts * weight * taken[lane]


@compiled
def _give(
    accounts: NDArray[np.int64],
    real: NDArray[np.float64],
    books: NDArray[np.float64],
    place: tuple[int, int, int],
    limit: tuple[float, NDArray[np.float64]],
) -> None:
    """Give from a pool what is wanted and may be; ``place``: pool, month, the row of its gifts; ``limit`` of a person a
    year, and the price level (LANES,) by which it has risen."""
    pool, month, row = place
    _gather(accounts, books, pool, month)
    alone, wanted, held, out, part = books[_ALONE], books[_WANTED], books[_HELD], books[_OUT], books[_PART]
    basis, given, late = books[BASIS + pool], books[GIVEN + pool], books[LATE + pool]
    unspent, ordinary = books[UNSPENT], books[ORDINARY]
    withdrawn, told = books[FLOWS + F_WITHDRAWALS], books[FLOWS + F_GIVEN]
    for lane in range(LANES):
        part[lane] = 0.0
    for state in range(real.shape[0]):
        may, inside = real[state, row, MAY_GIVE + pool], books[STATES + state]
        for lane in range(LANES):
            part[lane] += inside[lane] * may
    for lane in range(LANES):
        left = max(0.0, limit[0] * limit[1][lane] - given[lane])
        free = max(0.0, held[lane] + (out[lane] - given[lane]) - basis[lane])
        gift = part[lane] * min(wanted[lane], left, held[lane], free)
        taxed = min(gift, late[lane])
        late[lane] -= taxed
        given[lane] += gift - taxed
        ordinary[lane] += taxed
        wanted[lane] -= gift
        # what the household would have paid itself: its living costs hold the gift
        unspent[lane] += gift
        withdrawn[lane] += gift
        told[lane] += gift
        part[lane] = min(1.0, gift / held[lane]) if held[lane] > 0.0 else 0.0
    for account in range(accounts.shape[0]):
        always, if_alone = _belongs(accounts, account, pool)
        if always + if_alone * if_alone > 0.0:
            balance, taken = books[balance_row(account)], books[balance_row(account) + 3]
            # by balance, as what is required: it counts towards that of each account
            for lane in range(LANES):
                take = (always + if_alone * alone[lane]) * part[lane] * balance[lane]
                balance[lane] -= take
                taken[lane] += take


@compiled
def _may_give(real: NDArray[np.float64], row: int) -> bool:
    """Say whether anybody gives in a month and may do so from a pool, whoever lives."""
    gives, may = 0.0, 0.0
    for state in range(real.shape[0]):
        gives = max(gives, real[state, row, GIFT])
        for pool in range(MAX_POOLS):
            may = max(may, real[state, row, MAY_GIVE + pool])
    return gives > 0.0 and may > 0.0


@compiled
def _give_all(
    program: Program,
    books: NDArray[np.float64],
    place: tuple[int, int],
    price: NDArray[np.float32],
    limit: tuple[float, NDArray[np.float64]],
) -> None:
    """Give what the household gives in a month; ``place``: month, year, ``limit`` of each person a year, and the price
    level (LANES,) by which it has risen."""
    month, year = place
    accounts, real = program.iras.whole[: program.mix.size], program.iras.real
    row = YEARS + program.year_facts.shape[1] + month
    if not _may_give(real, row):
        return
    _note_alone(real, books, year)
    wanted = books[_WANTED]
    for lane in range(LANES):
        wanted[lane] = 0.0
    for state in range(real.shape[0]):
        gift, inside = real[state, row, GIFT], books[STATES + state]
        for lane in range(LANES):
            wanted[lane] += inside[lane] * gift * price[lane]
    for pool in range(MAX_POOLS):
        _give(accounts, real, books, (pool, month, row), limit)


@compiled
def tell_iras(
    program: Program,
    books: NDArray[np.float64],
    place: tuple[int, int, int],
    price: NDArray[np.float32],
    index: NDArray[np.float64],
) -> None:
    """Note what a month tells of IRAs before anything is paid, and give from them; ``place``: month, year, 1: gifts."""
    month, year, gives = place
    accounts = program.iras.whole
    for account in range(program.mix.size):
        pool = accounts[account, POOL]
        if pool >= 0 and accounts[account, UNTIL] == month:
            row = balance_row(account) + 3
            for lane in range(LANES):
                books[DRAWN_EARLY + pool, lane] += books[row, lane]
    if gives == 1:
        part = program.first_year / 12.0 if year == 0 else 1.0
        _give_all(program, books, (month, year), price, (program.iras.real[0, START, LIMIT] * part, index))
    _note_lines(program, books, month, price)


@compiled
def _recover(accounts: NDArray[np.int64], books: NDArray[np.float64], month: int, pool: int) -> None:
    """Take the basis in what came out of a pool this year off its income."""
    _gather(accounts, books, pool, month)
    alone, held, out, early = books[_ALONE], books[_HELD], books[_OUT], books[_OUT_EARLY]
    for account in range(accounts.shape[0]):
        always, if_alone = _belongs(accounts, account, pool)
        if always + if_alone * if_alone > 0.0:
            taken = books[balance_row(account) + 3]
            # counted: what is taken from now on belongs to the next year
            for lane in range(LANES):
                taken[lane] -= (always + if_alone * alone[lane]) * taken[lane]
    basis, given, share = books[BASIS + pool], books[GIVEN + pool], books[SHARE + pool]
    ordinary, early_taxed, recovered = books[ORDINARY], books[EARLY], books[FLOWS + F_RECOVERED]
    for lane in range(LANES):
        # a gift is no distribution of Form 8606
        drawn = out[lane] - given[lane]
        whole = held[lane] + drawn
        part = min(1.0, basis[lane] / whole) if whole > 0.0 else 0.0
        share[lane] = part
        basis[lane] -= part * drawn
        ordinary[lane] -= part * drawn
        early_taxed[lane] -= part * early[lane]
        recovered[lane] += part * drawn
    for row in (DRAWN, DRAWN_EARLY, GIVEN):
        for lane in range(LANES):
            books[row + pool, lane] = 0.0


@compiled
def _carry(program: Program, books: NDArray[np.float64], month: int) -> None:
    accounts = program.iras.whole
    for account in range(program.mix.size):
        pool, row = accounts[account, POOL], balance_row(account) + 3
        if pool >= 0:
            is_early = month < accounts[account, UNTIL]
            for lane in range(LANES):
                books[DRAWN + pool, lane] += books[row, lane]
                if is_early:
                    books[DRAWN_EARLY + pool, lane] += books[row, lane]


@compiled
def _take(program: Program, books: NDArray[np.float64], place: tuple[int, int, int], wanted: float) -> None:
    plan, year, lane = place
    is_fixed = int(program.conversions.rules[plan, RULE]) == FIXED
    for account in range(program.mix.size):
        if program.conversions.gives[plan, account] == 1:
            row = balance_row(account)
            pool, share = _share_of(program, books, account, (year, lane))
            counted = 1.0 if is_fixed else 1.0 - share
            take = min(books[row, lane], wanted / counted) if counted > 0.0 else books[row, lane]
            books[row, lane] -= take
            wanted -= counted * take
            books[CONVERTED + plan, lane] += take
            if pool >= 0:
                books[BASIS + pool, lane] -= share * take
                books[CONVERTED_BASIS + plan, lane] += share * take
                books[ORDINARY, lane] -= share * take
                books[FLOWS + F_RECOVERED, lane] += share * take


@compiled
def step_iras(
    program: Program, books: NDArray[np.float64], step: int, place: tuple[int, int, int], wanted: float
) -> None:
    """Do what a year's end does to IRAs: one function for all of it, which LLVM then leaves where it is.

    RECOVER takes the basis in what was taken out in the year off its income, before its tax and before conversions;
    CARRY notes what paid the tax of the year: it is taken out in the next one; ``place``: month, year, 0. CONVERT takes
    ``wanted``, the room for taxed income, out of the accounts of a plan; ``place``: plan, year, lane.
    """
    if step == RECOVER:
        accounts = program.iras.whole[: program.mix.size]
        _note_alone(program.iras.real, books, place[1])
        for pool in range(MAX_POOLS):
            _recover(accounts, books, place[0], pool)
    elif step == CARRY:
        _carry(program, books, place[0])
    else:
        _take(program, books, place, wanted)
