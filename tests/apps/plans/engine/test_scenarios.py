"""A cube cannot change, and fits the plan it was drawn for."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.scenarios import expected_cube
from tests.apps.plans.engine.households import family_cube, simple_assumptions


def test_the_cube_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        family_cube(64, 4).factors[0, 0, 0, 0] = 2.0


def test_the_expected_path_gives_median_returns_and_mean_inflation() -> None:
    assumptions = simple_assumptions()
    factors = expected_cube(assumptions, 120).factors[0, :, :, 0].astype(np.float64)
    assert np.log(factors[:, 0]).sum() == pytest.approx(10 * assumptions.assets[0].log_mean, rel=1e-5)
    assert np.log(factors[:, -1]).sum() == pytest.approx(10 * assumptions.inflation.mean, rel=1e-4)
