"""Federal tax inside the simulation: the rules of `taxes`, in float64, for the paths of a block at once.

Bracket bounds, deductions, the amounts of the minimum tax and of the child credit and the wage base rise with the
inflation of the path (``index``); the thresholds of IRC 24, 86, 1211, 1411, 3101(b)(2) and of the senior deduction do
not, as the law stands. The law indexes by chained CPI, rounded down to 25 or 50 dollars, and the wage base by wages:
the path's one inflation stands for them all.

What every plan needs is computed for all lanes at once; a year with dependants or payments to itemise, and lanes whose
income may owe minimum tax, are computed one by one by `tax_lanes`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled
from apps.plans.engine.tax_lanes import gross_income, lane_tax
from apps.plans.engine.tax_law import (
    ADDITIONAL,
    AMT_FLOOR,
    BOUNDS,
    CHILDREN,
    DEDUCTION,
    EARLY,
    GAINS,
    HAS_SENIOR,
    INTEREST,
    LTCG_0,
    LTCG_15,
    MEDICARE,
    N_BOUNDS,
    NIIT,
    QUALIFIED,
    R_ADD_MEDICARE,
    R_EARLY,
    R_HIGH,
    R_MEDICARE,
    R_MIDDLE,
    R_NIIT,
    R_SENIOR,
    R_SS,
    SENIOR,
    SENIOR_AMOUNT,
    SENIORS,
    WAGE_BASE,
    WAGES_1,
    WAGES_2,
)


@compiled
def add_bracket_tax(
    law: NDArray[np.float64], income: NDArray[np.float64], index: NDArray[np.float64], due: NDArray[np.float64]
) -> None:
    """Add the tax on ordinary taxable income (n_lanes,) to ``due``, with bounds raised by ``index``.

    Written as rate steps over bounds, sum of (r_k - r_(k-1)) max(0, x - b_k), which has no branches.
    """
    n_bounds = int(law[N_BOUNDS])
    first_rate = BOUNDS + n_bounds
    lowest = law[first_rate]
    for lane in range(income.size):
        due[lane] += lowest * income[lane]
    for bracket in range(n_bounds):
        bound = law[BOUNDS + bracket]
        step = law[first_rate + bracket + 1] - law[first_rate + bracket]
        for lane in range(income.size):
            due[lane] += step * max(0.0, income[lane] - bound * index[lane])


@compiled
def federal_taxes(
    law: NDArray[np.float64],
    year_facts: NDArray[np.int64],
    index: NDArray[np.float64],
    ledger: NDArray[np.float64],
    scratch: NDArray[np.float64],
) -> None:
    """Everything due for a year on each lane, into ``scratch[0]``, from a ledger whose gains are netted.

    ``law`` is the row of the filing status, ``year_facts`` (N_FACTS,) what `tax_law` names. ``index`` (n_lanes,),
    ``ledger`` (N_SLOTS or more, n_lanes), ``scratch`` (2, n_lanes).
    """
    due = scratch[0]
    if year_facts[CHILDREN:].sum() > 0:
        for lane in range(ledger.shape[1]):
            due[lane] = lane_tax(law, year_facts, index[lane], ledger, lane)
        return
    if _usual_taxes(law, year_facts, index, ledger, scratch) == 0:
        return
    for lane in range(ledger.shape[1]):
        if gross_income(law, ledger, lane) > law[AMT_FLOOR] * index[lane]:
            due[lane] = lane_tax(law, year_facts, index[lane], ledger, lane)


@compiled
def _usual_taxes(
    law: NDArray[np.float64],
    year_facts: NDArray[np.int64],
    index: NDArray[np.float64],
    ledger: NDArray[np.float64],
    scratch: NDArray[np.float64],
) -> int:
    """Tax with the standard deduction and no minimum tax; returns how many lanes are too rich for that."""
    seniors = float(year_facts[SENIORS])
    senior_amount = law[SENIOR_AMOUNT] if year_facts[HAS_SENIOR] == 1 else 0.0
    indexed = law[DEDUCTION] + seniors * law[ADDITIONAL]
    second_bound, second_rate = law[BOUNDS + 1], law[BOUNDS + int(law[N_BOUNDS]) + 1]
    third_rate = law[BOUNDS + int(law[N_BOUNDS]) + 2]
    due, ordinary = scratch[0], scratch[1]
    high_incomes = 0
    for lane in range(ledger.shape[1]):
        first, second = ledger[WAGES_1, lane], ledger[WAGES_2, lane]
        wages = first + second
        investment = ledger[INTEREST, lane] + ledger[QUALIFIED, lane] + ledger[GAINS, lane]
        agi = gross_income(law, ledger, lane)
        high_incomes += agi > law[AMT_FLOOR] * index[lane]
        senior_each = max(0.0, senior_amount - law[R_SENIOR] * max(0.0, agi - law[SENIOR]))
        taxable = max(0.0, agi - index[lane] * indexed - seniors * senior_each)
        gains = min(taxable, ledger[QUALIFIED, lane] + max(0.0, ledger[GAINS, lane]))
        ordinary[lane] = taxable - gains
        zero_max, middle_max = law[LTCG_0] * index[lane], law[LTCG_15] * index[lane]
        above_zero = max(ordinary[lane], zero_max)
        middle = max(0.0, min(taxable, middle_max) - above_zero)
        high = max(0.0, taxable - max(ordinary[lane], middle_max))
        # Gains in the 12 % bracket above the band of 0 % pay 12 %, if what lies in that band does not outweigh it.
        bound = second_bound * index[lane]
        cheaper = (law[R_MIDDLE] - second_rate) * max(0.0, min(taxable, bound) - above_zero)
        dearer = second_rate * max(0.0, min(taxable, zero_max) - ordinary[lane])
        dearer += (third_rate - law[R_MIDDLE]) * max(0.0, taxable - max(ordinary[lane], bound))
        base = law[WAGE_BASE] * index[lane]
        payroll = law[R_SS] * (min(first, base) + min(second, base)) + law[R_MEDICARE] * wages
        surtax = law[R_ADD_MEDICARE] * max(0.0, wages - law[MEDICARE])
        niit = law[R_NIIT] * max(0.0, min(investment, agi - law[NIIT]))
        early = law[R_EARLY] * ledger[EARLY, lane]
        due[lane] = law[R_MIDDLE] * middle + law[R_HIGH] * high - max(0.0, cheaper - dearer)
        due[lane] += payroll + surtax + niit + early
    add_bracket_tax(law, ordinary, index, due)
    return high_incomes
