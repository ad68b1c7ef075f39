"""The allocation within a risk limit, against other means of finding it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.errors import DomainError
from apps.plans.engine.allocation import (
    NoAllocationError,
    limit_for_horizon,
    limits_of,
    moments_of,
    optimised_allocation,
    portfolio_risk,
    stated_allocation,
)
from apps.plans.engine.constrained import constrained_portfolio, wishes
from apps.plans.engine.policy import RiskLimit
from tests.apps.plans.engine.households import published_assumptions, simple_assumptions
from tests.depth import examples


def limit(volatility: float = 0.1, equity: float = 1.0) -> RiskLimit:
    return RiskLimit("balanced", volatility, equity, (), ())


def test_no_allocation_of_a_fine_grid_is_better_within_the_limit() -> None:
    assumptions = simple_assumptions()
    best = optimised_allocation(assumptions, limit(0.1, 0.5))
    means, covariance = assumptions.means(), assumptions.covariance()
    steps = np.arange(0.0, 1.0001, 0.02)
    grid = np.array([(e, b, 1 - e - b) for e, b in product(steps, steps) if e + b <= 1 and e <= 0.5])
    risks = np.sqrt(np.einsum("ij,jk,ik->i", grid, covariance, grid))
    assert best.expected_return >= (grid @ means)[risks <= 0.1].max() - 1e-9
    assert best.volatility <= 0.1 + 1e-4


def test_the_binding_limits_explain_the_answer() -> None:
    held_by_risk = optimised_allocation(simple_assumptions(), limit(0.08))
    assert "max_volatility" in dict(held_by_risk.binding)
    held_by_share = optimised_allocation(simple_assumptions(), limit(0.5, 0.3))
    assert held_by_share.equity_share == pytest.approx(0.3, abs=1e-4)
    assert "max_equity_share" in dict(held_by_share.binding)
    assert "max_volatility" not in dict(held_by_share.binding)


def test_the_shadow_price_is_the_return_that_a_little_more_risk_would_bring() -> None:
    low, high = (optimised_allocation(simple_assumptions(), limit(risk)) for risk in (0.10, 0.11))
    price = dict(low.binding)["max_volatility"]
    assert (high.expected_return - low.expected_return) / 0.01 == pytest.approx(price, rel=0.1)


def test_parts_of_return_and_risk_add_up() -> None:
    best = optimised_allocation(published_assumptions(), limit(0.12, 0.6))
    assert sum(part.return_part for part in best.contributions) == pytest.approx(best.expected_return)
    assert sum(part.risk_share for part in best.contributions) == pytest.approx(1.0)
    assert sum(weight for _, weight in best.weights) == pytest.approx(1.0, abs=1e-9)


def test_the_frontier_rises_and_no_point_lies_below_the_answer() -> None:
    best = optimised_allocation(published_assumptions(), limit(0.12))
    returns = [point.expected_return for point in best.frontier]
    risks = [point.volatility for point in best.frontier]
    assert returns == sorted(returns)
    assert risks == sorted(risks)
    assert np.interp(best.volatility, risks, returns) <= best.expected_return + 5e-4


@pytest.mark.parametrize("equity", [0.0, 0.35, 1.0])
def test_the_frontier_is_the_one_that_a_general_solver_finds(equity: float) -> None:
    assumptions, own = published_assumptions(), limit(0.12, equity)
    for point in optimised_allocation(assumptions, own).frontier:
        asked = replace(wishes(1e6), least_return=point.expected_return - 1e-9)
        oracle = constrained_portfolio(moments_of(assumptions), limits_of(assumptions, own), asked)
        assert point.volatility == pytest.approx(oracle.volatility, abs=2e-6)


def test_limits_that_exclude_each_other_are_refused() -> None:
    impossible = RiskLimit("mixed_up", 0.02, 1.0, (), (("equity", 0.9),))
    with pytest.raises(NoAllocationError) as refusal:
        optimised_allocation(simple_assumptions(), impossible)
    assert refusal.value.field == "risk_limit"


def test_a_limit_on_an_unknown_asset_is_refused() -> None:
    with pytest.raises(DomainError) as refusal:
        optimised_allocation(simple_assumptions(), RiskLimit("x", 0.1, 1.0, (("tulips", 0.1),), ()))
    assert refusal.value.field == "max_weights"


def test_money_needed_within_a_year_is_cash_and_within_three_years_mostly_bonds() -> None:
    assumptions = simple_assumptions()
    soon = optimised_allocation(assumptions, limit_for_horizon(assumptions, limit(), 6))
    assert dict(soon.weights) == {"cash": 1.0}
    later = optimised_allocation(assumptions, limit_for_horizon(assumptions, limit(), 30))
    assert later.equity_share <= 0.2 + 1e-4
    assert limit_for_horizon(assumptions, limit(), 60) == limit()


def test_risk_of_a_given_allocation() -> None:
    volatility, equity = portfolio_risk(simple_assumptions(), (("equity", 0.5), ("bonds", 0.5)))
    assert volatility == pytest.approx(np.sqrt(0.25 * (0.17**2 + 0.06**2 + 2 * 0.2 * 0.17 * 0.06)))
    assert equity == 0.5


@given(volatility=st.floats(0.035, 0.3), equity=st.floats(0.0, 1.0))
@settings(deadline=None, max_examples=examples(40))
def test_every_answer_keeps_its_limits(volatility: float, equity: float) -> None:
    best = optimised_allocation(published_assumptions(), limit(volatility, equity))
    assert best.volatility <= volatility + 2e-4
    assert best.equity_share <= equity + 2e-4
    assert all(weight > 0.0 for _, weight in best.weights)


def test_a_mix_that_was_chosen_is_explained_beside_the_same_frontier() -> None:
    assumptions, own = published_assumptions(), limit(0.12, 0.6)
    best, weights = optimised_allocation(assumptions, own), (("us_equity", 0.25), ("cash", 0.75))
    told = stated_allocation(assumptions, own, weights, "robust")
    assert (told.weights, told.binding, told.frontier) == (weights, (), best.frontier)
    assert (told.volatility, told.equity_share) == pytest.approx(portfolio_risk(assumptions, weights))
    assert told.expected_return == pytest.approx(0.25 * 0.0925 + 0.75 * 0.0325)
    assert sum(part.risk_share for part in told.contributions) == pytest.approx(1.0)
    assert ("mix", "robust") in told.trail[-1].facts
    with pytest.raises(DomainError):
        stated_allocation(assumptions, own, (("tulips", 1.0),), "robust")
