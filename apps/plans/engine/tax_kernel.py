"""Federal tax inside the simulation: the rules of `taxes`, in float64, for the paths of a block at once.

Bracket bounds, deductions, the amounts of the minimum tax and of the child credit and the wage base rise with the
inflation of the path (``index``); the thresholds of IRC 24, 86, 1211, 1411, 3101(b)(2) and of the senior deduction do
not, as the law stands. The law indexes by chained CPI, rounded down to 25 or 50 dollars, and the wage base by wages:
the path's one inflation stands for them all.

What every plan needs, and the minimum tax where a lane is rich enough for it, is computed for all lanes at once; a year
with dependants or payments to itemise is computed lane by lane by `tax_lanes`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled
from apps.plans.engine.tax_lanes import lane_tax
from apps.plans.engine.tax_law import (
    ADDITIONAL,
    AMT_28,
    AMT_EXEMPTION,
    AMT_FLOOR,
    AMT_PHASE_OUT,
    BENEFITS,
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
    ORDINARY,
    PRE_TAX,
    QUALIFIED,
    R_ADD_MEDICARE,
    R_AMT,
    R_AMT_HIGH,
    R_AMT_PHASE_OUT,
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
    SS_1,
    SS_2,
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
    high_incomes = _on_gains(law, year_facts, index, ledger, scratch)
    add_bracket_tax(law, scratch[1], index, due)
    if high_incomes > 0:
        _raise_to_minimum(law, index, ledger, scratch)
    _add_other_taxes(law, index, ledger, due)


@compiled
def _gross(without: float, benefits: float, ss_1: float, ss_2: float) -> float:
    """Gross income of ``without`` benefits and of what IRC 86 taxes of them, as `gross_income` has it."""
    provisional = without + 0.5 * benefits
    tier_1 = min(0.5 * benefits, 0.5 * min(max(0.0, provisional - ss_1), ss_2 - ss_1))
    total: float = without + min(0.85 * benefits, tier_1 + 0.85 * max(0.0, provisional - ss_2))
    return total


# The figures of the law are read before each loop: inside, a result written to the lanes could have changed them, for
# all the compiler knows, and it would take one lane at a time.


@compiled
def _on_gains(
    law: NDArray[np.float64],
    year_facts: NDArray[np.int64],
    index: NDArray[np.float64],
    ledger: NDArray[np.float64],
    scratch: NDArray[np.float64],
) -> int:
    """With the standard deduction, put the tax on gains with rates of their own into ``scratch[0]`` and the income that
    the brackets tax into ``scratch[1]``; return how many lanes are rich enough to owe minimum tax.
    """
    seniors = float(year_facts[SENIORS])
    senior_amount = law[SENIOR_AMOUNT] if year_facts[HAS_SENIOR] == 1 else 0.0
    deduction = law[DEDUCTION] + seniors * law[ADDITIONAL]
    n_bounds = int(law[N_BOUNDS])
    second_bound, second_rate, third_rate = law[BOUNDS + 1], law[BOUNDS + n_bounds + 1], law[BOUNDS + n_bounds + 2]
    r_middle, r_high, r_senior, senior_from = law[R_MIDDLE], law[R_HIGH], law[R_SENIOR], law[SENIOR]
    ltcg_0, ltcg_15, floor, ss_1, ss_2 = law[LTCG_0], law[LTCG_15], law[AMT_FLOOR], law[SS_1], law[SS_2]
    wages_1, wages_2, pre_tax, other = ledger[WAGES_1], ledger[WAGES_2], ledger[PRE_TAX], ledger[ORDINARY]
    interest, qualified, netted, benefits = ledger[INTEREST], ledger[QUALIFIED], ledger[GAINS], ledger[BENEFITS]
    due, ordinary = scratch[0], scratch[1]
    high_incomes = 0
    for lane in range(ledger.shape[1]):
        level, investment = index[lane], interest[lane] + qualified[lane] + netted[lane]
        earned = wages_1[lane] + wages_2[lane] - pre_tax[lane]
        agi = _gross(earned + other[lane] + investment, benefits[lane], ss_1, ss_2)
        high_incomes += agi > floor * level
        senior_each = max(0.0, senior_amount - r_senior * max(0.0, agi - senior_from))
        taxable = max(0.0, agi - level * deduction - seniors * senior_each)
        usual = taxable - min(taxable, qualified[lane] + max(0.0, netted[lane]))
        zero_max, middle_max, bound = ltcg_0 * level, ltcg_15 * level, second_bound * level
        above_zero = max(usual, zero_max)
        middle = max(0.0, min(taxable, middle_max) - above_zero)
        high = max(0.0, taxable - max(usual, middle_max))
        # Gains in the 12 % bracket above the band of 0 % pay 12 %, if what lies in that band does not outweigh it.
        cheaper = (r_middle - second_rate) * max(0.0, min(taxable, bound) - above_zero)
        dearer = second_rate * max(0.0, min(taxable, zero_max) - usual)
        dearer += (third_rate - r_middle) * max(0.0, taxable - max(usual, bound))
        ordinary[lane] = usual
        due[lane] = r_middle * middle + r_high * high - max(0.0, cheaper - dearer)
    return high_incomes


@compiled
def _raise_to_minimum(
    law: NDArray[np.float64], index: NDArray[np.float64], ledger: NDArray[np.float64], scratch: NDArray[np.float64]
) -> None:
    """Raise the tax of high incomes in ``scratch[0]`` to the minimum tax (IRC 55).

    In ``scratch[1]`` is the income that the brackets tax.
    """
    exemption, faded_from, r_faded = law[AMT_EXEMPTION], law[AMT_PHASE_OUT], law[R_AMT_PHASE_OUT]
    dearer_from, rate, more = law[AMT_28], law[R_AMT], law[R_AMT_HIGH] - law[R_AMT]
    ltcg_0, ltcg_15, r_middle, r_high = law[LTCG_0], law[LTCG_15], law[R_MIDDLE], law[R_HIGH]
    floor, ss_1, ss_2 = law[AMT_FLOOR], law[SS_1], law[SS_2]
    wages_1, wages_2, pre_tax, other = ledger[WAGES_1], ledger[WAGES_2], ledger[PRE_TAX], ledger[ORDINARY]
    interest, qualified, netted, benefits = ledger[INTEREST], ledger[QUALIFIED], ledger[GAINS], ledger[BENEFITS]
    due, ordinary = scratch[0], scratch[1]
    for lane in range(ledger.shape[1]):
        level, investment = index[lane], interest[lane] + qualified[lane] + netted[lane]
        earned = wages_1[lane] + wages_2[lane] - pre_tax[lane]
        agi = _gross(earned + other[lane] + investment, benefits[lane], ss_1, ss_2)
        exempt = max(0.0, exemption * level - r_faded * max(0.0, agi - faded_from * level))
        excess = max(0.0, agi - exempt)
        gains = min(excess, qualified[lane] + max(0.0, netted[lane]))
        flat = rate * excess + more * max(0.0, excess - dearer_from * level)
        rest = excess - gains
        usual, top = ordinary[lane], ordinary[lane] + gains
        middle = max(0.0, min(top, ltcg_15 * level) - max(usual, ltcg_0 * level))
        high = max(0.0, top - max(usual, ltcg_15 * level))
        split = rate * rest + more * max(0.0, rest - dearer_from * level) + (r_middle * middle + r_high * high)
        least = min(flat, split)
        due[lane] = max(due[lane], least) if agi > floor * level else due[lane]


@compiled
def _add_other_taxes(
    law: NDArray[np.float64], index: NDArray[np.float64], ledger: NDArray[np.float64], due: NDArray[np.float64]
) -> None:
    """Add payroll taxes, the tax on net investment income and the one on early withdrawals."""
    r_ss, r_medicare, r_surtax, surtax_from = law[R_SS], law[R_MEDICARE], law[R_ADD_MEDICARE], law[MEDICARE]
    r_niit, niit_from, r_early, wage_base = law[R_NIIT], law[NIIT], law[R_EARLY], law[WAGE_BASE]
    ss_1, ss_2 = law[SS_1], law[SS_2]
    wages_1, wages_2, pre_tax, other = ledger[WAGES_1], ledger[WAGES_2], ledger[PRE_TAX], ledger[ORDINARY]
    interest, qualified, netted, benefits = ledger[INTEREST], ledger[QUALIFIED], ledger[GAINS], ledger[BENEFITS]
    early = ledger[EARLY]
    for lane in range(ledger.shape[1]):
        first, second, base = wages_1[lane], wages_2[lane], wage_base * index[lane]
        wages, investment = first + second, interest[lane] + qualified[lane] + netted[lane]
        agi = _gross(wages - pre_tax[lane] + other[lane] + investment, benefits[lane], ss_1, ss_2)
        payroll = r_ss * (min(first, base) + min(second, base)) + r_medicare * wages
        surtax = r_surtax * max(0.0, wages - surtax_from)
        niit = r_niit * max(0.0, min(investment, agi - niit_from))
        due[lane] += payroll + surtax + niit + r_early * early[lane]
