"""Returns of a blend of parts: weights that drift with the parts and return to their targets by a rule.

Returns are simple and daily; NaN is a day on which a part has no price, and makes the blend's day NaN when the part
has weight. Methods: docs/engine/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop

Array = NDArray[np.float64]


class RebalancingRule(StrEnum):
    """When the parts return to their weights."""

    DAILY = "daily"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


@dataclass(frozen=True, slots=True)
class Blend:
    """`returns` (n_days,) of the whole, and `weights` (n_days, n_parts) of each part at the start of each day."""

    returns: Array
    weights: Array


def returns_to_targets(day: date, rule: RebalancingRule) -> bool:
    """Say whether the parts start this day at their targets: the first day of a month or quarter, or every day."""
    if rule is RebalancingRule.DAILY:
        return True
    return day.day == 1 and (rule is RebalancingRule.MONTHLY or day.month % 3 == 1)


def blended(part_returns: Array, targets: Array, resets: Sequence[bool]) -> Blend:
    """Return the blend of parts (n_days, n_parts) whose target weights (n_days, n_parts) sum to 1 on each day, or to 0.

    On a day with `resets`, on the first and where the targets differ from those of the day before, the parts start at
    their targets; else each starts where its return left it: w′ = w (1 + r) / (1 + R). A day without targets is NaN.
    Raises InvalidInputError for parts of different sizes or targets that sum to something else.
    """
    if part_returns.shape != targets.shape or part_returns.ndim != 2 or len(resets) != len(part_returns):
        raise InvalidInputError(gettext_noop("Each day needs a return and a weight of every part."))
    sums = targets.sum(axis=1)
    none = np.abs(sums) < 1e-9
    if (~none & (np.abs(sums - 1) > 1e-9)).any():
        raise InvalidInputError(gettext_noop("The weights of a benchmark make one whole."), field="parts")
    n_days, n_parts = part_returns.shape
    weights, returns = np.zeros((n_days, n_parts)), np.full(n_days, np.nan)
    current = np.zeros(n_parts)
    for place in range(n_days):
        fresh = place == 0 or resets[place] or not np.array_equal(targets[place], targets[place - 1])
        current = targets[place] if fresh else current
        weights[place] = current
        if none[place]:
            continue
        held = current > 0
        returns[place] = float(current[held] @ part_returns[place, held])
        grown = np.where(held, current * (1 + np.nan_to_num(part_returns[place])), 0.0)
        current = grown / grown.sum() if grown.sum() > 0 else targets[place]
    return Blend(returns, weights)
