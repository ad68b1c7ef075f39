"""The bands of a run, made wider or tighter than the model's."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from apps.portfolios.engine.rebalancing.inputs import ClassTarget, HoldingTarget, Pool, RebalanceInputs

ONE = Decimal(1)
T = TypeVar("T", HoldingTarget, ClassTarget)


def with_band_width(inputs: RebalanceInputs, width: Decimal) -> RebalanceInputs:
    """Return the inputs with bands of so many times their width about the same weights: 0 is none, 1 as they are."""
    return inputs if width == ONE else replace(inputs, pools=tuple(_pool(pool, width) for pool in inputs.pools))


def _pool(pool: Pool, width: Decimal) -> Pool:
    return replace(
        pool,
        holdings=tuple(_target(each, width) for each in pool.holdings),
        classes=tuple(_target(each, width) for each in pool.classes),
        outside_band=min(pool.outside_band * width, ONE),
    )


def _target(target: T, width: Decimal) -> T:
    return replace(
        target,
        low=max(target.weight - (target.weight - target.low) * width, Decimal(0)),
        high=min(target.weight + (target.high - target.weight) * width, max(target.weight, ONE)),
    )
