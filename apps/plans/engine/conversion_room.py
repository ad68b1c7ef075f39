"""How much more ordinary income fits below a bound, to the cent: a guess in closed form, and few looks at the tax.

The float64 twin of `conversions.room_in_bracket` and `conversions.room_to_step`, with what may be deducted of the year:
state taxes as they are without the conversion, and without the minimum tax on options held.

Income taxed at ordinary rates rises with what is converted in straight pieces. Beside the standard deduction their
inverse is known: two looks say that the last cent below the bound was met. Itemised deductions fall with income in
pieces that are not solved for: there lines through the last two looks lead to it, and halves where those do not help.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled
from apps.plans.engine.tax_lanes import ordinary_taxed, state_tax_cap, taxable_benefits
from apps.plans.engine.tax_law import (
    ADDITIONAL,
    AMT_FLOOR,
    DEDUCTION,
    GIVEN_MOST,
    HAS_SENIOR,
    R_SENIOR,
    SENIOR,
    SENIOR_AMOUNT,
    SENIORS,
    SS_1,
    SS_2,
)

# A millionth of a dollar past a bound is rounding of float64, not income.
_ROUNDING = 1e-6
# After so many looks along lines what is left is found by halves.
_LINES = 12
_FARTHEST = 1e15


@compiled
def _taxable(
    law: NDArray[np.float64], facts: NDArray[np.int64], index: float, year: tuple[float, float, float], given: float
) -> float:
    """Income taxed at ordinary rates with the standard deduction and gifts beside it; ``year``: income but for
    benefits, benefits, gains with rates of their own."""
    income, benefits, gains = year
    seniors = float(facts[SENIORS])
    agi = income + taxable_benefits(law, income, benefits)
    amount = law[SENIOR_AMOUNT] if facts[HAS_SENIOR] == 1 else 0.0
    senior = seniors * max(0.0, amount - law[R_SENIOR] * max(0.0, agi - law[SENIOR]))
    taxable = max(0.0, agi - (index * (law[DEDUCTION] + seniors * law[ADDITIONAL]) + given) - senior)
    ordinary: float = max(0.0, taxable - gains)
    return ordinary


@compiled
def income_at(law: NDArray[np.float64], agi: float, benefits: float) -> float:
    """Return the income but for benefits at which adjusted gross income is ``agi``: the inverse of `taxable_benefits`.

    What is taxed of benefits is the least of four lines with kinks, each of which rises with income: the inverse is the
    largest of theirs.
    """
    half, tier = 0.5 * benefits, 0.5 * (law[SS_2] - law[SS_1])
    base, adjusted = law[SS_1] - half, law[SS_2] - half
    by_half, by_tier = agi - half, agi - tier
    below_half = min(by_half, (by_half + 0.85 * adjusted) / 1.85)
    below_tier = min(by_tier, (by_tier + 0.85 * adjusted) / 1.85)
    first = min(agi, (agi + 0.5 * base) / 1.5, (agi + 0.5 * base + 0.85 * adjusted) / 2.35)
    income: float = max(agi - 0.85 * benefits, below_half, below_tier, first)
    return income


@compiled
def _gross_at(law: NDArray[np.float64], facts: NDArray[np.int64], index: float, taxable: float) -> float:
    """Return adjusted gross income at which ``taxable`` is left beside the standard deduction and that of seniors."""
    seniors, rate = float(facts[SENIORS]), law[R_SENIOR]
    amount = law[SENIOR_AMOUNT] if facts[HAS_SENIOR] == 1 else 0.0
    bare = taxable + index * (law[DEDUCTION] + seniors * law[ADDITIONAL])
    shrinking = (bare + seniors * (amount + rate * law[SENIOR])) / (1.0 + seniors * rate)
    agi: float = max(bare, min(bare + seniors * amount, shrinking))
    return agi


@compiled
def _may_itemise(
    law: NDArray[np.float64],
    facts: NDArray[np.int64],
    index: float,
    reach: float,
    paid: tuple[float, float, float, float, float],
) -> bool:
    """Whether itemising could leave less tax at any income that `room` looks at, which is ``reach`` and the standard
    deduction at most: not where all payments, as far as a cap that has not shrunk allows, are no more than the standard
    deduction, and none of them counts for the minimum tax or income is too low for it."""
    kept = paid[1] + paid[2] + paid[3] + paid[4]
    if kept + paid[0] == 0.0:
        return False
    standard = index * (law[DEDUCTION] + facts[SENIORS] * law[ADDITIONAL])
    if kept + min(paid[0], state_tax_cap(law, facts, 0.0)) > standard:
        return True
    return kept > 0.0 and reach + 3.0 * standard > law[AMT_FLOOR] * index


@compiled
def _next_look(low: float, high: float, looks: int, last: tuple[float, float, float, float]) -> float:
    """Return the cents to look at next, between ``low``, which fit, and ``high``, which do not; ``last``: the cents of
    the last two looks and how far income then lay below the limit."""
    middle = math.floor((low + high) / 2.0) if high < _FARTHEST else 2.0 * low + 1.0
    if looks > _LINES:
        return middle
    before, left_before, now, left = last
    rise = (left_before - left) / (now - before) if now != before else 0.01
    # steeper by far than any rate of the law, or falling: a jump, not a line
    if not 0.001 < rise < 0.1:
        return middle
    aimed = math.floor(now + left / rise)
    return min(max(aimed, low + 1.0), high - 1.0)


@compiled
def room(
    law: NDArray[np.float64],
    facts: NDArray[np.int64],
    index: float,
    year: tuple[float, float, float],
    bound: tuple[float, bool],
    paid: tuple[float, float, float, float, float],
) -> float:
    """Return how much more ordinary income fits below a bound, to the cent.

    ``bound`` is of the income taxed at ordinary rates, or, where its second part is True, of adjusted gross income;
    ``paid`` what may be deducted, as `tax_lanes` takes it.
    """
    income, benefits, gains = year
    itemises = not bound[1] and _may_itemise(law, facts, index, bound[0] + gains, paid)
    given = min(paid[1], law[GIVEN_MOST])
    limit, is_gross = bound[0] + _ROUNDING, bound[1]
    aim = limit if is_gross else _gross_at(law, facts, index, limit + gains + given)
    low, high, looks = -1.0, _FARTHEST, 0
    cents = min(max(0.0, math.floor(100.0 * (income_at(law, aim, benefits) - income))), _FARTHEST - 1.0)
    before, left_before = cents, 0.0
    while high - low > 1.0:
        more = income + cents / 100.0
        if is_gross:
            told = more + taxable_benefits(law, more, benefits)
        elif itemises:
            agi = more + taxable_benefits(law, more, benefits)
            told = ordinary_taxed(law, facts, index, (agi, gains), paid)
        else:
            told = _taxable(law, facts, index, (more, benefits, gains), given)
        left = limit - told
        if left >= 0.0:
            low = cents
        else:
            high = cents
        looks += 1
        now = cents
        cents = _next_look(low, high, looks, (before, left_before, now, left))
        before, left_before = now, left
    return max(0.0, low) / 100.0
