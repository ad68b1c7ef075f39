"""Tolerance, capacity and need side by side, and what follows: the lower of the first two, never the need."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.compliance.engine.capacity import Capacity
from apps.compliance.engine.tables import LevelTable, Outlook
from apps.compliance.engine.tolerance import Tolerance
from apps.compliance.engine.trail import Line
from apps.kernel.errors import gettext_noop

# the 5th percentile of the standard normal distribution
Z_05 = -1.6448536269514722
# tolerance and capacity this many levels apart are a matter for a conversation
WIDE_GAP = 2


class Binding(StrEnum):
    """Which of the two sets the recommended level."""

    TOLERANCE = "tolerance"
    CAPACITY = "capacity"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class BadYear:
    """What a year may lose at an equity share: returns as proportions, negative for losses.

    `p05_return` is the 5th percentile of a normal year of the mix; `stresses` are named years as they happened.
    """

    equity_share: float
    p05_return: float
    stresses: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class RiskProfile:
    """One adult's levels reconciled."""

    tolerance_level: int
    capacity_level: int
    need_level: int | None
    recommended_level: int
    binding: Binding
    disagreements: tuple[Line, ...]
    bad_year: BadYear
    trail: tuple[Line, ...]


def mix_mean(equity_share: float, outlook: Outlook) -> float:
    """Return the arithmetic mean return of a mix of equity and bonds, as a proportion a year."""
    return equity_share * outlook.equity_mean + (1 - equity_share) * outlook.bond_mean


def mix_volatility(equity_share: float, outlook: Outlook) -> float:
    """Return the standard deviation of the mix's yearly return (Markowitz 1952, two assets)."""
    e, b = equity_share * outlook.equity_volatility, (1 - equity_share) * outlook.bond_volatility
    return math.sqrt(e * e + b * b + 2 * outlook.correlation * e * b)


def bad_year(equity_share: float, table: LevelTable) -> BadYear:
    """Return what a year may lose at this equity share, the rest in bonds.

    The 5th percentile takes a normal year: mean − 1.645 × volatility. History's tails are fatter, which is why the
    named years stand beside it.
    """
    p05 = mix_mean(equity_share, table.outlook) + Z_05 * mix_volatility(equity_share, table.outlook)
    stresses = tuple(
        (stress.code, equity_share * stress.equity_return + (1 - equity_share) * stress.bond_return)
        for stress in table.stresses
    )
    return BadYear(equity_share, p05, stresses)


def need_level(required_return: Decimal, table: LevelTable) -> int:
    """Return the lowest level whose mix is expected to earn the nominal yearly return, the highest when none does."""
    for row in table.levels:
        if mix_mean(row.max_equity_share, table.outlook) >= float(required_return):
            return row.level
    return table.levels[-1].level


def reconcile(
    tolerance: Tolerance, capacity: Capacity, table: LevelTable, *, required_return: Decimal | None = None
) -> RiskProfile:
    """Recommend the lower of tolerance and capacity, and say what to talk about.

    A need above it never lifts the recommendation: goals, savings or dates must move instead.
    """
    willing, able = tolerance.level, capacity.level
    recommended = min(willing, able)
    binding = Binding.BOTH if willing == able else Binding.TOLERANCE if willing < able else Binding.CAPACITY
    need = None if required_return is None else need_level(required_return, table)
    lines = [
        Line("tolerance", gettext_noop("Tolerance is level %(level)s."), {"level": str(willing)}),
        Line("capacity", gettext_noop("Capacity is level %(level)s."), {"level": str(able)}),
        Line("recommended", gettext_noop("Recommended is the lower: level %(level)s."), {"level": str(recommended)}),
    ]
    if need is not None:
        lines.append(Line("need", gettext_noop("The plan needs level %(level)s."), {"level": str(need)}))
    return RiskProfile(
        tolerance_level=willing,
        capacity_level=able,
        need_level=need,
        recommended_level=recommended,
        binding=binding,
        disagreements=_disagreements(tolerance, capacity, recommended, need),
        bad_year=bad_year(table.of(recommended).max_equity_share, table),
        trail=tuple(lines),
    )


def _disagreements(tolerance: Tolerance, capacity: Capacity, recommended: int, need: int | None) -> tuple[Line, ...]:
    willing, able = str(tolerance.level), str(capacity.level)
    levels = {"tolerance": willing, "capacity": able}
    found = []
    if tolerance.level - capacity.level >= WIDE_GAP:
        text = gettext_noop(
            "Willing to take level %(tolerance)s, able to bear level %(capacity)s. "
            "Show what a loss would do to the goals."
        )
        found.append(Line("willing_beyond_able", text, levels))
    if capacity.level - tolerance.level >= WIDE_GAP:
        text = gettext_noop(
            "Able to bear level %(capacity)s, willing to take level %(tolerance)s. "
            "Ask what stands behind the caution; do not push."
        )
        found.append(Line("able_beyond_willing", text, levels))
    if need is not None and need > recommended:
        text = gettext_noop(
            "The plan needs level %(need)s, recommended is %(recommended)s. "
            "Change goals, savings or dates, not the level of risk."
        )
        found.append(Line("need_beyond_limit", text, {"need": str(need), "recommended": str(recommended)}))
    if tolerance.contradictions:
        text = gettext_noop("%(count)s pairs of answers contradict each other. Go through them together.")
        found.append(Line("answers_contradict", text, {"count": str(len(tolerance.contradictions))}))
    if capacity.caps:
        text = gettext_noop("The time until money is needed caps the level, whatever the score.")
        found.append(Line("capacity_capped", text))
    return tuple(found)
