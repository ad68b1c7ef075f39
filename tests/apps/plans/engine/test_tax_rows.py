"""Tax of many lanes at once is that of each lane by itself."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.tax_lanes import gross_income, least_tax, taxable_benefits, usual_tax
from apps.plans.engine.tax_law import LOSS, N_SLOTS, SS_1, SS_2, law_arrays
from apps.plans.engine.tax_rows import benefits_taxed, gross_incomes, raise_to_least, usual_taxes
from tests.apps.plans.engine.households import tax_table

LAW = law_arrays(tax_table(2026))
N = 400
DICE = np.random.default_rng(4)
INDEX = DICE.uniform(0.8, 4.0, N)
# incomes of every size, a quarter of them without gains
TAXABLE = np.exp(DICE.uniform(5.0, 16.0, N)) - 150.0
GAINS = np.where(DICE.random(N) < 0.25, 0.0, np.exp(DICE.uniform(3.0, 16.0, N)))


@pytest.mark.parametrize("law", LAW)
def test_the_usual_tax_is_that_of_each_lane(law: np.ndarray) -> None:
    taxable, ordinary, due = np.maximum(0.0, TAXABLE), np.empty(N), np.empty(N)
    usual_taxes(law, INDEX, (taxable, GAINS), ordinary, due)
    alone = [usual_tax(law, *of) for of in zip(INDEX, taxable, GAINS, strict=True)]
    assert due == pytest.approx(alone, rel=1e-12, abs=1e-6)
    assert np.array_equal(ordinary, np.maximum(0.0, taxable - GAINS))


@pytest.mark.parametrize("law", LAW)
def test_the_least_tax_is_that_of_each_lane_from_a_floor_on(law: np.ndarray) -> None:
    ordinary, floor = np.maximum(0.0, TAXABLE - GAINS), 300_000.0
    gross = TAXABLE + DICE.uniform(0.0, 60_000.0, N)
    due = DICE.uniform(0.0, 0.3, N) * np.maximum(0.0, TAXABLE)
    alone = [
        max(usual, least_tax(law, level, own, gains, income)) if income > floor * level else usual
        for usual, level, own, gains, income in zip(due, INDEX, ordinary, GAINS, gross, strict=True)
    ]
    before = due.copy()
    raise_to_least(law, INDEX, (gross, GAINS, ordinary), gross, floor, due)
    assert due == pytest.approx(alone, rel=1e-12, abs=1e-6)
    assert (due > before).any()
    assert np.array_equal(due[gross <= floor * INDEX], before[gross <= floor * INDEX])


@pytest.mark.parametrize("law", LAW)
def test_gross_income_is_that_of_each_lane(law: np.ndarray) -> None:
    ledger, gross = DICE.uniform(0.0, 30_000.0, (N_SLOTS, N)), np.empty(N)
    ledger[LOSS] = 0.0
    gross_incomes(law, ledger, gross)
    assert gross == pytest.approx([gross_income(law, ledger, lane) for lane in range(N)], rel=1e-12)
    for besides, benefits in ledger[:2].T:
        told = benefits_taxed(besides, benefits, law[SS_1], law[SS_2])
        assert told == pytest.approx(taxable_benefits(law, besides, benefits), abs=1e-9)
