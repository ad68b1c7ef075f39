"""Shrunk and blended moments, against their definitions written out and against limits that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.moments import (
    Moments,
    View,
    bayes_stein,
    black_litterman,
    equilibrium_returns,
    james_stein_means,
    sample_moments,
    shrunk_to_constant_correlation,
    shrunk_to_identity,
)
from tests.depth import examples


def drawn(seed: int, periods: int = 60, size: int = 5) -> np.ndarray:
    dice = np.random.default_rng(seed)
    common = dice.normal(0.005, 0.03, (periods, 1))
    return common * dice.uniform(0.5, 1.5, size) + dice.normal(0.002, 0.02, (periods, size))


def prior() -> Moments:
    return sample_moments(drawn(3)).times(12)


def test_the_identity_estimator_is_the_published_one_summed_day_by_day() -> None:
    returns = drawn(1)
    x = returns - returns.mean(axis=0)
    periods, size = x.shape
    sample = x.T @ x / periods
    level = np.trace(sample) / size
    spread = np.sum((sample - level * np.eye(size)) ** 2) / size
    noise = sum(np.sum((np.outer(row, row) - sample) ** 2) for row in x) / size / periods**2
    shrunk = shrunk_to_identity(returns)
    assert shrunk.intensity == pytest.approx(min(noise, spread) / spread, rel=1e-12)
    expected = shrunk.intensity * level * np.eye(size) + (1 - shrunk.intensity) * sample
    assert shrunk.covariance == pytest.approx(expected, rel=1e-12)


def test_the_constant_correlation_estimator_is_the_published_one_summed_pair_by_pair() -> None:
    returns = drawn(2)
    x = returns - returns.mean(axis=0)
    periods, size = x.shape
    s = x.T @ x / periods
    d = np.sqrt(np.diag(s))
    pairs = [(i, j) for i in range(size) for j in range(size) if i != j]
    level = np.mean([s[i, j] / d[i] / d[j] for i, j in pairs])
    target = np.array([[s[i, i] if i == j else level * d[i] * d[j] for j in range(size)] for i in range(size)])
    pi = np.array([[np.mean((x[:, i] * x[:, j] - s[i, j]) ** 2) for j in range(size)] for i in range(size)])

    def theta(k: int, i: int, j: int) -> float:
        return float(np.mean((x[:, k] ** 2 - s[k, k]) * (x[:, i] * x[:, j] - s[i, j])))

    rho = np.trace(pi) + sum(
        level / 2 * (d[j] / d[i] * theta(i, i, j) + d[i] / d[j] * theta(j, i, j)) for i, j in pairs
    )
    wanted = (pi.sum() - rho) / np.sum((target - s) ** 2) / periods
    shrunk = shrunk_to_constant_correlation(returns)
    assert shrunk.intensity == pytest.approx(min(max(wanted, 0), 1), rel=1e-10)
    assert shrunk.covariance == pytest.approx(shrunk.intensity * target + (1 - shrunk.intensity) * s, rel=1e-10)


@given(seed=st.integers(0, 10_000), periods=st.integers(3, 40), size=st.integers(2, 50))
@settings(max_examples=examples(30), deadline=None)
def test_shrunk_covariances_can_be_used_with_fewer_periods_than_assets(seed: int, periods: int, size: int) -> None:
    returns = drawn(seed, periods, size)
    shrunk = shrunk_to_identity(returns)
    assert 0 <= shrunk.intensity <= 1
    if shrunk.intensity > 1e-6:
        Moments(returns.mean(axis=0), shrunk.covariance)
    other = shrunk_to_constant_correlation(returns)
    assert 0 <= other.intensity <= 1
    assert np.diag(other.covariance) == pytest.approx(returns.var(axis=0))


def test_shrinking_comes_nearer_to_the_truth_than_the_sample() -> None:
    dice = np.random.default_rng(5)
    truth = 0.0004 * (0.3 + 0.7 * np.eye(30))
    gain = []
    for _ in range(20):
        returns = dice.multivariate_normal(np.zeros(30), truth, 40)
        far = [
            np.sum((each - truth) ** 2)
            for each in (
                np.cov(returns.T),
                shrunk_to_identity(returns).covariance,
                shrunk_to_constant_correlation(returns).covariance,
            )
        ]
        gain.append(far)
    sample, identity, constant = np.mean(gain, axis=0)
    assert constant < identity < sample


def test_stein_means_keep_their_average_and_come_nearer_to_each_other() -> None:
    returns = drawn(6, 24, 8)
    covariance = shrunk_to_identity(returns).covariance
    means, weight = james_stein_means(returns, covariance)
    assert 0 < weight <= 1
    assert means.mean() == pytest.approx(returns.mean())
    assert np.ptp(means) == pytest.approx((1 - weight) * np.ptp(returns.mean(axis=0)))
    assert james_stein_means(returns[:, :2], covariance[:2, :2])[1] == 0.0


def test_bayes_stein_means_are_jorions_and_the_covariance_grows() -> None:
    returns = drawn(7, 60, 4)
    covariance = np.cov(returns.T)
    found, weight = bayes_stein(returns, covariance)
    inverse = np.linalg.inv(covariance)
    ones = np.ones(4)
    target = ones @ inverse @ returns.mean(axis=0) / (ones @ inverse @ ones)
    off = returns.mean(axis=0) - target
    assert weight == pytest.approx(6 / (6 + 60 * off @ inverse @ off))
    assert found.means == pytest.approx((1 - weight) * returns.mean(axis=0) + weight * target)
    assert np.linalg.eigvalsh(found.covariance - covariance).min() > 0


def test_without_views_the_market_stays_the_best_portfolio() -> None:
    covariance, market = prior().covariance, np.array([0.4, 0.2, 0.2, 0.1, 0.1])
    means = equilibrium_returns(covariance, market, 2.5, 0.02)
    assert np.linalg.solve(2.5 * covariance, means - 0.02) == pytest.approx(market)
    start = Moments(means, covariance)
    assert black_litterman(start, (), 0.05).means == pytest.approx(means)
    doubtful = View(np.array([1.0, -1, 0, 0, 0]), 0.1, 0.0)
    assert black_litterman(start, (doubtful,), 0.05).means == pytest.approx(means)


def test_a_view_moves_the_means_as_far_as_it_is_trusted() -> None:
    start, picks = prior(), np.array([1.0, -1.0, 0.0, 0.0, 0.0])
    before = picks @ start.means
    for confidence in (0.25, 0.5, 1.0):
        after = picks @ black_litterman(start, (View(picks, before + 0.04, confidence),), 0.05).means
        assert after == pytest.approx(before + 0.04 * confidence)


def test_the_blend_is_that_of_the_formula_with_inverses() -> None:
    start, doubt = prior(), 0.05
    views = (View(np.array([1.0, -1, 0, 0, 0]), 0.02, 0.6), View(np.array([0, 0, 1.0, 0, 0]), 0.08, 0.3))
    p = np.array([view.weights for view in views])
    q = np.array([view.expected for view in views])
    omega = np.diag([(1 / v.confidence - 1) * doubt * v.weights @ start.covariance @ v.weights for v in views])
    left, right = np.linalg.inv(doubt * start.covariance), p.T @ np.linalg.inv(omega)
    spread = np.linalg.inv(left + right @ p)
    found = black_litterman(start, views, doubt)
    assert found.means == pytest.approx(spread @ (left @ start.means + right @ q))
    assert found.covariance == pytest.approx(start.covariance + spread)


def test_what_cannot_be_moments_is_refused() -> None:
    singular = np.array([[1.0, 1.0], [1.0, 1.0]])
    for means, covariance in (
        (np.zeros(2), singular - 1e-9 * np.eye(2)),
        (np.zeros(3), np.eye(2)),
        (np.array([np.nan, 0]), np.eye(2)),
        (np.zeros(2), np.array([[1.0, 0.5], [0.1, 1.0]])),
    ):
        with pytest.raises(InvalidInputError):
            Moments(means, covariance)
    holes = drawn(1)
    holes[3, 2] = np.nan
    for returns in (holes, drawn(1)[:1], np.zeros(4)):
        with pytest.raises(InvalidInputError):
            shrunk_to_identity(returns)
    still = drawn(1)
    still[:, 0] = 0.01
    with pytest.raises(InvalidInputError):
        shrunk_to_constant_correlation(still)
    sure = View(np.array([1.0, -1, 0, 0, 0]), 0.1, 1.0)
    other = View(np.array([1.0, -1, 0, 0, 0]), 0.2, 1.0)
    with pytest.raises(InvalidInputError):
        black_litterman(prior(), (sure, other), 0.05)
    with pytest.raises(InvalidInputError):
        black_litterman(prior(), (View(np.zeros(5), 0.1, 0.5),), 0.05)
