"""Great falls of the market and a long stagflation, by class of assets (`reference/market_falls.toml`).

One table for what a fall would do to a mix that is held through it, and for the stretches of history that stress tests
put in the place of a plan's first years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import within
from apps.plans.engine.mixes import Weights

_YEAR = 12


@dataclass(frozen=True, slots=True)
class FallStep:
    """Some months of a fall: total return in dollars of each class over them, and the change of prices, fractions."""

    months: int
    inflation: float
    changes: Weights


@dataclass(frozen=True, slots=True)
class MarketFall:
    """A stretch of the past: its first and last month as ``YYYY-MM``, and its steps; reports tell the great falls."""

    key: str
    first_month: str
    last_month: str
    steps: tuple[FallStep, ...]
    source: str
    in_reports: bool = True

    @property
    def changes(self) -> Weights:
        """Total return of each class over the whole stretch."""
        whole: dict[str, float] = {}
        for step in self.steps:
            for asset, change in step.changes:
                whole[asset] = (1.0 + whole.get(asset, 0.0)) * (1.0 + change) - 1.0
        return tuple(whole.items())

    @property
    def months(self) -> int:
        """How long it was."""
        return sum(step.months for step in self.steps)


def falls_from_mapping(table: Mapping[str, Any]) -> tuple[MarketFall, ...]:
    """Read a table of falls, in its order.

    Raises KeyError where a part is missing, InvalidInputError for a loss of more than all, or for steps that are not as
    long as the stretch or do not tell the same classes.
    """
    return tuple(_fall(row, table["source"]) for row in table["falls"])


def _fall(row: Mapping[str, Any], source: str) -> MarketFall:
    name = f"falls[{row['key']}]"
    steps = tuple(_step(step, name) for step in row["steps"])
    fall = MarketFall(row["key"], row["first_month"], row["last_month"], steps, source, row["in_reports"])
    (first_year, first), (last_year, last) = (map(int, row[end].split("-")) for end in ("first_month", "last_month"))
    if fall.months != (last_year - first_year) * _YEAR + last - first + 1:
        raise InvalidInputError(gettext_noop("The steps of a stretch of history must be as long as it."), field=name)
    if len({tuple(asset for asset, _ in step.changes) for step in steps}) != 1:
        raise InvalidInputError(gettext_noop("Each step of a stretch must tell the same classes."), field=name)
    return fall


def _step(row: Mapping[str, Any], name: str) -> FallStep:
    changes = tuple(
        (str(asset), float(change)) for asset, change in row.items() if asset not in {"months", "inflation"}
    )
    for asset, change in (*changes, ("inflation", row["inflation"])):
        within(change, -1.0, 10.0, f"{name}.{asset}")
    return FallStep(int(row["months"]), float(row["inflation"]), changes)


def change_of(fall: MarketFall, weights: Weights) -> float | None:
    """Return what a mix bought before the fall and held without trading changes by: sum of weight times change.

    None where the mix holds a class that the fall has no series for: no number rather than a guess.
    """
    changes = dict(fall.changes)
    held = [(asset, weight) for asset, weight in weights if weight > 0.0]
    if not held or any(asset not in changes for asset, _ in held):
        return None
    return sum(weight * changes[asset] for asset, weight in held)
