"""The scenario cube: what the markets do on each path, shared by all households of an assumption set.

`drawing.draw_cube` draws it; here is what it holds, and the path without chance.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.chunks import Chunk, Mapper, chunks_of
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.digest import input_digest
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.remembered import remembered


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioCube:
    """Growth factors (n_blocks, n_months, n_assets + 1, LANES), float32: assets in order, then the price level.

    Path ``p`` lies in block ``p // LANES``, lane ``p % LANES``; lanes beyond ``n_paths`` hold 1. Batch ``b`` is the run
    of ``n_paths / n_batches`` paths from ``b`` times that. The arrays are read-only and may be shared by threads.
    """

    spec: CubeSpec
    assumptions_digest: str
    digest: str
    factors: NDArray[np.float32]


def inflation_steps(assumptions: AssumptionSet) -> tuple[float, float, float, float]:
    """Mean, monthly decay, monthly shock and initial rate of the exactly discretised process (Uhlenbeck 1930)."""
    process = assumptions.inflation
    decay = math.exp(-process.reversion / 12.0)
    step = process.volatility * math.sqrt((1.0 - decay * decay) / (2.0 * process.reversion))
    return process.mean, decay, step, process.initial


def expected_cube(assumptions: AssumptionSet, n_months: int) -> ScenarioCube:
    """One path without chance: each asset gives its median return each month, inflation reverts to its mean."""
    spec = CubeSpec(seed=0, n_paths=1, n_batches=1, n_months=n_months)
    mean, decay, _, rate = inflation_steps(assumptions)
    rates = mean + (rate - mean) * decay ** np.arange(1.0, n_months + 1.0)
    factors = np.ones((1, n_months, len(assumptions.assets) + 1, LANES), dtype=np.float32)
    factors[0, :, :-1, 0] = np.exp([asset.log_mean / 12.0 for asset in assumptions.assets])
    factors[0, :, -1, 0] = np.exp(rates / 12.0)
    return sealed(assumptions, spec, factors)


def factors_digest(factors: NDArray[np.float32], mapper: Mapper = map) -> str:
    """Return the digest of a cube's factors: SHA-256 of the digests of its blocks, so that threads can share it."""
    digests = [b""] * factors.shape[0]

    def digest(blocks: Chunk) -> None:
        for block in range(*blocks):
            digests[block] = hashlib.sha256(factors[block].data).digest()

    list(mapper(digest, chunks_of(factors.shape[0], 16)))
    return hashlib.sha256(b"".join(digests)).hexdigest()


def sealed(
    assumptions: AssumptionSet, spec: CubeSpec, factors: NDArray[np.float32], mapper: Mapper = map
) -> ScenarioCube:
    """Close a cube of factors (n_blocks, n_months, n_assets + 1, LANES): read-only now, named by their digest."""
    factors.setflags(write=False)
    return ScenarioCube(spec, input_digest(assumptions), factors_digest(factors, mapper), factors)


@remembered(64)
def _name_of(assumptions: AssumptionSet) -> str:
    return input_digest(assumptions)


@compiled
def take_paths(factors: NDArray[np.float32], paths: NDArray[np.int64], taken: NDArray[np.float32]) -> None:
    """Copy paths (n,) of factors (n_blocks, n_months, n_series, LANES) into others, lane after lane."""
    for place in range(paths.size):
        source, target = factors[paths[place] // LANES], taken[place // LANES]
        from_lane, to_lane = paths[place] % LANES, place % LANES
        for month in range(factors.shape[1]):
            for series in range(factors.shape[2]):
                target[month, series, to_lane] = source[month, series, from_lane]


def some_paths(cube: ScenarioCube, paths: NDArray[np.int64]) -> ScenarioCube:
    """Return a cube of some paths of another, (n,) ascending and each once: the same factors, in one batch."""
    _, n_months, n_series, _ = cube.factors.shape
    factors = np.ones((-(-paths.size // LANES), n_months, n_series, LANES), dtype=np.float32)
    take_paths(cube.factors, paths, factors)
    factors.setflags(write=False)
    digest = hashlib.sha256(f"{cube.digest} {hashlib.sha256(paths.data).hexdigest()}".encode()).hexdigest()
    spec = replace(cube.spec, n_paths=paths.size, n_batches=1)
    return ScenarioCube(spec, cube.assumptions_digest, digest, factors)


def check_fits(cube: ScenarioCube, assumptions: AssumptionSet, spec: CubeSpec, n_months: int) -> None:
    """Refuse a cube of another assumption set or draw, or one shorter than the plan. Raises InvalidInputError."""
    if cube.assumptions_digest != _name_of(assumptions) or cube.spec != spec:
        raise InvalidInputError(
            gettext_noop("The scenarios were drawn for other assumptions than the plan names."),
            mend=gettext_noop("Draw the scenarios of this assumption set and seed."),
            field="simulation",
        )
    if n_months > spec.n_months:
        raise InvalidInputError(
            gettext_noop("The plan runs for %(plan)s months, the scenarios for %(cube)s."),
            mend=gettext_noop("Draw longer scenarios or shorten the plan."),
            field="simulation.n_months",
            plan=n_months,
            cube=spec.n_months,
        )
