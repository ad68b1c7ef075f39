"""A stress shifts every path by what its name says."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.stress import stressed
from apps.plans.engine.what_if_levers import Stress
from tests.apps.plans.engine.households import family


@pytest.fixture(scope="module")
def plan():
    return family(64, 1)


@pytest.fixture(scope="module")
def cube(plan):
    return draw_cube(plan.assumptions, plan.simulation, np.random.default_rng(3))


def test_no_stress_is_the_same_cube(plan, cube) -> None:
    assert stressed(cube, plan.assumptions, Stress()) is cube


def test_each_stress_has_its_size_over_a_year(plan, cube) -> None:
    hard = stressed(cube, plan.assumptions, Stress(0.02, 0.03, 0.4))
    ratio = np.prod((hard.factors / cube.factors).astype(np.float64), axis=1)
    first = np.prod((hard.factors / cube.factors)[:, :12].astype(np.float64), axis=1)
    years = cube.factors.shape[1] / 12
    equity = next(place for place, asset in enumerate(plan.assumptions.assets) if asset.is_equity)
    other = next(place for place, asset in enumerate(plan.assumptions.assets) if not asset.is_equity)
    assert ratio[:, -1] == pytest.approx(np.exp(0.03 * years), rel=1e-3)
    assert first[:, other] == pytest.approx(np.exp(-0.02), rel=1e-5)
    assert first[:, equity] == pytest.approx(0.6 * np.exp(-0.02), rel=1e-5)
    assert ratio[:, equity] == pytest.approx(0.6 * np.exp(-0.02 * years), rel=1e-3)
    assert hard.digest != cube.digest
    assert hard.assumptions_digest == cube.assumptions_digest
