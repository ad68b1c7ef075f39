"""What is answered while levers move: frozen, without the kernels that answer."""

from __future__ import annotations

from dataclasses import dataclass

from apps.plans.engine.digest import canonical_json
from apps.plans.engine.results import Estimate, YearBand


@dataclass(frozen=True, slots=True)
class GoalChance:
    """How likely a goal is met."""

    key: str
    success: Estimate


@dataclass(frozen=True, slots=True)
class WhatIfAnswer:
    """How the plan fares with levers moved.

    ``change`` and ``terminal_change`` compare with the plan as it stands path by path, each with its own error.
    ``shortfall`` is what is missing in all, in money of the start, on average over the paths that fail; None where
    none does. ``terminal`` holds the percentiles of wealth at the horizon in money of the start;
    ``spending`` is what may be spent a month in retirement for the target, None where it was not asked.
    """

    n_paths: int
    success: Estimate
    change: Estimate
    terminal: tuple[float, ...]
    terminal_change: Estimate
    shortfall: float | None
    goals: tuple[GoalChance, ...]
    bands: tuple[YearBand, ...]
    cube_digest: str
    spending: float | None = None

    def to_json_bytes(self) -> bytes:
        """Serialise canonically."""
        return canonical_json(self)


@dataclass(frozen=True, slots=True)
class HelpCost:
    """What a step for one goal does besides, in money of the start where it is money.

    ``unpaid`` is the change of what is missing of the goal, on average over all futures, None where that is not told;
    ``plan`` the change of the plan's chance; ``left`` of what is left at the end, on average; ``hurt`` the other goal
    whose chance falls most, clearly, empty where none does, by ``hurt_change``.
    """

    unpaid: float | None
    plan: Estimate
    left: Estimate
    hurt: str = ""
    hurt_change: Estimate | None = None


@dataclass(frozen=True, slots=True)
class GoalHelp:
    """The one step that lifts a goal's chance most: the lever, where it is put, the chance then, and the change."""

    goal: str
    lever: str
    value: float
    success: Estimate
    change: Estimate
    cost: HelpCost | None = None


@dataclass(frozen=True, slots=True)
class LeverEffect:
    """What one change does by itself, to the plan as it stands."""

    key: str
    value: float
    change: Estimate
    terminal_change: Estimate


@dataclass(frozen=True, slots=True)
class Reach:
    """What one lever must be set to for the target, the others as they are; ``value`` is the limit where none does."""

    kind: str
    outcome: str
    value: float
    success: Estimate


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What a scenario comes to on all paths, and what each of its changes does by itself."""

    answer: WhatIfAnswer
    effects: tuple[LeverEffect, ...]

    def to_json_bytes(self) -> bytes:
        """Serialise canonically."""
        return canonical_json(self)
