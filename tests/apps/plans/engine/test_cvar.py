"""The portfolio of least tail risk against scipy's solver, closed forms and laws of scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog
from scipy.stats import norm

from apps.kernel.errors import DomainError, InvalidInputError
from apps.plans.engine.cvar import least_cvar, tail_loss, with_least_return
from apps.plans.engine.weight_limits import InfeasibleWeightsError, WeightLimits, weight_limits
from tests.apps.plans.engine.portfolios import drawn_limits, drawn_moments, seeds
from tests.depth import examples


def drawn_years(seed: int, size: int, count: int = 300) -> np.ndarray:
    moments = drawn_moments(seed, size)
    return np.random.default_rng(seed).multivariate_normal(moments.means, moments.covariance, count)


def by_linprog(returns: np.ndarray, limits: WeightLimits, confidence: float) -> float:
    """The whole program at once."""
    count, size = returns.shape
    losses = sparse.hstack([-returns, -np.ones((count, 1)), -sparse.eye(count)])
    rows = sparse.vstack([losses, sparse.hstack([limits.rows, sparse.csr_matrix((len(limits.limits), count + 1))])])
    found = linprog(
        np.concatenate([np.zeros(size), [1.0], np.full(count, 1 / ((1 - confidence) * count))]),
        A_ub=rows.tocsr(),
        b_ub=np.concatenate([np.zeros(count), limits.limits]),
        A_eq=np.concatenate([np.ones(size), np.zeros(count + 1)])[None],
        b_eq=[1.0],
        bounds=[*zip(limits.low, limits.high, strict=True), (None, None), *[(0, None)] * count],
        method="highs",
    )
    assert found.status == 0
    return float(found.fun)


@given(seed=seeds, size=st.integers(2, 12), confidence=st.sampled_from([0.8, 0.9, 0.95, 0.973]))
@settings(deadline=None, max_examples=examples(25))
def test_nothing_is_lost_against_the_whole_program(seed: int, size: int, confidence: float) -> None:
    returns, limits = drawn_years(seed, size), drawn_limits(seed, size)
    found = least_cvar(returns, limits, confidence)
    assert found.cvar == pytest.approx(by_linprog(returns, limits, confidence), abs=1e-8)
    assert found.gap <= 1e-8
    assert found.lower_bound <= found.cvar + 1e-12
    assert limits.violation(found.weights) <= 1e-8
    assert found.cvar == pytest.approx(tail_loss(-returns @ found.weights, confidence)[0], abs=1e-12)


@given(seed=seeds, shift=st.floats(-0.05, 0.05), factor=st.floats(0.2, 5.0))
@settings(deadline=None, max_examples=examples(20))
def test_the_measure_is_coherent_in_scale_and_shift(seed: int, shift: float, factor: float) -> None:
    returns, limits = drawn_years(seed, 5), weight_limits(5, 0.0, 1.0)
    plain = least_cvar(returns, limits, 0.9).cvar
    assert least_cvar(factor * returns + shift, limits, 0.9).cvar == pytest.approx(factor * plain - shift, abs=1e-8)


def test_of_normal_losses_it_is_the_closed_form() -> None:
    losses = norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    cvar, var = tail_loss(losses, 0.95)
    assert cvar == pytest.approx(norm.pdf(norm.ppf(0.95)) / 0.05, abs=1e-4)
    assert var == pytest.approx(norm.ppf(0.95), abs=1e-3)


def test_a_tail_that_is_no_whole_number_counts_its_last_in_part() -> None:
    cvar, var = tail_loss(np.array([4.0, 3.0, 2.0, 1.0, 0.0]), 0.7)
    assert cvar == pytest.approx((4.0 + 0.5 * 3.0) / 1.5)
    assert var == 3.0


def test_a_tail_of_less_than_one_scenario_is_the_worst_one() -> None:
    assert tail_loss(np.array([1.0, 5.0, 2.0]), 0.9) == (pytest.approx(5.0), 5.0)


def test_a_return_that_is_asked_for_is_kept_and_costs_tail() -> None:
    returns, means = drawn_years(4, 6), drawn_moments(4, 6).means
    limits = weight_limits(6, 0.0, 1.0)
    asked = with_least_return(limits, means, float(np.sort(means)[-2]))
    free, bound = least_cvar(returns, limits, 0.95), least_cvar(returns, asked, 0.95)
    assert means @ bound.weights >= np.sort(means)[-2] - 1e-9
    assert bound.cvar >= free.cvar - 1e-10


def test_limits_that_exclude_each_other_are_refused() -> None:
    returns, limits = drawn_years(4, 3), weight_limits(3, 0.0, 1.0)
    with pytest.raises(InfeasibleWeightsError):
        least_cvar(returns, with_least_return(limits, np.zeros(3), 0.1), 0.95)


def test_gaps_and_scenarios_of_other_assets_are_refused() -> None:
    returns, limits = drawn_years(4, 3), weight_limits(3, 0.0, 1.0)
    with pytest.raises(InvalidInputError):
        least_cvar(returns[:, :2], limits, 0.95)
    returns[5, 1] = np.nan
    with pytest.raises(InvalidInputError, match="gaps"):
        least_cvar(returns, limits, 0.95)
    with pytest.raises(DomainError):
        least_cvar(drawn_years(4, 3), limits, 1.5)
