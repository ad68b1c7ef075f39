"""Cubes out of history: its months in blocks drawn at random, or in the order in which they came.

A month is taken whole, all classes and prices together, so that what moved together in history does so on each path.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.history import History
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.markets import MarketKind
from apps.plans.engine.scenarios import ScenarioCube, sealed

# Two dimensions a block, where it begins and how long it is: the first blocks of a path take Sobol points.
STEERED_BLOCKS = 32


@compiled
def place_blocks(uniforms: NDArray[np.float64], n_history: int, log_stay: float, months: NDArray[np.int32]) -> None:
    """Fill ``months`` (n_months, n_paths) with places in history: blocks of geometric length, wrapped at its end.

    ``uniforms`` (2 n_months, n_paths) hold a beginning and a length for each block; ``log_stay`` is the logarithm of
    the chance that a block goes on, minus infinity where each is one month.
    """
    n_months, n_paths = months.shape
    for path in range(n_paths):
        block, left, place = 0, 0, 0
        for month in range(n_months):
            if left == 0:
                place = min(int(uniforms[2 * block, path] * n_history), n_history - 1)
                left = 1
                if log_stay > -np.inf:
                    length = np.log(1.0 - uniforms[2 * block + 1, path]) / log_stay
                    left = 1 + int(min(length, n_months))
                block += 1
            months[month, path] = place
            place = place + 1 if place + 1 < n_history else 0
            left -= 1


@compiled
def take_months(history: NDArray[np.float32], months: NDArray[np.int32], first: int, cube: NDArray[np.float32]) -> None:
    """Write the months (n_history, n_series) at the places (n_months, n_paths) into a cube, from path ``first`` on."""
    n_months, n_paths = months.shape
    for path in range(n_paths):
        block, lane = (first + path) // LANES, (first + path) % LANES
        for month in range(n_months):
            for series in range(history.shape[1]):
                cube[block, month, series, lane] = history[months[month, path], series]


def resampled_cube(
    assumptions: AssumptionSet, spec: CubeSpec, rng: np.random.Generator, history: History | None
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
    rows = np.ascontiguousarray(factors, dtype=np.float32)
    cube = np.ones((-(-spec.n_paths // LANES), spec.n_months, rows.shape[1], LANES), dtype=np.float32)
    if model.kind is MarketKind.SEQUENCES:
        take_months(rows, _sequences(history, spec), 0, cube)
        return sealed(assumptions, spec, cube)
    per_batch = spec.n_paths // spec.n_batches
    for batch, dice in enumerate(rng.spawn(spec.n_batches)):
        take_months(rows, _blocks(history.n_months, spec, dice), batch * per_batch, cube)
    return sealed(assumptions, spec, cube)


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


def _blocks(n_history: int, spec: CubeSpec, dice: np.random.Generator) -> NDArray[np.int32]:
    per_batch = spec.n_paths // spec.n_batches
    uniforms = dice.random((2 * spec.n_months, per_batch))
    steered = 2 * min(STEERED_BLOCKS, spec.n_months)
    power = max(1, math.ceil(math.log2(per_batch))) if per_batch > 1 else 0
    points = qmc.Sobol(steered, scramble=True, rng=dice).random_base2(power)[:per_batch]
    uniforms[:steered] = points.T
    stay = 1.0 - 1.0 / spec.market.mean_block
    months = np.empty((spec.n_months, per_batch), dtype=np.int32)
    place_blocks(uniforms, n_history, math.log(stay) if stay > 0.0 else -math.inf, months)
    return months
