"""The draws are the generator's, normal, and each path's own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from apps.plans.engine.compiled import LANES
from apps.plans.engine.normal_draws import fill_normals, mixed, seed_lanes

MASK = 2**32 - 1


def drawn(keys: np.ndarray, n_rows: int) -> np.ndarray:
    """Normals (n_rows, LANES) of the paths with these keys."""
    state, rows = np.empty((4, LANES), np.uint32), np.empty((n_rows, LANES), np.float32)
    seed_lanes(keys, state)
    fill_normals(state, rows)
    return rows


def next_word(state: list[int]) -> int:
    """One step of xoshiro128++ as its authors write it, in whole numbers of any length."""

    def turned(word: int, places: int) -> int:
        return (word << places | word >> 32 - places) & MASK

    word = (turned((state[0] + state[3]) & MASK, 7) + state[0]) & MASK
    kept = state[1] << 9 & MASK
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= kept
    state[3] = turned(state[3], 11)
    return word


def test_split_mix_gives_the_words_of_its_authors() -> None:
    # the first words from seed 1234567, as published with the reference implementation
    found = [int(mixed(np.uint64((1234567 + place * 0x9E3779B97F4A7C15) % 2**64))) for place in range(3)]
    assert found == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_normals_are_those_of_the_generator_by_box_and_muller() -> None:
    keys = np.arange(5, 5 + LANES, dtype=np.uint64)
    rows = drawn(keys, 6)
    for lane in (0, 17, LANES - 1):
        first = int(mixed(keys[lane]))
        second = int(mixed(np.uint64(first)))
        state = [first & MASK, first >> 32, second & MASK, second >> 32 | 1]
        for pair in range(3):
            radius_word, angle_word = next_word(state), next_word(state)
            radius = np.sqrt(-2.0 * np.log(((radius_word >> 8) + 0.5) * 2.0**-24))
            turns = ((angle_word >> 8) - (2.0**23 - 0.5)) * 2.0**-24
            side = 1.0 - 2.0 * (angle_word & 1)
            assert rows[pair, lane] == pytest.approx(radius * np.sin(np.pi * turns), abs=2e-6)
            assert rows[3 + pair, lane] == pytest.approx(radius * side * np.cos(np.pi * turns), abs=2e-6)


def test_draws_are_standard_normal_and_not_related() -> None:
    rows = np.concatenate(
        [drawn(np.arange(LANES * b, LANES * (b + 1), dtype=np.uint64), 400) for b in range(8)], axis=1
    )
    values = rows.astype(np.float64)
    n = values.size
    # each bound is four standard errors
    assert abs(values.mean()) < 4.0 / np.sqrt(n)
    assert abs(values.var() - 1.0) < 4.0 * np.sqrt(2.0 / n)
    assert abs((values**3).mean()) < 4.0 * np.sqrt(15.0 / n)
    assert abs((values**4).mean() - 3.0) < 4.0 * np.sqrt(96.0 / n)
    for other in (values[1:] * values[:-1], values[:200] * values[200:], (values**2)[:200] - 1.0):
        assert abs(other.mean()) < 4.0 * other.std() / np.sqrt(other.size)
    assert abs(((values[:200] ** 2 - 1.0) * (values[200:] ** 2 - 1.0)).mean()) < 4.0 * 2.0 / np.sqrt(n / 2)
    assert stats.kstest(values.ravel(), "norm").pvalue > 1e-4


def test_what_a_path_draws_depends_on_its_key_alone() -> None:
    keys = np.arange(LANES, dtype=np.uint64)
    turned = np.roll(keys, 5)
    assert np.array_equal(np.roll(drawn(keys, 8), 5, axis=1), drawn(turned, 8))
    assert not np.array_equal(drawn(keys, 8)[:, 0], drawn(keys, 8)[:, 1])
