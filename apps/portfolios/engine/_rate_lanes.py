"""The rates of accounts side by side, LANES at a time: one step from the simple return, one that proves it.

What two steps do not settle is left to `_rate_kernels`, account by account. Accounts stand next to each other in
memory, so that one instruction takes a step for several.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from apps.portfolios.engine._vector_exp import rough_exp, vector_exp
from apps.portfolios.engine.compiled import compiled, regrouped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LANES = 32
# where in a state what is known of the lanes stands: distances that the compiler knows, so that it sees no overlap
TOTAL, CAPITAL, START, SIDE, LENGTH, SUMS = 0, LANES, 2 * LANES, 3 * LANES, 4 * LANES, 5 * LANES
STATE = SUMS + 5 * LANES
# a root is taken where the last step moved the discount over the whole time by no more than this: what is left of a
# Halley step is its cube
LAST_STEP = 3e-4
# the range of `returns.irr`, in the logarithm of 1 + r
LOWEST, HIGHEST = math.log(1e-7), math.log(201.0)


@compiled
def load(places: Ints, starts: Ints, years: Floats, amounts: Floats, block: tuple[Floats, Floats, Floats]) -> int:
    """Put accounts next to each other, times from the middle of each; return the rows that are used.

    Rows beyond an account's flows are nothing at its last time.
    """
    times, cash, state = block
    rows = 0
    for place in places:
        rows = max(rows, starts[place + 1] - starts[place])
    for lane in range(LANES):
        first, n = 0, 0
        if lane < places.size:
            first, n = starts[places[lane]], starts[places[lane] + 1] - starts[places[lane]]
        own_years, own_amounts = years[first : first + n], amounts[first : first + n]
        begin, end = (own_years[0], own_years[n - 1]) if n else (0.0, 0.0)
        middle = 0.5 * (begin + end)
        for j in range(n):
            times[j * LANES + lane] = own_years[j] - middle
            cash[j * LANES + lane] = own_amounts[j]
        for j in range(n, rows + 1):
            times[j * LANES + lane] = end - middle
            cash[j * LANES + lane] = 0.0
        state[SIDE + lane] = 1.0 if n and own_amounts[0] > 0.0 else -1.0
        state[LENGTH + lane] = end - begin
    return rows


@regrouped
def begin(rows: int, times: Floats, cash: Floats, state: Floats) -> None:
    """Start where the simple return of the whole time, spread evenly, begins: ln(1 + y) ≈ y(6 + y) / (6 + 4y)."""
    state[: 2 * LANES] = 0.0
    for j in range(rows):
        at = j * LANES
        for lane in range(LANES):
            amount = cash[at + lane]
            state[TOTAL + lane] += amount
            state[CAPITAL + lane] += amount * times[at + lane]
    for lane in range(LANES):
        length, total = state[LENGTH + lane], state[TOTAL + lane]
        capital = abs(state[CAPITAL + lane] - 0.5 * length * total)
        whole = max(total * length / capital if capital > 0.0 else 0.0, -0.9)
        state[START + lane] = whole * (6.0 + whole) / ((6.0 + 4.0 * whole) * length) if length > 0.0 else 0.0


@regrouped
def expand(rows: int, times: Floats, cash: Floats, state: Floats) -> None:
    """Sum Σ c e^(−x t) t^k for k from 0 to 4."""
    state[SUMS:] = 0.0
    for j in range(rows):
        at = j * LANES
        for lane in range(LANES):
            t = times[at + lane]
            term = cash[at + lane] * rough_exp(-state[START + lane] * t)
            state[SUMS + lane] += term
            term *= t
            state[SUMS + LANES + lane] += term
            term *= t
            state[SUMS + 2 * LANES + lane] += term
            term *= t
            state[SUMS + 3 * LANES + lane] += term
            term *= t
            state[SUMS + 4 * LANES + lane] += term


@regrouped
def step_far(state: Floats) -> None:
    """Move to the root of the Taylor polynomial whose sums were taken: Newton's method from its own start."""
    for lane in range(LANES):
        at = SUMS + lane
        a, b, c, d = state[at], -state[at + LANES], state[at + 2 * LANES] / 2, -state[at + 3 * LANES] / 6
        e = state[at + 4 * LANES] / 24
        s = 0.0
        for _ in range(5):
            value = a + s * (b + s * (c + s * (d + s * e)))
            slope = b + s * (2 * c + s * (3 * d + s * 4 * e))
            s = max(min(s - value / slope, 1.0), -1.0)
        state[START + lane] += s


@regrouped
def prove(rows: int, times: Floats, cash: Floats, state: Floats) -> None:
    """Sum the terms with two moments; find the least of the balance carried, on the side of the first flow.

    Of that after the last flow of a time; where time goes back, how far it does. Zero only where neither changes sides.
    """
    state[SUMS:] = 0.0
    for j in range(rows):
        at = j * LANES
        for lane in range(LANES):
            t = times[at + lane]
            gap = times[at + LANES + lane] - t
            term = cash[at + lane] * vector_exp(-state[START + lane] * t)
            balance = state[SUMS + lane] + term
            moment = t * term
            told = balance * state[SIDE + lane] if gap > 0.0 else gap
            state[SUMS + lane] = balance
            state[SUMS + LANES + lane] += moment
            state[SUMS + 2 * LANES + lane] += t * moment
            state[SUMS + 3 * LANES + lane] = min(state[SUMS + 3 * LANES + lane], told)


@regrouped
def finish(state: Floats) -> None:
    """Take the last step: TOTAL keeps the rate, CAPITAL whether it is sure that it is one, and the only one.

    That it is where the balance carried at it stays on one side until the end (Soper 1959): a higher rate can then only
    deepen it and a lower one only lift it.
    """
    for lane in range(LANES):
        at, length = SUMS + lane, state[LENGTH + lane]
        f, d, q = state[at], state[at + LANES], state[at + 2 * LANES]
        step = f * d / (d * d - 0.5 * f * q)
        x = state[START + lane] + step
        small = abs(step) * length <= LAST_STEP and abs(x) * length < 600.0
        within = length > 0.0 and LOWEST <= x <= HIGHEST
        state[TOTAL + lane] = vector_exp(x) - 1.0
        state[CAPITAL + lane] = 1.0 if state[at + 3 * LANES] == 0.0 and small and within else 0.0


@compiled
def solve_lanes(
    places: Ints, starts: Ints, years: Floats, amounts: Floats, rates: Floats, flags: NDArray[np.int8]
) -> None:
    """Give the accounts at `places` their rates and flags where two steps settle them; −1 where not."""
    most = 0
    for place in places:
        most = max(most, starts[place + 1] - starts[place])
    times, cash, state = np.empty((most + 1) * LANES), np.empty((most + 1) * LANES), np.zeros(STATE)
    for first in range(0, places.size, LANES):
        those = places[first : first + LANES]
        rows = load(those, starts, years, amounts, (times, cash, state))
        begin(rows, times, cash, state)
        expand(rows, times, cash, state)
        step_far(state)
        prove(rows, times, cash, state)
        finish(state)
        for lane in range(those.size):
            known = state[CAPITAL + lane] == 1.0
            rates[those[lane]] = state[TOTAL + lane] if known else math.nan
            flags[those[lane]] = 0 if known else -1
