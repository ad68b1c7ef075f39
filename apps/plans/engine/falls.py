"""What a great fall of the market would do to a mix that is held through it (`reference/market_falls.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.plans.engine.checks import within
from apps.plans.engine.mixes import Weights


@dataclass(frozen=True, slots=True)
class MarketFall:
    """A fall of the past: its months as ``YYYY-MM``, and the total return of each class over them, as a fraction."""

    key: str
    first_month: str
    last_month: str
    changes: Weights
    source: str


def falls_from_mapping(table: Mapping[str, Any]) -> tuple[MarketFall, ...]:
    """Read a table of falls, in its order. Raises KeyError where a part is missing, InvalidInputError below -100 %."""
    found = []
    for row in table["falls"]:
        for asset, change in row["changes"].items():
            within(change, -1.0, 10.0, f"falls[{row['key']}].changes.{asset}")
        changes = tuple((str(asset), float(change)) for asset, change in row["changes"].items())
        found.append(MarketFall(row["key"], row["first_month"], row["last_month"], changes, table["source"]))
    return tuple(found)


def change_of(fall: MarketFall, weights: Weights) -> float | None:
    """Return what a mix bought before the fall and held without trading changes by: sum of weight times change.

    None where the mix holds a class that the fall has no series for: no number rather than a guess.
    """
    changes = dict(fall.changes)
    held = [(asset, weight) for asset, weight in weights if weight > 0.0]
    if not held or any(asset not in changes for asset, _ in held):
        return None
    return sum(weight * changes[asset] for asset, weight in held)
