"""Markets worse than the assumption set says, on the same scenarios: each path keeps its own surprises.

Every class loses ``lower_returns`` a year, prices rise ``higher_inflation`` a year faster, and shares lose
``first_year_fall`` spread evenly over the first twelve months. Factors are multiplied, so that a path with a stress and
the same path without one can be compared.
"""

from __future__ import annotations

import hashlib

import numpy as np

from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.digest import canonical_json
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.what_if_levers import Stress


def stressed(cube: ScenarioCube, assumptions: AssumptionSet, stress: Stress) -> ScenarioCube:
    """Return the cube under a stress; a calm one is the cube itself."""
    if stress.is_calm:
        return cube
    n_months, n_series = cube.factors.shape[1:3]
    shift = np.full((n_months, n_series), np.exp(-stress.lower_returns / 12.0), dtype=np.float32)
    shift[:, -1] = np.exp(stress.higher_inflation / 12.0)
    equities = [place for place, asset in enumerate(assumptions.assets) if asset.is_equity]
    shift[:12, equities] *= np.float32((1.0 - stress.first_year_fall) ** (1.0 / 12.0))
    factors = cube.factors * shift[None, :, :, None]
    factors.setflags(write=False)
    digest = hashlib.sha256(cube.digest.encode() + canonical_json(stress)).hexdigest()
    return ScenarioCube(cube.spec, cube.assumptions_digest, digest, factors)
