from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.rebalancing.book_trades import (
    BookPositions,
    BookRules,
    BookTargets,
    best_amounts,
    best_orders,
    price_of,
)

RULES = BookRules(0.408, 0.188, 0.0002, 0.02, 1.0)
N, H, L = 60, 6, 3


def book(seed=1, cash=(0.0, 0.04)) -> tuple[BookPositions, BookTargets]:
    dice = np.random.default_rng(seed)
    prices = dice.lognormal(4, 0.6, H)
    shares = np.floor(dice.gamma(0.8, 20, (N, H, L)) * (dice.random((N, H, L)) < 0.8))
    value = (shares * prices[None, :, None]).sum(axis=(1, 2))
    weights = dice.dirichlet(np.full(H, 8.0))
    positions = BookPositions(
        prices,
        shares,
        prices[None, :, None] * dice.lognormal(-0.15, 0.35, (N, H, L)),
        dice.random((N, H, L)) < 0.9,
        dice.random((N, H, L)) < 0.7,
        np.where(dice.random((N, H)) < 0.1, 0.0, np.inf),
        value * dice.uniform(*cash, N),
        np.full(N, np.inf),
    )
    return positions, BookTargets(weights, weights * 0.8, weights * 1.2)


def by_linprog(positions, targets, account) -> float:
    worth = positions.shares[account] * positions.prices[:, None]
    value = max(worth.sum() + positions.free_cash[account], 0)
    gains = 1 - positions.unit_costs[account] / positions.prices[:, None]
    tax = np.maximum(gains * np.where(positions.is_long[account], 0.188, 0.408), -0.0004).ravel()
    ones = np.eye(H)
    levels = np.hstack([-np.kron(ones, np.ones((1, L))), ones, -ones, ones, -ones, ones])
    width = 0.2 * targets.weights * value
    sold = np.where(positions.sellable[account], worth, 0).ravel()
    upper = np.concatenate([sold, np.minimum(positions.buyable[account], 1e9), width, width, np.full(2 * H, np.inf)])
    found = linprog(
        np.concatenate([tax + 0.0002, np.full(H, 0.0002), np.full(2 * H, 0.02), np.full(2 * H, 1.0)]),
        A_ub=np.concatenate([np.full(H * L, -0.9998), np.full(H, 1.0002), np.zeros(4 * H)])[None],
        b_ub=[positions.free_cash[account]],
        A_eq=levels,
        b_eq=targets.weights * value - worth.sum(axis=1),
        bounds=np.stack([np.zeros_like(upper), upper], axis=1),
    )
    return found.fun if found.status == 0 else np.nan


@pytest.mark.parametrize("cash", [(0.0, 0.04), (-0.1, 0.0), (0.2, 0.5)])
def test_amounts_are_the_optimum_of_the_linear_program(cash):
    positions, targets = book(cash=cash)
    trades = best_amounts(positions, targets, RULES)
    exact = np.array([by_linprog(positions, targets, account) for account in range(N)])
    assert np.isfinite(exact).sum() > N / 2
    np.testing.assert_allclose(
        price_of(positions, targets, RULES, trades)[np.isfinite(exact)], exact[np.isfinite(exact)], rtol=1e-9
    )
    spent = trades.bought.sum(axis=1) * 1.0002 - trades.sold.sum(axis=(1, 2)) * 0.9998
    assert (spent[np.isfinite(exact)] <= positions.free_cash[np.isfinite(exact)] + 1e-6).all()


def test_a_gain_budget_is_kept_and_costs_something():
    positions, targets = book()
    free = best_amounts(positions, targets, RULES)
    share = 1 - positions.unit_costs / positions.prices[None, :, None]
    gains = (free.sold * share).sum(axis=(1, 2))
    bound = replace(positions, gain_budgets=np.where(gains > 0, gains / 2, np.inf))
    kept = best_amounts(bound, targets, RULES)
    assert ((kept.sold * share).sum(axis=(1, 2)) <= bound.gain_budgets + 1e-6).all()
    assert (price_of(bound, targets, RULES, kept) >= price_of(positions, targets, RULES, free) - 1e-6).all()


def test_orders_are_whole_shares_that_keep_every_rule():
    positions, targets = book(cash=(-0.03, 0.04))
    share = 1 - positions.unit_costs / positions.prices[None, :, None]
    bound = replace(positions, gain_budgets=np.full(N, 500.0))
    rules = replace(RULES, smallest=200.0)
    orders = best_orders(bound, targets, rules)
    assert (orders.sold == np.floor(orders.sold)).all()
    assert (orders.bought == np.floor(orders.bought)).all()
    assert (orders.sold <= np.where(positions.sellable, positions.shares, 0)).all()
    assert (orders.bought[positions.buyable == 0] == 0).all()
    assert ((orders.sold.sum(axis=2) > 0) & (orders.bought > 0)).sum() == 0
    assert ((orders.sold * share * positions.prices[None, :, None]).sum(axis=(1, 2)) <= 500 + 1e-6).all()
    spent = (orders.bought * positions.prices).sum(axis=1) * 1.0002
    raised = (orders.sold * positions.prices[None, :, None]).sum(axis=(1, 2)) * 0.9998
    assert (spent[spent > 0] <= (positions.free_cash + raised)[spent > 0] + 1e-6).all()
    value = orders.bought * positions.prices
    assert (value[value > 0] >= 200).all()


def test_threads_change_nothing():
    positions, targets = book()
    one, two = (best_orders(positions, targets, RULES, n_threads) for n_threads in (1, 2))
    assert (one.sold == two.sold).all()
    assert (one.bought == two.bought).all()


def test_what_does_not_fit_is_refused():
    positions, targets = book()
    for broken in (
        replace(positions, prices=-positions.prices),
        replace(positions, free_cash=np.full(N, np.nan)),
        replace(positions, shares=positions.shares[:, :, :2]),
    ):
        with pytest.raises(InvalidInputError):
            best_amounts(broken, targets, RULES)
