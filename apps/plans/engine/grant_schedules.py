"""Grants of equity as rows: what is certain before the walk, which then needs the price of the share alone."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.grants import OPTIONS, EquityGrant, GrantKind, cost_beyond
from apps.plans.engine.horizon import last_month_of, month_of, retirement_month_of
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.tax_law import ORDINARY, WAGES_1

# Columns of the rows: month, owner, slot of the ledger that takes the income (-1: none), account (-1: sold), mix, and
# the last month in which an option that costs too much before can be exercised.
MONTH, OWNER, SLOT, HELD_IN, FOLLOWS, LAST = range(6)
# Columns of the amounts: what the shares are worth at the start, what they cost in all, and as a part of their worth.
WORTH, COST, COST_SHARE = range(3)


class GrantRows(NamedTuple):
    """Vestings and exercises: ``rows`` (n, 6) and ``amounts`` (n, 3) with the columns above; none without grants.

    ``beyond`` (n_accounts,) is what shares cost more for the minimum tax as the plan starts, none where nothing does;
    ``credit`` minimum tax of earlier years.
    """

    rows: NDArray[np.int64]
    amounts: NDArray[np.float64]
    beyond: NDArray[np.float64]
    credit: float


def months_taken(grant: EquityGrant, vests: date, inputs: ProjectionInputs) -> tuple[int, int]:
    """Return the month in which a tranche becomes shares or money and, of an option that costs too much then, the last
    one in which it may; -1 where it never does.

    What vests after the work of the owner has ended is forfeited; units and purchases of the past lie in accounts.
    """
    start = inputs.start_date
    owner = next(adult for adult in inputs.adults if adult.key == grant.owner)
    vested, retires = month_of(vests, start), retirement_month_of(owner, start)
    if grant.kind not in OPTIONS:
        return (vested, vested) if 0 <= vested < retires else (-1, -1)
    if vested >= 0 and vested >= retires:
        return -1, -1
    limits = [] if grant.expiry is None else [month_of(grant.expiry, start)]
    limits.append(max(retires - 1, vested))
    wanted = vested if grant.exercise is None else max(vested, month_of(grant.exercise, start))
    if limits[0] < 0 and grant.expiry is not None:
        return -1, -1
    return max(0, min(wanted, *limits)), max(0, min(limits))


def grant_rows(inputs: ProjectionInputs, mixes: NDArray[np.int64], *, drawn: bool) -> GrantRows:
    """Lay the grants out; ``mixes`` (n_grants,) is what each follows. Known lives end a grant with them."""
    rows, amounts = [], []
    owners = [adult.key for adult in inputs.adults]
    accounts = [account.key for account in inputs.accounts]
    for grant, mix in zip(inputs.events.grants, mixes.tolist(), strict=True):
        owner = owners.index(grant.owner)
        last = None if drawn else last_month_of(inputs.adults[owner], inputs.start_date)
        held_in = accounts.index(grant.account) if grant.account else -1
        for day, shares in grant.tranches:
            month, latest = months_taken(grant, day, inputs)
            if month < 0 or (last is not None and month >= last):
                continue
            latest = latest if last is None else min(latest, last - 1)
            rows.append((month, owner, _slot(grant, owner), held_in, mix, latest))
            share = 1.0 - grant.discount if grant.kind is GrantKind.PURCHASES else 0.0
            amounts.append((shares * grant.price, shares * grant.strike, share))
    beyond = np.array([cost_beyond(inputs.events.grants, account) for account in accounts])
    return GrantRows(
        np.array(rows, dtype=np.int64).reshape(-1, 6),
        np.array(amounts, dtype=np.float64).reshape(-1, 3),
        beyond if beyond.any() else np.zeros(0),
        credit_before(inputs),
    )


def credit_before(inputs: ProjectionInputs) -> float:
    """Return the minimum tax of years before the plan that has not come back (Form 8801, line 26)."""
    return float(sum(grant.credit for grant in inputs.events.grants))


def first_month_held(inputs: ProjectionInputs) -> int | None:
    """Return the first month in which incentive options may become shares that are held; None where none does.

    That is the first one where such shares, or minimum tax of earlier years, are there as the plan starts.
    """
    if any(grant.held is not None or grant.credit > 0.0 for grant in inputs.events.grants):
        return 0
    months = [
        months_taken(grant, day, inputs)[0]
        for grant in inputs.events.grants
        if grant.kind is GrantKind.INCENTIVE and grant.account
        for day, _ in grant.tranches
    ]
    return min((month for month in months if month >= 0), default=None)


def _slot(grant: EquityGrant, owner: int) -> int:
    """Units and nonqualified options are wages (IRC 83); incentive options and purchases that are sold at once are
    income without payroll tax (IRC 421(b)), incentive options that are held none yet (IRC 421(a))."""
    if grant.kind in (GrantKind.UNITS, GrantKind.OPTIONS):
        return WAGES_1 + owner
    return -1 if grant.kind is GrantKind.INCENTIVE and grant.account else ORDINARY
