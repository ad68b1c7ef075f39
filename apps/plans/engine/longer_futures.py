"""Futures that go on after a plan's own end: the plan's own months first, then those of another draw."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.markets import MarketKind
from apps.plans.engine.scenarios import ScenarioCube, inflation_steps

_FORMULAS = frozenset({MarketKind.LOG_NORMAL, MarketKind.FAT_TAILED})


def after(spec: CubeSpec, n_months: int) -> CubeSpec:
    """Return the draw whose later months go on from those of ``spec``: of other dice.

    A longer draw of the same dice is not the same futures further on: its points steer its whole length, so its first
    months differ, and its last ones would follow the first months of the shorter draw.
    """
    return replace(spec, seed=spec.seed + 1, n_months=n_months)


def lengthened(assumptions: AssumptionSet, cube: ScenarioCube, later: ScenarioCube) -> ScenarioCube:
    """Return a cube (n_blocks, later's n_months, n_assets + 1, LANES) that begins with the bits of ``cube``.

    Path by path the months after its end are those of ``later``. Where a formula draws, inflation goes on from where it
    stands: from a month to the next, what two paths of the process (Uhlenbeck 1930) differ by shrinks by its decay.
    """
    n_own = cube.factors.shape[1]
    factors = np.concatenate((cube.factors, later.factors[:, n_own:]), axis=1)
    if cube.spec.market.kind in _FORMULAS:
        decay = inflation_steps(assumptions)[1]
        apart = np.log(cube.factors[:, n_own - 1, -1]) - np.log(later.factors[:, n_own - 1, -1])
        shrinks = (decay ** np.arange(1.0, factors.shape[1] - n_own + 1.0)).astype(np.float32)
        factors[:, n_own:, -1] *= np.exp(apart[:, None, :] * shrinks[None, :, None])
    factors.setflags(write=False)
    digest = hashlib.sha256(f"{cube.digest} {later.digest}".encode()).hexdigest()
    spec = replace(cube.spec, n_months=later.spec.n_months)
    return ScenarioCube(spec, cube.assumptions_digest, digest, factors)
