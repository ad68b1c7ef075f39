"""The same plan under other markets, asked by hand and by the function."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.history import History
from apps.plans.engine.horizon import horizon_months
from apps.plans.engine.inputs import CubeSpec, ProjectionInputs
from apps.plans.engine.market_outcomes import MAX_PATHS, outcome_under, spec_under
from apps.plans.engine.markets import LOG_NORMAL, MarketKind, MarketModel
from apps.plans.engine.monte_carlo import simulate, success_probability
from tests.apps.plans.engine.households import family

FAT = MarketModel(MarketKind.FAT_TAILED)


def plan(n_paths: int = 256) -> ProjectionInputs:
    inputs = family(n_paths, 4)
    return replace(inputs, assumptions=replace(inputs.assumptions, degrees_of_freedom=4.0))


def history(n_months: int, keys: tuple[str, ...]) -> History:
    rows = 0.004 + 0.03 * np.random.default_rng(1).standard_normal((n_months, len(keys) + 1))
    return History(date(1950, 1, 1), (*keys, "inflation"), tuple(tuple(row) for row in rows.tolist()))


def test_a_model_by_formula_is_asked_on_as_many_paths_as_the_plan() -> None:
    inputs = plan()
    spec = spec_under(inputs, FAT, 0)
    assert spec == replace(inputs.simulation, market=FAT)
    cube = draw_cube(inputs.assumptions, spec, np.random.default_rng(spec.seed))
    found = outcome_under(inputs, cube)
    assert (found.kind, found.n_paths) == ("fat_tailed", 256)
    assert found.success == success_probability(replace(inputs, simulation=spec), cube)


def test_a_large_run_asks_no_more_than_it_takes() -> None:
    spec = spec_under(plan(10_240), FAT, 0)
    assert (spec.n_paths, spec.n_batches, spec.market) == (MAX_PATHS, 8, FAT)


def test_of_sequences_only_complete_stretches_count() -> None:
    inputs = plan()
    months = horizon_months(inputs.adults, inputs.start_date)
    told = history(months + 40, inputs.assumptions.asset_keys)
    model = MarketModel(MarketKind.SEQUENCES, told.digest, is_recentred=False)
    spec = spec_under(inputs, model, told.n_months)
    cube = draw_cube(inputs.assumptions, spec, np.random.default_rng(0), told)
    found = outcome_under(inputs, cube)
    each = simulate(replace(inputs, simulation=spec), cube, with_flows=False).succeeded()
    assert found.n_paths == 41 == told.complete(months)
    assert found.success.value == pytest.approx(each[:41].mean())
    assert found.success.standard_error is None


def test_a_history_shorter_than_the_plan_has_no_stretch() -> None:
    inputs = plan()
    told = history(240, inputs.assumptions.asset_keys)
    spec = spec_under(inputs, MarketModel(MarketKind.SEQUENCES, told.digest), 240)
    found = outcome_under(inputs, draw_cube(inputs.assumptions, spec, np.random.default_rng(0), told))
    assert found.n_paths == 0


def test_the_models_own_cube_gives_the_plans_own_chance() -> None:
    inputs = plan()
    cube = draw_cube(inputs.assumptions, inputs.simulation, np.random.default_rng(inputs.simulation.seed))
    assert spec_under(inputs, LOG_NORMAL, 0) == inputs.simulation
    assert outcome_under(inputs, cube).success == success_probability(inputs, cube)
    assert isinstance(cube.spec, CubeSpec)
