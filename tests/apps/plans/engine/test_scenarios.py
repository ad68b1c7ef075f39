"""A cube cannot change, and fits the plan it was drawn for."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.scenarios import expected_cube, some_paths
from tests.apps.plans.engine.households import family_cube, simple_assumptions


def test_the_cube_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        family_cube(64, 4).factors[0, 0, 0, 0] = 2.0


def test_the_expected_path_gives_median_returns_and_mean_inflation() -> None:
    assumptions = simple_assumptions()
    factors = expected_cube(assumptions, 120).factors[0, :, :, 0].astype(np.float64)
    assert np.log(factors[:, 0]).sum() == pytest.approx(10 * assumptions.assets[0].log_mean, rel=1e-5)
    assert np.log(factors[:, -1]).sum() == pytest.approx(10 * assumptions.inflation.mean, rel=1e-4)


def test_some_paths_of_a_cube_are_the_same_markets_under_another_name() -> None:
    cube = family_cube(64 * 3, 1)
    paths = np.array([0, 5, 63, 64, 190])
    some = some_paths(cube, paths)
    assert (some.spec.n_paths, some.spec.n_batches, some.factors.shape) == (5, 1, (1, *cube.factors.shape[1:]))
    for place, path in enumerate(paths.tolist()):
        assert np.array_equal(some.factors[0, :, :, place], cube.factors[path // 64, :, :, path % 64])
    assert (some.factors[0, :, :, 5:] == 1.0).all()
    assert some.digest not in {cube.digest, some_paths(cube, paths + 1).digest}
    assert some.digest == some_paths(cube, paths.copy()).digest
    with pytest.raises(ValueError, match="read-only"):
        some.factors[0, 0, 0, 0] = 2.0
