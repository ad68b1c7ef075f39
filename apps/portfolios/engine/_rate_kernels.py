"""Kernels of `return_kernels`: the rate that solves flows. Most by `_rate_lanes`, the others here, one by one.

Of several rates the one nearest to the simple return is sought, among those that the grid of `returns.irr` separates.
The grid is walked outward from there in panels: on a panel the present value is a Taylor polynomial whose rest is below
its tolerance, so that one sum over the flows answers for all points of the grid in it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.portfolios.engine._rate_lanes import HIGHEST, LOWEST, solve_lanes
from apps.portfolios.engine._vector_exp import vector_exp
from apps.portfolios.engine.compiled import compiled, regrouped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# the steps of `returns.irr`
CELLS = 4000
STEP = (HIGHEST - LOWEST) / CELLS
# the polynomial of a panel: with |u| ≤ 1 its rest is below e / 11! = 7e-8 of the discounted amounts
N_TERMS, SURE = 11, 1e-7
# flows are filled up with nothing to a multiple of this, so that no loop of them has an odd end
WIDTH = 16
NOT_FINITE = -2


Room = tuple[Floats, Floats, Floats, tuple[Floats, Floats]]


class Flows(NamedTuple):
    """One account: times from the middle of its life, amounts, room for as many terms, half its length, how many."""

    times: Floats
    cash: Floats
    terms: Floats
    reach: float
    n: int
    is_ordered: bool


class Panel(NamedTuple):
    """Cells `first` to `end` of the grid, their middle, the sums of the polynomial and the size of its terms there."""

    first: int
    end: int
    middle: float
    sums: Floats
    size: float


@regrouped
def _expand(x: float, flows: Flows, sums: Floats) -> float:
    """Put Σ c e^(−x t) (−t / reach)^k / k! into `sums` for each k; return Σ |c| e^(−x t). Scaled so that none grows."""
    times, cash, reach = flows.times, flows.cash, flows.reach
    top = abs(x) * reach
    size = 0.0
    a = b = c = d = e = f = g = h = i = j = k = 0.0
    for place in range(times.size):
        u = -times[place] / reach
        term = cash[place] * vector_exp(max(-x * times[place] - top, -700.0))
        size += abs(term)
        a += term
        term *= u
        b += term
        term *= u
        c += term
        term *= u
        d += term
        term *= u
        e += term
        term *= u
        f += term
        term *= u
        g += term
        term *= u
        h += term
        term *= u
        i += term
        term *= u
        j += term
        k += term * u
    sums[0], sums[1], sums[2], sums[3], sums[4], sums[5] = a, b, c / 2, d / 6, e / 24, f / 120
    sums[6], sums[7], sums[8], sums[9], sums[10] = g / 720, h / 5040, i / 40320, j / 362880, k / 3628800
    return size


@regrouped
def _moments(x: float, flows: Flows) -> tuple[float, float, float]:
    """Keep the terms c e^(−x t), scaled so that none grows; return their sum and its first two moments in t."""
    times, cash, terms = flows.times, flows.cash, flows.terms
    top = abs(x) * flows.reach
    f = 0.0
    d = 0.0
    q = 0.0
    for j in range(times.size):
        t = times[j]
        term = cash[j] * vector_exp(max(-x * t - top, -700.0))
        terms[j] = term
        f += term
        d += t * term
        q += t * t * term
    return f, d, q


@compiled
def _is_flat(panel: Panel) -> bool:
    """Whether the polynomial keeps its sign all over the panel."""
    others = 0.0
    for k in range(1, N_TERMS):
        others += abs(panel.sums[k])
    flat: bool = abs(panel.sums[0]) > others + SURE * panel.size
    return flat


@regrouped
def _grid_values(panel: Panel, reach: float, values: Floats) -> tuple[int, int]:
    """The polynomial at the grid points of a panel; how often its sign is not sure, and how often it changes."""
    n = panel.end - panel.first + 1
    a, b, c, d, e, f = panel.sums[0], panel.sums[1], panel.sums[2], panel.sums[3], panel.sums[4], panel.sums[5]
    g, h, k, m, o = panel.sums[6], panel.sums[7], panel.sums[8], panel.sums[9], panel.sums[10]
    step, start = STEP * reach, (LOWEST + panel.first * STEP - panel.middle) * reach
    unsure = changes = 0
    for i in range(n):
        u = start + i * step
        value = f + u * (g + u * (h + u * (k + u * (m + u * o))))
        value = a + u * (b + u * (c + u * (d + u * (e + u * value))))
        values[i] = value
        unsure += abs(value) <= SURE * panel.size
    for i in range(n - 1):
        changes += (values[i + 1] > 0.0) != (values[i] > 0.0)
    return unsure, changes


@compiled
def _is_only(flows: Flows) -> bool:
    """Whether the balance carried at a rate that solves the flows stays on one side until the end: then no other does.

    Soper (1959): a higher rate can then only deepen it and a lower one only lift it. Flows are in order of time.
    """
    balance = 0.0
    above = False
    below = False
    for j in range(flows.times.size - 1):
        balance += flows.terms[j]
        if flows.times[j + 1] != flows.times[j]:
            above |= balance > 0.0
            below |= balance < 0.0
    return not (above and below)


@compiled
def _cell_root(place: int, left: float, right: float, flows: Flows) -> float:
    """The root between two neighbouring grid points with these values: by Halley's method from the straight line.

    By Newton's, halved whenever it leaves the bracket, where that does not find it. Leaves the terms at the root.
    """
    low, high = LOWEST + place * STEP, LOWEST + (place + 1) * STEP
    x = low + STEP * left / (left - right)
    for _ in range(4):
        f, d, q = _moments(x, flows)
        step = f * d / (d * d - 0.5 * f * q)
        x += step
        if not low <= x <= high:
            break
        if abs(step) * flows.reach < 1e-4:  # cubic: what is left is below 1e-11
            return x
    x = 0.5 * (low + high)
    for _ in range(100):
        f, d, _ = _moments(x, flows)
        if (f > 0.0) == (left > 0.0):
            low = x
        else:
            high = x
        following = x + f / d if d != 0.0 else high
        if not (low < following < high):
            following = 0.5 * (low + high)
        if f == 0.0 or abs(following - x) < 1e-15 * max(1.0, abs(x)) or high - low < 1e-15:
            return following
        x = following
    return x


@compiled
def _nearest_in(panel: Panel, guess: float, flows: Flows, values: Floats) -> float:
    """The root in a panel that is nearest to a guess, NaN without any; `values` is room for those at the grid."""
    best = math.nan
    unsure, changes = _grid_values(panel, flows.reach, values)
    for i in range(panel.end - panel.first + 1 if unsure else 0):
        if abs(values[i]) <= SURE * panel.size:
            values[i], _, _ = _moments(LOWEST + (panel.first + i) * STEP, flows)
    for i in range(panel.end - panel.first if unsure or changes else 0):
        if (values[i + 1] > 0.0) != (values[i] > 0.0):
            x = _cell_root(panel.first + i, values[i], values[i + 1], flows)
            best = best if abs(x - guess) >= abs(best - guess) else x
    return best


@compiled
def _search(first: int, end: int, guess: float, flows: Flows, room: tuple[Floats, Floats]) -> tuple[float, bool, bool]:
    """The root in these cells that is nearest to a guess, NaN without any; whether none can lie above, or below, them.

    That is where the first flow, or the last one, outweighs all others: at a higher, a lower, rate it does even more.
    """
    x = LOWEST + 0.5 * (first + end) * STEP
    panel = Panel(first, end, x, room[0], _expand(x, flows, room[0]))
    lead = 0.5 * (1.0 + 1e-12) * panel.size
    scale = -abs(x) * flows.reach
    none_above = abs(flows.cash[0]) * math.exp(max(x * flows.reach + scale, -700.0)) > lead
    none_below = abs(flows.cash[flows.n - 1]) * math.exp(max(-x * flows.reach + scale, -700.0)) > lead
    best = math.nan if _is_flat(panel) else _nearest_in(panel, guess, flows, room[1])
    return best, none_above, none_below


@compiled
def _nearest(guess: float, flows: Flows, room: tuple[Floats, Floats]) -> tuple[float, int]:
    """The root nearest to a guess with its flag, NaN without any: panels outward until none can hold a nearer one."""
    width = min(max(int(2.0 / (flows.reach * STEP)), 2), CELLS)
    bottom = top = min(max(int((guess - LOWEST) / STEP) - width // 2, 0), CELLS - 1)
    best = math.nan
    no_higher = no_lower = False
    while True:
        up = top < CELLS and not no_higher and not LOWEST + top * STEP - guess > abs(best - guess)
        down = bottom > 0 and not no_lower and not guess - (LOWEST + bottom * STEP) > abs(best - guess)
        if not up and not down:
            return best, 2 if math.isnan(best) else 1
        x = y = math.nan
        if up:
            end = min(top + width, CELLS)
            x, none_above, none_below = _search(top, end, guess, flows, room)
            no_higher = flows.is_ordered and none_above
            no_lower = no_lower or (flows.is_ordered and none_below and top == bottom)
            top = end
        if down and not no_lower:
            first = max(bottom - width, 0)
            y, _, none_below = _search(first, bottom, guess, flows, room)
            no_lower = flows.is_ordered and none_below
            bottom = first
        x = x if math.isnan(y) or abs(x - guess) < abs(y - guess) else y
        if math.isnan(best) and flows.is_ordered and not math.isnan(x):
            _moments(x, flows)
            if _is_only(flows):
                return x, 0
        best = best if math.isnan(x) or abs(x - guess) >= abs(best - guess) else x


@compiled
def _solve(
    years: Floats, amounts: Floats, room: tuple[Floats, Floats, Floats, tuple[Floats, Floats]]
) -> tuple[float, int]:
    """The rate of one account and its flag."""
    n = years.size
    least = most = total = capital = 0.0
    first = last = years[0] if n else 0.0
    n_back = 0
    for j in range(n):
        first, last = min(first, years[j]), max(last, years[j])
        least, most = min(least, amounts[j]), max(most, amounts[j])
        n_back += j > 0 and years[j] < years[j - 1]
        total += amounts[j] + years[j]
    if not math.isfinite(total):
        return math.nan, NOT_FINITE
    if not least < 0.0 < most:
        return math.nan, 3
    if first == last:
        return math.nan, 2
    total = 0.0
    whole = -(-n // WIDTH) * WIDTH
    flows = Flows(room[0][:whole], room[1][:whole], room[2][:whole], 0.5 * (last - first), n, n_back == 0)
    middle = 0.5 * (first + last)
    for j in range(n):
        flows.times[j], flows.cash[j] = years[j] - middle, amounts[j]
        total += amounts[j]
        capital -= amounts[j] * (last - years[j])
    flows.times[n:], flows.cash[n:] = flows.times[n - 1], 0.0
    simple = total / abs(capital) if capital != 0.0 else 0.0
    guess = math.log1p(min(max(simple, -0.99), 200.0))
    x, flag = _nearest(guess, flows, room[3])
    return math.expm1(x), flag


@compiled
def solve_all(
    places: Ints, starts: Ints, years: Floats, amounts: Floats, rates: Floats, flags: NDArray[np.int8]
) -> None:
    """Write the annual rates and the `RateFlag`s, (n_accounts,) each, of the accounts at `places`.

    Account i has the flows `starts[i]:starts[i + 1]` of `years` and `amounts` (n_flows,). NaN where there is no rate;
    the flag is NOT_FINITE where a flow is not a finite number. Those of like length are best taken side by side.
    """
    solve_lanes(places, starts, years, amounts, rates, flags)
    most = 0
    for i in places:
        most = max(most, starts[i + 1] - starts[i])
    most = -(-most // WIDTH) * WIDTH
    room = (np.empty(most), np.empty(most), np.empty(most), (np.empty(N_TERMS), np.empty(CELLS + 1)))
    for i in places:
        if flags[i] < 0:
            rates[i], flags[i] = _solve(years[starts[i] : starts[i + 1]], amounts[starts[i] : starts[i + 1]], room)
