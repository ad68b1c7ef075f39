"""The set of limits that hold at a portfolio, and the inverse of its system of equations, bordered and never made anew.

The problem is min w'Sw/2 - tilt m'w with rows A w (the first, all ones, = its limit, the others <= theirs) and bounds.
What holds is a set of indices into K = [[S, A'], [A, 0]]: free weights and tight rows. The inverse of K over the set is
kept: an index that enters or leaves costs the square of the set. Method: docs/engine/portfolio_optimisation.md.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled_with_arrays

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FREE, AT_LOW, AT_HIGH, SLACK, TIGHT = 0, -1, 1, 2, 3
# Prices and moves below this are rounding; a row whose pivot is below it depends on those held.
DUST = 1e-13


class Problem(NamedTuple):
    """(n, n) covariance, (n,) means, (m, n) rows, (m,) limits, (n,) lower and upper bounds."""

    covariance: Floats
    means: Floats
    rows: Floats
    limits: Floats
    low: Floats
    high: Floats


class Held(NamedTuple):
    """The set that holds: its members, the place of each index in it (-1: none), the inverse, states, its size."""

    members: Ints
    places: Ints
    inverse: Floats
    states: Ints
    size: Ints


@compiled_with_arrays
def empty_set(n: int, m: int) -> Any:
    """Nothing free, no row tight."""
    states = np.full(n + m, AT_LOW)
    states[n:] = SLACK
    inverse = np.empty((n + m, n + m))
    return Held(np.empty(n + m, np.int64), np.full(n + m, -1), inverse, states, np.zeros(1, np.int64))


@compiled_with_arrays
def add_to(target: Floats, factor: float, row: Floats) -> None:
    """Add a multiple of ``row``, without a temporary."""
    for i in range(target.shape[0]):
        target[i] += factor * row[i]


@compiled_with_arrays
def slack_of(problem: Any, r: int, w: Floats) -> Any:
    """Return what row ``r`` leaves of its limit."""
    left = problem.limits[r]
    for i in range(w.shape[0]):
        left -= problem.rows[r, i] * w[i]
    return left


@compiled_with_arrays
def loaded(problem: Any, w: Floats) -> Floats:
    """Return S w, of the weights that are not zero."""
    total = np.zeros(w.shape[0])
    for i in range(w.shape[0]):
        if w[i] != 0.0:
            add_to(total, w[i], problem.covariance[i])
    return total


@compiled_with_arrays
def solve_held(held: Any, right: Floats) -> Floats:
    """Return the inverse times a right-hand side that is given by index."""
    s = held.size[0]
    x = np.zeros(s)
    for q in range(s):
        factor = right[held.members[q]]
        if factor != 0.0:
            add_to(x, factor, held.inverse[q])
    return x


@compiled_with_arrays
def enter(held: Any, problem: Any, j: int) -> bool:
    """Border the inverse with index ``j``; refuse (False) a row that depends on those held."""
    n, s = problem.means.shape[0], held.size[0]
    column = np.zeros(held.members.shape[0])
    for p in range(s):
        i = held.members[p]
        if i < n and j < n:
            column[i] = problem.covariance[j, i]
        elif i >= n and j < n:
            column[i] = problem.rows[i - n, j]
        elif i < n:
            column[i] = problem.rows[j - n, i]
    bent = solve_held(held, column)
    pivot = problem.covariance[j, j] if j < n else 0.0
    for p in range(s):
        pivot -= column[held.members[p]] * bent[p]
    if j >= n and abs(pivot) < DUST:
        return False
    for p in range(s):
        share = bent[p] / pivot
        for q in range(s):
            held.inverse[p, q] += share * bent[q]
        held.inverse[p, s] = -share
        held.inverse[s, p] = -share
    held.inverse[s, s] = 1.0 / pivot
    held.members[s] = j
    held.places[j] = s
    held.states[j] = FREE if j < n else TIGHT
    held.size[0] = s + 1
    return True


@compiled_with_arrays
def leave(held: Any, j: int, state: int) -> None:
    """Take index ``j`` out of the inverse; its last member takes the place."""
    p, last = held.places[j], held.size[0] - 1
    for a in range(last + 1):
        if a != p:
            share = held.inverse[a, p] / held.inverse[p, p]
            kept = held.inverse[a, p]
            for b in range(last + 1):
                held.inverse[a, b] -= share * held.inverse[p, b]
            held.inverse[a, p] = kept
    if p != last:
        for a in range(last):
            held.inverse[p, a] = held.inverse[last, a]
        for a in range(last):
            held.inverse[a, p] = held.inverse[a, last]
        held.inverse[p, p] = held.inverse[last, last]
        held.members[p] = held.members[last]
        held.places[held.members[p]] = p
    held.places[j] = -1
    held.states[j] = state
    held.size[0] = last


@compiled_with_arrays
def begin(held: Any, problem: Any, w: Floats) -> None:
    """Take the set from a feasible ``w``: what lies between its bounds is free, and each row that is tight holds.

    Where nothing does, the weight that is at its upper bound goes first: the budget needs one that may move.
    """
    n, first = problem.means.shape[0], -1
    for i in range(n):
        held.states[i] = AT_HIGH if w[i] >= problem.high[i] else AT_LOW
        if problem.low[i] < problem.high[i] and (first < 0 or held.states[i] == AT_HIGH):
            first = i
    for i in range(n):
        if problem.low[i] < w[i] < problem.high[i]:
            first = i
    if first < 0:
        return
    held.members[0], held.members[1], held.size[0] = first, n, 2
    held.places[first], held.places[n] = 0, 1
    held.states[first], held.states[n] = FREE, TIGHT
    held.inverse[0, 0], held.inverse[0, 1], held.inverse[1, 0] = 0.0, 1.0, 1.0
    held.inverse[1, 1] = -problem.covariance[first, first]
    for i in range(n):
        if i != first and problem.low[i] < w[i] < problem.high[i]:
            enter(held, problem, i)
    for r in range(1, problem.rows.shape[0]):
        if slack_of(problem, r, w) <= DUST:
            enter(held, problem, n + r)
