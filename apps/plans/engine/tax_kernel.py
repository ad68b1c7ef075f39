"""Federal tax inside the simulation: the rules of `taxes`, in float64, for the paths of a block at once.

Bracket bounds, deductions and the wage base rise with the inflation of the path (``index``); the thresholds of
IRC 86, 1211, 1411, 3101(b)(2) and of the senior deduction do not, as the law stands. The law indexes by chained
CPI, rounded down to 25 or 50 dollars, and the wage base by wages: the path's one inflation stands for them all.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled
from apps.plans.engine.tax_tables import FilingStatus, StatusTable, TaxTable

# Slots of the year's ledger, shape (N_SLOTS, n_lanes). LOSS stays from year to year, the others are cleared.
WAGES_1, WAGES_2, PRE_TAX, ORDINARY, INTEREST, QUALIFIED, GAINS, BENEFITS, EARLY, LOSS = range(10)
N_SLOTS = 10

STATUSES = tuple(FilingStatus)

# Columns of a status's law: figures, rates, then the bracket bounds and one more bracket rate than bounds.
_DEDUCTION, _ADDITIONAL, _LTCG_0, _LTCG_15, _NIIT, _MEDICARE, _SS_1, _SS_2, _LOSS_LIMIT, _SENIOR = range(10)
_R_MIDDLE, _R_HIGH, _R_NIIT, _R_ADD_MEDICARE, _R_SS, _R_MEDICARE, _R_EARLY, _R_SENIOR = range(10, 18)
_WAGE_BASE, _SENIOR_AMOUNT, _N_BOUNDS = range(18, 21)
_BOUNDS = 21


def law_arrays(table: TaxTable, part: Decimal = Decimal(1)) -> NDArray[np.float64]:
    """The table as one row per status, shape (n_statuses, 22 + 2 * n_bounds).

    A status that the table lacks gets the figures of a single person. ``part`` of a year makes all amounts smaller, so
    that income of some months is taxed at the rates of a year that is all like them (the idea of IRC 443(b)).
    """
    rates = [
        table.ltcg_rates[1],
        table.ltcg_rates[2],
        table.niit_rate,
        table.additional_medicare_rate,
        table.social_security_rate,
        table.medicare_rate,
        table.early_withdrawal_rate,
        table.senior_phase_out_rate or 0,
        table.social_security_wage_base * part,
        (table.senior_amount or 0) * part,
    ]
    rows = [table.statuses.get(status, table.of(FilingStatus.SINGLE)) for status in STATUSES]
    return np.array(
        [
            [
                *(figure * part for figure in _figures(row)),
                *rates,
                len(row.ordinary_upper_bounds),
                *(bound * part for bound in row.ordinary_upper_bounds),
                *table.ordinary_rates,
            ]
            for row in rows
        ],
        dtype=np.float64,
    )


def _figures(row: StatusTable) -> list[Decimal]:
    return [
        row.standard_deduction,
        row.additional_deduction,
        row.ltcg_0_max,
        row.ltcg_15_max,
        row.niit_threshold,
        row.medicare_threshold,
        row.ss_base,
        row.ss_adjusted_base,
        row.capital_loss_limit,
        # Without a threshold the status has no senior deduction: it has shrunk to nothing at every income.
        Decimal(-(10**18)) if row.senior_threshold is None else row.senior_threshold,
    ]


@compiled
def add_bracket_tax(
    law: NDArray[np.float64], income: NDArray[np.float64], index: NDArray[np.float64], due: NDArray[np.float64]
) -> None:
    """Add the tax on ordinary taxable income (n_lanes,) to ``due``, with bounds raised by ``index``.

    Written as rate steps over bounds, sum of (r_k - r_(k-1)) max(0, x - b_k), which has no branches.
    """
    n_bounds = int(law[_N_BOUNDS])
    first_rate = _BOUNDS + n_bounds
    lowest = law[first_rate]
    for lane in range(income.size):
        due[lane] += lowest * income[lane]
    for bracket in range(n_bounds):
        bound = law[_BOUNDS + bracket]
        step = law[first_rate + bracket + 1] - law[first_rate + bracket]
        for lane in range(income.size):
            due[lane] += step * max(0.0, income[lane] - bound * index[lane])


@compiled
def taxable_benefits(law: NDArray[np.float64], other_income: float, benefits: float) -> float:
    """Taxable Social Security of IRC 86, both tiers."""
    provisional = other_income + 0.5 * benefits
    above_base = max(0.0, provisional - law[_SS_1])
    tier_1 = min(0.5 * benefits, 0.5 * min(above_base, law[_SS_2] - law[_SS_1]))
    above_adjusted = max(0.0, provisional - law[_SS_2])
    total: float = min(0.85 * benefits, tier_1 + 0.85 * above_adjusted)
    return total


@compiled
def net_gains(law: NDArray[np.float64], ledger: NDArray[np.float64]) -> None:
    """Leave in GAINS what counts this year, and in LOSS what is carried on; comes before `federal_taxes`."""
    limit = law[_LOSS_LIMIT]
    for lane in range(ledger.shape[1]):
        net = ledger[GAINS, lane] - ledger[LOSS, lane]
        counted = max(net, -limit)
        ledger[LOSS, lane] = counted - net
        ledger[GAINS, lane] = counted


@compiled
def federal_taxes(
    law: NDArray[np.float64],
    year_facts: NDArray[np.int64],
    index: NDArray[np.float64],
    ledger: NDArray[np.float64],
    scratch: NDArray[np.float64],
) -> None:
    """Everything due for a year on each lane, into ``scratch[0]``, from a ledger whose gains are netted.

    ``law`` is the row of the filing status; ``year_facts`` holds the place of that status in STATUSES, the number of
    people of 65 and more, and 1 when the year has the senior deduction. ``index`` (n_lanes,), ``ledger`` (N_SLOTS or
    more, n_lanes), ``scratch`` (2, n_lanes).
    """
    seniors = float(year_facts[1])
    senior_amount = law[_SENIOR_AMOUNT] if year_facts[2] == 1 else 0.0
    indexed = law[_DEDUCTION] + seniors * law[_ADDITIONAL]
    due, ordinary = scratch[0], scratch[1]
    for lane in range(ledger.shape[1]):
        first, second = ledger[WAGES_1, lane], ledger[WAGES_2, lane]
        wages = first + second
        investment = ledger[INTEREST, lane] + ledger[QUALIFIED, lane] + ledger[GAINS, lane]
        without_benefits = wages - ledger[PRE_TAX, lane] + ledger[ORDINARY, lane] + investment
        agi = without_benefits + taxable_benefits(law, without_benefits, ledger[BENEFITS, lane])
        senior_each = max(0.0, senior_amount - law[_R_SENIOR] * max(0.0, agi - law[_SENIOR]))
        taxable = max(0.0, agi - index[lane] * indexed - seniors * senior_each)
        gains = min(taxable, ledger[QUALIFIED, lane] + max(0.0, ledger[GAINS, lane]))
        ordinary[lane] = taxable - gains
        middle_max = law[_LTCG_15] * index[lane]
        above_zero = max(ordinary[lane], law[_LTCG_0] * index[lane])
        middle = max(0.0, min(taxable, middle_max) - above_zero)
        high = max(0.0, taxable - max(ordinary[lane], middle_max))
        base = law[_WAGE_BASE] * index[lane]
        payroll = law[_R_SS] * (min(first, base) + min(second, base)) + law[_R_MEDICARE] * wages
        surtax = law[_R_ADD_MEDICARE] * max(0.0, wages - law[_MEDICARE])
        niit = law[_R_NIIT] * max(0.0, min(investment, agi - law[_NIIT]))
        early = law[_R_EARLY] * ledger[EARLY, lane]
        due[lane] = law[_R_MIDDLE] * middle + law[_R_HIGH] * high + payroll + surtax + niit + early
    add_bracket_tax(law, ordinary, index, due)
