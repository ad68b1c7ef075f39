"""Federal tax inside the simulation: the rules of `taxes`, in float64, for one path of a block.

Bracket bounds, deductions and the wage base rise with the inflation of the path (``index``); the thresholds of
IRC 86, 1211, 1411, 3101(b)(2) and of the senior deduction do not, as the law stands. The law indexes by chained
CPI, rounded down to 25 or 50 dollars, and the wage base by wages: the path's one inflation stands for them all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled
from apps.plans.engine.tax_tables import FilingStatus, TaxTable

# Slots of the year's ledger, shape (N_SLOTS, n_lanes). LOSS stays from year to year, the others are cleared.
WAGES_1, WAGES_2, PRE_TAX, ORDINARY, INTEREST, QUALIFIED, GAINS, BENEFITS, EARLY, LOSS = range(10)
N_SLOTS = 10

STATUSES = tuple(FilingStatus)

# Columns of a status row.
_DEDUCTION, _ADDITIONAL, _LTCG_0, _LTCG_15, _NIIT, _MEDICARE, _SS_1, _SS_2, _LOSS_LIMIT, _SENIOR = range(10)
# Columns of the rates.
_R_MIDDLE, _R_HIGH, _R_NIIT, _R_ADD_MEDICARE, _R_SS, _R_MEDICARE, _R_EARLY, _R_SENIOR = range(8)


class TaxArrays(NamedTuple):
    """A table as arrays: bounds (n_statuses, n_brackets - 1), figures (n_statuses, 10), rates."""

    bounds: NDArray[np.float64]
    bracket_rates: NDArray[np.float64]
    figures: NDArray[np.float64]
    rates: NDArray[np.float64]
    wage_base: float
    senior_amount: float


def tax_arrays(table: TaxTable) -> TaxArrays:
    """Convert the exact table; a status that the table lacks gets the figures of a single person."""
    rows = [table.statuses.get(status, table.of(FilingStatus.SINGLE)) for status in STATUSES]
    figures = [
        [
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
        for row in rows
    ]
    rates = [
        table.ltcg_rates[1],
        table.ltcg_rates[2],
        table.niit_rate,
        table.additional_medicare_rate,
        table.social_security_rate,
        table.medicare_rate,
        table.early_withdrawal_rate,
        table.senior_phase_out_rate or 0,
    ]
    return TaxArrays(
        bounds=np.array([[float(bound) for bound in row.ordinary_upper_bounds] for row in rows]),
        bracket_rates=np.array([float(rate) for rate in table.ordinary_rates]),
        figures=np.array(figures, dtype=np.float64),
        rates=np.array(rates, dtype=np.float64),
        wage_base=float(table.social_security_wage_base),
        senior_amount=float(table.senior_amount or 0),
    )


@compiled
def bracket_tax(bounds: NDArray[np.float64], rates: NDArray[np.float64], income: float, index: float) -> float:
    """Tax on ordinary taxable income with bounds raised by ``index``."""
    tax = 0.0
    lower = 0.0
    for bracket in range(bounds.size):
        upper = bounds[bracket] * index
        if income <= upper:
            within: float = tax + rates[bracket] * (income - lower)
            return within
        tax += rates[bracket] * (upper - lower)
        lower = upper
    top: float = tax + rates[bounds.size] * (income - lower)
    return top


@compiled
def taxable_benefits(figures: NDArray[np.float64], other_income: float, benefits: float) -> float:
    """Taxable Social Security of IRC 86, both tiers."""
    if benefits <= 0.0:
        return 0.0
    provisional = other_income + 0.5 * benefits
    above_base = max(0.0, provisional - figures[_SS_1])
    tier_1 = min(0.5 * benefits, 0.5 * min(above_base, figures[_SS_2] - figures[_SS_1]))
    above_adjusted = max(0.0, provisional - figures[_SS_2])
    total: float = min(0.85 * benefits, tier_1 + 0.85 * above_adjusted)
    return total


@compiled
def _income_tax(tax: TaxArrays, year_facts: NDArray[np.int64], index: float, sums: tuple[float, float, float]) -> float:
    """Ordinary and gains tax; ``sums`` are AGI, preferential income, and the senior deduction of each senior."""
    agi, preferential, senior_each = sums
    status = year_facts[0]
    figures = tax.figures[status]
    seniors = year_facts[1]
    deduction = index * (figures[_DEDUCTION] + seniors * figures[_ADDITIONAL]) + seniors * senior_each
    taxable = max(0.0, agi - deduction)
    gains = min(taxable, preferential)
    ordinary = taxable - gains
    due = bracket_tax(tax.bounds[status], tax.bracket_rates, ordinary, index)
    zero_max = figures[_LTCG_0] * index
    middle_max = figures[_LTCG_15] * index
    middle = max(0.0, min(taxable, middle_max) - max(ordinary, zero_max))
    high = max(0.0, taxable - max(ordinary, middle_max))
    both: float = due + tax.rates[_R_MIDDLE] * middle + tax.rates[_R_HIGH] * high
    return both


@compiled
def federal_tax_of_lane(
    tax: TaxArrays, year_facts: NDArray[np.int64], index: float, ledger: NDArray[np.float64], lane: int
) -> float:
    """Everything due for a year of one path; writes the capital loss that is carried on into the ledger.

    ``year_facts`` holds the place of the filing status in STATUSES, the number of people of 65 and more, and 1
    when the year has the senior deduction.
    """
    figures = tax.figures[year_facts[0]]
    wages = ledger[WAGES_1, lane] + ledger[WAGES_2, lane]
    counted = ledger[GAINS, lane] - ledger[LOSS, lane]
    ledger[LOSS, lane] = 0.0
    if counted < 0.0:
        deducted = min(figures[_LOSS_LIMIT], -counted)
        ledger[LOSS, lane] = -counted - deducted
        counted = -deducted
    investment = ledger[INTEREST, lane] + ledger[QUALIFIED, lane] + counted
    without_benefits = wages - ledger[PRE_TAX, lane] + ledger[ORDINARY, lane] + investment
    agi = without_benefits + taxable_benefits(figures, without_benefits, ledger[BENEFITS, lane])
    senior_each = 0.0
    if year_facts[2] == 1:
        senior_each = max(0.0, tax.senior_amount - tax.rates[_R_SENIOR] * max(0.0, agi - figures[_SENIOR]))
    preferential = ledger[QUALIFIED, lane] + max(0.0, counted)
    due = _income_tax(tax, year_facts, index, (agi, preferential, senior_each))
    due += tax.rates[_R_NIIT] * max(0.0, min(investment, agi - figures[_NIIT]))
    base = tax.wage_base * index
    capped = min(ledger[WAGES_1, lane], base) + min(ledger[WAGES_2, lane], base)
    due += tax.rates[_R_SS] * capped + tax.rates[_R_MEDICARE] * wages
    due += tax.rates[_R_ADD_MEDICARE] * max(0.0, wages - figures[_MEDICARE])
    total: float = due + tax.rates[_R_EARLY] * ledger[EARLY, lane]
    return total
