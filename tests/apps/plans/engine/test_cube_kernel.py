"""The kernel of the cube does what its formulas say, written as products of matrices."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from apps.plans.engine.compiled import LANES
from apps.plans.engine.cube_kernel import (
    MarketLaw,
    add_components,
    add_moves,
    draw_blocks,
    grow_factors,
    take_components,
)

N_MONTHS, N_FACTORS, N_STEERED = 29, 6, 11
DICE = np.random.default_rng(date(2026, 1, 1).toordinal())


def normals(*shape: int) -> np.ndarray:
    """Return made-up singles of a shape."""
    return DICE.standard_normal(shape).astype(np.float32)


def law(spreads: np.ndarray | None = None) -> MarketLaw:
    """Return a law of five assets and inflation, with directions that are orthonormal, some factors without any."""
    directions = np.linalg.qr(DICE.standard_normal((N_MONTHS, N_STEERED)))[0].T
    return MarketLaw(
        loads=(0.05 * normals(N_FACTORS, N_FACTORS)).astype(np.float32),
        drifts=np.linspace(0.001, 0.006, N_FACTORS - 1, dtype=np.float32),
        inflation=np.array([0.025, 0.96, 0.003, 0.04], dtype=np.float32),
        firsts=np.array([0, 7, 7, 10, 11, 11, 11]),
        directions=np.ascontiguousarray(directions, dtype=np.float32),
        spreads=np.empty(0, np.float32) if spreads is None else spreads,
    )


@pytest.mark.parametrize("n_steered", [1, 4, 7])
def test_rows_get_the_components_that_they_are_steered_to(n_steered: int) -> None:
    directions = law().directions[:n_steered]
    rows, targets = normals(N_MONTHS, LANES), normals(n_steered, LANES)
    wanted, before = targets.copy(), rows.copy()
    take_components(directions, rows, targets)
    assert targets == pytest.approx(wanted - directions @ before, abs=2e-6)
    add_components(directions, targets, rows)
    assert directions @ rows == pytest.approx(wanted, abs=5e-6)
    # what is not steered stays
    apart = np.eye(N_MONTHS) - directions.T @ directions
    assert apart @ rows == pytest.approx(apart @ before, abs=5e-6)


@pytest.mark.parametrize("n_factors", [1, 3, 4, 6, 9])
def test_moves_are_loads_times_shocks(n_factors: int) -> None:
    loads, shocks, moves = normals(n_factors), normals(n_factors, 3, LANES), normals(LANES)
    expected = moves + loads @ shocks[:, 2]
    add_moves(loads, shocks, 2, moves)
    assert moves == pytest.approx(expected, abs=5e-6)


def test_factors_are_exponentials_of_the_moves_and_inflation_reverts() -> None:
    market, shocks = law(), normals(N_FACTORS, N_MONTHS, LANES)
    factors = np.empty((N_MONTHS, N_FACTORS, LANES), np.float32)
    grow_factors(market, shocks, factors)
    moves = np.einsum("sf,fml->msl", market.loads.astype(float), shocks.astype(float))
    assert factors[:, :-1] == pytest.approx(np.exp(market.drifts[None, :, None] + moves[:, :-1]), rel=2e-6)
    rate = np.full(LANES, 0.04)
    for month in range(N_MONTHS):
        rate = 0.025 + (rate - 0.025) * 0.96 + 0.003 * moves[month, -1]
        assert factors[month, -1] == pytest.approx(np.exp(rate / 12.0), rel=1e-6)


def test_a_block_is_the_same_wherever_it_is_drawn() -> None:
    market, keys = law(), DICE.integers(0, 2**64, (3, LANES), dtype=np.uint64)
    points = normals(3, N_STEERED, LANES)
    whole, single = (np.empty((n, N_MONTHS, N_FACTORS, LANES), np.float32) for n in (3, 1))
    draw_blocks(market, keys, points.copy(), whole)
    draw_blocks(market, keys[1:2], points[1:2].copy(), single)
    assert np.array_equal(whole[1], single[0])
    assert not np.array_equal(whole[0], whole[1])


def test_tails_stretch_each_month_by_one_number_for_all_classes() -> None:
    keys = DICE.integers(0, 2**64, (1, LANES), dtype=np.uint64)
    steered = normals(1, N_STEERED, LANES)
    uniforms = DICE.random((1, N_MONTHS, LANES)).astype(np.float32)
    spreads = np.full(9, 2.0, np.float32)
    calm_law = law()
    still = calm_law._replace(drifts=np.zeros_like(calm_law.drifts))
    calm, wide = (np.empty((1, N_MONTHS, N_FACTORS, LANES), np.float32) for _ in range(2))
    draw_blocks(still, keys, steered.copy(), calm)
    draw_blocks(still._replace(spreads=spreads), keys, np.concatenate([steered, uniforms], axis=1), wide)
    assert np.log(wide[:, :, :-1]) == pytest.approx(2.0 * np.log(calm[:, :, :-1]), abs=2e-6)
