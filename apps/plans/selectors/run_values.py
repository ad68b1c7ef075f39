"""What a run was asked and what it answered, as the engine's frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from apps.plans.engine.digest import UNTOLD, canonical_json
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.markets import MarketModel
from apps.plans.engine.mixes import ChosenMix, MixTable
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.results import MarketOutcome, OptimisedAllocation, Projection, RecommendationList, SolveOutcome
from apps.plans.engine.what_if_results import GoalHelp
from apps.plans.models import ProjectionRun
from apps.plans.selectors.frozen_values import read_frozen


@dataclass(frozen=True, slots=True)
class RunInputs:
    """The household's plan and what the firm aims for and allows.

    `chosen` is the mix that the advisor chose, which the accounts of `inputs` hold then; None where they hold what they
    do today. `other_markets` are those that the chance is told under as well.
    """

    inputs: ProjectionInputs
    policy: AdvicePolicy
    chosen: ChosenMix | None = None
    other_markets: tuple[MarketModel, ...] = field(default=(), metadata=UNTOLD)

    def to_json_bytes(self) -> bytes:
        """Serialise canonically."""
        return canonical_json(self)


@dataclass(frozen=True, slots=True)
class CurrentMix:
    """How all that is invested is spread today, and what that means."""

    weights: tuple[tuple[str, float], ...]
    expected_return: float
    volatility: float
    equity_share: float


@dataclass(frozen=True, slots=True)
class RunResult:
    """All answers of one run.

    `savings` is None where nobody earns a salary, `allocation` and `mixes` where there is no risk limit, `current`
    where nothing is invested. `allocation` is the best mix within the limit, or the one that the advisor chose.
    `helps` says what lifts the chance of each goal that falls short.
    """

    projection: Projection
    savings: SolveOutcome | None
    current: CurrentMix | None
    allocation: OptimisedAllocation | None
    advice: RecommendationList
    mixes: MixTable | None = None
    helps: tuple[GoalHelp, ...] = ()
    markets: tuple[MarketOutcome, ...] = field(default=(), metadata=UNTOLD)

    def to_json_bytes(self) -> bytes:
        """Serialise canonically: the same inputs give the same bytes on the same build."""
        return canonical_json(self)


def inputs_of(run: ProjectionRun) -> RunInputs:
    """Return what the run was asked."""
    return _question(bytes(run.inputs))


def result_of(run: ProjectionRun) -> RunResult | None:
    """Return what the run answered, None before it has finished."""
    return None if run.result is None else _result(bytes(run.result))


# A page of a plan, its passports and its charts read the same two rows again and again, and reading takes longer than
# all else they do. What is read is frozen, and the bytes themselves are the key.
@lru_cache(maxsize=16)
def _question(data: bytes) -> RunInputs:
    return read_frozen(data, RunInputs)


@lru_cache(maxsize=8)
def _result(data: bytes) -> RunResult:
    return read_frozen(data, RunResult)
