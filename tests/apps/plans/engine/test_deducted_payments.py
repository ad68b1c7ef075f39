"""What a year of the steady path paid, read back from the walk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from apps.plans.engine.books import F_GIVEN, F_MEDICARE, F_STATE_TAXES, N_FLOWS
from apps.plans.engine.deducted_payments import payments_of_year
from apps.plans.engine.program import build_program
from tests.apps.plans.engine.test_kernel_deductions import HELD, deducting


def test_a_year_adds_up_what_was_paid_taxed_and_charged() -> None:
    program = build_program(deducting())
    flows = np.zeros(N_FLOWS, dtype=np.float32)
    flows[[F_STATE_TAXES, F_MEDICARE, F_GIVEN]] = 5_000.0, 300.0, 400.0
    prices = np.full(program.demands.shape[1], 1.1)
    paid = payments_of_year(program, flows, (prices, 1.05), slice(6, 18), 1)
    assert float(paid.state_and_local) == pytest.approx(5_000.0 + 1.1 * 11_000.0)
    # 1,500 in the living costs, of which IRAs gave 400, and 15,000 besides
    assert float(paid.charity) == pytest.approx(1.1 * 16_500.0 - 400.0)
    assert float(paid.medical) == pytest.approx(300.0)
    assert float(paid.mortgage_interest) > 30_000.0


def test_what_iras_gave_beyond_the_living_costs_gifts_takes_nothing_off_others() -> None:
    inputs = deducting(None, replace(HELD, in_costs=True))
    flows = np.zeros(N_FLOWS, dtype=np.float32)
    flows[F_GIVEN] = 50_000.0
    program = build_program(inputs)
    assert payments_of_year(program, flows, (np.ones(program.demands.shape[1]), 1.0), slice(6, 18), 1).charity == 0
