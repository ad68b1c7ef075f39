"""The books of a block of paths: one array, its rows by name, since a hot call must carry one array, not a dozen.

Rows: the ledger of the tax year, the flows of the year, the year's unspent income, lives, then five rows for each
account (see `balance_row`), then the first month in which each demand was not met.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.tax_law import N_SLOTS
from apps.plans.engine.yearly_payments import GIFT_YEARS, N_PAID

# Places of the year's flows, the order of results.YearCashFlow after its two years; the last two are not of it.
(
    F_WAGES,
    F_BENEFITS,
    F_OTHER,
    F_WITHDRAWALS,
    F_SHORTFALL,
    F_CONTRIBUTIONS,
    F_SPENDING,
    F_GOALS,
    F_DEBTS,
    F_TAXES,
    F_SAVED,
    F_UNPLANNED,
    F_EMPLOYER,
    F_REQUIRED,
    F_STATE_TAXES,
    F_MEDICARE,
    F_CONVERTED,
    F_RECOVERED,
    F_GIVEN,
    F_ROTH,
    F_EQUITY,
    F_SPREAD,
    F_SPREAD_SOLD,
) = range(23)
N_FLOWS = 23

# Who lives: both (or the only adult), the first alone, the second alone. Where nobody does, all weights are 0.
BOTH, FIRST_ALONE, SECOND_ALONE = range(3)
MAX_STATES = 3

FLOWS = N_SLOTS
UNSPENT = FLOWS + N_FLOWS
# What a month brings, while it is told by who lives.
AMOUNT = UNSPENT + 1
# 1 in the row of the state a path is in, now and as the year began.
STATES = AMOUNT + 1
YEAR_STATES = STATES + MAX_STATES
# The month in which each adult dies; what the survivor's benefit is, and the month from which on it is paid.
DEATHS = YEAR_STATES + MAX_STATES
INHERITED = DEATHS + 2
INHERITED_FROM = INHERITED + 1
# Wealth in money of the start at the end of the last year that somebody began alive.
ESTATE = INHERITED_FROM + 1
# Adjusted gross income of the year before and of the one before that, which premiums of Medicare go by.
INCOME_BEFORE = ESTATE + 1
INCOME_TWO_BEFORE = INCOME_BEFORE + 1
# What each adult converts at a year's end, and what that adds to the tax.
CONVERTED = INCOME_TWO_BEFORE + 1
CONVERTING_TAX = CONVERTED + 2
# The ledger of the year that was closed last, as its tax saw it.
TAXED = CONVERTING_TAX + 1
# By a rule of spending: the part of the planned spending above the floor, the first rate drawn (0 before it is), and
# what was spent this year in money of the start.
SPENT_ABOVE = TAXED + N_SLOTS
FIRST_RATE = SPENT_ABOVE + 1
SPENT = FIRST_RATE + 1
# Of each adult's traditional IRAs, where a plan tells them: basis not yet taken out; what paid the tax of the year
# before, and so was taken out in this one; what of a year carries the additional tax, noted when its last month has
# passed; what was given to charity; deductible contributions after 70 1/2 that no gift has used up; the part of a
# dollar that is basis.
BASIS = SPENT + 1
DRAWN, DRAWN_EARLY, GIVEN, LATE, SHARE = BASIS + 2, BASIS + 4, BASIS + 6, BASIS + 8, BASIS + 10
# What of each adult's conversion is basis.
CONVERTED_BASIS = SHARE + 2
# Of the pools of Roth accounts, where what comes out of one may be taxed: contributions that have not come out, what
# came out in the tax year, what of it was early, noted when its owner is of age; then the conversions of each adult.
ROTH_PAID = CONVERTED_BASIS + 2
ROTH_DRAWN, ROTH_EARLY, ROTH_LAYERS = ROTH_PAID + 4, ROTH_PAID + 8, ROTH_PAID + 12
# What was paid this year that may be deducted (`payment_schedules`).
PAID = ROTH_LAYERS + 20
# Of incentive options whose shares are held, for the minimum tax: what their exercise brought this year, what of that
# of this and earlier years was in the cost of shares sold this year, by how much more of capital losses it carries on
# than the usual tax, what was charged before and has not come back (IRC 53); then both as the year leaves them.
SPREAD = PAID + N_PAID
SPREAD_SOLD, LOSS_BEYOND, CREDIT, NEXT_LOSS, NEXT_CREDIT = range(SPREAD + 1, SPREAD + 6)
# Gifts above the limit of their year, of the year before, of the one before that … of five years ago (IRC 170(d)(1)).
GIFTS_CARRIED = NEXT_CREDIT + 1
# Rows in which a rule puts together what it needs of all lanes; nothing is kept in them from one rule to the next.
WORK, N_WORK = GIFTS_CARRIED + GIFT_YEARS, 40
ACCOUNTS = WORK + N_WORK

# A gap below half a cent is rounding, not a shortfall.
HALF_A_CENT = 0.005
NEVER = -1


class Recorded(NamedTuple):
    """What is kept of all paths.

    ``wealth`` (n_years + 1, n_paths) at the start and at year ends, ``failed`` (n_demands, n_paths) the first month a
    demand was not met or NEVER, ``flows`` (n_years, N_FLOWS, n_paths), without the last ones where the plan cannot have
    them, or with no years where only success is asked,
    ``estate`` (n_paths,) in money of the start: what was left at the end of the year of the last death, or of the plan.
    ``ledgers`` (n_years, N_SLOTS, n_paths) what each year's tax was computed from, gains netted, or with no years.
    ``spending`` (n_years, n_paths) what a rule of spending let the household spend, in money of the start, or no years.
    ``balances`` (n_years + 1, n_accounts, n_paths) of each account, at the start and at year ends, or no years.
    ``given`` (2 * n_flexible, n_paths) of each goal that gives way the years it waited and the least part it was paid.
    """

    wealth: NDArray[np.float64]
    failed: NDArray[np.int32]
    flows: NDArray[np.float32]
    estate: NDArray[np.float64]
    ledgers: NDArray[np.float64]
    spending: NDArray[np.float32]
    balances: NDArray[np.float64]
    given: NDArray[np.float64]


@compiled
def balance_row(account: int) -> int:
    """Row of an account's balance; then come its cost basis, its balance as the year began, what was taken since, and
    what more of its cost the minimum tax counts."""
    return ACCOUNTS + 5 * account


@compiled
def is_any(row: NDArray[np.float64]) -> bool:
    """Say whether a row of the books is above 0 on any lane."""
    found = False
    for lane in range(LANES):
        found |= row[lane] > 0.0
    return found


def empty_record(
    n_years: int,
    n_demands: int,
    n_paths: int,
    *,
    with_flows: bool,
    n_flows: int = N_FLOWS,
    with_ledgers: bool = False,
) -> Recorded:
    """Room for what is kept of ``n_paths`` paths, with the first ``n_flows`` flows and the ledgers or without."""
    return Recorded(
        wealth=np.zeros((n_years + 1, n_paths)),
        failed=np.full((n_demands, n_paths), NEVER, dtype=np.int32),
        flows=np.zeros((n_years if with_flows else 0, n_flows, n_paths), dtype=np.float32),
        estate=np.zeros(n_paths),
        ledgers=np.zeros((n_years if with_ledgers else 0, N_SLOTS, n_paths)),
        spending=np.zeros((0, n_paths), dtype=np.float32),
        balances=np.zeros((0, 0, n_paths)),
        given=np.zeros((0, n_paths)),
    )


def keeping_spending(record: Recorded) -> Recorded:
    """Add room for what a rule of spending lets be spent each year."""
    n_years, n_paths = record.wealth.shape[0] - 1, record.wealth.shape[1]
    wealth, failed, flows, estate, ledgers, _, balances, given = record
    return Recorded(
        wealth, failed, flows, estate, ledgers, np.zeros((n_years, n_paths), dtype=np.float32), balances, given
    )


def keeping_balances(record: Recorded, n_accounts: int) -> Recorded:
    """Add room for what each account holds at the start and at year ends."""
    wealth, failed, flows, estate, ledgers, spending, _, given = record
    balances = np.zeros((wealth.shape[0], n_accounts, wealth.shape[1]))
    return Recorded(wealth, failed, flows, estate, ledgers, spending, balances, given)


def keeping_given(record: Recorded, n_rows: int) -> Recorded:
    """Add room for how goals give way, in so many rows."""
    wealth, failed, flows, estate, ledgers, spending, balances, _ = record
    given = np.zeros((n_rows, wealth.shape[1]))
    return Recorded(wealth, failed, flows, estate, ledgers, spending, balances, given)
