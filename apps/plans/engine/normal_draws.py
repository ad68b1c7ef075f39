"""Normal draws for a block of paths, each path with a generator of its own.

xoshiro128++ (Blackman & Vigna 2021), seeded by SplitMix64 from a key of the path (Steele, Lea & Flood 2014), and the
transform of Box & Muller (1958): no draw is thrown away, so all lanes go in step. What a path draws depends on its key
alone, not on its neighbours or on how many threads share the work.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.float_kernels import cosine_of_half_turns, log_of, sine_of_half_turns

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_LOW = np.uint64(0xFFFFFFFF)
_STEP = np.float32(2.0**-24)
_TWO, _ONE, _HALF, _MINUS_TWO = np.float32(2.0), np.float32(1.0), np.float32(0.5), np.float32(-2.0)
_MIDDLE = np.float32(2.0**23 - 0.5)


@compiled
def mixed(word: np.uint64) -> np.uint64:
    """Return the next word of SplitMix64 after ``word``."""
    word = np.uint64(word + _GOLDEN)
    word = np.uint64((word ^ (word >> np.uint64(30))) * _MIX_1)
    word = np.uint64((word ^ (word >> np.uint64(27))) * _MIX_2)
    return np.uint64(word ^ (word >> np.uint64(31)))


@compiled
def seed_lanes(keys: NDArray[np.uint64], state: NDArray[np.uint32]) -> None:
    """Fill the state (4, LANES) of the generators from the keys (LANES,)."""
    for lane in range(LANES):
        first = mixed(keys[lane])
        second = mixed(first)
        state[0, lane] = np.uint32(first & _LOW)
        state[1, lane] = np.uint32(first >> np.uint64(32))
        state[2, lane] = np.uint32(second & _LOW)
        # a state of zeros would stay so
        state[3, lane] = np.uint32(np.uint32(second >> np.uint64(32)) | np.uint32(1))


@compiled
def turned(word: np.uint32, places: np.uint32) -> np.uint32:
    """Return the word with its bits turned left."""
    return np.uint32(np.uint32(word << places) | np.uint32(word >> np.uint32(np.uint32(32) - places)))


@compiled
def fill_normals(state: NDArray[np.uint32], rows: NDArray[np.float32]) -> None:
    """Fill rows (an even number, LANES) with standard normals; the state (4, LANES) moves on.

    Two rows that come of the same draws lie half of the rows apart, so that the compiler sees that they do not overlap.
    """
    half = rows.shape[0] // 2
    for pair in range(half):
        for lane in range(LANES):
            a, b, c, d = state[0, lane], state[1, lane], state[2, lane], state[3, lane]
            radius_bits = np.uint32(turned(np.uint32(a + d), np.uint32(7)) + a)
            kept = np.uint32(b << np.uint32(9))
            c = np.uint32(c ^ a)
            d = np.uint32(d ^ b)
            b = np.uint32(b ^ c)
            a = np.uint32(a ^ d)
            c = np.uint32(c ^ kept)
            d = turned(d, np.uint32(11))
            angle_bits = np.uint32(turned(np.uint32(a + d), np.uint32(7)) + a)
            kept = np.uint32(b << np.uint32(9))
            c = np.uint32(c ^ a)
            d = np.uint32(d ^ b)
            b = np.uint32(b ^ c)
            a = np.uint32(a ^ d)
            c = np.uint32(c ^ kept)
            d = turned(d, np.uint32(11))
            state[0, lane], state[1, lane], state[2, lane], state[3, lane] = a, b, c, d
            uniform = (np.float32(np.int32(radius_bits >> np.uint32(8))) + _HALF) * _STEP
            radius = np.sqrt(_MINUS_TWO * log_of(uniform))
            turns = (np.float32(np.int32(angle_bits >> np.uint32(8))) - _MIDDLE) * _STEP
            side = _ONE - _TWO * np.float32(np.int32(angle_bits & np.uint32(1)))
            rows[pair, lane] = radius * sine_of_half_turns(turns)
            rows[half + pair, lane] = radius * side * cosine_of_half_turns(turns)
