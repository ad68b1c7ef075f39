"""Federal tax inside the simulation: the rules of `taxes`, in float64, for one path of a block.

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


def law_arrays(table: TaxTable) -> NDArray[np.float64]:
    """The table as one row per status, shape (n_statuses, 22 + 2 * n_bounds).

    A status that the table lacks gets the figures of a single person.
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
        table.social_security_wage_base,
        table.senior_amount or 0,
    ]
    rows = [table.statuses.get(status, table.of(FilingStatus.SINGLE)) for status in STATUSES]
    return np.array(
        [
            [*_figures(row), *rates, len(row.ordinary_upper_bounds), *row.ordinary_upper_bounds, *table.ordinary_rates]
            for row in rows
        ],
        dtype=np.float64,
    )


def _figures(row: StatusTable) -> list[Decimal | float]:
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
        -1e18 if row.senior_threshold is None else row.senior_threshold,
    ]


@compiled
def bracket_tax(law: NDArray[np.float64], income: float, index: float) -> float:
    """Tax on ordinary taxable income with bounds raised by ``index``."""
    n_bounds = int(law[_N_BOUNDS])
    first_rate = _BOUNDS + n_bounds
    tax = 0.0
    lower = 0.0
    for bracket in range(n_bounds):
        upper = law[_BOUNDS + bracket] * index
        if income <= upper:
            within: float = tax + law[first_rate + bracket] * (income - lower)
            return within
        tax += law[first_rate + bracket] * (upper - lower)
        lower = upper
    top: float = tax + law[first_rate + n_bounds] * (income - lower)
    return top


@compiled
def taxable_benefits(law: NDArray[np.float64], other_income: float, benefits: float) -> float:
    """Taxable Social Security of IRC 86, both tiers."""
    if benefits <= 0.0:
        return 0.0
    provisional = other_income + 0.5 * benefits
    above_base = max(0.0, provisional - law[_SS_1])
    tier_1 = min(0.5 * benefits, 0.5 * min(above_base, law[_SS_2] - law[_SS_1]))
    above_adjusted = max(0.0, provisional - law[_SS_2])
    total: float = min(0.85 * benefits, tier_1 + 0.85 * above_adjusted)
    return total


@compiled
def _income_tax(law: NDArray[np.float64], taxable: float, preferential: float, index: float) -> float:
    """Ordinary tax on what is not preferential, and the rates for gains on the rest, stacked on top."""
    gains = min(taxable, preferential)
    ordinary = taxable - gains
    due = bracket_tax(law, ordinary, index)
    if gains <= 0.0:
        return due
    zero_max = law[_LTCG_0] * index
    middle_max = law[_LTCG_15] * index
    middle = max(0.0, min(taxable, middle_max) - max(ordinary, zero_max))
    high = max(0.0, taxable - max(ordinary, middle_max))
    both: float = due + law[_R_MIDDLE] * middle + law[_R_HIGH] * high
    return both


@compiled
def _payroll_tax(law: NDArray[np.float64], first: float, second: float, index: float) -> float:
    """An employee's Social Security and Medicare tax on the wages of two earners."""
    base = law[_WAGE_BASE] * index
    wages = first + second
    basic = law[_R_SS] * (min(first, base) + min(second, base)) + law[_R_MEDICARE] * wages
    total: float = basic + law[_R_ADD_MEDICARE] * max(0.0, wages - law[_MEDICARE])
    return total


@compiled
def federal_tax_of_lane(
    law: NDArray[np.float64], year_facts: NDArray[np.int64], index: float, ledger: NDArray[np.float64], lane: int
) -> float:
    """Everything due for a year of one path; writes the capital loss that is carried on into the ledger.

    ``law`` is the row of the filing status; ``year_facts`` holds the place of that status in STATUSES, the number of
    people of 65 and more, and 1 when the year has the senior deduction.
    """
    wages = ledger[WAGES_1, lane] + ledger[WAGES_2, lane]
    counted = ledger[GAINS, lane] - ledger[LOSS, lane]
    ledger[LOSS, lane] = 0.0
    if counted < 0.0:
        deducted = min(law[_LOSS_LIMIT], -counted)
        ledger[LOSS, lane] = -counted - deducted
        counted = -deducted
    investment = ledger[INTEREST, lane] + ledger[QUALIFIED, lane] + counted
    without_benefits = wages - ledger[PRE_TAX, lane] + ledger[ORDINARY, lane] + investment
    agi = without_benefits + taxable_benefits(law, without_benefits, ledger[BENEFITS, lane])
    seniors = year_facts[1]
    deduction = index * (law[_DEDUCTION] + seniors * law[_ADDITIONAL])
    if year_facts[2] == 1:
        each = law[_SENIOR_AMOUNT] - law[_R_SENIOR] * max(0.0, agi - law[_SENIOR])
        deduction += seniors * max(0.0, each)
    preferential = ledger[QUALIFIED, lane] + max(0.0, counted)
    due = _income_tax(law, max(0.0, agi - deduction), preferential, index)
    due += law[_R_NIIT] * max(0.0, min(investment, agi - law[_NIIT]))
    if wages > 0.0:
        due += _payroll_tax(law, ledger[WAGES_1, lane], ledger[WAGES_2, lane], index)
    total: float = due + law[_R_EARLY] * ledger[EARLY, lane]
    return total
