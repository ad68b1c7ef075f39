"""Drawing the scenario cube, once per assumption set, market model and seed; apart from it, since scipy loads slowly.

Shocks are steered by scrambled Sobol points along the leading directions (principal components over assets and
over time, Åkesson & Lehoczky 2000; Owen 1998 for scrambling) and pseudo-random elsewhere. Batches use independent
scrambles, so that the spread between them measures the error honestly (L'Ecuyer & Lemieux 2002).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.compiled import LANES, compiled_with_arrays
from apps.plans.engine.fat_tails import Tails, monthly_drifts, spread, tails_of
from apps.plans.engine.history import History
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.markets import FROM_HISTORY, MarketKind
from apps.plans.engine.resampling import resampled_cube
from apps.plans.engine.scenarios import ScenarioCube, grow, inflation_steps, sealed

SOBOL_DIMENSIONS = 64
# Sobol points have 30 bits; half a step away from 0 and 1 the normal quantile stays finite.
_SMALLEST = 2.0**-31


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


def _steering(variances: NDArray[np.float64], n_months: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Choose the pairs of factor and time component with the largest variance; the largest gets the first dimension."""
    count = min(SOBOL_DIMENSIONS, n_months)
    directions, time_variances = _directions(n_months, count)
    weights = np.outer(variances, time_variances)
    chosen = np.argsort(-weights, axis=None, kind="stable")[:SOBOL_DIMENSIONS]
    factor, component = np.unravel_index(chosen, weights.shape)
    return factor.astype(np.int64), np.ascontiguousarray(directions[:, component], dtype=np.float32)


@compiled_with_arrays
def _steer(
    shocks: NDArray[np.float32],
    factor: NDArray[np.int64],
    directions: NDArray[np.float32],
    targets: NDArray[np.float32],
) -> None:
    """Replace the component of the shocks (n_factors, n_months, n_paths) along each direction by its target.

    Directions of one factor are orthonormal, so they can be replaced one after the other. Sums run over months in
    one order whatever the machine's number of threads, which a matrix product of a library would not promise.
    """
    n_months, n_paths = shocks.shape[1], shocks.shape[2]
    along = np.empty(n_paths, np.float32)
    for dimension in range(factor.size):
        row = shocks[factor[dimension]]
        along[:] = 0.0
        for month in range(n_months):
            weight = directions[month, dimension]
            for path in range(n_paths):
                along[path] += weight * row[month, path]
        for path in range(n_paths):
            along[path] = targets[dimension, path] - along[path]
        for month in range(n_months):
            weight = directions[month, dimension]
            for path in range(n_paths):
                row[month, path] += weight * along[path]


def draw_cube(
    assumptions: AssumptionSet, spec: CubeSpec, rng: np.random.Generator, history: History | None = None
) -> ScenarioCube:
    """Draw the scenarios of an assumption set, by the market model of the spec.

    ``rng`` must be made from ``spec.seed`` by the caller (``np.random.default_rng(spec.seed)``): the engine throws no
    dice of its own. 10,240 paths of 40 years of five assets take about 120 MB and a second; keep the cube. Raises
    InvalidInputError where the set states no tails, or the ``history`` at hand is not that of the model.
    """
    if spec.market.kind in FROM_HISTORY:
        return resampled_cube(assumptions, spec, rng, history)
    n_series = len(assumptions.assets) + 1
    n_blocks = -(-spec.n_paths // LANES)
    factors = np.ones((n_blocks, spec.n_months, n_series, LANES), dtype=np.float32)
    unit_loads, variances = _loadings(assumptions)
    volatilities = np.array([asset.log_volatility for asset in assumptions.assets] + [1.0])
    monthly = np.array([1.0 / math.sqrt(12.0)] * (n_series - 1) + [1.0])
    loads = (unit_loads * (volatilities * monthly)[:, None]).astype(np.float32)
    tails = tails_of(assumptions) if spec.market.kind is MarketKind.FAT_TAILED else None
    drifts = _drifts(assumptions, tails)
    steering = _steering(variances, spec.n_months)
    per_batch = spec.n_paths // spec.n_batches
    for batch, dice in enumerate(rng.spawn(spec.n_batches)):
        shocks = dice.standard_normal((n_series, spec.n_months, per_batch), dtype=np.float32)
        _shape(shocks, steering, tails, dice)
        grow(shocks, loads, drifts, inflation_steps(assumptions), (batch * per_batch, factors))
    return sealed(assumptions, spec, factors)


def _drifts(assumptions: AssumptionSet, tails: Tails | None) -> NDArray[np.float32]:
    """Monthly drifts of the log returns, which keep the yearly means under either shape of months."""
    if tails is not None:
        return monthly_drifts(assumptions, tails).astype(np.float32)
    return np.array([asset.log_mean / 12.0 for asset in assumptions.assets], dtype=np.float32)


def _shape(
    shocks: NDArray[np.float32],
    steering: tuple[NDArray[np.int64], NDArray[np.float32]],
    tails: Tails | None,
    dice: np.random.Generator,
) -> None:
    """Steer the shocks of a batch by Sobol points; tails take a dimension more for each month's chi-square."""
    factor, directions = steering
    n_months, n_points = shocks.shape[1:]
    points = _sobol(factor.size + (n_months if tails is not None else 0), n_points, dice)
    normals = ndtri(np.clip(points[:, : factor.size], _SMALLEST, 1.0 - _SMALLEST))
    _steer(shocks, factor, directions, np.ascontiguousarray(normals.T, dtype=np.float32))
    if tails is not None:
        spread(tails, np.ascontiguousarray(points[:, factor.size :].T), shocks)


def _sobol(n_dimensions: int, n_points: int, dice: np.random.Generator) -> NDArray[np.float64]:
    """Scrambled Sobol points, shape (n_points, n_dimensions)."""
    power = max(1, math.ceil(math.log2(n_points))) if n_points > 1 else 0
    points: NDArray[np.float64] = qmc.Sobol(n_dimensions, scramble=True, rng=dice).random_base2(power)[:n_points]
    return points
