"""The cube holds the markets it promises."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from apps.plans.engine.compiled import LANES
from apps.plans.engine.drawing import _steering, draw_cube
from apps.plans.engine.inputs import CubeSpec
from tests.apps.plans.engine.households import family, family_cube, published_assumptions, simple_assumptions


def log_growth(n_paths: int = 8192) -> np.ndarray:
    """Yearly log growth of each series, shape (n_series, n_paths), over ten years."""
    spec = CubeSpec(seed=3, n_paths=n_paths, n_batches=8, n_months=120)
    cube = draw_cube(published_assumptions(), spec, np.random.default_rng(3))
    total = np.log(cube.factors.astype(np.float64)).sum(axis=1) / 10.0
    series: np.ndarray = total.transpose(1, 0, 2).reshape(total.shape[1], -1)
    return series


def test_means_volatilities_and_correlations_are_those_of_the_assumptions() -> None:
    assumptions = published_assumptions()
    growth = log_growth()
    for place, asset in enumerate(assumptions.assets):
        assert growth[place].mean() == pytest.approx(asset.log_mean, abs=2e-4)
        assert growth[place].std() * math.sqrt(10) == pytest.approx(asset.log_volatility, rel=0.02)
    found = np.corrcoef(growth[:-1])
    assert found == pytest.approx(assumptions.correlation_matrix()[:-1, :-1], abs=0.03)


def test_inflation_averages_its_mean_and_spreads_like_its_process() -> None:
    process = published_assumptions().inflation
    rates = log_growth()[-1]
    kappa, years = process.reversion, 10.0
    # Variance of the integrated process from a fixed start (Glasserman 2003, 3.3).
    part = (1 - math.exp(-kappa * years)) / kappa
    variance = process.volatility**2 / kappa**2 * (years - part - kappa * part * part / 2)
    assert rates.mean() == pytest.approx(process.mean, abs=2e-4)
    assert rates.std() == pytest.approx(math.sqrt(variance) / years, rel=0.06)


def test_a_seed_gives_the_same_cube_and_another_seed_another() -> None:
    inputs = family(64, 4)
    again = draw_cube(inputs.assumptions, inputs.simulation, np.random.default_rng(11))
    other_spec = replace(inputs.simulation, seed=12)
    other = draw_cube(inputs.assumptions, other_spec, np.random.default_rng(12))
    assert family_cube(64, 4).digest == again.digest
    assert again.digest != other.digest


def test_batches_are_independent_scrambles() -> None:
    factors = family_cube(64, 4).factors[0]
    assert not np.array_equal(factors[:, :, :16], factors[:, :, 16:32])


def test_steered_points_estimate_the_median_at_least_twice_as_well_as_dice() -> None:
    assumptions = simple_assumptions()
    steered, thrown = [], []
    asset = assumptions.assets[0]
    for seed in range(12):
        spec = CubeSpec(seed=seed, n_paths=512, n_batches=1, n_months=120)
        cube = draw_cube(assumptions, spec, np.random.default_rng(seed))
        steered.append(np.median(np.log(cube.factors[:, :, 0, :].astype(np.float64)).sum(axis=1)))
        noise = np.random.default_rng(seed).standard_normal((512, 120)) / math.sqrt(12) * asset.log_volatility
        thrown.append(np.median(noise.sum(axis=1)))
    assert np.std(steered) < np.std(thrown) / 2.0


def test_paths_that_do_not_fill_a_batch_of_two_to_a_power_are_allowed() -> None:
    spec = CubeSpec(seed=1, n_paths=30, n_batches=3, n_months=24)
    cube = draw_cube(simple_assumptions(), spec, np.random.default_rng(1))
    assert cube.factors.shape == (1, 24, 4, LANES)
    assert np.all(cube.factors[0, :, :, 30:] == 1.0)


def test_the_largest_variance_takes_the_first_sobol_dimension_and_each_its_own() -> None:
    variances = np.array([0.04, 0.03, 0.0004])
    steering = _steering(variances, 120)
    # the variance along each direction: of its factor, times that of a random walk's component in time
    along = np.cumsum(steering.directions, axis=1).astype(np.float64)
    factors = np.repeat(np.arange(3), np.diff(steering.firsts))
    found = variances[factors] * (along**2).sum(axis=1)
    ranked = found[np.argsort(steering.dimensions)]
    assert sorted(steering.dimensions) == list(range(64))
    assert (np.diff(ranked) <= 1e-4 * ranked[:-1]).all()
    assert factors[steering.dimensions == 0] == 0
