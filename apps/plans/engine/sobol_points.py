"""Scrambled Sobol points, fast enough to be drawn by the million.

The direction numbers are those of Joe & Kuo (2008) as scipy has them; the scramble is Matoušek's (1998): a random
lower triangular matrix over the bits of each dimension, and a shift, which keeps the points a net and makes each of
them uniform.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from apps.plans.engine.compiled import compiled

_BITS = 30


@lru_cache(8)
def direction_numbers(n_dimensions: int, power: int) -> NDArray[np.uint32]:
    """Direction numbers (n_dimensions, power) of the first 2^power points, read-only.

    In Gray code point 2^k is the sum of numbers k and k - 1, so the points of scipy tell them.
    """
    points = qmc.Sobol(n_dimensions, scramble=False, bits=_BITS).random_base2(power)
    numbers = np.zeros((n_dimensions, power), dtype=np.uint32)
    for place in range(power):
        numbers[:, place] = (points[2**place] * 2.0**_BITS).astype(np.uint32)
        if place:
            numbers[:, place] ^= numbers[:, place - 1]
    numbers.setflags(write=False)
    return numbers


@compiled
def scramble(matrices: NDArray[np.uint32], numbers: NDArray[np.uint32], scrambled: NDArray[np.uint32]) -> None:
    """Multiply direction numbers (n_dimensions, power) by a matrix each: rows (n_dimensions, 30), first bit first.

    Of each row the bits before its own count, and its own counts as one: lower triangular, with a unit diagonal.
    """
    for dimension in range(numbers.shape[0]):
        for place in range(numbers.shape[1]):
            number, found = np.uint32(numbers[dimension, place]), np.uint32(0)
            for row in range(_BITS):
                own = np.uint32(np.uint32(1) << np.uint32(_BITS - 1 - row))
                before = np.uint32(matrices[dimension, row] & np.uint32(~np.uint32(np.uint32(own << np.uint32(1)) - 1)))
                word = np.uint32(np.uint32(before | own) & number)
                word = np.uint32(word ^ np.uint32(word >> np.uint32(16)))
                word = np.uint32(word ^ np.uint32(word >> np.uint32(8)))
                word = np.uint32(word ^ np.uint32(word >> np.uint32(4)))
                word = np.uint32(word ^ np.uint32(word >> np.uint32(2)))
                word = np.uint32(word ^ np.uint32(word >> np.uint32(1)))
                if np.uint32(word & np.uint32(1)) == np.uint32(1):
                    found = np.uint32(found | own)
            scrambled[dimension, place] = found


@compiled
def fill_points(numbers: NDArray[np.uint32], shifts: NDArray[np.uint32], points: NDArray[np.float64]) -> None:
    """Fill points (n_dimensions, n_points) in Gray code, each in the middle of its step: never 0, never 1."""
    for dimension in range(points.shape[0]):
        word = np.uint32(shifts[dimension])
        for point in range(points.shape[1]):
            points[dimension, point] = (np.float64(word) + 0.5) * 2.0**-_BITS
            place, rest = 0, point + 1
            while rest % 2 == 0:
                place += 1
                rest //= 2
            if place < numbers.shape[1]:
                word = np.uint32(word ^ numbers[dimension, place])


def scrambled_points(n_dimensions: int, n_points: int, dice: np.random.Generator) -> NDArray[np.float64]:
    """Return the first points of a scramble of their own, (n_dimensions, n_points), strictly between 0 and 1."""
    power = max(1, (n_points - 1).bit_length())
    numbers = direction_numbers(n_dimensions, power)
    scrambled = np.empty_like(numbers)
    scramble(dice.integers(0, 2**_BITS, (n_dimensions, _BITS), dtype=np.uint32), numbers, scrambled)
    points = np.empty((n_dimensions, n_points))
    fill_points(scrambled, dice.integers(0, 2**_BITS, n_dimensions, dtype=np.uint32), points)
    return points
