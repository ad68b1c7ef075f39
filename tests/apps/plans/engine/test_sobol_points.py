"""The points are a net whatever the scramble, and scipy's where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from apps.plans.engine.sobol_points import direction_numbers, fill_points, scramble, scrambled_points


def test_without_a_scramble_they_are_those_of_scipy_in_the_middle_of_their_steps() -> None:
    points = np.empty((12, 256))
    fill_points(direction_numbers(12, 8), np.zeros(12, np.uint32), points)
    assert np.array_equal(points, qmc.Sobol(12, scramble=False, bits=30).random_base2(8).T + 2.0**-31)


def test_a_matrix_of_nothing_but_its_diagonal_changes_nothing() -> None:
    numbers = direction_numbers(5, 7)
    scrambled = np.empty_like(numbers)
    scramble(np.zeros((5, 30), np.uint32), numbers, scrambled)
    assert np.array_equal(scrambled, numbers)


def test_a_scramble_is_the_product_with_its_lower_triangular_matrix() -> None:
    numbers = direction_numbers(3, 6)
    rows = np.random.default_rng(4).integers(0, 2**30, (3, 30), dtype=np.uint32)
    scrambled = np.empty_like(numbers)
    scramble(rows, numbers, scrambled)
    shifts = np.arange(29, -1, -1)
    for dimension in range(3):
        matrix = np.tril((rows[dimension][:, None] >> shifts) & 1, -1) + np.eye(30, dtype=np.int64)
        for place in range(6):
            bits = (int(numbers[dimension, place]) >> shifts) & 1
            product = matrix @ bits % 2
            assert scrambled[dimension, place] == (product << shifts).sum()


def test_scrambled_points_stay_a_net() -> None:
    points = scrambled_points(70, 1024, np.random.default_rng(3))
    # each dimension has one point in each of 1,024 steps, the first two one in each box of any shape
    assert all(np.array_equal(np.sort((row * 1024).astype(int)), np.arange(1024)) for row in points)
    for power in range(11):
        boxes = (points[0] * 2**power).astype(int) * 2 ** (10 - power) + (points[1] * 2 ** (10 - power)).astype(int)
        assert np.array_equal(np.sort(boxes), np.arange(1024))


def mean_over(points: np.ndarray) -> float:
    """Mean of a smooth function of the points (n_dimensions, n_points), which is 1 in truth."""
    return float(np.prod(0.5 + points, axis=0).mean())


def test_scrambles_are_as_good_as_scipys_and_better_than_dice() -> None:
    ours, scipys, dice = [], [], []
    for seed in range(40):
        ours.append(mean_over(scrambled_points(4, 256, np.random.default_rng(seed))))
        scipys.append(mean_over(qmc.Sobol(4, scramble=True, rng=np.random.default_rng(seed)).random_base2(8).T))
        dice.append(mean_over(np.random.default_rng(seed).random((4, 256))))
    for means in (ours, scipys, dice):
        assert np.mean(means) == pytest.approx(1.0, abs=4.0 * np.std(means) / np.sqrt(40))
    assert np.std(ours) < 2.0 * np.std(scipys)
    assert np.std(ours) < np.std(dice) / 10.0


@pytest.mark.parametrize("n_points", [1, 2, 3, 30, 1000])
def test_any_number_of_points_is_the_beginning_of_a_net(n_points: int) -> None:
    points = scrambled_points(3, n_points, np.random.default_rng(8))
    assert points.shape == (3, n_points)
    assert ((points > 0.0) & (points < 1.0)).all()
    assert np.unique(points[0]).size == n_points
