"""Standard errors from independent batches."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.success import difference, estimate


def test_the_error_is_the_spread_of_batches_over_the_root_of_their_number() -> None:
    values = np.array([0.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    found = estimate(values, 3)
    assert found.value == pytest.approx(5 / 6)
    assert found.standard_error == pytest.approx(np.std([0.5, 1.0, 1.0], ddof=1) / np.sqrt(3))


def test_one_batch_has_no_measurable_error() -> None:
    assert estimate(np.ones(8), 1).standard_error is None


def test_a_difference_is_taken_path_by_path() -> None:
    before, after = np.array([0.0, 1.0, 0.0, 1.0]), np.array([1.0, 1.0, 1.0, 1.0])
    assert difference(after, before, 2).value == 0.5
    assert difference(after, before, 2).standard_error == 0.0
