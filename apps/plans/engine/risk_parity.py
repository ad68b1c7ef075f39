"""Risk parity: weights whose parts of the risk are the budgets that were asked for.

The weights w > 0 with w_i (S w)_i / w'S w = b_i are the answer to min x'S x / 2 - sum b_i ln x_i, made to add up to 1
(Maillard, Roncalli and Teiletche 2010; Spinu 2013). Method: docs/engine/portfolio_optimisation.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import within
from apps.plans.engine.compiled import compiled_with_arrays
from apps.plans.engine.frontier import NoPortfolioError
from apps.plans.engine.held_set import add_to
from apps.plans.engine.moments import Moments

Floats = NDArray[np.float64]

# Parts of the risk settle at some last bits of one; what is above the second is no answer.
_SETTLED, _ANSWER = 1e-13, 1e-10
_MOST_SWEEPS = 20_000
# the smallest budget of the risk, and how far budgets may be from 1 together
LEAST_BUDGET = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class RiskParity:
    """Weights (n,) that add up to 1, their parts of the variance (n,), the largest miss of a budget, the sweeps."""

    weights: Floats
    contributions: Floats
    error: float
    sweeps: int


@compiled_with_arrays
def balanced(
    covariance: Floats, budgets: Floats, most: int, weights: Floats, parts: Floats
) -> tuple[float, int, float, float]:
    """Put the answer for ``budgets`` into ``weights`` and ``parts``, unless they are no budgets.

    Returns the miss, the sweeps, the least budget and what they are together.
    """
    n = budgets.shape[0]
    least, asked = np.inf, 0.0
    for i in range(n):
        least = min(least, budgets[i])
        asked += budgets[i]
    if not (least >= LEAST_BUDGET and abs(asked - 1.0) <= LEAST_BUDGET):
        return np.inf, 0, least, asked
    shares = budgets / asked
    for i in range(n):
        weights[i] = np.sqrt(shares[i] / covariance[i, i])
    miss, sweeps = descend(covariance, shares, weights, most)
    total, variance = 0.0, 0.0
    for i in range(n):
        total += weights[i]
    loads = np.zeros(n)
    for i in range(n):
        weights[i] /= total
        add_to(loads, weights[i], covariance[i])
    for i in range(n):
        parts[i] = weights[i] * loads[i]
        variance += parts[i]
    for i in range(n):
        parts[i] /= variance
        miss = max(miss, abs(parts[i] - shares[i]))
    return miss, sweeps, least, asked


@compiled_with_arrays
def descend(covariance: Floats, budgets: Floats, x: Floats, most: int) -> tuple[float, int]:
    """Move ``x`` to the optimum in place, one coordinate after another; return the largest miss and the sweeps.

    Each step is exact: the positive root of S_ii x² + c x = b, c what the others add. After each sweep x is scaled to
    where it is best along its own ray, x'S x = 1, which moves the whole market in one step.
    """
    n = x.shape[0]
    loads, miss, before = np.zeros(n), 1e300, 1e300
    for i in range(n):
        add_to(loads, x[i], covariance[i])
    for sweep in range(most):
        variance = 0.0
        for i in range(n):
            variance += x[i] * loads[i]
        scale, miss = 1.0 / np.sqrt(variance), 0.0
        for i in range(n):
            miss = max(miss, abs(x[i] * loads[i] / variance - budgets[i]))
            x[i] *= scale
            loads[i] *= scale
        if miss <= _SETTLED or (miss <= 0.01 * _ANSWER and miss >= 0.5 * before):
            return miss, sweep
        before = miss
        for i in range(n):
            own = covariance[i, i]
            rest = loads[i] - own * x[i]
            root = np.sqrt(rest * rest + 4.0 * own * budgets[i])
            # of two forms of the same root the one that does not cancel
            moved = 2.0 * budgets[i] / (rest + root) if rest > 0.0 else (root - rest) / (2.0 * own)
            add_to(loads, moved - x[i], covariance[i])
            x[i] = moved
    return miss, most


def risk_parity(moments: Moments, budgets: Floats) -> RiskParity:
    """Return the weights whose parts of the variance are ``budgets`` (n,), above 0 and 1 together.

    The covariance is positive definite by its type. Raises InvalidInputError for other budgets, NoPortfolioError where
    the search does not settle.
    """
    size = moments.means.shape[0]
    if budgets.shape != (size,):
        raise InvalidInputError(
            gettext_noop("Each asset needs its budget of the risk."),
            mend=gettext_noop("Give as many budgets as there are assets."),
            field="budgets",
        )
    weights, contributions = np.empty(size), np.empty(size)
    covariance = np.ascontiguousarray(moments.covariance)
    miss, sweeps, least, total = balanced(covariance, budgets, _MOST_SWEEPS, weights, contributions)
    within(least, LEAST_BUDGET, 1.0, "budgets")
    within(total, 1.0 - LEAST_BUDGET, 1.0 + LEAST_BUDGET, "budgets")
    if not miss <= _ANSWER:
        raise NoPortfolioError(
            gettext_noop("The search for the best portfolio did not come to an end."),
            mend=gettext_noop("Shrink the covariance: assets that are nearly the same stall it."),
            field="covariance",
        )
    return RiskParity(weights, contributions, miss, sweeps)
