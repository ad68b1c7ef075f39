"""Mixes of a plan side by side, as frozen values: what pages read; `alternatives` and `goal_mixes` make them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from apps.plans.engine.results import Estimate, FrontierPoint, TrailStep

Weights = tuple[tuple[str, float], ...]

# the key of the advice to move to the mix that the plan is computed with
ADOPTED = "adopt_mix"


class MixKind(StrEnum):
    """By which rule a mix was found."""

    PRESENT = "present"
    RECOMMENDED = "recommended"
    ROBUST = "robust"
    LEAST_TAIL = "least_tail"
    RISK_PARITY = "risk_parity"
    LEAST_VARIANCE = "least_variance"


@dataclass(frozen=True, slots=True)
class Mix:
    """One mix and what a year of it is expected to be, before fees and taxes.

    ``worst_years`` is the average return of the worst 5 % of the plan's first years; ``keeps_limit`` says whether the
    client's risk limit holds; ``risk_shares`` are the classes' parts of the variance and add up to 1.
    """

    kind: MixKind
    weights: Weights
    expected_return: float
    volatility: float
    equity_share: float
    worst_years: float
    keeps_limit: bool
    risk_shares: Weights


@dataclass(frozen=True, slots=True)
class ChosenMix:
    """The mix that a plan is computed with, by which rule it was found, and what was held instead (empty: nothing)."""

    kind: MixKind
    weights: Weights
    held: Weights


@dataclass(frozen=True, slots=True)
class GoalMix:
    """The mix within the limit that gives a goal its best chance, the chance with it, and the gain on the present."""

    key: str
    kind: str
    weights: Weights
    expected_return: float
    volatility: float
    success: Estimate
    success_now: Estimate
    gain: Estimate

    @property
    def is_apart(self) -> bool:
        """Whether the gain is beyond two standard errors; without an error any gain is."""
        return self.gain.value > 2.0 * (self.gain.standard_error or 0.0)


@dataclass(frozen=True, slots=True)
class MixTable:
    """All mixes of a plan with the frontier they lie below, and per goal the mix that serves it best.

    ``confidence`` is that of the tail, ``n_scenarios`` the years it is measured on, ``tail_gap`` by how much the mix of
    least tail risk could at most be bettered.
    """

    mixes: tuple[Mix, ...]
    frontier: tuple[FrontierPoint, ...]
    goals: tuple[GoalMix, ...]
    confidence: float
    n_scenarios: int
    tail_gap: float
    trail: tuple[TrailStep, ...]
