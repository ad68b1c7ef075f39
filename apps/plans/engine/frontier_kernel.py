"""Kernels of the frontier: a primal active set, the critical line, a book of clients, refinement.

They walk over the sets of `held_set`. Method, sources and weaknesses: docs/engine/portfolio_optimisation.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from apps.plans.engine.compiled import compiled_with_arrays
from apps.plans.engine.held_set import (
    AT_HIGH,
    AT_LOW,
    DUST,
    FREE,
    SLACK,
    TIGHT,
    Floats,
    Problem,
    add_to,
    begin,
    empty_set,
    enter,
    leave,
    loaded,
    slack_of,
    solve_held,
)

_NOTHING = 1e300
# Residuals below this cannot be refined: they are the last bits of the weights.
_EXACT = 1e-15
# So many corners in a row without a step are a knot of ties.
_KNOT = 50
# Clients after whom a book's inverse is made anew.
_RENEWED = 64


@compiled_with_arrays
def _prices(held: Any, problem: Any, gradient: Floats, x: Floats) -> Floats:
    """Return the gradient plus the prices of the tight rows, by weight."""
    n = problem.means.shape[0]
    z = gradient.copy()
    for p in range(held.size[0]):
        if held.members[p] >= n and x[p] != 0.0:
            add_to(z, x[p], problem.rows[held.members[p] - n])
    return z


@compiled_with_arrays
def _row_move(held: Any, problem: Any, r: int, x: Floats) -> float:
    total = 0.0
    for p in range(held.size[0]):
        if held.members[p] < problem.means.shape[0]:
            total += problem.rows[r, held.members[p]] * x[p]
    return total


@compiled_with_arrays
def _blocked(held: Any, problem: Any, w: Floats, x: Floats, dust: float) -> tuple[float, int, int]:
    """Return how far ``w`` may go along ``x`` before a bound or row stops it, which, and its state then."""
    n = problem.means.shape[0]
    far, hit, state = _NOTHING, -1, 0
    for p in range(held.size[0]):
        i = held.members[p]
        if i < n and x[p] < -dust and (problem.low[i] - w[i]) / x[p] < far:
            far, hit, state = (problem.low[i] - w[i]) / x[p], i, AT_LOW
        elif i < n and x[p] > dust and (problem.high[i] - w[i]) / x[p] < far:
            far, hit, state = (problem.high[i] - w[i]) / x[p], i, AT_HIGH
    for r in range(1, problem.rows.shape[0]):
        if held.places[n + r] < 0:
            move = _row_move(held, problem, r, x)
            left = slack_of(problem, r, w)
            if move > 10 * dust and left < far * move:
                far, hit, state = left / move, n + r, TIGHT
    return max(far, 0.0), hit, state


@compiled_with_arrays
def _worst(held: Any, problem: Any, z: Floats, x: Floats, dust: float) -> int:
    """Return the bound or row whose price has the wrong sign by most, or -1."""
    n, worst, found = problem.means.shape[0], dust, -1
    for i in range(n):
        price = -held.states[i] * z[i] if problem.low[i] < problem.high[i] else 0.0
        if -price > worst and held.places[i] < 0:
            worst, found = -price, i
    for p in range(held.size[0]):
        if held.members[p] > n and -x[p] > worst:
            worst, found = -x[p], held.members[p]
    return found


@compiled_with_arrays
def _turn(held: Any, problem: Any, w: Floats, hit: int, state: int) -> bool:
    """Let an index enter or leave the set; False where a row depends on those held."""
    if state in (FREE, TIGHT):
        return enter(held, problem, hit)
    if state != SLACK:
        w[hit] = problem.low[hit] if state == AT_LOW else problem.high[hit]
    leave(held, hit, state)
    return True


@compiled_with_arrays
def active_set(problem: Any, tilt: float, held: Any, w: Floats, most: int) -> int:
    """Move feasible ``w`` to the optimum at ``tilt``; return the steps, or -1 where ``most`` did not suffice.

    Primal (Nocedal and Wright 2006, algorithm 16.3): every step keeps each limit; one that is blocked makes the limit
    hold, one that is not frees the limit with the worst price. Finite for a positive definite S without ties.
    """
    n, m = problem.means.shape[0], problem.rows.shape[0]
    if held.size[0] == 0:
        return 0
    gradient = loaded(problem, w) - tilt * problem.means
    dust = DUST * (1.0 + np.abs(gradient).max())
    right = np.zeros(n + m)
    for step in range(most):
        right[:n] = -gradient
        for r in range(m):
            right[n + r] = slack_of(problem, r, w) if held.places[n + r] >= 0 else 0.0
        x = solve_held(held, right)
        far, hit, state = _blocked(held, problem, w, x, DUST)
        length = min(far, 1.0)
        for p in range(held.size[0]):
            if held.members[p] < n and length > 0.0:
                w[held.members[p]] += length * x[p]
                add_to(gradient, length * x[p], problem.covariance[held.members[p]])
        if far >= 1.0:
            hit = _worst(held, problem, _prices(held, problem, gradient, x), x, dust)
            state = SLACK if hit >= n else FREE
            if hit < 0:
                return step + 1
        if not _turn(held, problem, w, hit, state):
            return -1
    return -1


@compiled_with_arrays
def _next(held: Any, problem: Any, w: Floats, prices: Any, slopes: Any) -> tuple[float, int, int]:
    """Return how far the tilt may grow until a limit begins or ceases to hold, which one, and its state then."""
    n = w.shape[0]
    z, x = prices
    rise, line = slopes
    dust = 1e-11 * (1.0 + np.abs(problem.means).max())
    far, hit, state = _blocked(held, problem, w, line, dust)
    for p in range(held.size[0]):
        if held.members[p] > n and line[p] < -dust and x[p] / -line[p] < far:
            far, hit, state = x[p] / -line[p], held.members[p], SLACK
    for i in range(n):
        falls = held.states[i] * rise[i] > dust and held.places[i] < 0 and problem.low[i] < problem.high[i]
        if falls and z[i] / -rise[i] < far:
            far, hit, state = z[i] / -rise[i], i, FREE
    return max(far, 0.0), hit, state


@compiled_with_arrays
def critical_line(
    problem: Any, tilt: float, held: Any, w: Floats, until: Any, most: int
) -> tuple[Floats, Floats, bool]:
    """Walk from the optimum at ``tilt`` (``w`` and ``held`` are its) to the highest return, from corner to corner.

    Returns tilts and weights of the corners, and False where it ran into a knot of ties. ``until`` is (return,
    variance, risk-free rate): the walk ends with the first corner that reaches one of them. Markowitz (1956).
    """
    n, m = problem.means.shape[0], problem.rows.shape[0]
    tilts, corners = np.empty(16), np.empty((16, n))
    count, still = 0, 0
    right = np.zeros(n + m)
    while count < most:
        if count == tilts.shape[0]:
            tilts = np.concatenate((tilts, np.empty(count)))
            corners = np.concatenate((corners, np.empty((count, n))))
        tilts[count], corners[count] = tilt, w
        count += 1
        burden = loaded(problem, w)
        earned, variance = problem.means @ w, burden @ w
        passed = earned >= until[0] or variance >= until[1] or tilt * (earned - until[2]) >= variance > 0.0
        if held.size[0] == 0 or passed:
            return tilts[:count], corners[:count], True
        right[:n] = tilt * problem.means - burden
        x = solve_held(held, right)
        z = _prices(held, problem, -right[:n], x)
        right[:n] = problem.means
        line = solve_held(held, right)
        rise = _prices(held, problem, -problem.means, line)
        for p in range(held.size[0]):
            if held.members[p] < n:
                add_to(rise, line[p], problem.covariance[held.members[p]])
        far, hit, state = _next(held, problem, w, (z, x), (rise, line))
        if hit < 0:
            return tilts[:count], corners[:count], True
        still = still + 1 if far <= DUST * (1.0 + tilt) else 0
        for p in range(held.size[0]):
            if held.members[p] < n:
                w[held.members[p]] += far * line[p]
        tilt += far
        if still > _KNOT or not _turn(held, problem, w, hit, state):
            break
    return tilts[:count], corners[:count], False


@compiled_with_arrays
def polish(problem: Any, tilt: float, held: Any, w: Floats) -> float:
    """Refine the free weights against S itself until nothing is gained; return what is left of the KKT conditions.

    The largest of: slope of a free weight, price of the wrong sign, limit passed; in units of variance at a tilt of
    1 at most, of return beyond.
    """
    n, m = problem.means.shape[0], problem.rows.shape[0]
    right, best, kept = np.zeros(n + m), _NOTHING, w.copy()
    for _ in range(6):
        right[:n] = tilt * problem.means - loaded(problem, w)
        off = 0.0
        for r in range(m):
            right[n + r] = slack_of(problem, r, w)
            off = max(off, abs(right[n + r]) if r == 0 else -right[n + r])
            if held.places[n + r] < 0:
                right[n + r] = 0.0
        x = solve_held(held, right)
        z = _prices(held, problem, -right[:n], x) / max(1.0, tilt)
        for i in range(n):
            wrong = abs(z[i]) if held.places[i] >= 0 else held.states[i] * z[i]
            if problem.low[i] < problem.high[i]:
                off = max(off, wrong)
        for p in range(held.size[0]):
            if held.members[p] > n:
                off = max(off, -x[p] / max(1.0, tilt))
        if off >= best:
            w[:] = kept
            return best
        best, kept[:] = off, w
        if best < _EXACT:
            return best
        for p in range(held.size[0]):
            i = held.members[p]
            if i < n:
                w[i] = min(max(w[i] + x[p], problem.low[i]), problem.high[i])
    w[:] = kept
    return best


@compiled_with_arrays
def fill(means: Floats, low: Floats, high: Floats) -> Floats:
    """Return the weights of highest return within bounds whose sum is 1: each filled in the order of its mean."""
    w = low.copy()
    left = 1.0 - w.sum()
    for i in np.argsort(-means):
        share = min(high[i] - low[i], left)
        w[i] = high[i] if share == high[i] - low[i] else low[i] + share
        left -= share
        if left <= 0.0:
            break
    return w


@compiled_with_arrays
def book(problem: Any, means: Floats, tilts: Floats, starts: Floats, answers: Floats) -> Floats:
    """Solve one problem per row of ``means`` and ``tilts`` into ``answers``; return what is left of each one's KKT.

    ``starts`` holds one feasible row for all, or none: then bounds are filled (no rows but the budget). A client goes
    on where the one before ended; every so often the inverse is made anew, so that rounding cannot pile up.
    """
    n, m = problem.means.shape[0], problem.rows.shape[0]
    left = np.empty(means.shape[0])
    held, w = empty_set(n, m), np.empty(n)
    for c in range(means.shape[0]):
        own = Problem(problem.covariance, means[c], problem.rows, problem.limits, problem.low, problem.high)
        if c % _RENEWED == 0:
            held = empty_set(n, m)
            w = starts[0].copy() if starts.shape[0] else fill(means[c], problem.low, problem.high)
            begin(held, own, w)
        done = active_set(own, tilts[c], held, w, 50 * (n + m))
        left[c] = polish(own, tilts[c], held, w) if done >= 0 else np.inf
        answers[c] = w
    return left
