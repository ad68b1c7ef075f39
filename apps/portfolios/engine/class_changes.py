"""Amounts to trade so that classes change as wished, where a security may belong to several classes in parts.

A fund of 90 % stocks and 10 % bonds moves both when it is bought. Method: docs/engine/rebalancing.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from apps.kernel.errors import InvalidInputError, gettext_noop

# wishes count as met when they are missed by less than this share of the largest
NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class ClassChange:
    """A class should change by `amount`, given what part of each security belongs to it."""

    parts: Mapping[str, float]
    amount: float


@dataclass(frozen=True, slots=True)
class TradeAmounts:
    """The amount of each security, positive to buy. `is_exact` says whether every wish is met."""

    amounts: Mapping[str, float]
    is_exact: bool
    missed_by: tuple[float, ...]


def amounts_for(changes: Sequence[ClassChange]) -> TradeAmounts:
    """Return the smallest trades (least sum of squares) that meet the wishes, or come nearest to them.

    Where wishes contradict each other, the sum of the squares of what is missed is as small as can be. `missed_by`
    is, wish by wish, what was reached less what was wished. Raises InvalidInputError for a wish or part that is not a
    finite number, and without a security to trade.
    """
    names = sorted({name for change in changes for name in change.parts})
    if not names:
        raise InvalidInputError(gettext_noop("There is no security to trade."))
    parts = np.array([[float(change.parts.get(name, 0.0)) for name in names] for change in changes])  # (n, n_names)
    wished = np.array([float(change.amount) for change in changes])
    if not (np.isfinite(parts).all() and np.isfinite(wished).all()):
        raise InvalidInputError(gettext_noop("A wish or a part is not a finite number."))
    found = np.linalg.lstsq(parts, wished, rcond=None)[0]
    missed = parts @ found - wished
    largest = float(np.abs(wished).max(initial=1.0))
    return TradeAmounts(
        amounts=dict(zip(names, found.tolist(), strict=True)),
        is_exact=bool(np.abs(missed).max(initial=0.0) <= NEAR * largest),
        missed_by=tuple(missed.tolist()),
    )
