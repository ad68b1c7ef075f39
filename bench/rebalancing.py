"""Rebalancing 10,000 accounts of 30 securities and 5 lots: against scipy's linprog account by account, in one run.

Without what couples gains it is the same linear program; with a gain budget, restrictions, whole shares and smallest
orders it is held on a sample against the exact answer of a program with yes-or-no choices (bought or sold).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from apps.portfolios.engine.rebalancing.book_trades import (
    BookPositions,
    BookRules,
    BookTargets,
    BookTrades,
    best_amounts,
    best_orders,
    price_of,
)

N_ACCOUNTS, N_SECURITIES, N_LOTS, SAMPLE, EXACT, REPEATS = 10_000, 30, 5, 100, 40, 5
COST, NEAR, FAR, BAND = 0.0002, 0.02, 1.0, 0.20
RULES = BookRules(0.408, 0.188, COST, NEAR, FAR)


def book() -> tuple[BookPositions, BookTargets]:
    """Return accounts on one model, four of five lots filled, with up to 4 % of cash."""
    dice = np.random.default_rng(3)
    shape = (N_ACCOUNTS, N_SECURITIES, N_LOTS)
    prices = dice.lognormal(4, 0.6, N_SECURITIES)
    shares = np.floor(dice.gamma(0.8, 20, shape) * (dice.random(shape) < 0.8))
    costs = prices[None, :, None] * dice.lognormal(-0.15, 0.35, shape)
    value = (shares * prices[None, :, None]).sum(axis=(1, 2))
    weights = dice.dirichlet(np.full(N_SECURITIES, 8.0))
    positions = BookPositions(
        prices=prices,
        shares=shares,
        unit_costs=costs,
        sellable=np.ones(shape, bool),
        is_long=dice.random(shape) < 0.7,
        buyable=np.full(shape[:2], np.inf),
        free_cash=value * dice.uniform(0, 0.04, N_ACCOUNTS),
        gain_budgets=np.full(N_ACCOUNTS, np.inf),
    )
    return positions, BookTargets(weights, weights * (1 - BAND), weights * (1 + BAND))


def every_constraint(positions: BookPositions) -> BookPositions:
    """One lot of ten and one purchase of ten forbidden, cash to be raised in half of the accounts, gains bounded."""
    dice = np.random.default_rng(4)
    value = (positions.shares * positions.prices[None, :, None]).sum(axis=(1, 2))
    return replace(
        positions,
        sellable=dice.random(positions.shares.shape) < 0.9,
        buyable=np.where(dice.random(positions.buyable.shape) < 0.1, 0.0, np.inf),
        free_cash=positions.free_cash - 0.02 * value,
        gain_budgets=0.005 * value,
    )


class Program:
    """The program of one account: sales by lot, purchases, distances in and out of the band, choices."""

    def __init__(self, positions: BookPositions, targets: BookTargets, account: int) -> None:
        n, lots = N_SECURITIES, N_LOTS
        worth = positions.shares[account] * positions.prices[:, None]
        value = max(worth.sum() + positions.free_cash[account], 0.0)
        gains = 1 - positions.unit_costs[account] / positions.prices[:, None]
        rates = np.where(positions.is_long[account], RULES.long_rate, RULES.short_rate)
        tax = np.maximum(gains * rates, -2 * COST).ravel()
        self.gains, self.free = gains.ravel(), positions.free_cash[account]
        self.budget, self.value = positions.gain_budgets[account], value
        self.price = np.concatenate([tax + COST, np.full(n, COST), np.full(2 * n, NEAR), np.full(2 * n, FAR)])
        one, self.sums = sp.eye(n), sp.kron(sp.eye(n), np.ones((1, lots)))
        self.levels = sp.hstack([-self.sums, one, -one, one, -one, one]).tocsc()
        self.off = targets.weights * value - worth.sum(axis=1)
        self.cash = np.concatenate([np.full(n * lots, COST - 1), np.full(n, COST + 1), np.zeros(4 * n)])
        sold = np.where(positions.sellable[account], worth, 0.0)
        width = BAND * targets.weights * value
        self.upper = np.concatenate(
            [sold.ravel(), np.minimum(positions.buyable[account], value), width, width, np.full(2 * n, np.inf)]
        )
        self.held = sold.sum(axis=1)

    def by_linprog(self) -> float:
        """Solve it as scipy's user would, without a budget."""
        found = linprog(
            self.price,
            A_ub=self.cash[None],
            b_ub=[self.free],
            A_eq=self.levels,
            b_eq=self.off,
            bounds=np.stack([np.zeros_like(self.upper), self.upper], axis=1),
            method="highs",
        )
        return float(found.fun) if found.status == 0 else np.nan

    def exactly(self) -> float:
        """Solve it with the budget, and each security either bought or sold."""
        n = N_SECURITIES
        empty, n_amounts = sp.csc_matrix((n, n)), len(self.price)
        gains = np.concatenate([self.gains, np.zeros(6 * n)])
        rows = sp.vstack(
            [
                sp.hstack([self.levels, empty]),
                np.concatenate([self.cash, np.zeros(n)])[None],
                gains[None],
                sp.hstack([self.sums, *[empty] * 5, -sp.diags(self.held)]),
                sp.hstack([sp.csc_matrix((n, n * N_LOTS)), sp.eye(n), *[empty] * 4, self.value * sp.eye(n)]),
            ]
        )
        low = np.concatenate([self.off, np.full(2 + 2 * n, -np.inf)])
        high = np.concatenate([self.off, [self.free, self.budget], np.zeros(n), np.full(n, self.value)])
        found = milp(
            np.concatenate([self.price, np.zeros(n)]),
            constraints=LinearConstraint(sp.csr_matrix(rows), low, high),
            bounds=Bounds(0, np.concatenate([self.upper, np.ones(n)])),
            integrality=np.concatenate([np.zeros(n_amounts), np.ones(n)]),
            options={"mip_rel_gap": 1e-9, "time_limit": 20},
        )
        return float(found.fun) if found.status == 0 else np.nan


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Return seconds by the clock and of processors."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def main() -> None:
    """Print the table."""
    positions, targets = book()
    bound = every_constraint(positions)
    orders = replace(RULES, smallest=100.0)
    programs = [Program(positions, targets, account) for account in range(SAMPLE)]
    jobs: dict[str, Callable[[], Any]] = {
        "separable core": lambda: best_amounts(positions, targets, RULES),
        "separable core, two threads": lambda: best_amounts(positions, targets, RULES, 2),
        "every constraint, whole shares, two threads": lambda: best_orders(bound, targets, orders, 2),
        f"linprog, {SAMPLE} accounts": lambda: [each.by_linprog() for each in programs],
    }
    for work in jobs.values():
        work()
    runs = {name: [timed(work) for _ in range(REPEATS)] for name, work in jobs.items()}
    medians = {name: [statistics.median(each) for each in zip(*found, strict=True)] for name, found in runs.items()}
    print(f"{'rebalancing 10,000 accounts x 30 securities x 5 lots':58}{'clock':>10}{'processors':>12}")
    for name, (clock, processor) in medians.items():
        print(f"{name:58}{clock * 1e3:8.1f} ms{processor * 1e3:9.1f} ms")
    peer = medians[f"linprog, {SAMPLE} accounts"][1] * N_ACCOUNTS / SAMPLE
    print(f"linprog (scaled) / separable core, by processor time: {peer / medians['separable core'][1]:.0f}x")
    found = price_of(positions, targets, RULES, best_amounts(positions, targets, RULES))[:SAMPLE]
    exact = np.array([each.by_linprog() for each in programs])
    print(f"  relative gap to linprog on {SAMPLE} accounts: {np.nanmax(np.abs(found - exact) / np.abs(exact)):.1e}")
    held = [Program(bound, targets, account) for account in range(EXACT)]
    truth, values = np.array([each.exactly() for each in held]), np.array([each.value for each in held])
    amounts = price_of(bound, targets, RULES, best_amounts(bound, targets, RULES))[:EXACT]
    whole = best_orders(bound, targets, orders)
    shares = BookTrades(whole.sold * bound.prices[None, :, None], whole.bought * bound.prices[None])
    rounded = price_of(bound, targets, RULES, shares)[:EXACT]
    for name, prices in (("amounts", amounts), ("whole shares, no order below 100", rounded)):
        gap = (prices - truth) / values
        median, most = np.nanmedian(gap), np.nanmax(gap)
        print(f"  every constraint, {name}: gap to the exact answer {median:.1e} of the value, at most {most:.1e}")
    print(f"  exact answers found: {int(np.isfinite(truth).sum())} of {EXACT}")


if __name__ == "__main__":
    main()
