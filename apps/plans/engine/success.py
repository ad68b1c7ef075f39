"""Probabilities and their standard errors, from independent scrambles of the same scenarios."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.results import Estimate


def estimate(values: NDArray[np.float64], n_batches: int) -> Estimate:
    """Mean over paths (n_paths,), with the standard error sd(batch means) / sqrt(n_batches).

    The formula sqrt(p(1-p)/n) holds for independent paths only and overstates the error of Sobol points several
    times; independent scrambles measure it (Owen 1997). One batch has no spread: the error is None.
    """
    means = values.reshape(n_batches, -1).mean(axis=1)
    value = float(means.mean())
    if n_batches == 1:
        return Estimate(value, None, 1)
    return Estimate(value, float(means.std(ddof=1)) / math.sqrt(n_batches), n_batches)


def difference(after: NDArray[np.float64], before: NDArray[np.float64], n_batches: int) -> Estimate:
    """Mean of a difference path by path, both (n_paths,): on common scenarios most of the noise cancels."""
    return estimate(after - before, n_batches)
