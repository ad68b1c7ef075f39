"""The resampled frontier: limits kept, doubt that fades gives the plain frontier, one seed one answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from apps.kernel.errors import DomainError
from apps.plans.engine.frontier import NoPortfolioError, efficient_frontier
from apps.plans.engine.resampled import Doubt, moved_towards, resampled_frontier
from tests.apps.plans.engine.portfolios import drawn_limits, drawn_moments, seeds, sizes
from tests.depth import examples


@given(seed=seeds, size=sizes)
@settings(deadline=None, max_examples=examples(25))
def test_every_point_keeps_the_limits_and_none_beats_the_plain_frontier(seed: int, size: int) -> None:
    moments, limits = drawn_moments(seed, size), drawn_limits(seed, size)
    found = resampled_frontier(moments, limits, Doubt(20.0, 40), 6, np.random.default_rng(seed))
    assert max(limits.violation(row) for row in found.weights) <= 1e-9
    plain = efficient_frontier(moments, limits)
    for volatility, expected in zip(found.volatilities, found.returns, strict=True):
        at = max(volatility, plain.volatilities[0])
        assert expected <= plain.at_volatility(float(at)).expected_return + 1e-9


def test_without_doubt_it_is_the_plain_frontier() -> None:
    moments, limits = drawn_moments(5, 8), drawn_limits(5, 8)
    found = resampled_frontier(moments, limits, Doubt(1e4, 400), 5, np.random.default_rng(1))
    plain = efficient_frontier(moments, limits).points(5)
    for row, point in zip(found.weights, plain, strict=True):
        assert row == pytest.approx(point.weights, abs=0.03)


def test_doubt_spreads_the_boldest_mix_over_more_assets() -> None:
    moments, limits = drawn_moments(7, 10), drawn_limits(7, 10)
    spread = []
    for years in (1e4, 25.0, 5.0):
        last = resampled_frontier(moments, limits, Doubt(years, 400), 5, np.random.default_rng(1)).weights[-1]
        spread.append(1 / float((last**2).sum()))
    assert spread == sorted(spread)


def test_one_seed_gives_one_answer() -> None:
    moments, limits = drawn_moments(7, 6), drawn_limits(7, 6)
    first, second = (
        resampled_frontier(moments, limits, Doubt(20.0, 50), 4, np.random.default_rng(3)).weights for _ in range(2)
    )
    assert np.array_equal(first, second)


def test_a_volatility_is_met_and_a_lower_one_than_there_is_refused() -> None:
    moments, limits = drawn_moments(7, 6), drawn_limits(7, 6)
    found = resampled_frontier(moments, limits, Doubt(20.0, 50), 8, np.random.default_rng(3))
    target = float((found.volatilities[2] + found.volatilities[3]) / 2)
    weights = found.at_volatility(target)
    assert np.sqrt(weights @ moments.covariance @ weights) == pytest.approx(target, abs=1e-12)
    assert np.array_equal(found.at_volatility(10.0), found.weights[-1])
    with pytest.raises(NoPortfolioError):
        found.at_volatility(float(found.volatilities[0]) / 2)


def test_moving_from_calm_to_bold_stops_at_the_volatility_or_arrives() -> None:
    covariance = np.diag([0.01, 0.09])
    calm, bold = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert moved_towards(covariance, calm, bold, 1.0) == pytest.approx(bold)
    part = moved_towards(covariance, calm, bold, 0.15)
    assert np.sqrt(part @ covariance @ part) == pytest.approx(0.15)
    assert moved_towards(covariance, calm, calm, 0.2) == pytest.approx(calm)


@pytest.mark.parametrize(("periods", "draws"), [(0.5, 10), (10.0, 1), (float("nan"), 10)])
def test_doubts_without_sense_are_refused(periods: float, draws: int) -> None:
    with pytest.raises(DomainError):
        Doubt(periods, draws)
