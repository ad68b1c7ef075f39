"""Federal income tax before credits of many lanes at once, from what a deduction leaves: for whoever compares them.

The rules of `tax_lanes`. Each lane's figures stand in rows (n_lanes,), and those of the law are read before each loop:
inside, a result written to the lanes could have changed them, for all the compiler knows, and it would take one lane at
a time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled
from apps.plans.engine.tax_law import (
    AMT_28,
    AMT_EXEMPTION,
    AMT_PHASE_OUT,
    BENEFITS,
    BOUNDS,
    GAINS,
    INTEREST,
    LTCG_0,
    LTCG_15,
    N_BOUNDS,
    ORDINARY,
    PRE_TAX,
    QUALIFIED,
    R_AMT,
    R_AMT_HIGH,
    R_AMT_PHASE_OUT,
    R_HIGH,
    R_MIDDLE,
    SS_1,
    SS_2,
    WAGES_1,
    WAGES_2,
)

FloatArray = NDArray[np.float64]


@compiled
def benefits_taxed(besides: float, benefits: float, ss_1: float, ss_2: float) -> float:
    """What is taxed of benefits beside other income, as `taxable_benefits` has it; ``ss_1`` and ``ss_2`` are the law's
    two thresholds."""
    provisional = besides + 0.5 * benefits
    tier_1 = min(0.5 * benefits, 0.5 * min(max(0.0, provisional - ss_1), ss_2 - ss_1))
    taxed: float = min(0.85 * benefits, tier_1 + 0.85 * max(0.0, provisional - ss_2))
    return taxed


@compiled
def gross_incomes(law: FloatArray, ledger: FloatArray, gross: FloatArray) -> None:
    """Put the adjusted gross income of each lane into ``gross``; `net_gains` was called before."""
    ss_1, ss_2 = law[SS_1], law[SS_2]
    wages_1, wages_2, pre_tax, ordinary = ledger[WAGES_1], ledger[WAGES_2], ledger[PRE_TAX], ledger[ORDINARY]
    interest, qualified, netted, benefits = ledger[INTEREST], ledger[QUALIFIED], ledger[GAINS], ledger[BENEFITS]
    for lane in range(gross.size):
        investment = interest[lane] + qualified[lane] + netted[lane]
        besides = wages_1[lane] + wages_2[lane] - pre_tax[lane] + ordinary[lane] + investment
        gross[lane] = besides + benefits_taxed(besides, benefits[lane], ss_1, ss_2)


@compiled
def usual_taxes(
    law: FloatArray, index: FloatArray, income: tuple[FloatArray, FloatArray], ordinary: FloatArray, due: FloatArray
) -> None:
    """Put the tax on taxable ``income``, of which its second row at most has rates of its own, into ``due``, and what
    of it the brackets tax into ``ordinary``."""
    taxable, gains = income
    ltcg_0, ltcg_15, r_middle, r_high = law[LTCG_0], law[LTCG_15], law[R_MIDDLE], law[R_HIGH]
    n_bounds = int(law[N_BOUNDS])
    first_rate = BOUNDS + n_bounds
    lowest = law[first_rate]
    for lane in range(due.size):
        top, level = taxable[lane], index[lane]
        usual = max(0.0, top - gains[lane])
        middle = max(0.0, min(top, ltcg_15 * level) - max(usual, ltcg_0 * level))
        high = max(0.0, top - max(usual, ltcg_15 * level))
        ordinary[lane] = usual
        # what the brackets leave of all income beside what they leave of a part of it: the smaller tax counts
        due[lane] = r_middle * middle + r_high * high + lowest * (usual - top)
    for bracket in range(n_bounds):
        bound, step = law[BOUNDS + bracket], law[first_rate + bracket + 1] - law[first_rate + bracket]
        for lane in range(due.size):
            start = bound * index[lane]
            due[lane] += step * (max(0.0, ordinary[lane] - start) - max(0.0, taxable[lane] - start))
    for lane in range(due.size):
        due[lane] = min(0.0, due[lane]) + lowest * taxable[lane]
    for bracket in range(n_bounds):
        bound, step = law[BOUNDS + bracket], law[first_rate + bracket + 1] - law[first_rate + bracket]
        for lane in range(due.size):
            due[lane] += step * max(0.0, taxable[lane] - bound * index[lane])


@compiled
def raise_to_least(
    law: FloatArray,
    index: FloatArray,
    income: tuple[FloatArray, FloatArray, FloatArray],
    allowed: FloatArray,
    floor: float,
    due: FloatArray,
) -> None:
    """Raise the tax in ``due`` to that below which it may not lie, where gross income is above ``floor``, in money of
    the table; ``income``: gross income, gains, what the brackets tax; ``allowed`` is the income of the minimum tax."""
    gross, gains, ordinary = income
    exemption, faded_from, r_faded = law[AMT_EXEMPTION], law[AMT_PHASE_OUT], law[R_AMT_PHASE_OUT]
    dearer_from, rate, more = law[AMT_28], law[R_AMT], law[R_AMT_HIGH] - law[R_AMT]
    ltcg_0, ltcg_15, r_middle, r_high = law[LTCG_0], law[LTCG_15], law[R_MIDDLE], law[R_HIGH]
    for lane in range(due.size):
        level, counted = index[lane], allowed[lane]
        exempt = max(0.0, exemption * level - r_faded * max(0.0, counted - faded_from * level))
        excess = max(0.0, counted - exempt)
        preferred = min(excess, gains[lane])
        rest, usual = excess - preferred, ordinary[lane]
        top = usual + preferred
        middle = max(0.0, min(top, ltcg_15 * level) - max(usual, ltcg_0 * level))
        high = max(0.0, top - max(usual, ltcg_15 * level))
        flat = rate * excess + more * max(0.0, excess - dearer_from * level)
        split = rate * rest + more * max(0.0, rest - dearer_from * level) + (r_middle * middle + r_high * high)
        least = min(flat, split)
        due[lane] = max(due[lane], least) if gross[lane] > floor * level else due[lane]
