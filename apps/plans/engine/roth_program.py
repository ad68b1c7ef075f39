"""Roth accounts laid out for the walk: whose is which, from when on they are qualified, and what was paid in before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.horizon import (
    first_month_of_year,
    last_month_of,
    resolve,
    until_of,
    year_of,
)
from apps.plans.engine.inputs import Adult, ProjectionInputs
from apps.plans.engine.roth_choices import RothKind
from apps.plans.engine.roth_distributions import FIVE_YEARS, has_five_years
from apps.plans.engine.schedules import TREATMENTS, Ends

# Pools: Roth IRAs of the first and the second adult, then Roth accounts of their employers' plans.
KINDS = tuple(RothKind)
MAX_ADULTS = 2
N_POOLS, OF_PLANS = MAX_ADULTS * len(KINDS), MAX_ADULTS
# Columns of an account, its pool or -1; of an adult: the month up to which what is taken is early, and the year of
# the plan from which on Roth IRAs, and Roth accounts of plans, have been there for five tax years;
# and, in the last row, the year of the plan from which on nothing is taxed any more.
POOL = 0
UNTIL, CLOCKS = 0, 1
DONE = 0
N_BESIDES = MAX_ADULTS + 1
# Conversions of five years, taxed and untaxed, after the contributions of each pool.
N_LAYERS = 2 * FIVE_YEARS
N_START = N_POOLS + MAX_ADULTS * N_LAYERS
# What stands for the treatment of an account that pays, where the walk keeps layers of it: this and its pool.
ROTH = len(TREATMENTS)
_NEVER = 9_999
_COUPLE = 2


class Roths(NamedTuple):
    """What the walk reads of Roth accounts, in two arrays, since calls carry all of a program.

    ``whole`` (n_accounts + 3, 3) the pool of each account, the columns of each adult, and the last row; no rows
    where nothing that comes out can be taxed. ``real`` (n_states + 1, n_years or N_START): in the rows of the states,
    by year, 0 where both or nobody live as it begins or there is one adult, 1 where the first alone does, 2 the second;
    in the last row the contributions of each pool, then of each adult's IRAs the conversions, in the place of the
    remainder by five of the year of the plan: what was taxed and what was not.
    """

    whole: NDArray[np.int64]
    real: NDArray[np.float64]


def roths_of(inputs: ProjectionInputs, states: Sequence[Ends], n_years: int, *, drawn: bool) -> Roths:
    """Lay the pools of a plan out."""
    if cannot_be_taxed(inputs, drawn=drawn):
        return Roths(np.zeros((0, 3), dtype=np.int64), np.zeros((len(states) + 1, 0)))
    places = places_of(inputs)
    whole = np.full((len(inputs.accounts) + N_BESIDES, 3), -1, dtype=np.int64)
    for row, account in enumerate(inputs.accounts):
        whole[row, POOL] = places.get(account.key, -1)
    for place in range(MAX_ADULTS):
        row = len(inputs.accounts) + place
        whole[row] = _of_adult(inputs, place) if place < len(inputs.adults) else (0, _NEVER, _NEVER)
    whole[-1, DONE] = _done(inputs)
    real = np.zeros((len(states) + 1, max(n_years, N_START)))
    for state, ends in enumerate(states):
        real[state, :n_years] = [_alone(inputs, ends, year) for year in range(n_years)]
    real[-1, :N_START] = _start(inputs)
    return Roths(whole, real)


def places_of(inputs: ProjectionInputs) -> dict[str, int]:
    """Return the pool of each account that has one: into what no pool names the owner's conversions go."""
    if not inputs.roth_pools:
        return {}
    owners = [adult.key for adult in inputs.adults]
    found = {plan.target: owners.index(plan.owner) for plan in inputs.conversions}
    for pool in inputs.roth_pools:
        place = owners.index(pool.owner) + KINDS.index(pool.kind) * MAX_ADULTS
        found |= dict.fromkeys(pool.accounts, place)
    return found


def first_year_of(inputs: ProjectionInputs, place: int) -> int | None:
    """Return the first tax year in which anything is in a pool, told or planned; None where nothing ever is."""
    owner, kind = inputs.adults[place % MAX_ADULTS].key, KINDS[place // MAX_ADULTS]
    for pool in inputs.roth_pools:
        if (pool.owner, pool.kind) == (owner, kind) and pool.first_year is not None:
            return pool.first_year
    own = {key for key, at in places_of(inputs).items() if at == place}
    start = inputs.start_date
    years = [start.year for account in inputs.accounts if account.key in own and account.balance > 0.0]
    years += [max(start.year, plan.first_year) for plan in inputs.conversions if plan.target in own]
    years += [
        start.year + year_of(max(0, resolve(item.start, owner, inputs)), start)
        for item in inputs.contributions
        if item.account in own
    ]
    return min(years, default=None)


def cannot_be_taxed(inputs: ProjectionInputs, *, drawn: bool) -> bool:
    """Whether nothing that comes out of Roth accounts can be taxed: no pools, or all are qualified from the start on.

    Who is left alone has the accounts of both as their own, and must be old enough then.
    """
    if not inputs.roth_pools:
        return True
    for place, adult in enumerate(inputs.adults):
        told = (first_year_of(inputs, place + kind * MAX_ADULTS) for kind in range(len(KINDS)))
        used = [first for first in told if first is not None]
        if used and not all(has_five_years(first, inputs.start_date.year) for first in used):
            return False
        if used and (until_of(inputs, adult) > 0 or _has_young_heir(inputs, adult, drawn=drawn)):
            return False
    return True


def _has_young_heir(inputs: ProjectionInputs, adult: Adult, *, drawn: bool) -> bool:
    death = 0 if drawn else last_month_of(adult, inputs.start_date)
    return any(
        death < min(until_of(inputs, other), last_month_of(other, inputs.start_date))
        for other in inputs.adults
        if other is not adult
    )


def _of_adult(inputs: ProjectionInputs, place: int) -> tuple[int, int, int]:
    firsts = (first_year_of(inputs, place + kind * MAX_ADULTS) for kind in range(len(KINDS)))
    ira, plan = (_NEVER if first is None else first + FIVE_YEARS - inputs.start_date.year for first in firsts)
    return until_of(inputs, inputs.adults[place]), ira, plan


def _done(inputs: ProjectionInputs) -> int:
    """The year from which on whoever takes anything out is old enough and all pools are five years old."""
    adults, start = range(len(inputs.adults)), inputs.start_date
    clocks = [clock for place in adults for clock in _of_adult(inputs, place)[CLOCKS:] if clock != _NEVER]
    of_age = [year_of(max(0, until_of(inputs, adult) - 1), start) + 1 for adult in inputs.adults]
    return max(0, *clocks, *of_age)


def _alone(inputs: ProjectionInputs, ends: Ends, year: int) -> int:
    first = first_month_of_year(year, inputs.start_date)
    living = [end > first for end in ends]
    return living.index(True) + 1 if len(ends) == _COUPLE and sum(living) == 1 else 0


def _start(inputs: ProjectionInputs) -> NDArray[np.float64]:
    """What has not come out: of conversions of more than five years ago nothing is asked, like of contributions."""
    told, owners = np.zeros(N_START), [adult.key for adult in inputs.adults]
    this_year = inputs.start_date.year
    for pool in inputs.roth_pools:
        place = owners.index(pool.owner)
        own = place + KINDS.index(pool.kind) * MAX_ADULTS
        told[own] += pool.contributions
        for year, taxed, untaxed in pool.conversions:
            if pool.kind is RothKind.PLAN or has_five_years(year, this_year):
                told[own] += taxed + untaxed
            else:
                row = N_POOLS + place * N_LAYERS + 2 * ((year - this_year) % FIVE_YEARS)
                told[row : row + 2] += taxed, untaxed
    return told
