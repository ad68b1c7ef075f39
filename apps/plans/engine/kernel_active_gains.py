"""The tax on net investment income does not reach the gain of a business in which its owner works."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled
from apps.plans.engine.program import Program
from apps.plans.engine.tax_lanes import gross_income
from apps.plans.engine.tax_law import GAINS, INTEREST, NIIT, QUALIFIED, R_NIIT


@compiled
def spare_active_gains(
    program: Program, place: tuple[int, int], ledger: NDArray[np.float64], due: NDArray[np.float64]
) -> None:
    """Take off the federal tax ``due`` (n_lanes,) what a year's active gains add to the tax on net investment income
    (IRC 1411(c)(4)): at most the gains of the ledger, which are netted; ``place``: who lives, year."""
    state, year = place
    if program.active_gains.shape[1] == 0 or program.active_gains[state, year] == 0.0:
        return
    law = program.law[min(year, 1), program.year_facts[state, year, 0]]
    active, rate, limit = program.active_gains[state, year], law[R_NIIT], law[NIIT]
    for lane in range(ledger.shape[1]):
        investment = ledger[INTEREST, lane] + ledger[QUALIFIED, lane] + ledger[GAINS, lane]
        spared = investment - min(active, max(0.0, ledger[GAINS, lane]))
        above = gross_income(law, ledger, lane) - limit
        due[lane] -= rate * (max(0.0, min(investment, above)) - max(0.0, min(spared, above)))
