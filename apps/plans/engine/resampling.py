"""Cubes out of history: its months in blocks drawn at random, or in the order in which they came.

A month is taken whole, all classes and prices together, so that what moved together in history does so on each path.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.chunks import Chunk, Mapper, chunks_of
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.history import History
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.markets import MarketKind
from apps.plans.engine.normal_draws import mixed
from apps.plans.engine.scenarios import ScenarioCube, sealed
from apps.plans.engine.sobol_points import scrambled_points

# Two dimensions a block, where it begins and how long it is: the first blocks of a path take Sobol points.
STEERED_BLOCKS = 32
_CHUNKS = 16


@compiled
def uniform_of(word: np.uint64) -> float:
    """Return the upper 53 bits of a word as a number in [0, 1)."""
    return np.float64(np.int64(word >> np.uint64(11))) * 2.0**-53


@compiled
def place_blocks(
    keys: NDArray[np.uint64],
    points: NDArray[np.float64],
    n_history: int,
    log_stay: float,
    months: NDArray[np.int32],
) -> None:
    """Fill ``months`` (n_months, n_paths) with places in history: blocks of geometric length, wrapped at its end.

    ``points`` (2 n_steered, n_paths) hold a beginning and a length for each of the first blocks of a path; later ones
    are drawn by SplitMix64 from its key. ``log_stay`` is the logarithm of the chance that a block goes on, minus
    infinity where each is one month.
    """
    n_months, n_paths = months.shape
    n_steered = points.shape[0] // 2
    for path in range(n_paths):
        block, left, place, word = 0, 0, 0, keys[path]
        for month in range(n_months):
            if left == 0:
                if block < n_steered:
                    start, length = points[2 * block, path], points[2 * block + 1, path]
                else:
                    word = mixed(word)
                    start = uniform_of(word)
                    word = mixed(word)
                    length = uniform_of(word)
                place = min(int(start * n_history), n_history - 1)
                left = 1
                if log_stay > -np.inf:
                    left = 1 + int(min(np.log(1.0 - length) / log_stay, n_months))
                block += 1
            months[month, path] = place
            place = place + 1 if place + 1 < n_history else 0
            left -= 1


@compiled
def take_months(history: NDArray[np.float32], months: NDArray[np.int32], cube: NDArray[np.float32]) -> None:
    """Write the months of history (n_series, n_history) at the places (n_blocks, n_months, LANES) into blocks."""
    for block in range(cube.shape[0]):
        for month in range(cube.shape[1]):
            for series in range(cube.shape[2]):
                for lane in range(LANES):
                    cube[block, month, series, lane] = history[series, months[block, month, lane]]


def resampled_cube(
    assumptions: AssumptionSet,
    spec: CubeSpec,
    rng: np.random.Generator,
    history: History | None,
    *,
    mapper: Mapper = map,
) -> ScenarioCube:
    """Draw the scenarios of a model that takes its months from history.

    Raises InvalidInputError for another history than the model names, one that lacks an asset of the set, and for
    sequences of another number than history has months.
    """
    model = spec.market
    if history is None or history.digest != model.history:
        raise InvalidInputError(
            gettext_noop("The markets are drawn from another history than the one at hand."),
            mend=gettext_noop("Choose the history again, or load it."),
            field="history",
        )
    factors = history.recentred(assumptions) if model.is_recentred else history.factors(assumptions)
    series = np.ascontiguousarray(factors.T, dtype=np.float32)
    places = _sequences(history, spec) if model.kind is MarketKind.SEQUENCES else _blocks(history, spec, rng, mapper)
    n_blocks = -(-spec.n_paths // LANES)
    months = np.zeros((n_blocks, spec.n_months, LANES), dtype=np.int32)
    path = np.arange(spec.n_paths)
    months[path // LANES, :, path % LANES] = places.T
    cube = np.empty((n_blocks, spec.n_months, series.shape[0], LANES), dtype=np.float32)

    def take(blocks: Chunk) -> None:
        part = slice(*blocks)
        take_months(series, months[part], cube[part])

    list(mapper(take, chunks_of(n_blocks, _CHUNKS)))
    cube[-1, :, :, spec.n_paths - (n_blocks - 1) * LANES :] = 1.0
    return sealed(assumptions, spec, cube, mapper)


def _sequences(history: History, spec: CubeSpec) -> NDArray[np.int32]:
    """Path p begins in month p of history, whose first month follows its last."""
    if (spec.n_paths, spec.n_batches) != (history.n_months, 1):
        raise InvalidInputError(
            gettext_noop("Sequences of history are as many as its months: %(months)s, in one batch."),
            mend=gettext_noop("Ask for that many paths."),
            field="simulation.n_paths",
            months=str(history.n_months),
        )
    places = np.arange(spec.n_months)[:, None] + np.arange(history.n_months)[None, :]
    told: NDArray[np.int32] = (places % history.n_months).astype(np.int32)
    return told


def _blocks(history: History, spec: CubeSpec, rng: np.random.Generator, mapper: Mapper) -> NDArray[np.int32]:
    """Places in history (n_months, n_paths), blocks by block; each batch has a scramble of its own."""
    per_batch = spec.n_paths // spec.n_batches
    steered = 2 * min(STEERED_BLOCKS, spec.n_months)
    stay = 1.0 - 1.0 / spec.market.mean_block
    log_stay = math.log(stay) if stay > 0.0 else -math.inf
    dice = rng.spawn(spec.n_batches)
    months = np.empty((spec.n_batches, spec.n_months, per_batch), dtype=np.int32)

    def place(batches: Chunk) -> None:
        for batch in range(*batches):
            points = scrambled_points(steered, per_batch, dice[batch])
            keys = dice[batch].integers(0, 2**64, per_batch, dtype=np.uint64)
            place_blocks(keys, points, history.n_months, log_stay, months[batch])

    list(mapper(place, chunks_of(spec.n_batches, _CHUNKS)))
    return months.transpose(1, 0, 2).reshape(spec.n_months, -1)
