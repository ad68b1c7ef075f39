"""Runs that questions share: each variant once, and a part of the cube for a rough look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from apps.plans.engine.monte_carlo import simulate, success_probability
from apps.plans.engine.runs import Runs
from tests.apps.plans.engine.households import family, family_cube, with_retirement_budget


def test_an_equal_variant_is_the_same_run() -> None:
    runs = Runs(family_cube())
    first = runs.of(with_retirement_budget(family(), 120_000.0))
    assert runs.of(with_retirement_budget(family(), 120_000.0)) is first
    assert runs.of(with_retirement_budget(family(), 121_000.0)) is not first


def test_a_run_keeps_what_a_simulation_finds() -> None:
    inputs, cube = with_retirement_budget(family(), 140_000.0), family_cube()
    run, simulation = Runs(cube).of(inputs), simulate(inputs, cube, with_flows=False)
    assert np.array_equal(run.succeeded, simulation.succeeded())
    assert np.array_equal(run.terminal_real, simulation.terminal_real())
    assert run.success == success_probability(inputs, cube)


def test_the_first_batches_are_the_first_paths_of_the_whole() -> None:
    inputs, cube = with_retirement_budget(family(), 140_000.0), family_cube()
    whole, part = (simulate(inputs, cube, with_flows=False, n_batches=count) for count in (None, 3))
    assert part.n_batches == 3
    assert np.array_equal(part.recorded.wealth, whole.recorded.wealth[:, :192])
    assert np.array_equal(part.terminal_real(), whole.terminal_real()[:192])


def test_a_rough_look_is_at_a_thousand_paths_and_only_where_that_is_a_part() -> None:
    assert not Runs(family_cube()).has_part
    inputs, cube = with_retirement_budget(family(2048, 4), 140_000.0), family_cube(2048, 4)
    runs = Runs(cube)
    assert runs.has_part
    assert runs.rough(inputs) == runs.of(inputs).succeeded[:1024].mean()
    assert not Runs(replace(cube, spec=replace(cube.spec, n_batches=1))).has_part


def test_some_paths_come_out_as_in_a_whole_run_whichever_were_asked_before() -> None:
    inputs, runs = with_retirement_budget(family(2048, 4), 140_000.0), Runs(family_cube(2048, 4))
    whole = runs.of(inputs).succeeded
    changed = with_retirement_budget(family(2048, 4), 130_000.0)
    of_changed = simulate(changed, family_cube(2048, 4), with_flows=False).succeeded()
    for paths in (np.arange(3, 2048, 7), np.array([10, 17, 2_005]), np.array([2047]), np.arange(0, 2048, 9)):
        assert np.array_equal(runs.among(inputs, paths), whole[paths])
        assert np.array_equal(runs.among(changed, paths), of_changed[paths])


def test_the_part_misses_the_whole_by_what_the_last_run_showed() -> None:
    runs = Runs(family_cube(2048, 4))
    assert runs.miss == 0.0
    for amount in (140_000.0, 120_000.0):
        inputs = with_retirement_budget(family(2048, 4), amount)
        assert runs.first(inputs).mean() == runs.of(inputs).success.value - runs.miss
        assert np.array_equal(runs.first(inputs), runs.first_of(runs.of(inputs)))
