"""Kernels of `return_kernels`: the rate that solves flows, for one account after the other."""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from apps.portfolios.engine.compiled import compiled, contracted, regrouped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# the range and the steps of `returns.irr`
LOWEST, HIGHEST, CELLS = math.log(1e-7), math.log(201.0), 4000
STEP = (HIGHEST - LOWEST) / CELLS
LOG2_E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 0.6931471803691238, 1.9082149292705877e-10
ROUNDER = 6755399441055744.0  # 1.5 × 2^52


@intrinsic
def _bits_of(_context, number):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """The 64 bits of a float64."""

    def generate(_target, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _of_bits(_context, number):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """The float64 that has these 64 bits."""

    def generate(_target, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@contracted
def _exp(x: float) -> float:
    """e^x between −700 and 700: reduced to |r| ≤ ln 2 / 2 (Cody and Waite 1980), then Taylor to degree 12; error 2e-16.

    Plain arithmetic, so that a loop of it fills vector registers: adding ROUNDER leaves the nearest whole number in
    the low bits.
    """
    x = min(max(x, -700.0), 700.0)
    shifted = x * LOG2_E + ROUNDER
    n = shifted - ROUNDER
    r = x - n * LN2_HIGH - n * LN2_LOW
    p = 1.0 / 39916800.0 + r * (1.0 / 479001600.0)
    p = 1.0 / 40320.0 + r * (1.0 / 362880.0 + r * (1.0 / 3628800.0 + r * p))
    p = 1.0 / 120.0 + r * (1.0 / 720.0 + r * (1.0 / 5040.0 + r * p))
    p = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * p))))
    return p * _of_bits((_bits_of(shifted) + 1023) << 52)  # type: ignore[call-arg]


@regrouped
def _moments(x: float, years: Floats, amounts: Floats, base: float) -> tuple[float, float, float]:
    """Σ c e^(−x(t − base)) and its first two moments in t − base."""
    f = 0.0
    d = 0.0
    q = 0.0
    for j in range(years.size):
        t = years[j] - base
        e = amounts[j] * _exp(-x * t)
        f += e
        d += t * e
        q += t * t * e
    return f, d, q


@regrouped
def _shape(years: Floats, amounts: Floats) -> tuple[float, float, float, bool, bool]:
    """Sum, size, capital-years and moment to the last flow, whether money went both ways, and whether in order."""
    total = 0.0
    size = 0.0
    capital = 0.0
    n_in = 0
    n_out = 0
    n_back = 0
    last = years[years.size - 1]
    for j in range(years.size):
        amount = amounts[j]
        total += amount
        size += abs(amount)
        capital -= amount * (last - years[j])
        n_in += amount > 0.0
        n_out += amount < 0.0
    for j in range(years.size - 1):
        n_back += years[j + 1] < years[j]
    return total, size, capital, n_in > 0 and n_out > 0, n_back == 0


@regrouped
def _weigh(x: float, years: Floats, amounts: Floats, base: float, terms: Floats) -> tuple[float, float]:
    """Keep the terms c e^(−x(t − base)); return their sum and its first moment."""
    f = 0.0
    d = 0.0
    for j in range(years.size):
        t = years[j] - base
        e = amounts[j] * _exp(-x * t)
        terms[j] = e
        f += e
        d += t * e
    return f, d


@compiled
def _is_only(years: Floats, terms: Floats) -> bool:
    """Whether the balance carried at a rate that solves the flows stays on one side until the end: then no other does.

    Soper (1959): a higher rate can then only deepen it and a lower one only lift it. Flows are in order of time.
    """
    balance = 0.0
    above = False
    below = False
    for j in range(years.size - 1):
        balance += terms[j]
        if years[j + 1] != years[j]:
            above |= balance > 0.0
            below |= balance < 0.0
    return not (above and below)


@compiled
def _halley(x: float, years: Floats, amounts: Floats, base: float, size: float, terms: Floats) -> float:
    """A root near a start by Halley's method in the logarithm of 1 + r, NaN when it is lost or solves nothing.

    Leaves the terms at the root.
    """
    for _ in range(12):
        f, d, q = _moments(x, years, amounts, base)
        den = d * d - 0.5 * f * q
        step = -f * d / den if den > 0.0 else -f / d if d != 0.0 else 0.0
        x -= max(-1.0, min(1.0, step))
        if not (LOWEST - 1.0 < x < HIGHEST + 1.0):
            return math.nan
        if abs(step) < 3e-4:  # cubic: what is left is below 1e-10, and one step of Newton's ends it
            f, d = _weigh(x, years, amounts, base, terms)
            lost = d == 0.0 or abs(f) > 1e-8 * size or abs(f / d) > 1e-4
            return math.nan if lost else x + f / d
    return math.nan


@compiled
def _inside(low: float, high: float, years: Floats, amounts: Floats, base: float) -> float:
    """The root between two rates whose values differ in sign: Newton, halved whenever it leaves the bracket."""
    above, _, _ = _moments(low, years, amounts, base)
    x = 0.5 * (low + high)
    for _ in range(100):
        f, d, _ = _moments(x, years, amounts, base)
        if f == 0.0:
            return x
        if (f > 0.0) == (above > 0.0):
            low = x
        else:
            high = x
        step = f / d if d != 0.0 else math.inf
        following = x + step
        if not (low < following < high):
            following = 0.5 * (low + high)
        if abs(following - x) < 1e-15 * max(1.0, abs(x)) or high - low < 1e-15:
            return following
        x = following
    return x


@regrouped
def _advance(terms: Floats, factors: Floats) -> float:
    """Move all terms by one step of the rate; return their sum."""
    total = 0.0
    for j in range(terms.size):
        terms[j] *= factors[j]
        total += terms[j]
    return total


@regrouped
def _start_walk(
    place: int, years: Floats, amounts: Floats, ends: tuple[float, float], walks: Floats
) -> tuple[float, float]:
    """Terms at a grid point and what one step makes of them, up (rows 0, 1) and down (2, 3), scaled so that none grows.

    Returns the two sums.
    """
    x = LOWEST + place * STEP
    up = 0.0
    down = 0.0
    shrink = _exp(-STEP * (ends[1] - ends[0]))
    for j in range(years.size):
        since = years[j] - ends[0]
        walks[1, j] = _exp(-STEP * since)
        walks[3, j] = shrink / walks[1, j]
        walks[0, j] = amounts[j] * _exp(-x * since)
        walks[2, j] = amounts[j] * _exp(x * (ends[1] - years[j]))
        up += walks[0, j]
        down += walks[2, j]
    return up, down


@compiled
def _cell_root(place: int, found: float, years: Floats, amounts: Floats, base: float) -> float:
    """The root between two neighbouring grid points; one that was found already is taken."""
    low, high = LOWEST + place * STEP, LOWEST + (place + 1) * STEP
    return found if low <= found <= high else _inside(low, high, years, amounts, base)


@compiled
def _nearest(guess: float, found: float, years: Floats, amounts: Floats, ends: tuple[float, float]) -> float:
    """The root nearest to a guess among those that the grid of `returns.irr` separates; NaN without any.

    Cells are tried outward from the guess, until none can hold a nearer one.
    """
    walks = np.empty((4, years.size))
    up = min(max(int((guess - LOWEST) / STEP), 0), CELLS - 1)
    down = up
    up_value, down_value = _start_walk(up, years, amounts, ends, walks)
    best = math.nan
    moved = True
    while moved:
        moved = False
        if up < CELLS and not LOWEST + up * STEP - guess > abs(best - guess):
            following = _advance(walks[0], walks[1])
            if (following > 0.0) != (up_value > 0.0):
                x = _cell_root(up, found, years, amounts, ends[0])
                best = best if abs(x - guess) >= abs(best - guess) else x
            up_value = following
            up += 1
            moved = True
        if down > 0 and not guess - (LOWEST + down * STEP) > abs(best - guess):
            following = _advance(walks[2], walks[3])
            down -= 1
            if (following > 0.0) != (down_value > 0.0):
                x = _cell_root(down, found, years, amounts, ends[1])
                best = best if abs(x - guess) > abs(best - guess) else x
            down_value = following
            moved = True
    return best


@compiled
def _solve(years: Floats, amounts: Floats, terms: Floats) -> tuple[float, int]:
    """The rate of one account and its flag."""
    if years.size == 0:
        return math.nan, 3
    total, size, capital, both, ordered = _shape(years, amounts)
    if not both:
        return math.nan, 3
    first, last = years[0], years[years.size - 1]
    if not ordered:
        first, last = years.min(), years.max()
        capital = np.sum(amounts * (years - last))
    simple = total / abs(capital) if capital != 0.0 else 0.0
    guess = math.log1p(min(max(simple, -0.99), 200.0))
    base = last if guess < 0.0 else first
    x = math.nan
    if last > first:
        # where the whole period's simple return, spread evenly, starts closer
        start = math.log1p(max(simple * (last - first), -0.9)) / (last - first)
        x = _halley(start, years, amounts, base, size, terms)
    if ordered and not math.isnan(x) and _is_only(years, terms):
        return (math.expm1(x), 0) if LOWEST <= x <= HIGHEST else (math.nan, 2)
    x = _nearest(guess, x, years, amounts, (first, last))
    return (math.nan, 2) if math.isnan(x) else (math.expm1(x), 1)


@compiled
def solve_all(starts: Ints, years: Floats, amounts: Floats, rates: Floats, flags: NDArray[np.int8]) -> None:
    most = 0
    for i in range(starts.size - 1):
        most = max(most, starts[i + 1] - starts[i])
    terms = np.empty(most)
    for i in range(starts.size - 1):
        rate, flag = _solve(years[starts[i] : starts[i + 1]], amounts[starts[i] : starts[i + 1]], terms)
        rates[i] = rate
        flags[i] = flag
