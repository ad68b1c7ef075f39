"""Traditional IRAs in the walk: after-tax money comes back pro rata, and gifts to charity go out untaxed.

The float64 twin of `conversions.pro_rata` and `charitable_gifts.qualified_gift`, lane by lane: only plans that tell
pools walk through here, once a month and at a year's end.
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


# What is called for each lane is handed few arrays, not the program: those are copied at every call. ``accounts``
# (n_accounts, 4) are the rows of accounts of `Iras.whole`, ``real`` is its other array.


@compiled
def _alone(real: NDArray[np.float64], books: NDArray[np.float64], year: int, lane: int) -> int:
    """1 where one adult at most lived as the year began: the first pool then holds the IRAs of both."""
    lives = 0.0
    for state in range(real.shape[0]):
        lives += books[YEAR_STATES + state, lane] * real[state, YEARS + year, 0]
    return 1 if lives > 0.0 else 0


@compiled
def _belongs(accounts: NDArray[np.int64], account: int, pool: int, alone: int) -> bool:
    told = accounts[account, POOL]
    if told < 0:
        return False
    return pool == 0 if alone == 1 else bool(told == pool)


@compiled
def _merge(books: NDArray[np.float64], lane: int) -> None:
    """Who is left alone has the IRAs of both as their own, and the basis in them (26 CFR 1.408-8(c))."""
    for row in (BASIS, DRAWN, DRAWN_EARLY, GIVEN, LATE):
        books[row, lane] += books[row + 1, lane]
        books[row + 1, lane] = 0.0


@compiled
def _share_of(program: Program, books: NDArray[np.float64], account: int, place: tuple[int, int]) -> tuple[int, float]:
    """Return the pool of an account and what part of it is after-tax money; ``place``: year, lane. -1 is no IRA."""
    year, lane = place
    pool = int(program.iras.whole[account, POOL])
    if pool < 0:
        return -1, 0.0
    if _alone(program.iras.real, books, year, lane) == 1:
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
def _give(
    accounts: NDArray[np.int64],
    real: NDArray[np.float64],
    books: NDArray[np.float64],
    place: tuple[int, int, int],
    gift: tuple[float, float],
) -> float:
    """Give from a pool; ``place``: pool, year, lane; ``gift``: what is wanted, the yearly limit. Returns what was
    given."""
    pool, year, lane = place
    wanted, limit = gift
    alone = _alone(real, books, year, lane)
    if alone == 1:
        _merge(books, lane)
    held, drawn = 0.0, books[DRAWN + pool, lane] - books[GIVEN + pool, lane]
    for account in range(accounts.shape[0]):
        if _belongs(accounts, account, pool, alone):
            held += books[balance_row(account), lane]
            drawn += books[balance_row(account) + 3, lane]
    basis = books[BASIS + pool, lane]
    left = max(0.0, limit - books[GIVEN + pool, lane])
    given: float = min(wanted, left, held, max(0.0, held + drawn - basis))
    # by balance, as what is required: it counts towards that of each account
    part = min(1.0, given / held) if held > 0.0 else 0.0
    for account in range(accounts.shape[0]):
        if _belongs(accounts, account, pool, alone):
            row = balance_row(account)
            take = part * books[row, lane]
            books[row, lane] -= take
            books[row + 3, lane] += take
    taxed = min(given, books[LATE + pool, lane])
    books[LATE + pool, lane] -= taxed
    books[GIVEN + pool, lane] += given - taxed
    books[ORDINARY, lane] += taxed
    return given


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
    for lane in range(LANES):
        wanted = 0.0
        for state in range(real.shape[0]):
            wanted += books[STATES + state, lane] * real[state, row, GIFT] * price[lane]
        for pool in range(MAX_POOLS):
            may = 0.0
            for state in range(real.shape[0]):
                may += books[STATES + state, lane] * real[state, row, MAY_GIVE + pool]
            if may > 0.0 and wanted > 0.0:
                given = _give(accounts, real, books, (pool, year, lane), (wanted, limit[0] * limit[1][lane]))
                wanted -= given
                # what the household would have paid itself: its living costs hold the gift
                books[UNSPENT, lane] += given
                books[FLOWS + F_WITHDRAWALS, lane] += given
                books[FLOWS + F_GIVEN, lane] += given


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
def _recover(
    accounts: NDArray[np.int64],
    real: NDArray[np.float64],
    books: NDArray[np.float64],
    place: tuple[int, int],
    pool: int,
    lane: int,
) -> None:
    month, year = place
    alone = _alone(real, books, year, lane)
    if alone == 1:
        _merge(books, lane)
    held, drawn, early = 0.0, books[DRAWN + pool, lane], books[DRAWN_EARLY + pool, lane]
    for account in range(accounts.shape[0]):
        if _belongs(accounts, account, pool, alone):
            row = balance_row(account)
            held += books[row, lane]
            drawn += books[row + 3, lane]
            early += books[row + 3, lane] if month < accounts[account, UNTIL] else 0.0
            # counted: what is taken from now on belongs to the next year
            books[row + 3, lane] = 0.0
    # a gift is no distribution of Form 8606
    drawn -= books[GIVEN + pool, lane]
    whole, basis = held + drawn, books[BASIS + pool, lane]
    share = min(1.0, basis / whole) if whole > 0.0 else 0.0
    books[SHARE + pool, lane] = share
    books[BASIS + pool, lane] -= share * drawn
    books[ORDINARY, lane] -= share * drawn
    books[EARLY, lane] -= share * early
    books[FLOWS + F_RECOVERED, lane] += share * drawn
    books[DRAWN + pool, lane] = 0.0
    books[DRAWN_EARLY + pool, lane] = 0.0
    books[GIVEN + pool, lane] = 0.0


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
        accounts, real = program.iras.whole[: program.mix.size], program.iras.real
        for lane in range(LANES):
            for pool in range(MAX_POOLS):
                _recover(accounts, real, books, (place[0], place[1]), pool, lane)
    elif step == CARRY:
        _carry(program, books, place[0])
    else:
        _take(program, books, place, wanted)
