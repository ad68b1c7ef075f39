"""A state's income tax in the walk: what a month brings that states tell apart, and the tax at a year's end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine import state_tax_kernel as state
from apps.plans.engine.compiled import compiled, compiled_with_arrays
from apps.plans.engine.state_program import FIRST_COLUMN
from apps.plans.engine.state_tax_kernel import state_taxes
from apps.plans.engine.tax_lanes import gross_income, taxable_benefits
from apps.plans.engine.tax_law import (
    ADDITIONAL,
    BENEFITS,
    DEDUCTION,
    EARLY,
    GAINS,
    HAS_SENIOR,
    INTEREST,
    MEDICARE,
    ORDINARY,
    PRE_TAX,
    QUALIFIED,
    R_ADD_MEDICARE,
    R_EARLY,
    R_MEDICARE,
    R_SENIOR,
    R_SS,
    SENIOR,
    SENIOR_AMOUNT,
    SENIORS,
    WAGE_BASE,
    WAGES_1,
    WAGES_2,
)

# Rows of what states tell apart of a year's ordinary income, shape (N_TOLD, n_lanes); the rest was withdrawn.
PENSIONS_1, PENSIONS_2, OTHER = range(3)
N_TOLD = 3


@compiled
def tell_apart(
    due: NDArray[np.float64], price: NDArray[np.float32], weight: NDArray[np.float64], told: NDArray[np.float64]
) -> None:
    """Note a month's pensions and other taxable incomes, ``due`` (n_columns, 2); ``weight`` (n_lanes,) 1 where they
    are paid."""
    for column in range(N_TOLD):
        real, nominal = due[FIRST_COLUMN + column, 0], due[FIRST_COLUMN + column, 1]
        if real != 0.0 or nominal != 0.0:
            for lane in range(price.size):
                told[column, lane] += weight[lane] * (real * price[lane] + nominal)


@compiled
def _read(
    law: NDArray[np.float64], ledger: NDArray[np.float64], told: NDArray[np.float64], facts: NDArray[np.float64]
) -> None:
    """What the ledger says of each adult, and of investments."""
    couple = law[state.N_ADULTS] > 1.0
    for lane in range(ledger.shape[1]):
        pensions = told[PENSIONS_1, lane] + told[PENSIONS_2, lane]
        withdrawn = max(0.0, ledger[ORDINARY, lane] - pensions - told[OTHER, lane])
        first = told[PENSIONS_1, lane] if couple else pensions
        facts[state.PENSIONS_1, lane] = first
        facts[state.PENSIONS_2, lane] = pensions - first
        facts[state.WITHDRAWALS_1, lane] = law[state.SHARE] * withdrawn
        facts[state.WITHDRAWALS_2, lane] = withdrawn - law[state.SHARE] * withdrawn
        wages = ledger[WAGES_1, lane] + ledger[WAGES_2, lane]
        facts[state.WAGES_1, lane] = ledger[WAGES_1, lane] if couple else wages
        facts[state.WAGES_2, lane] = wages - facts[state.WAGES_1, lane]
        facts[state.OTHER, lane] = told[OTHER, lane]
        facts[state.INTEREST, lane] = ledger[INTEREST, lane]
        facts[state.QUALIFIED, lane] = ledger[QUALIFIED, lane]
        facts[state.GAINS, lane] = ledger[GAINS, lane]
        facts[state.PRE_TAX, lane] = ledger[PRE_TAX, lane]
        facts[state.BENEFITS, lane] = ledger[BENEFITS, lane]


@compiled
def _read_federal(
    law: NDArray[np.float64],
    year_facts: NDArray[np.int64],
    index: NDArray[np.float64],
    ledger: NDArray[np.float64],
    facts: NDArray[np.float64],
) -> None:
    """What a state takes from the federal return; of the federal tax, what is no income tax, as a negative amount."""
    seniors = float(year_facts[SENIORS])
    senior_amount = law[SENIOR_AMOUNT] if year_facts[HAS_SENIOR] == 1 else 0.0
    for lane in range(ledger.shape[1]):
        first, second = ledger[WAGES_1, lane], ledger[WAGES_2, lane]
        agi, benefits = gross_income(law, ledger, lane), ledger[BENEFITS, lane]
        investment = ledger[INTEREST, lane] + ledger[QUALIFIED, lane] + ledger[GAINS, lane]
        besides = first + second - ledger[PRE_TAX, lane] + ledger[ORDINARY, lane] + investment
        base = law[WAGE_BASE] * index[lane]
        payroll = law[R_SS] * (min(first, base) + min(second, base)) + law[R_MEDICARE] * (first + second)
        surtax = law[R_ADD_MEDICARE] * max(0.0, first + second - law[MEDICARE])
        facts[state.AGI, lane] = agi
        facts[state.TAXABLE_BENEFITS, lane] = taxable_benefits(law, besides, benefits)
        facts[state.STANDARD, lane] = index[lane] * (law[DEDUCTION] + seniors * law[ADDITIONAL])
        facts[state.SENIOR, lane] = seniors * max(0.0, senior_amount - law[R_SENIOR] * max(0.0, agi - law[SENIOR]))
        facts[state.FEDERAL_TAX, lane] = -payroll - surtax - law[R_EARLY] * ledger[EARLY, lane]


@compiled_with_arrays
def add_state_taxes(
    laws: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]],
    index: NDArray[np.float64],
    ledger: NDArray[np.float64],
    told: NDArray[np.float64],
    due: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Add the state's tax to the federal one in ``due`` (n_lanes,), and return it alone.

    ``laws``: the state's, the federal one of the filing status, the federal facts of the year. The ledger's gains are
    netted, as `federal_taxes` leaves them.
    """
    law, federal, year_facts = laws
    facts = np.empty((state.N_FACTS, ledger.shape[1]))
    _read(law, ledger, told, facts)
    _read_federal(federal, year_facts, index, ledger, facts)
    alone = np.zeros(ledger.shape[1])
    for lane in range(alone.size):
        facts[state.FEDERAL_TAX, lane] += due[lane]
    state_taxes(law, index, facts, alone)
    for lane in range(alone.size):
        due[lane] += alone[lane]
    return alone
