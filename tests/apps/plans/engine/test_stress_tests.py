"""Stress tests on a small cube: what the markets do, and that each answer is the whole plan run again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from apps.plans.engine.falls import falls_from_mapping
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.life_policies import LifePolicy
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.stress_cases import StressKind, StressTable, months_needed, stress_cases
from apps.plans.engine.stress_tests import markets_of, run_stress_tests
from apps.plans.engine.success import difference
from tests.apps.plans.engine.households import APPS, cube_of, family, read_toml

FALLS = falls_from_mapping(read_toml(APPS / "plans" / "reference" / "market_falls.toml"))


@pytest.fixture(scope="module")
def base() -> ProjectionInputs:
    plan = family(256, 4)
    return replace(plan, simulation=replace(plan.simulation, n_months=months_needed(plan)))


@pytest.fixture(scope="module")
def cube(base: ProjectionInputs) -> ScenarioCube:
    return cube_of(base)


@pytest.fixture(scope="module")
def table(base: ProjectionInputs, cube: ScenarioCube) -> StressTable:
    return run_stress_tests(base, stress_cases(base, FALLS, 150_000.0), cube)


def test_every_answer_is_the_plan_run_again_beside_the_plan_as_it_stands(
    base: ProjectionInputs, cube: ScenarioCube, table: StressTable
) -> None:
    before = simulate(base, cube, with_flows=False)
    assert table.base.success == before.success()
    assert table.base.change.value == table.base.wealth_change.value == 0.0
    cases = {case.key: case for case in stress_cases(base, FALLS, 150_000.0)}
    assert [each.key for each in table.results] == list(cases)
    for each in table.results:
        case = cases[each.key]
        found = simulate(case.inputs, markets_of(case, cube), with_flows=False)
        assert each.success == found.success()
        assert each.change == difference(found.succeeded(), before.succeeded(), 4)


def test_an_early_death_is_paid_for_where_cover_is_in_force(base: ProjectionInputs, cube: ScenarioCube) -> None:
    term = LifePolicy("term", "ana", 600_000.0, 0.0, True, date(2046, 3, 15), False, "USD")
    insured = replace(base, events=replace(base.events, policies=(term,)))
    over = replace(base, events=replace(base.events, policies=(replace(term, end=date(2029, 1, 1)),)))
    key = f"{StressKind.EARLY_DEATH}-ana"
    told = {}
    for name, inputs in (("none", base), ("insured", insured), ("over", over)):
        cases = tuple(case for case in stress_cases(inputs, (), 0.0) if case.key == key)
        told[name] = run_stress_tests(inputs, cases, cube).results[0]
    assert [told[name].paid for name in ("none", "insured", "over")] == [0.0, 600_000.0, 0.0]
    assert told["insured"].success.value > told["none"].success.value
    assert told["over"].wealth == told["none"].wealth


def test_falls_of_the_markets_and_care_hurt(table: StressTable) -> None:
    told = {each.key: each for each in table.results}
    for key in ("episode-1929", "episode-1973", "episode-1966", str(StressKind.CARE), str(StressKind.INFLATION)):
        assert told[key].change.value <= 0.0, key
        assert told[key].wealth_change.value < 0.0, key
    assert told["episode-1929"].wealth_change.value < told["episode-2008"].wealth_change.value


def test_a_stretch_of_history_takes_the_place_of_the_first_years_alone(
    base: ProjectionInputs, cube: ScenarioCube
) -> None:
    case = next(case for case in stress_cases(base, FALLS, 0.0) if case.key == "episode-1973")
    told, before = markets_of(case, cube).factors, cube.factors
    assert np.array_equal(told[:, 21:], before[:, 21:])
    year, rest = dict(case.fall.steps[0].changes), dict(case.fall.steps[1].changes)
    # the table's own figures: shares, bonds, cash and prices; every future alike
    for column, name in ((0, "us_equity"), (1, "high_grade_bonds"), (2, "cash")):
        assert told[:, :12, column].prod(axis=1) == pytest.approx(
            np.full(told[:, 0, 0].shape, 1 + year[name]), rel=1e-5
        )
        assert told[:, 12:21, column].prod(axis=1) == pytest.approx(
            np.full(told[:, 0, 0].shape, 1 + rest[name]), rel=1e-5
        )
    prices = 1 + case.fall.steps[0].inflation
    assert told[:, :12, -1].prod(axis=1) == pytest.approx(np.full(told[:, 0, 0].shape, prices), rel=1e-5)
    assert markets_of(case, cube).digest != cube.digest


def test_a_fall_strikes_shares_once_and_inflation_prices_for_ten_years(
    base: ProjectionInputs, cube: ScenarioCube
) -> None:
    cases = {case.kind: case for case in stress_cases(base, (), 0.0)}
    fallen = markets_of(cases[StressKind.FALL_NOW], cube).factors / cube.factors
    assert fallen[:, 0, 0] == pytest.approx(np.full(fallen[:, 0, 0].shape, 0.75))
    assert np.all(fallen[:, 1:] == 1.0)
    assert np.all(fallen[:, 0, 1:] == 1.0)
    dearer = markets_of(cases[StressKind.INFLATION], cube).factors / cube.factors
    assert dearer[:, :120, -1].prod(axis=1) == pytest.approx(np.full(dearer[:, 0, -1].shape, np.exp(0.3)), rel=1e-4)
    assert np.all(dearer[:, 120:] == 1.0)
    assert markets_of(cases[StressKind.JOB_LOSS], cube) is cube
