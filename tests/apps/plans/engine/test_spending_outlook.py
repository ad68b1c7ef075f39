"""What a rule makes of a retirement, by hand on three paths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from apps.plans.engine.horizon import first_month_of_year
from apps.plans.engine.schedules import demands_of
from apps.plans.engine.spending_choices import RateGuardrails, SpendingRule
from apps.plans.engine.spending_outlook import planned_of, spending_outlook
from tests.apps.plans.engine.households import family

INPUTS = replace(family(), spending_rule=SpendingRule(RateGuardrails(), 0.6, 1.3))
DEMANDS = tuple(demands_of(INPUTS))
N_YEARS = 48


def test_whole_years_of_retirement_are_planned() -> None:
    planned = planned_of(INPUTS, DEMANDS, N_YEARS)
    # both have retired in April 2046, so that 2047 is the first whole year; from 2070 she lives alone
    assert np.flatnonzero(planned)[0] == 2047 - 2026
    assert planned[2047 - 2026] == pytest.approx(118_000.0)
    assert planned[2071 - 2026] == pytest.approx(0.7 * 118_000.0)
    assert first_month_of_year(1, INPUTS.start_date) == 6


def test_bands_and_the_deepest_cut() -> None:
    planned = planned_of(INPUTS, DEMANDS, N_YEARS)
    spent = np.outer(planned, [0.8, 1.0, 1.2]).astype(np.float32)
    spent[2060 - 2026, 1] *= 0.75
    found = spending_outlook(INPUTS, DEMANDS, spent)
    assert found is not None
    assert found.years[0].calendar_year == 2047
    assert found.years[0].real[2] == pytest.approx(118_000.0)
    assert found.cut_share == pytest.approx(2 / 3)
    # the lowest of each path: 0.75, 0.8 and 1.2; the 5th percentile lies a tenth of the way from the first on
    assert found.worst_cut == pytest.approx(1 - (0.75 + 0.1 * 0.05), abs=1e-6)
    assert (found.floor, found.ceiling) == (0.6, 1.3)


def test_without_a_rule_there_is_nothing_to_tell() -> None:
    assert spending_outlook(family(), tuple(demands_of(family())), np.zeros((N_YEARS, 3), dtype=np.float32)) is None
