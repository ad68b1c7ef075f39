"""Risk parity against closed forms, laws of scale, and budgets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.errors import DomainError, InvalidInputError
from apps.plans.engine.moments import Moments
from apps.plans.engine.risk_parity import descend, risk_parity
from tests.apps.plans.engine.portfolios import drawn_moments, seeds, sizes
from tests.depth import examples


def equal(size: int) -> np.ndarray:
    return np.full(size, 1.0 / size)


def test_without_correlation_weights_go_by_one_over_volatility() -> None:
    volatilities = np.array([0.05, 0.1, 0.2, 0.4])
    found = risk_parity(Moments(np.zeros(4), np.diag(volatilities**2)), equal(4))
    assert found.weights == pytest.approx((1 / volatilities) / (1 / volatilities).sum(), abs=1e-13)


def test_of_two_assets_the_correlation_does_not_matter() -> None:
    for correlation in (-0.9, 0.0, 0.6, 0.99):
        pair = np.array([[0.04, correlation * 0.02], [correlation * 0.02, 0.01]])
        found = risk_parity(Moments(np.zeros(2), pair), equal(2))
        assert found.weights == pytest.approx([1 / 3, 2 / 3], abs=1e-12)


def test_budgets_go_by_their_square_root_without_correlation() -> None:
    budgets = np.array([0.1, 0.2, 0.7])
    found = risk_parity(Moments(np.zeros(3), 0.04 * np.eye(3)), budgets)
    assert found.weights == pytest.approx(np.sqrt(budgets) / np.sqrt(budgets).sum(), abs=1e-13)


@given(seed=seeds, size=sizes)
@settings(deadline=None, max_examples=examples(60))
def test_parts_of_the_risk_are_the_budgets(seed: int, size: int) -> None:
    moments, dice = drawn_moments(seed, size), np.random.default_rng(seed)
    budgets = dice.dirichlet(np.full(size, 3.0)) * 0.9 + 0.1 / size
    found = risk_parity(moments, budgets / budgets.sum())
    assert found.error <= 1e-10
    assert found.weights.min() > 0
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert found.contributions.sum() == pytest.approx(1.0, abs=1e-12)


@given(seed=seeds, size=sizes, factor=st.floats(1e-3, 1e3))
@settings(deadline=None, max_examples=examples(40))
def test_a_covariance_in_other_units_gives_the_same_weights(seed: int, size: int, factor: float) -> None:
    moments = drawn_moments(seed, size)
    scaled = Moments(moments.means, moments.covariance * factor)
    assert risk_parity(scaled, equal(size)).weights == pytest.approx(
        risk_parity(moments, equal(size)).weights, abs=1e-9
    )


def test_nearly_equal_assets_and_strong_correlation_settle() -> None:
    size = 60
    covariance = 0.04 * (0.999 * np.ones((size, size)) + 0.001 * np.eye(size))
    found = risk_parity(Moments(np.zeros(size), covariance), equal(size))
    assert found.weights == pytest.approx(equal(size), abs=1e-9)


def test_a_covariance_that_is_not_positive_definite_is_refused_in_words() -> None:
    with pytest.raises(InvalidInputError, match="not positive definite"):
        risk_parity(Moments(np.zeros(2), np.ones((2, 2))), equal(2))


@pytest.mark.parametrize(
    "budgets", [np.array([0.5, 0.6]), np.array([0.0, 1.0]), np.array([1.0]), np.array([np.nan, 1])]
)
def test_other_budgets_are_refused(budgets: np.ndarray) -> None:
    with pytest.raises(DomainError) as refusal:
        risk_parity(drawn_moments(1, 2), budgets)
    assert refusal.value.field == "budgets"


def test_a_descent_that_is_cut_short_tells_its_miss() -> None:
    moments = drawn_moments(3, 8)
    miss, sweeps = descend(moments.covariance, equal(8), np.ones(8), 1)
    assert sweeps == 1
    assert miss > 1e-10
