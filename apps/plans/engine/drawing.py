"""Drawing the scenario cube, once per assumption set, market model and seed; apart from it, since scipy loads slowly.

Shocks are steered by scrambled Sobol points along the leading directions (principal components over assets and
over time, Åkesson & Lehoczky 2000; Owen 1998 for scrambling) and pseudo-random elsewhere. Batches use independent
scrambles, so that the spread between them measures the error honestly (L'Ecuyer & Lemieux 2002).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.chunks import Chunk, Mapper, chunks_of
from apps.plans.engine.compiled import LANES
from apps.plans.engine.cube_kernel import MarketLaw, draw_blocks
from apps.plans.engine.fat_tails import Tails, monthly_drifts, tails_of
from apps.plans.engine.history import History
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.markets import FROM_HISTORY, MarketKind
from apps.plans.engine.resampling import resampled_cube
from apps.plans.engine.scenarios import ScenarioCube, inflation_steps, sealed
from apps.plans.engine.sobol_points import scrambled_points

SOBOL_DIMENSIONS = 64
_CHUNKS = 16


def _loadings(assumptions: AssumptionSet) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Principal components of the yearly shocks: loadings (n_series, n_factors) of unit shocks, and variances.

    Inflation is weighed by its long-run effect on the price level, volatility / reversion.
    """
    inflation = assumptions.inflation
    scales = [asset.log_volatility for asset in assumptions.assets] + [inflation.volatility / inflation.reversion]
    # A class without risk has no direction of its own; a tiny scale keeps the decomposition defined.
    scale = np.maximum(np.array(scales), 1e-9)
    covariance = assumptions.correlation_matrix() * np.outer(scale, scale)
    variances, vectors = np.linalg.eigh(covariance)
    variances, vectors = variances[::-1], vectors[:, ::-1]
    # The sign of an eigenvector is arbitrary; fixing it keeps the cube the same under any LAPACK.
    signs = np.sign(vectors[np.argmax(np.abs(vectors), axis=0), np.arange(vectors.shape[1])])
    vectors = vectors * signs
    variances = np.maximum(variances, 0.0)
    return vectors * np.sqrt(variances) / scale[:, None], variances


def _directions(n_months: int, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First ``count`` principal components of a random walk of ``n_months`` steps, as directions of its increments.

    Closed form: eigenvalue 1 / (4 sin²((2i-1)π / (2(2n+1)))), eigenvector sin((2i-1)πt / (2n+1)). Returns
    orthonormal columns (n_months, count) and the variances (count,).
    """
    base = (2.0 * np.arange(1, count + 1) - 1.0) * math.pi / (2.0 * n_months + 1.0)
    variances = 0.25 / np.sin(base / 2.0) ** 2
    walk = np.sin(np.outer(np.arange(n_months + 1), base)) * (2.0 / math.sqrt(2.0 * n_months + 1.0))
    return np.diff(walk * np.sqrt(variances), axis=0), variances


class _Steering(NamedTuple):
    """Directions (n_steered, n_months) by factor, where those of each factor begin, with their number at the end, and
    the Sobol dimension of each: that of the largest variance takes the first, since the first fill space best."""

    directions: NDArray[np.float32]
    firsts: NDArray[np.int64]
    dimensions: NDArray[np.int64]


def _steering(variances: NDArray[np.float64], n_months: int) -> _Steering:
    """Choose the pairs of factor and time component with the largest variance."""
    count = min(SOBOL_DIMENSIONS, n_months)
    directions, time_variances = _directions(n_months, count)
    weights = np.outer(variances, time_variances)
    by_variance = np.argsort(-weights, axis=None, kind="stable")[:SOBOL_DIMENSIONS]
    dimensions = np.argsort(by_variance, kind="stable")
    factor, component = np.unravel_index(by_variance[dimensions], weights.shape)
    firsts = np.searchsorted(factor, np.arange(variances.size + 1))
    chosen = np.ascontiguousarray(directions[:, component].T, dtype=np.float32)
    return _Steering(chosen, firsts.astype(np.int64), dimensions.astype(np.int64))


def draw_cube(
    assumptions: AssumptionSet,
    spec: CubeSpec,
    rng: np.random.Generator,
    history: History | None = None,
    *,
    mapper: Mapper = map,
) -> ScenarioCube:
    """Draw the scenarios of an assumption set, by the market model of the spec.

    ``rng`` must be made from ``spec.seed`` by the caller (``np.random.default_rng(spec.seed)``): the engine throws no
    dice of its own. 10,240 paths of 40 years of five classes take 100 MB and 0.1 s; keep the cube. The bytes do not
    depend on ``mapper``. Raises InvalidInputError where the set states no tails, or the ``history`` at hand is not that
    of the model.
    """
    if spec.market.kind in FROM_HISTORY:
        return resampled_cube(assumptions, spec, rng, history, mapper=mapper)
    law, dimensions = _law(assumptions, spec)
    n_blocks, n_steered = -(-spec.n_paths // LANES), law.directions.shape[0]
    n_points = n_steered + (spec.n_months if law.spreads.size else 0)
    points = np.full((n_blocks, n_points, LANES), 0.5, dtype=np.float32)
    keys = np.zeros((n_blocks, LANES), dtype=np.uint64)
    factors = np.empty((n_blocks, spec.n_months, len(assumptions.assets) + 1, LANES), dtype=np.float32)
    dice = rng.spawn(spec.n_batches)
    per_batch = spec.n_paths // spec.n_batches

    def throw(batches: Chunk) -> None:
        for batch in range(*batches):
            path = np.arange(batch * per_batch, (batch + 1) * per_batch)
            uniforms = scrambled_points(n_points, per_batch, dice[batch])
            uniforms[:n_steered] = ndtri(uniforms[dimensions])
            points[path // LANES, :, path % LANES] = uniforms.T
            keys.reshape(-1)[path] = dice[batch].integers(0, 2**64, per_batch, dtype=np.uint64)

    def draw(blocks: Chunk) -> None:
        part = slice(*blocks)
        draw_blocks(law, keys[part], points[part], factors[part])

    list(mapper(throw, chunks_of(spec.n_batches, _CHUNKS)))
    list(mapper(draw, chunks_of(n_blocks, _CHUNKS)))
    factors[-1, :, :, spec.n_paths - (n_blocks - 1) * LANES :] = 1.0
    return sealed(assumptions, spec, factors, mapper)


def _law(assumptions: AssumptionSet, spec: CubeSpec) -> tuple[MarketLaw, NDArray[np.int64]]:
    """Work out what turns normals into the markets of a set, and the Sobol dimension of each direction."""
    n_series = len(assumptions.assets) + 1
    unit_loads, variances = _loadings(assumptions)
    volatilities = np.array([asset.log_volatility for asset in assumptions.assets] + [1.0])
    monthly = np.array([1.0 / math.sqrt(12.0)] * (n_series - 1) + [1.0])
    tails = tails_of(assumptions) if spec.market.kind is MarketKind.FAT_TAILED else None
    steering = _steering(variances, spec.n_months)
    law = MarketLaw(
        loads=(unit_loads * (volatilities * monthly)[:, None]).astype(np.float32),
        drifts=_drifts(assumptions, tails),
        inflation=np.array(inflation_steps(assumptions), dtype=np.float32),
        firsts=steering.firsts,
        directions=steering.directions,
        spreads=np.empty(0, dtype=np.float32) if tails is None else tails.table,
    )
    return law, steering.dimensions


def _drifts(assumptions: AssumptionSet, tails: Tails | None) -> NDArray[np.float32]:
    """Monthly drifts of the log returns, which keep the yearly means under either shape of months."""
    if tails is not None:
        return monthly_drifts(assumptions, tails).astype(np.float32)
    return np.array([asset.log_mean / 12.0 for asset in assumptions.assets], dtype=np.float32)
