"""Calculators ask the whole engine: where nothing is left to chance it says what the formula says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.results import Outcome
from apps.plans.engine.runs import Runs
from apps.plans.engine.savings import (
    education_inputs,
    retirement_inputs,
    with_saving,
)
from apps.plans.engine.savings_answers import SAVING_STEP, saving_needed, savings_answer
from apps.plans.engine.savings_formula import plain_education, plain_retirement
from tests.apps.plans.engine.test_savings import ANA, BASIS, EVA, HE, MIXED, SHE


@pytest.fixture(scope="module")
def certain():
    return draw_cube(BASIS.assumptions, BASIS.simulation, np.random.default_rng(1))


@pytest.fixture(scope="module")
def mixed():
    basis = replace(MIXED, simulation=replace(MIXED.simulation, n_paths=256, n_batches=4))
    return basis, draw_cube(basis.assumptions, basis.simulation, np.random.default_rng(7))


def test_without_chance_a_study_needs_what_the_formula_says(certain):
    inputs, line = education_inputs(EVA, BASIS), plain_education(EVA, BASIS)
    found = saving_needed(inputs, Runs(certain), 0.9, line.monthly_needed)
    assert found.outcome is Outcome.REACHED
    assert line.monthly_needed <= found.monthly_amount < line.monthly_needed + SAVING_STEP
    for off, success in ((-0.05, 0.0), (0.05, 1.0)):
        run = simulate(with_saving(inputs, line.monthly_needed + off), certain, with_flows=False)
        assert run.success().value == success


def test_without_chance_and_taxes_retirement_needs_what_the_formula_says(certain):
    # so little that the standard deduction leaves no tax: what the engine adds to the formula is taxes
    alone = replace(SHE, monthly_benefit=0.0)
    poor = replace(ANA, savers=(alone,), annual_income=12_000.0, deferred=20_000.0, other=0.0)
    inputs, line = retirement_inputs(poor, BASIS), plain_retirement(poor, BASIS)
    for off, success in ((-0.05, 0.0), (0.05, 1.0)):
        run = simulate(with_saving(inputs, line.monthly_needed + off), certain, with_flows=False)
        assert run.success().value == success


def test_without_chance_and_taxes_two_who_stop_apart_need_what_the_formula_says(certain):
    # of wages payroll tax is due however low they are: he has none, and draws a benefit later
    his = replace(HE, monthly_wages=0.0, monthly_benefit=300.0, benefit_from=date(2055, 1, 1))
    two = (replace(SHE, monthly_benefit=0.0), his)
    poor = replace(ANA, savers=two, annual_income=12_000.0, deferred=20_000.0, other=0.0)
    inputs, line = retirement_inputs(poor, BASIS), plain_retirement(poor, BASIS)
    for off, success in ((-0.05, 0.0), (0.05, 1.0)):
        run = simulate(with_saving(inputs, line.monthly_needed + off), certain, with_flows=False)
        assert run.success().value == success


def test_wages_of_who_works_longer_spare_what_is_saved(certain):
    two = replace(ANA, savers=(SHE, HE), annual_income=84_000.0)
    without = replace(two, savers=(SHE, replace(HE, monthly_wages=0.0)))
    needed = [
        saving_needed(retirement_inputs(each, BASIS), Runs(certain), 0.9, 500.0).monthly_amount
        for each in (two, without)
    ]
    assert needed[0] < needed[1]


def test_taxes_make_retirement_dearer_than_the_formula(certain):
    line = plain_retirement(ANA, BASIS)
    found = saving_needed(retirement_inputs(ANA, BASIS), Runs(certain), 0.9, line.monthly_needed)
    assert found.monthly_amount > line.monthly_needed + 10


def test_the_answer_is_the_engines_own(mixed):
    basis, cube = mixed
    inputs, line = retirement_inputs(ANA, basis), plain_retirement(ANA, basis)
    told = savings_answer(inputs, cube, 0.85, line)
    whole = simulate(inputs, cube, with_flows=True)
    assert (told.success, told.shortfall, told.n_paths) == (whole.success(), whole.missing(), 256)
    assert told.shortfall > 0
    assert [band.real[3] for band in told.bands] == pytest.approx(
        np.median(whole.recorded.wealth / whole.prices, axis=1)
    )
    assert (told.bands[0].ages, told.bands[1].calendar_year) == ((40,), 2027)
    assert told.needed.outcome is Outcome.REACHED
    assert told.needed.success.value >= 0.85
    less = simulate(with_saving(inputs, told.needed.monthly_amount - SAVING_STEP), cube, with_flows=False)
    assert less.success().value < 0.85


def test_enough_needs_nothing_and_too_late_cannot_be_reached(certain):
    rich = saving_needed(retirement_inputs(replace(ANA, deferred=9e6), BASIS), Runs(certain), 0.85, 0.0)
    assert (rich.outcome, rich.monthly_amount) == (Outcome.ALREADY_REACHED, 0.0)
    now = replace(EVA, starts_on=date(2026, 1, 1), saved=0.0)
    assert saving_needed(education_inputs(now, BASIS), Runs(certain), 0.85, 1.0).outcome is Outcome.CANNOT_BE_REACHED
    with pytest.raises(InvalidInputError) as refused:
        saving_needed(education_inputs(EVA, BASIS), Runs(certain), 1.0, 1.0)
    assert refused.value.field == "target"
