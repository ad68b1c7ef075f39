"""Fat-tailed months against scipy's Student-t, closed forms, and the promises of the cube."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import integrate, stats

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.fat_tails import RAREST, chance_below, log_mean_growth, monthly_drifts, spread_months, tails_of
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.markets import LOG_NORMAL, MarketKind, MarketModel
from tests.apps.plans.engine.households import published_assumptions, simple_assumptions

FAT = MarketModel(MarketKind.FAT_TAILED)
DEGREES = 6.0
SPEC = CubeSpec(seed=3, n_paths=8192, n_batches=8, n_months=24, market=FAT)


@cache
def moves() -> np.ndarray:
    """Monthly log returns of the assets, (n_assets, n_months x n_paths)."""
    assumptions = replace(published_assumptions(), degrees_of_freedom=DEGREES)
    cube = draw_cube(assumptions, SPEC, np.random.default_rng(3))
    assets = np.log(cube.factors[:, :, :-1, :].astype(np.float64))
    told: np.ndarray = assets.transpose(2, 0, 3, 1).reshape(assets.shape[2], -1)
    return told


def test_means_covariance_and_correlations_are_those_of_the_assumptions() -> None:
    assumptions = published_assumptions()
    for place, asset in enumerate(assumptions.assets):
        months = moves()[place]
        assert np.exp(months).mean() ** 12 - 1 == pytest.approx(asset.arithmetic_mean, abs=0.0015)
        assert months.std() * math.sqrt(12) == pytest.approx(asset.log_volatility, rel=0.01)
    assert np.corrcoef(moves()) == pytest.approx(assumptions.correlation_matrix()[:-1, :-1], abs=0.012)


def test_quantiles_are_those_of_student_t() -> None:
    months = moves()[0]
    deviation = published_assumptions().assets[0].log_volatility / math.sqrt(12)
    unit = deviation * math.sqrt((DEGREES - 2) / DEGREES)
    for chance in (0.001, 0.01, 0.05, 0.5, 0.95, 0.99, 0.999):
        wanted = stats.t.ppf(chance, DEGREES) * unit
        spread_of_it = math.sqrt(chance * (1 - chance) / months.size) / stats.t.pdf(wanted / unit, DEGREES) * unit
        drift = np.median(months)
        assert np.quantile(months, chance) - drift == pytest.approx(wanted, abs=5 * spread_of_it)


def test_kurtosis_is_that_of_student_t_and_crashes_come_together() -> None:
    # the fourth moment of few degrees is hardly measurable; that of twelve is
    assumptions = replace(simple_assumptions(), degrees_of_freedom=12.0)
    cube = draw_cube(assumptions, SPEC, np.random.default_rng(3))
    months = np.log(cube.factors[:, :, :2, :].astype(np.float64)).transpose(2, 0, 3, 1).reshape(2, -1)
    assert stats.kurtosis(months[0]) == pytest.approx(6.0 / (12.0 - 4.0), abs=0.12)
    calm = draw_cube(assumptions, replace(SPEC, market=LOG_NORMAL), np.random.default_rng(3))
    normal = np.log(calm.factors[:, :, 0, :].astype(np.float64)).ravel()
    assert abs(stats.kurtosis(normal)) < 0.05
    both = np.abs(months - np.median(months, axis=1)[:, None]) > 3 * months.std(axis=1)[:, None]
    assert (both[0] & both[1]).mean() > 3 * both[0].mean() * both[1].mean()


@pytest.mark.parametrize("degrees", [3.0, 5.0, 40.0])
def test_mean_growth_equals_the_integral_over_the_mixing_variable(degrees: float) -> None:
    tails = tails_of(replace(simple_assumptions(), degrees_of_freedom=degrees))
    least = stats.chi2.ppf(RAREST, degrees)
    for deviation in (0.003, 0.065, 0.1):
        half = deviation**2 * tails.unit / 2
        whole, _ = integrate.quad(
            lambda odds, half=half: (
                math.expm1(half / stats.chi2.ppf(1 / (1 + math.exp(-odds)), degrees)) * stats.logistic.pdf(odds)
            ),
            math.log(RAREST / (1 - RAREST)),
            30.0,
            epsabs=0.0,
            epsrel=1e-9,
        )
        wanted = math.log1p(whole + RAREST * math.expm1(half / least))
        assert log_mean_growth(tails, np.array([deviation]))[0] == pytest.approx(wanted, rel=1e-6)


def test_many_degrees_of_freedom_are_a_normal() -> None:
    tails = tails_of(replace(simple_assumptions(), degrees_of_freedom=200.0))
    assert log_mean_growth(tails, np.array([0.05]))[0] == pytest.approx(0.05**2 / 2, rel=1e-4)
    assumptions = replace(simple_assumptions(), degrees_of_freedom=200.0)
    drifts = monthly_drifts(assumptions, tails)
    assert drifts == pytest.approx([asset.log_mean / 12 for asset in assumptions.assets], abs=1e-6)


def test_the_mixing_variable_has_a_mean_of_one_and_scipys_quantiles() -> None:
    tails = tails_of(replace(simple_assumptions(), degrees_of_freedom=5.0))
    n_points = 200_000
    points = (np.arange(n_points) + 0.5)[None, :] / n_points
    shocks = np.ones((1, 1, n_points), dtype=np.float32)
    spread_months(points.astype(np.float32), tails.table, shocks)
    mixing = shocks[0, 0].astype(np.float64) ** 2
    assert mixing.mean() == pytest.approx(1.0, abs=2e-3)
    assert mixing[100::1000] == pytest.approx(tails.unit / stats.chi2.ppf(points[0, 100::1000], 5.0), rel=1e-4)
    assert (mixing <= 2.0).mean() == pytest.approx(chance_below(tails, 2.0), abs=1e-4)


def test_uniforms_at_their_ends_stay_finite() -> None:
    tails = tails_of(replace(simple_assumptions(), degrees_of_freedom=3.0))
    shocks = np.ones((2, 1, 3), dtype=np.float32)
    spread_months(np.array([[0.0, 0.5, 1.0]], dtype=np.float32), tails.table, shocks)
    assert np.isfinite(shocks).all()
    assert shocks[0, 0, 0] == pytest.approx(math.sqrt(tails.unit / stats.chi2.ppf(RAREST, 3.0)), rel=1e-4)
    assert shocks[0, 0, 0] > shocks[0, 0, 1] > shocks[0, 0, 2] > 0


def test_a_seed_gives_the_same_bytes_and_tails_another_cube() -> None:
    assumptions = replace(simple_assumptions(), degrees_of_freedom=5.0)
    spec = CubeSpec(seed=1, n_paths=64, n_batches=2, n_months=24, market=FAT)
    first, again = (draw_cube(assumptions, spec, np.random.default_rng(1)).digest for _ in range(2))
    calm = draw_cube(assumptions, replace(spec, market=LOG_NORMAL), np.random.default_rng(1)).digest
    assert first == again != calm


def test_a_set_that_states_no_tails_is_refused_at_the_field() -> None:
    with pytest.raises(InvalidInputError) as refused:
        draw_cube(simple_assumptions(), SPEC, np.random.default_rng(3))
    assert refused.value.field == "degrees_of_freedom"
    assert refused.value.mend
    with pytest.raises(InvalidInputError) as refused:
        replace(simple_assumptions(), degrees_of_freedom=2.0)
    assert refused.value.field == "degrees_of_freedom"
