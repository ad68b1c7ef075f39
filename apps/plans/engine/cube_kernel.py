"""The kernel that draws a block of the scenario cube: normals, steered by Sobol points, spread to tails, grown.

A block stays in the second cache from its first draw to its last factor; several loops are opened by hand, so that sums
stay in registers. Each sum keeps its order, whatever the machine and its number of threads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import LANES, compiled, compiled_with_arrays
from apps.plans.engine.fat_tails import spread_months
from apps.plans.engine.float_kernels import exp_of
from apps.plans.engine.normal_draws import fill_normals, seed_lanes

_ZERO, _PER_YEAR = np.float32(0.0), np.float32(1.0 / 12.0)


class MarketLaw(NamedTuple):
    """What turns normals into markets.

    ``loads`` (n_series, n_factors) are monthly, the last row that of inflation; ``drifts`` (n_assets,) monthly log
    returns; ``inflation`` (4,) the mean, the monthly decay, the monthly shock and the initial rate. ``directions``
    (n_steered, n_months) are the orthonormal directions of time that are steered, those of factor f from ``firsts[f]``
    to ``firsts[f + 1]``. ``spreads`` holds sqrt(V) of `fat_tails.Tails`, empty where tails are normal.
    """

    loads: NDArray[np.float32]
    drifts: NDArray[np.float32]
    inflation: NDArray[np.float32]
    firsts: NDArray[np.int64]
    directions: NDArray[np.float32]
    spreads: NDArray[np.float32]


@compiled
def take_components(directions: NDArray[np.float32], rows: NDArray[np.float32], targets: NDArray[np.float32]) -> None:
    """Take from the targets (n_steered, LANES) the components that the rows (n_months, LANES) have already."""
    n_steered, n_months = directions.shape
    for month in range(0, n_months - 7, 8):
        for steered in range(n_steered):
            weights = directions[steered]
            for lane in range(LANES):
                left = targets[steered, lane]
                left -= weights[month] * rows[month, lane]
                left -= weights[month + 1] * rows[month + 1, lane]
                left -= weights[month + 2] * rows[month + 2, lane]
                left -= weights[month + 3] * rows[month + 3, lane]
                left -= weights[month + 4] * rows[month + 4, lane]
                left -= weights[month + 5] * rows[month + 5, lane]
                left -= weights[month + 6] * rows[month + 6, lane]
                left -= weights[month + 7] * rows[month + 7, lane]
                targets[steered, lane] = left
    for month in range(n_months - n_months % 8, n_months):
        for steered in range(n_steered):
            for lane in range(LANES):
                targets[steered, lane] -= directions[steered, month] * rows[month, lane]


@compiled
def add_components(directions: NDArray[np.float32], targets: NDArray[np.float32], rows: NDArray[np.float32]) -> None:
    """Add to the rows (n_months, LANES) the targets (n_steered, LANES) along the directions."""
    n_steered, n_months = directions.shape
    for month in range(n_months):
        for steered in range(0, n_steered - 3, 4):
            first, second = directions[steered, month], directions[steered + 1, month]
            third, fourth = directions[steered + 2, month], directions[steered + 3, month]
            for lane in range(LANES):
                moved = rows[month, lane] + first * targets[steered, lane]
                moved += second * targets[steered + 1, lane]
                moved += third * targets[steered + 2, lane]
                rows[month, lane] = moved + fourth * targets[steered + 3, lane]
        for steered in range(n_steered - n_steered % 4, n_steered):
            weight = directions[steered, month]
            for lane in range(LANES):
                rows[month, lane] += weight * targets[steered, lane]


@compiled
def add_moves(loads: NDArray[np.float32], shocks: NDArray[np.float32], month: int, moves: NDArray[np.float32]) -> None:
    """Add to the moves (LANES,) of a series its loads (n_factors,) times the month's shocks."""
    n_factors = loads.size
    for source in range(0, n_factors - 3, 4):
        first, second, third, fourth = loads[source], loads[source + 1], loads[source + 2], loads[source + 3]
        for lane in range(LANES):
            move = moves[lane] + first * shocks[source, month, lane]
            move += second * shocks[source + 1, month, lane]
            move += third * shocks[source + 2, month, lane]
            moves[lane] = move + fourth * shocks[source + 3, month, lane]
    for source in range(n_factors - n_factors % 4, n_factors):
        for lane in range(LANES):
            moves[lane] += loads[source] * shocks[source, month, lane]


@compiled_with_arrays
def grow_factors(law: MarketLaw, shocks: NDArray[np.float32], factors: NDArray[np.float32]) -> None:
    """Turn shocks (n_factors, n_months, LANES) into growth factors (n_months, n_series, LANES).

    Assets are lognormal, inflation is exactly discretised from its process.
    """
    n_assets = law.drifts.size
    mean, decay, step = law.inflation[0], law.inflation[1], law.inflation[2]
    moves, rates = np.empty(LANES, np.float32), np.full(LANES, law.inflation[3], np.float32)
    for month in range(shocks.shape[1]):
        for asset in range(n_assets):
            moves[:] = law.drifts[asset]
            add_moves(law.loads[asset], shocks, month, moves)
            for lane in range(LANES):
                factors[month, asset, lane] = exp_of(moves[lane])
        moves[:] = _ZERO
        add_moves(law.loads[n_assets], shocks, month, moves)
        for lane in range(LANES):
            rates[lane] = mean + (rates[lane] - mean) * decay + step * moves[lane]
        for lane in range(LANES):
            factors[month, n_assets, lane] = exp_of(rates[lane] * _PER_YEAR)


@compiled_with_arrays
def draw_blocks(
    law: MarketLaw, keys: NDArray[np.uint64], points: NDArray[np.float32], factors: NDArray[np.float32]
) -> None:
    """Draw blocks of the cube.

    ``keys`` (n_blocks, LANES) seed the generator of each path; ``points`` (n_blocks, n_steered or that and n_months,
    LANES) hold the target of each direction, which is used up, then the uniform of each month's chi-square where tails
    are fat. ``factors`` (n_blocks, n_months, n_series, LANES) takes the growth.
    """
    n_factors, n_months = law.loads.shape[1], factors.shape[1]
    n_rows, n_steered = n_factors * n_months, law.directions.shape[0]
    state = np.empty((4, LANES), np.uint32)
    rows = np.empty((n_rows + n_rows % 2, LANES), np.float32)
    shocks = rows[:n_rows].reshape(n_factors, n_months, LANES)
    for block in range(factors.shape[0]):
        seed_lanes(keys[block], state)
        fill_normals(state, rows)
        for factor in range(n_factors):
            directions = law.directions[law.firsts[factor] : law.firsts[factor + 1]]
            targets = points[block, law.firsts[factor] : law.firsts[factor + 1]]
            take_components(directions, shocks[factor], targets)
            add_components(directions, targets, shocks[factor])
        if law.spreads.size > 0:
            spread_months(points[block, n_steered:], law.spreads, shocks)
        grow_factors(law, shocks, factors[block])
