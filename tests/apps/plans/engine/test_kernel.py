"""The kernel's own promises: blocks are independent, growth of a mix is exact."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.books import Recorded, empty_record
from apps.plans.engine.compiled import LANES
from apps.plans.engine.growth import grown
from apps.plans.engine.kernel import simulate_blocks
from apps.plans.engine.monte_carlo import span_of
from apps.plans.engine.program import build_program
from tests.apps.plans.engine.households import family, family_cube, published_assumptions, saver


def recorded(n_years: int, n_demands: int, n_paths: int) -> Recorded:
    return empty_record(n_years, n_demands, n_paths, with_flows=True)


def known(n_blocks: int) -> np.ndarray:
    """Nobody dies but at the horizon age."""
    return np.empty((n_blocks, 0, LANES), dtype=np.int32)


def test_blocks_write_to_their_own_paths_only_and_in_any_order() -> None:
    program, factors = build_program(family(256, 4)), family_cube(256, 4).factors
    forwards, backwards = recorded(48, 5, 256), recorded(48, 5, 256)
    growth = grown(program.weights, factors, span_of(program))
    simulate_blocks(program, growth, known(4), 0, forwards)
    for block in (3, 1, 0, 2):
        simulate_blocks(program, growth[block : block + 1], known(1), block, backwards)
    assert np.array_equal(forwards.wealth, backwards.wealth)
    assert np.array_equal(forwards.flows, backwards.flows)
    alone = recorded(48, 5, 256)
    simulate_blocks(program, growth[1:2], known(1), 1, alone)
    assert not alone.wealth[:, :LANES].any()
    assert np.array_equal(alone.wealth[:, LANES : 2 * LANES], forwards.wealth[:, LANES : 2 * LANES])


def test_a_mix_drifts_within_the_year_and_is_rebalanced_at_its_end() -> None:
    assumptions = published_assumptions()
    inputs = saver(assumptions, balance=1.0, years=2)
    program = build_program(inputs)._replace(weights=np.array([[0.5, 0.5, 0.0, 0.0, 0.0]]))
    factors = np.ones((1, 24, 6, LANES), dtype=np.float32)
    factors[0, :, 0, :] = 1.01
    kept = recorded(2, program.demands.shape[2], 1)
    simulate_blocks(program, grown(program.weights, factors, span_of(program)), known(1), 0, kept)
    equity = np.float64(np.float32(1.01)) ** np.arange(13)
    drifted = 0.5 * equity + 0.5
    # The growth of an allocation over a month is kept as float32; the months multiply up to the year.
    year = np.prod((drifted[1:] / drifted[:-1]).astype(np.float32), dtype=np.float64)
    assert year == pytest.approx(drifted[12], rel=4e-7)
    assert kept.wealth[:, 0] == pytest.approx([1.0, year, year**2], rel=1e-12)
