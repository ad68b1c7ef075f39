"""Rebalances of a whole book at once: one model, thousands of accounts, each on its own.

The separable part of `proposal.rebalance`: targets with bands by security, lots by tax, cash, restrictions, a budget
for gains, whole shares and smallest orders. What couples accounts (household targets, netting of terms) is not in it.
Loading this module brings the compiler: only jobs that compute a book import it. Float64.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.rebalancing._book_kernels import Holdings, Rules, Trades, settle_book
from apps.portfolios.engine.rebalancing._book_rounding import round_book

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BookPositions:
    """What accounts hold. Lots that are not there have no shares; `sellable` says which may be sold.

    `prices` (n_securities,); `shares`, `unit_costs`, `sellable`, `is_long` (n_accounts, n_securities, n_lots);
    `buyable` (n_accounts, n_securities) the most in money that may be bought, infinity where nothing limits it;
    `free_cash`, `gain_budgets` (n_accounts,) cash above what must be kept, and the most of net gain.
    """

    prices: Floats
    shares: Floats
    unit_costs: Floats
    sellable: NDArray[np.bool_]
    is_long: NDArray[np.bool_]
    buyable: Floats
    free_cash: Floats
    gain_budgets: Floats


@dataclass(frozen=True, slots=True)
class BookTargets:
    """Weights of what an account invests: securities and free cash. (n_securities,) each."""

    weights: Floats
    lows: Floats
    highs: Floats


@dataclass(frozen=True, slots=True)
class BookRules:
    """Rates of tax and cost; what a dollar off target costs inside its band and beyond; the smallest order in money."""

    short_rate: float
    long_rate: float
    cost_rate: float
    inside_price: float
    outside_price: float
    smallest: float = 0.0


@dataclass(frozen=True, slots=True)
class BookTrades:
    """`sold` (n_accounts, n_securities, n_lots), `bought` (n_accounts, n_securities), in money or in shares."""

    sold: Floats
    bought: Floats


def best_amounts(book: BookPositions, targets: BookTargets, rules: BookRules, n_threads: int = 1) -> BookTrades:
    """Return the amounts of least tax, cost and distance from target.

    A loss is counted as worth at most what selling and buying again costs, so that no sale is made to be undone.
    Without a gain budget that binds it is the exact optimum of the linear program. Raises InvalidInputError for arrays
    that do not fit each other, are not finite, or prices that are not above zero.
    """
    terms, limits, weighed = _terms(book, targets, rules)
    trades = Trades(np.zeros_like(book.shares), np.zeros_like(terms.held))
    _spread(lambda span: settle_book(span, terms, limits, weighed, trades), len(limits), n_threads)
    return BookTrades(trades.sold, trades.bought)


def best_orders(book: BookPositions, targets: BookTargets, rules: BookRules, n_threads: int = 1) -> BookTrades:
    """Return orders in whole shares near `best_amounts`: within budget and cash, none below the smallest.

    Cash that rounding leaves short is made up by buying less; what cannot be made up so stays missing.
    """
    terms, limits, weighed = _terms(book, targets, rules)
    amounts = best_amounts(book, targets, rules, n_threads)
    trades = Trades(amounts.sold, amounts.bought)
    _spread(
        lambda span: round_book(span, terms, limits, (book.shares, book.prices), weighed, trades),
        len(limits),
        n_threads,
    )
    return BookTrades(trades.sold, trades.bought)


def price_of(book: BookPositions, targets: BookTargets, rules: BookRules, trades: BookTrades) -> Floats:
    """Return tax, cost and distance from target of amounts (n_accounts,), as the optimiser weighs them."""
    terms, _, _ = _terms(book, targets, rules)
    floor = np.maximum(terms.taxes, -2 * rules.cost_rate)
    total = (trades.sold * (floor + rules.cost_rate)).sum(axis=(1, 2)) + rules.cost_rate * trades.bought.sum(axis=1)
    level = terms.held - trades.sold.sum(axis=2) + trades.bought
    low, target, high = (terms.edges[:, :, place] for place in range(3))
    beyond = np.maximum(low - level, 0) + np.maximum(level - high, 0)
    inside = np.abs(level - target) - beyond
    return np.asarray(total + (inside * rules.inside_price + beyond * rules.outside_price).sum(axis=1))


def _terms(book: BookPositions, targets: BookTargets, rules: BookRules) -> tuple[Holdings, Floats, Rules]:
    n_accounts, n_securities, _ = book.shares.shape
    fits = (
        book.prices.shape == targets.weights.shape == targets.lows.shape == targets.highs.shape == (n_securities,)
        and book.unit_costs.shape == book.sellable.shape == book.is_long.shape == book.shares.shape
        and book.buyable.shape == (n_accounts, n_securities)
        and book.free_cash.shape == book.gain_budgets.shape == (n_accounts,)
        and (book.prices > 0).all()
        and (book.shares >= 0).all()
        and all(np.isfinite(each).all() for each in (book.shares, book.unit_costs, book.free_cash))
    )
    if not fits:
        raise InvalidInputError(gettext_noop("Positions, prices and targets do not fit each other."))
    worth = book.shares * book.prices[None, :, None]
    held = worth.sum(axis=2)
    invested = np.maximum(held.sum(axis=1) + book.free_cash, 0.0)
    gains = 1 - book.unit_costs / book.prices[None, :, None]
    weights = np.stack([targets.lows, targets.weights, targets.highs], axis=1)
    terms = Holdings(
        held=held,
        edges=np.ascontiguousarray(invested[:, None, None] * weights[None]),
        room=book.buyable,
        most=np.where(book.sellable, worth, 0.0),
        gains=gains,
        taxes=gains * np.where(book.is_long, rules.long_rate, rules.short_rate),
        free=0.0,
        budget=0.0,
    )
    limits = np.stack([book.free_cash, book.gain_budgets], axis=1)
    return terms, limits, Rules(rules.cost_rate, rules.inside_price, rules.outside_price, rules.smallest)


def _spread(work: Callable[[tuple[int, int]], None], count: int, n_threads: int) -> None:
    """Run the work in parts of the book, one a thread."""
    edges = [count * place // n_threads for place in range(n_threads + 1)]
    if n_threads == 1:
        work((0, count))
        return
    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(work, pairwise(edges)))
