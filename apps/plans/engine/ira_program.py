"""Traditional IRAs laid out for the walk: whose is which, what was taxed before, and gifts from them by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.charitable_gifts import first_gift_day
from apps.plans.engine.horizon import age_in_months, first_month_of_year
from apps.plans.engine.inputs import Account, GoalKind, ProjectionInputs
from apps.plans.engine.ira_choices import tells_nothing
from apps.plans.engine.payment_schedules import besides_costs
from apps.plans.engine.schedules import ABOVE_FLOOR, Demand, Ends

# Columns of an account: the place of the adult whose IRA it is, else -1, and the month up to which withdrawals carry
# the additional tax. Columns of a contribution that an IRA notes: its line, the pool, the month from which on it
# counts, and what for.
POOL, UNTIL = range(2)
LINE, INTO, FROM, WHAT = range(4)
NOT_DEDUCTED, DEDUCTED_LATE = range(2)
MAX_POOLS = 2
# Rows of what is real: the basis of each pool and the yearly limit of gifts, then years, then months.
START, YEARS = 0, 1
LIMIT = MAX_POOLS
GIFT, MAY_GIVE = 0, 1
_COUPLE = 2


class Iras(NamedTuple):
    """What the walk reads of IRAs, in two arrays, since calls carry all of a program.

    ``whole`` (n_accounts + n_lines, 4) the columns of each account, then of each contribution that counts; no rows
    where no IRA was taxed before and none gives. ``real`` (n_states, 1 + n_years + n_months, 3): in the first row the
    basis at the start and what each owner may give a year; a row a year, 1 in its first column where one adult at most
    lives as it begins, who then has the IRAs of both; and where gifts are made a row a month: what is given, real, and
    1 for each pool that may pay it.
    """

    whole: NDArray[np.int64]
    real: NDArray[np.float64]


def iras_of(inputs: ProjectionInputs, states: Sequence[Ends], n_years: int, demands: Sequence[Demand]) -> Iras:
    """Lay the pools and the gifts of a plan out; ``demands`` in their order, ``states`` as of `schedules.states_of`."""
    if tells_nothing(inputs):
        return Iras(np.zeros((0, 4), dtype=np.int64), np.zeros((len(states), 0, 3)))
    owners, keys = [adult.key for adult in inputs.adults], [account.key for account in inputs.accounts]
    accounts = np.zeros((len(keys), 4), dtype=np.int64)
    accounts[:, POOL] = -1
    accounts[:, UNTIL] = [_until(account, inputs) for account in inputs.accounts]
    start = np.zeros((len(states), 1, 3))
    for told in inputs.ira_pools:
        start[:, START, owners.index(told.owner)] = told.basis
        for key in told.accounts:
            accounts[keys.index(key), POOL] = owners.index(told.owner)
    start[:, START, LIMIT] = inputs.ira_gifts.yearly_limit if inputs.ira_gifts else 0.0
    years = np.zeros((len(states), n_years, 3))
    years[:, :, 0] = [[_is_alone(inputs, ends, year) for year in range(n_years)] for ends in states]
    return Iras(
        np.concatenate([accounts, _lines(inputs, accounts[:, POOL])]),
        np.concatenate([start, years, _gifts(inputs, states, demands)], axis=1),
    )


def _until(account: Account, inputs: ProjectionInputs) -> int:
    ages = [age_in_months(adult, inputs.start_date, 0) for adult in inputs.adults if account.owner in ("", adult.key)]
    return max(0, inputs.tax_table.early_withdrawal_age_months - max(ages))


def _is_alone(inputs: ProjectionInputs, ends: Ends, year: int) -> float:
    first = first_month_of_year(year, inputs.start_date)
    return float(len(ends) == _COUPLE and sum(end > first for end in ends) < _COUPLE)


def gift_month(inputs: ProjectionInputs, place: int) -> int:
    """Return the month in which an adult is 70 1/2, by their place; what flows in it flows at its end."""
    day, start = first_gift_day(inputs.adults[place].birth_date), inputs.start_date
    return max(0, (day.year - start.year) * 12 + day.month - start.month)


def _lines(inputs: ProjectionInputs, pool: NDArray[np.int64]) -> NDArray[np.int64]:
    keys = [account.key for account in inputs.accounts]
    rows = []
    for line, item in enumerate(inputs.contributions):
        whose = int(pool[keys.index(item.account)])
        if whose < 0 or item.by_employer:
            continue
        if not item.is_deductible:
            rows.append((line, whose, 0, NOT_DEDUCTED))
        elif inputs.ira_gifts is not None:
            rows.append((line, whose, gift_month(inputs, whose), DEDUCTED_LATE))
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def _gifts(inputs: ProjectionInputs, states: Sequence[Ends], demands: Sequence[Demand]) -> NDArray[np.float64]:
    """What is given by month, and which pool may pay: the survivor's age counts for both once one is left.

    A survivor gives the part that they spend. More than the living costs of a month are not given.
    """
    n_months = demands[0].real.shape[1]
    if inputs.ira_gifts is None or inputs.ira_gifts.annual_amount == 0.0:
        return np.zeros((len(states), 0, 3))
    living = np.zeros((len(states), n_months))
    for demand in demands:
        if demand.kind in ("living", GoalKind.RETIREMENT) and demand.part != ABOVE_FLOOR:
            living += demand.real
    months = np.arange(n_months)
    told = np.zeros((len(states), n_months, 3))
    begins = [gift_month(inputs, place) for place in range(len(inputs.adults))]
    for state, ends in enumerate(states):
        share = np.where(months < min(ends), 1.0, inputs.spending.survivor_share) * (months < max(ends))
        living[state] -= besides_costs(inputs, n_months) * (months < max(ends))
        told[state, :, GIFT] = np.minimum(inputs.ira_gifts.annual_amount / 12.0 * share, living[state])
        for place in range(len(ends)):
            heir = ends.index(max(ends))
            own = (months < ends[place]) & (months >= begins[place])
            left = (months >= min(ends)) & (months < max(ends)) & (months >= begins[heir])
            told[state, :, MAY_GIVE + place] = own | (left if len(ends) == _COUPLE else False)
    return told
