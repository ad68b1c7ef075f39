"""What weights may be: bounds of each asset and of groups, and weights that keep them to begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop

Floats = NDArray[np.float64]


class InfeasibleWeightsError(DomainError):
    """No weights keep all limits together."""

    code = "infeasible_weights"
    status = 422


@dataclass(frozen=True, slots=True, eq=False)
class WeightLimits:
    """``low <= w <= high`` (n,) and ``rows @ w <= limits`` (m, n), (m,); weights add up to 1."""

    low: Floats
    high: Floats
    rows: Floats
    limits: Floats

    def __post_init__(self) -> None:
        size, count = self.low.shape[0], self.limits.shape[0]
        if self.high.shape != (size,) or self.rows.shape != (count, size):
            raise InvalidInputError(
                gettext_noop("The limits do not speak of the same assets."),
                mend=gettext_noop("Correct the value."),
                field="limits",
            )
        numbers = (self.low, self.high, self.rows, self.limits)
        if not all(np.isfinite(each).all() for each in numbers):
            raise InvalidInputError(
                gettext_noop("A limit is not a number."), mend=gettext_noop("Enter a finite number."), field="limits"
            )
        if (self.low > self.high).any() or self.low.sum() > 1 + 1e-12 or self.high.sum() < 1 - 1e-12:
            raise infeasible()

    @property
    def is_simple(self) -> bool:
        """Whether there are only bounds of single assets."""
        return not self.limits.size

    def violation(self, weights: Floats) -> float:
        """By how much the weights pass a limit at most, or miss the sum of 1."""
        over = [abs(float(weights.sum()) - 1), float((self.low - weights).max()), float((weights - self.high).max())]
        if not self.is_simple:
            over.append(float((self.rows @ weights - self.limits).max()))
        return max(*over, 0.0)


@dataclass(frozen=True, slots=True)
class GroupLimit:
    """A share of the whole for the assets at ``members``: at least ``least``, at most ``most``."""

    members: tuple[int, ...]
    least: float
    most: float


def infeasible() -> InfeasibleWeightsError:
    """Return the refusal."""
    return InfeasibleWeightsError(
        gettext_noop("No weights keep all the limits together."),
        mend=gettext_noop("Raise a maximum or lower a minimum."),
        field="limits",
    )


def weight_limits(
    size: int,
    floors: float | Floats,
    caps: float | Floats,
    groups: Sequence[GroupLimit] = (),
) -> WeightLimits:
    """Return the limits of ``size`` assets: floors and caps of one number or one each, and of groups.

    Raises InvalidInputError for a group with unknown members, InfeasibleWeightsError where bounds exclude each other.
    """
    rows, limits = [], []
    for group in groups:
        if not group.members or min(group.members) < 0 or max(group.members) >= size:
            raise InvalidInputError(
                gettext_noop("A group holds no asset, or one that is not there."),
                mend=gettext_noop("Correct the value."),
                field="groups",
            )
        row = np.zeros(size)
        row[list(group.members)] = 1.0
        if group.most < 1.0:
            rows.append(row)
            limits.append(group.most)
        if group.least > 0.0:
            rows.append(-row)
            limits.append(-group.least)
    return WeightLimits(
        np.broadcast_to(np.asarray(floors, float), size).copy(),
        np.broadcast_to(np.asarray(caps, float), size).copy(),
        np.array(rows).reshape(len(rows), size),
        np.array(limits, float),
    )


def boldest_weights(means: Floats, limits: WeightLimits) -> Floats:
    """Return the weights of the highest expected return, by HiGHS. Raises InfeasibleWeightsError."""
    program: dict[str, Any] = {"A_ub": limits.rows, "b_ub": limits.limits} if not limits.is_simple else {}
    bounds = [(float(low), float(high)) for low, high in zip(limits.low, limits.high, strict=True)]
    found = linprog(-means, A_eq=np.ones((1, means.shape[0])), b_eq=[1.0], bounds=bounds, method="highs-ds", **program)
    if found.status != 0:
        raise infeasible()
    weights: Floats = np.clip(np.asarray(found.x), limits.low, limits.high)
    return weights
