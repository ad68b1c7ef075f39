"""The end of a year by hand: the tax is that of who lived as it began."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.books import F_TAXES, FIRST_ALONE, FLOWS, STATES, TAXED, YEAR_STATES, balance_row
from apps.plans.engine.compiled import LANES
from apps.plans.engine.kernel_years import begin_year, close_year
from apps.plans.engine.program import Program, build_program
from apps.plans.engine.tax_law import ORDINARY
from tests.apps.plans.engine.households import family


def opened(program: Program) -> np.ndarray:
    rows = np.zeros((balance_row(program.mix.size) + program.demands.shape[2], LANES))
    rows[balance_row(0)] = 1_000_000.0
    return rows


def test_a_couple_a_survivor_and_nobody_pay_different_taxes() -> None:
    program = build_program(family(), drawn=True)
    rows = opened(program)
    rows[YEAR_STATES, 0] = 1.0
    rows[YEAR_STATES + FIRST_ALONE, 1] = 1.0
    rows[ORDINARY] = 100_000.0
    close_year(program, rows, 17, np.ones(LANES), np.empty((3, LANES)))
    couple, survivor, nobody = rows[FLOWS + F_TAXES, :3]
    # 2026: 67,800 of a couple at 10 and 12 %, 83,900 of a single person at 10, 12 and 22 %
    assert couple == pytest.approx(0.1 * 24_800 + 0.12 * (67_800 - 24_800))
    assert survivor == pytest.approx(0.1 * 12_400 + 0.12 * (50_400 - 12_400) + 0.22 * (83_900 - 50_400))
    assert nobody == 0.0
    assert (rows[ORDINARY] == 0.0).all()
    assert (rows[TAXED + ORDINARY] == 100_000.0).all()


def test_a_year_begins_with_who_lives_and_its_balances() -> None:
    program = build_program(family(), drawn=True)
    rows = opened(program)
    rows[STATES + FIRST_ALONE] = 1.0
    begin_year(program, rows)
    assert (rows[YEAR_STATES + FIRST_ALONE] == 1.0).all()
    assert (rows[balance_row(0) + 2] == 1_000_000.0).all()
