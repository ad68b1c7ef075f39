"""The frontier against Clarabel on drawn problems, against its own conditions, and against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.constrained import Wishes, constrained_portfolio, wishes
from apps.plans.engine.frontier import (
    NoPortfolioError,
    Portfolio,
    best_for_aversion,
    book_portfolios,
    efficient_frontier,
    efficient_return,
    efficient_risk,
    maximum_sharpe,
    minimum_variance,
)
from apps.plans.engine.moments import Moments
from apps.plans.engine.weight_limits import (
    GroupLimit,
    InfeasibleWeightsError,
    WeightLimits,
    boldest_weights,
    weight_limits,
)
from tests.apps.plans.engine.portfolios import drawn_limits, drawn_moments, seeds, sizes
from tests.depth import examples


def holds(found: Portfolio, limits: WeightLimits) -> None:
    """The optimum's conditions and the limits, to the last digits."""
    assert found.kkt_residual <= 1e-12
    assert limits.violation(found.weights) <= 1e-12


@given(seed=seeds, size=sizes)
@settings(max_examples=examples(60), deadline=None)
def test_the_portfolio_for_an_aversion_is_clarabels_under_any_limits(seed: int, size: int) -> None:
    moments, limits = drawn_moments(seed, size), drawn_limits(seed, size)
    for aversion in (0.5, 5.0, 80.0):
        own = best_for_aversion(moments, limits, aversion)
        holds(own, limits)
        other = constrained_portfolio(moments, limits, wishes(aversion))
        utilities = [each.expected_return - aversion / 2 * each.volatility**2 for each in (own, other)]
        assert utilities[0] == pytest.approx(utilities[1], abs=1e-7)
        assert own.weights == pytest.approx(other.weights, abs=1e-3)


@given(seed=seeds, size=sizes)
@settings(max_examples=examples(40), deadline=None)
def test_the_frontier_rises_and_each_point_is_the_best_of_its_return_and_its_risk(seed: int, size: int) -> None:
    moments, limits = drawn_moments(seed, size), drawn_limits(seed, size)
    frontier = efficient_frontier(moments, limits)
    points = frontier.points(9)
    for point in points:
        holds(point, limits)
    assert np.all(np.diff([each.volatility for each in points]) >= -1e-12)
    assert np.all(np.diff([each.expected_return for each in points]) >= -1e-12)
    middle = points[4]
    asked = Wishes(1e3, middle.expected_return, None, None, None, 0.0, None, None)
    assert constrained_portfolio(moments, limits, asked).volatility >= middle.volatility - 1e-6
    again = frontier.at_volatility(middle.volatility)
    assert again.expected_return == pytest.approx(middle.expected_return, abs=1e-9)
    bolder = Wishes(None, None, middle.volatility, None, None, 0.0, None, None)
    assert constrained_portfolio(moments, limits, bolder).expected_return == pytest.approx(
        again.expected_return, abs=1e-6
    )


@given(seed=seeds, size=sizes)
@settings(max_examples=examples(40), deadline=None)
def test_a_walk_that_ends_early_finds_what_the_whole_frontier_does(seed: int, size: int) -> None:
    moments, limits = drawn_moments(seed, size), drawn_limits(seed, size)
    frontier = efficient_frontier(moments, limits)
    target = float(frontier.returns[0] + frontier.returns[-1]) / 2
    risk = float(frontier.volatilities[0] + frontier.volatilities[-1]) / 2
    risk_free = float(frontier.returns[-1]) - 0.03
    pairs = (
        (efficient_return(moments, limits, target), frontier.at_return(target)),
        (efficient_risk(moments, limits, risk), frontier.at_volatility(risk)),
        (maximum_sharpe(moments, limits, risk_free), frontier.best_ratio(risk_free)),
        (minimum_variance(moments, limits), frontier.least_variance),
    )
    for early, late in pairs:
        holds(early, limits)
        assert early.weights == pytest.approx(late.weights, abs=1e-9)
    ratios = [(each.expected_return - risk_free) / each.volatility for each in frontier.points(60)]
    best = pairs[2][0]
    assert (best.expected_return - risk_free) / best.volatility >= max(ratios) - 1e-12


@given(seed=seeds, size=sizes)
@settings(max_examples=examples(25), deadline=None)
def test_a_book_is_each_client_alone(seed: int, size: int) -> None:
    moments, limits = drawn_moments(seed, size), drawn_limits(seed, size)
    dice = np.random.default_rng(seed)
    means = moments.means + dice.normal(0, 0.03, (70, size))
    aversions = dice.uniform(1, 20, 70)
    found = book_portfolios(moments, limits, means, aversions)
    assert found.kkt_residuals.max() <= 1e-12
    for client in (0, 33, 69):
        own = Moments(means[client], moments.covariance)
        alone = best_for_aversion(own, limits, float(aversions[client]))
        assert found.weights[client] == pytest.approx(alone.weights, abs=1e-9)


def test_without_limits_that_bind_it_is_the_closed_form() -> None:
    moments = drawn_moments(4, 6)
    limits = weight_limits(6, -50.0, 50.0)
    inverse = np.linalg.inv(moments.covariance)
    ones = np.ones(6)
    safest = inverse @ ones / (ones @ inverse @ ones)
    assert minimum_variance(moments, limits).weights == pytest.approx(safest)
    tangent = inverse @ (moments.means - 0.01)
    assert maximum_sharpe(moments, limits, 0.01).weights == pytest.approx(tangent / tangent.sum())


def test_ties_of_means_caps_and_groups_come_to_an_end() -> None:
    covariance = 0.04 * (0.3 + 0.7 * np.eye(12))
    for means in (np.full(12, 0.05), np.repeat([0.04, 0.05, 0.06], 4)):
        groups = [GroupLimit((0, 1, 2, 3), 0.25, 0.5), GroupLimit((4, 5, 6, 7), 0.25, 0.5)]
        limits = weight_limits(12, 0.0, 0.25, groups)
        frontier = efficient_frontier(Moments(means, covariance), limits)
        for point in frontier.points(20):
            holds(point, limits)
        assert frontier.returns[-1] == pytest.approx(means @ boldest_weights(means, limits))


def test_weights_that_are_all_given_are_the_frontier() -> None:
    moments = drawn_moments(1, 4)
    limits = weight_limits(4, 0.25, 0.25)
    frontier = efficient_frontier(moments, limits)
    assert frontier.points(3)[1].weights == pytest.approx(np.full(4, 0.25))
    assert maximum_sharpe(moments, limits, -1.0).weights == pytest.approx(np.full(4, 0.25))


def test_what_the_frontier_does_not_reach_is_refused() -> None:
    moments, limits = drawn_moments(2, 5), weight_limits(5, 0.0, 1.0)
    frontier = efficient_frontier(moments, limits)
    with pytest.raises(NoPortfolioError):
        efficient_return(moments, limits, float(moments.means.max()) + 0.01)
    with pytest.raises(NoPortfolioError):
        efficient_risk(moments, limits, float(frontier.volatilities[0]) * 0.9)
    with pytest.raises(NoPortfolioError):
        maximum_sharpe(moments, limits, float(moments.means.max()))
    with pytest.raises(InfeasibleWeightsError):
        efficient_frontier(moments, weight_limits(5, 0.0, 0.3, [GroupLimit((0, 1, 2), 0.0, 0.2)]))
    with pytest.raises(InvalidInputError):
        best_for_aversion(moments, limits, 0.0)
    with pytest.raises(InvalidInputError):
        book_portfolios(moments, limits, moments.means[None], np.array([-1.0]))
    assert frontier.at_return(-1.0).weights == pytest.approx(frontier.least_variance.weights)
    assert frontier.at_volatility(9.0).weights == pytest.approx(frontier.corners[-1])


def test_five_hundred_assets_keep_their_conditions() -> None:
    moments = drawn_moments(8, 500, 8)
    limits = weight_limits(500, 0.0, 0.05)
    for found in (best_for_aversion(moments, limits, 5.0), maximum_sharpe(moments, limits, 0.02)):
        holds(found, limits)


def test_where_a_portfolio_stays_best_over_many_tilts_the_way_on_begins_at_the_last() -> None:
    """The safest mix of these two stays best for a while: between it and the next corner nothing may be lost."""
    moments = Moments(np.array([0.0896, 0.0749]), np.array([[0.10199236, 0.04519213], [0.04519213, 0.07158082]]))
    limits = weight_limits(2, np.array([0.56, 0.0]), 1.0)
    frontier = efficient_frontier(moments, limits)
    assert frontier.volatilities[0] == frontier.volatilities[1]
    halfway = float(frontier.returns[0] + frontier.returns[-1]) / 2
    assert frontier.at_return(halfway).expected_return == pytest.approx(halfway, abs=1e-12)
    target = float(frontier.volatilities[0] + frontier.volatilities[-1]) / 2
    assert frontier.at_volatility(target).volatility == pytest.approx(target, abs=1e-12)
