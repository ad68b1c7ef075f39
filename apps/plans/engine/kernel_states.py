"""A state's income tax in the walk: what a month brings that states tell apart, and the tax at a year's end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine import state_tax_kernel as state
from apps.plans.engine.compiled import compiled
from apps.plans.engine.state_program import FIRST_COLUMN
from apps.plans.engine.state_tax_kernel import state_taxes
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
    SS_1,
    SS_2,
    WAGE_BASE,
    WAGES_1,
    WAGES_2,
)
from apps.plans.engine.tax_rows import benefits_taxed

# Rows of what states tell apart of a year's ordinary income, shape (N_TOLD, n_lanes); the rest was withdrawn.
PENSIONS_1, PENSIONS_2, OTHER = range(3)
N_TOLD = 3
# Facts that a state reads as the ledger has them.
_AS_THEY_ARE = (
    (state.INTEREST, INTEREST),
    (state.QUALIFIED, QUALIFIED),
    (state.GAINS, GAINS),
    (state.PRE_TAX, PRE_TAX),
    (state.BENEFITS, BENEFITS),
)

FloatArray = NDArray[np.float64]


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
def _read(law: FloatArray, ledger: FloatArray, told: FloatArray, rows: FloatArray) -> None:
    """What the ledger says of each adult, and of investments."""
    couple, share = law[state.N_ADULTS] > 1.0, law[state.SHARE]
    for fact, slot in _AS_THEY_ARE:
        row, amounts = rows[fact], ledger[slot]
        for lane in range(rows.shape[1]):
            row[lane] = amounts[lane]
    told_1, told_2, told_other, ordinary = told[PENSIONS_1], told[PENSIONS_2], told[OTHER], ledger[ORDINARY]
    pensions_1, pensions_2, other = rows[state.PENSIONS_1], rows[state.PENSIONS_2], rows[state.OTHER]
    drawn_1, drawn_2 = rows[state.WITHDRAWALS_1], rows[state.WITHDRAWALS_2]
    for lane in range(rows.shape[1]):
        pensions = told_1[lane] + told_2[lane]
        withdrawn = max(0.0, ordinary[lane] - pensions - told_other[lane])
        first = told_1[lane] if couple else pensions
        pensions_1[lane] = first
        pensions_2[lane] = pensions - first
        drawn_1[lane] = share * withdrawn
        drawn_2[lane] = withdrawn - share * withdrawn
        other[lane] = told_other[lane]
    earned_1, earned_2 = ledger[WAGES_1], ledger[WAGES_2]
    wages_1, wages_2 = rows[state.WAGES_1], rows[state.WAGES_2]
    for lane in range(rows.shape[1]):
        wages = earned_1[lane] + earned_2[lane]
        first = earned_1[lane] if couple else wages
        wages_1[lane] = first
        wages_2[lane] = wages - first


@compiled
def _read_federal(
    law: FloatArray, year_facts: NDArray[np.int64], index: FloatArray, ledger: FloatArray, rows: FloatArray
) -> None:
    """What a state takes from the federal return; of the federal tax, what is no income tax, as a negative amount."""
    seniors, senior_from, r_senior = float(year_facts[SENIORS]), law[SENIOR], law[R_SENIOR]
    senior_amount = law[SENIOR_AMOUNT] if year_facts[HAS_SENIOR] == 1 else 0.0
    deduction, ss_1, ss_2 = law[DEDUCTION] + seniors * law[ADDITIONAL], law[SS_1], law[SS_2]
    wages_1, wages_2, pre_tax, ordinary = ledger[WAGES_1], ledger[WAGES_2], ledger[PRE_TAX], ledger[ORDINARY]
    interest, qualified, netted, benefits = ledger[INTEREST], ledger[QUALIFIED], ledger[GAINS], ledger[BENEFITS]
    agi, taxed, standard, senior = (
        rows[state.AGI],
        rows[state.TAXABLE_BENEFITS],
        rows[state.STANDARD],
        rows[state.SENIOR],
    )
    for lane in range(rows.shape[1]):
        investment = interest[lane] + qualified[lane] + netted[lane]
        besides = wages_1[lane] + wages_2[lane] - pre_tax[lane] + ordinary[lane] + investment
        of_benefits = benefits_taxed(besides, benefits[lane], ss_1, ss_2)
        gross = besides + of_benefits
        taxed[lane], agi[lane] = of_benefits, gross
        standard[lane] = index[lane] * deduction
        senior[lane] = seniors * max(0.0, senior_amount - r_senior * max(0.0, gross - senior_from))
    r_ss, r_medicare, r_surtax, surtax_from = law[R_SS], law[R_MEDICARE], law[R_ADD_MEDICARE], law[MEDICARE]
    r_early, wage_base, early, besides_income = law[R_EARLY], law[WAGE_BASE], ledger[EARLY], rows[state.FEDERAL_TAX]
    for lane in range(rows.shape[1]):
        first, second, base = wages_1[lane], wages_2[lane], wage_base * index[lane]
        payroll = r_ss * (min(first, base) + min(second, base)) + r_medicare * (first + second)
        surtax = r_surtax * max(0.0, first + second - surtax_from)
        besides_income[lane] = -payroll - surtax - r_early * early[lane]


@compiled
def add_state_taxes(
    laws: tuple[FloatArray, FloatArray, NDArray[np.int64]],
    index: FloatArray,
    ledger: FloatArray,
    told: FloatArray,
    rows: FloatArray,
    taxes: tuple[FloatArray, FloatArray],
) -> None:
    """Put the state's tax into the second of ``taxes`` (n_lanes,), and add it to the first, the federal one.

    ``laws``: the state's, the federal one of the filing status, the federal facts of the year. The ledger's gains are
    netted, as `federal_taxes` leaves them; ``rows`` (`state_tax_kernel.N_ROWS`, n_lanes) is where it is worked out.
    """
    law, federal, year_facts = laws
    due, alone = taxes
    _read(law, ledger, told, rows)
    _read_federal(federal, year_facts, index, ledger, rows)
    income_tax = rows[state.FEDERAL_TAX]
    for lane in range(due.size):
        income_tax[lane] += due[lane]
        alone[lane] = 0.0
    state_taxes(law, index, rows, alone)
    for lane in range(due.size):
        due[lane] += alone[lane]
