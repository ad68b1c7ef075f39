"""The scenario cube: markets drawn once per assumption set and seed, shared by all households of that set.

Shocks are steered by scrambled Sobol points along the leading directions (principal components over assets and
over time, Åkesson & Lehoczky 2000; Owen 1998 for scrambling) and pseudo-random elsewhere. Batches use independent
scrambles, so that the spread between them measures the error honestly (L'Ecuyer & Lemieux 2002).
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.compiled import compiled
from apps.plans.engine.digest import input_digest
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.kernel import LANES

SOBOL_DIMENSIONS = 64
# Sobol points have 30 bits; half a step away from 0 and 1 the normal quantile stays finite.
_SMALLEST = 2.0**-31


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioCube:
    """Growth factors (n_blocks, n_months, n_assets + 1, 16), float32: assets in order, then the price level.

    Path ``p`` lies in block ``p // 16``, lane ``p % 16``; lanes beyond ``n_paths`` hold 1. Batch ``b`` is the run of
    ``n_paths / n_batches`` paths from ``b`` times that. The arrays are read-only and may be shared by threads.
    """

    spec: CubeSpec
    assumptions_digest: str
    digest: str
    factors: NDArray[np.float32]


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


@compiled
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


@compiled
def _grow(
    shocks: NDArray[np.float32],
    loads: NDArray[np.float32],
    drifts: NDArray[np.float32],
    inflation: tuple[float, float, float, float],
    place: tuple[int, NDArray[np.float32]],
) -> None:
    """Turn shocks into growth factors: lognormal assets, and inflation exactly discretised from its process.

    ``loads`` (n_assets + 1, n_factors) are monthly; ``inflation`` is the mean, the monthly decay, the monthly shock
    and the initial rate; ``place`` the first path and the cube it is written to.
    """
    n_factors, n_months, n_paths = shocks.shape
    n_assets = drifts.size
    mean, decay, step, initial = inflation
    first, cube = place
    for path in range(n_paths):
        block, lane = (first + path) // LANES, (first + path) % LANES
        rate = initial
        for month in range(n_months):
            for asset in range(n_assets):
                move = drifts[asset]
                for source in range(n_factors):
                    move += loads[asset, source] * shocks[source, month, path]
                cube[block, month, asset, lane] = np.exp(move)
            surprise = 0.0
            for source in range(n_factors):
                surprise += loads[n_assets, source] * shocks[source, month, path]
            rate = mean + (rate - mean) * decay + step * surprise
            cube[block, month, n_assets, lane] = np.exp(rate / 12.0)


def _inflation_steps(assumptions: AssumptionSet) -> tuple[float, float, float, float]:
    """Mean, monthly decay, monthly shock and initial rate of the exactly discretised process (Uhlenbeck 1930)."""
    process = assumptions.inflation
    decay = math.exp(-process.reversion / 12.0)
    step = process.volatility * math.sqrt((1.0 - decay * decay) / (2.0 * process.reversion))
    return process.mean, decay, step, process.initial


def draw_cube(assumptions: AssumptionSet, spec: CubeSpec, rng: np.random.Generator) -> ScenarioCube:
    """Draw the scenarios of an assumption set.

    ``rng`` must be made from ``spec.seed`` by the caller (``np.random.default_rng(spec.seed)``): the engine throws no
    dice of its own. 10,240 paths of 40 years of five assets take about 120 MB and a second; keep the cube.
    """
    n_series = len(assumptions.assets) + 1
    n_blocks = -(-spec.n_paths // LANES)
    factors = np.ones((n_blocks, spec.n_months, n_series, LANES), dtype=np.float32)
    unit_loads, variances = _loadings(assumptions)
    volatilities = np.array([asset.log_volatility for asset in assumptions.assets] + [1.0])
    monthly = np.array([1.0 / math.sqrt(12.0)] * (n_series - 1) + [1.0])
    loads = (unit_loads * (volatilities * monthly)[:, None]).astype(np.float32)
    drifts = np.array([asset.log_mean / 12.0 for asset in assumptions.assets], dtype=np.float32)
    factor, directions = _steering(variances, spec.n_months)
    per_batch = spec.n_paths // spec.n_batches
    for batch, dice in enumerate(rng.spawn(spec.n_batches)):
        shocks = dice.standard_normal((n_series, spec.n_months, per_batch), dtype=np.float32)
        _steer(shocks, factor, directions, _sobol_normals(factor.size, per_batch, dice))
        _grow(shocks, loads, drifts, _inflation_steps(assumptions), (batch * per_batch, factors))
    return _sealed(assumptions, spec, factors)


def _sobol_normals(n_dimensions: int, n_points: int, dice: np.random.Generator) -> NDArray[np.float32]:
    """Scrambled Sobol points through the normal quantile, shape (n_dimensions, n_points)."""
    # scipy takes half a second to load; what only reads a cube does not need it.
    from scipy.special import ndtri
    from scipy.stats import qmc

    power = max(1, math.ceil(math.log2(n_points))) if n_points > 1 else 0
    points = qmc.Sobol(n_dimensions, scramble=True, rng=dice).random_base2(power)[:n_points]
    normals = ndtri(np.clip(points, _SMALLEST, 1.0 - _SMALLEST))
    return np.ascontiguousarray(normals.T, dtype=np.float32)


def expected_cube(assumptions: AssumptionSet, n_months: int) -> ScenarioCube:
    """One path without chance: each asset gives its median return each month, inflation reverts to its mean."""
    spec = CubeSpec(seed=0, n_paths=1, n_batches=1, n_months=n_months)
    n_series = len(assumptions.assets) + 1
    factors = np.ones((1, n_months, n_series, LANES), dtype=np.float32)
    shocks = np.zeros((n_series, n_months, 1), dtype=np.float32)
    loads = np.zeros((n_series, n_series), dtype=np.float32)
    drifts = np.array([asset.log_mean / 12.0 for asset in assumptions.assets], dtype=np.float32)
    _grow(shocks, loads, drifts, _inflation_steps(assumptions), (0, factors))
    return _sealed(assumptions, spec, factors)


def _sealed(assumptions: AssumptionSet, spec: CubeSpec, factors: NDArray[np.float32]) -> ScenarioCube:
    factors.setflags(write=False)
    digest = hashlib.sha256(factors.data).hexdigest()
    return ScenarioCube(spec, input_digest(assumptions), digest, factors)


def check_fits(cube: ScenarioCube, assumptions: AssumptionSet, spec: CubeSpec, n_months: int) -> None:
    """Refuse a cube of another assumption set or draw, or one shorter than the plan."""
    if cube.assumptions_digest != input_digest(assumptions) or cube.spec != spec:
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
