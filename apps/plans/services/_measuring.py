"""Measuring plans in force. Loaded with the engine, where a job computes (see `_answers`)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.changes import Attribution, attributed, common_months, on_scenarios
from apps.plans.engine.guardrails import Corridor, Guardrails, guardrails_of
from apps.plans.engine.inputs import CubeSpec, ProjectionInputs
from apps.plans.engine.levers import retirement_spending
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.results import Estimate, Outcome
from apps.plans.engine.runs import Runs
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.solve import RetirementQuestion, retirement_delay, spending_that_holds
from apps.plans.engine.success import difference
from apps.plans.selectors.run_values import RunInputs
from apps.plans.services._mapping import CUBE_STEP_MONTHS, QUICK_BATCHES, QUICK_PATHS, SEED
from apps.plans.services._scenarios import cube_of

# the first look: one draw for all plans, long enough for nearly all of them
QUICK_MONTHS = 720
# from this part of what is told on, and beyond two standard errors, the second look is worth its time
NEARLY, TWO_ERRORS, THREE_ERRORS = 2 / 3, 2.0, 3.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was accepted, by today's engine."""

    success: Estimate
    outcomes: bytes


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a household is given once with an accepted plan: living costs a year that it can afford, and guardrails."""

    spending: float
    guardrails: Guardrails


@dataclass(frozen=True, slots=True)
class Look:
    """The first look at a plan of today: how its chance changed since it was last told, future by future."""

    change: Estimate
    outcomes: bytes

    def may_have_moved(self, threshold: float) -> bool:
        """Say whether the second look is worth its time."""
        return abs(self.change.value) > max(TWO_ERRORS * (self.change.standard_error or 0.0), NEARLY * threshold)

    def noise(self) -> float:
        """The change that this look takes for chance."""
        return THREE_ERRORS * (self.change.standard_error or 0.0)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What brings the plan of today back to its target: living costs a month, or months of later retirement.

    A None cannot be had: nobody works any more, or it does not reach.
    """

    planned: float
    spending: float | None
    delay_months: int | None


def baseline_of(question: RunInputs) -> Baseline:
    """Measure what was accepted on its own scenarios."""
    inputs = question.inputs
    runs = Runs(cube_of(inputs.assumptions, inputs.simulation))
    return Baseline(runs.of(inputs).success, _packed(_quick(inputs)))


def bounds_of(question: RunInputs, corridor: Corridor) -> Bounds:
    """Solve for the living costs that what was accepted can carry, and for its guardrails."""
    inputs = question.inputs
    runs = Runs(cube_of(inputs.assumptions, inputs.simulation))
    return Bounds(carried_by(question, runs), guardrails_of(inputs, runs, corridor))


def carried_by(question: RunInputs, runs: Runs | None = None) -> float:
    """Solve for the living costs a year that what was accepted can carry."""
    inputs = question.inputs
    runs = runs or Runs(cube_of(inputs.assumptions, inputs.simulation))
    return 12.0 * spending_that_holds(inputs, runs, question.policy.target).value


def carried_over(inputs: ProjectionInputs, outcomes: bytes) -> Look:
    """Measure what was accepted by the first futures; `outcomes` are those of the build before. Its error is at least
    the weight of one of them: that none came out otherwise says no more.
    """
    look = look_at(inputs, outcomes)
    error = max(look.change.standard_error or 0.0, 1.0 / QUICK_PATHS)
    return replace(look, change=replace(look.change, standard_error=error))


def look_at(today: ProjectionInputs, outcomes: bytes) -> Look:
    """Measure a plan of today by the first futures; `outcomes` are those of the level last told."""
    now = _quick(today)
    return Look(difference(now, _unpacked(outcomes), QUICK_BATCHES), _packed(now))


class SecondLook:
    """A plan of today on all futures, and beside what was accepted; what one question ran is known to the next."""

    def __init__(self, accepted: RunInputs, today: ProjectionInputs) -> None:
        self._policy = accepted.policy
        self._before, self._after = _together(accepted.inputs, today)
        self._known: dict[str, Runs] = {}
        self.success = self._runs_of(self._after).of(self._after).success

    def change(self) -> Estimate:
        """Return the change of the chance since the plan was accepted, future by future."""
        before, after = self._runs_of(self._before).of(self._before), self._runs_of(self._after).of(self._after)
        return difference(after.succeeded, before.succeeded, before.n_batches)

    def story(self, accepted_spending: float | None) -> Attribution:
        """Say what changed since the plan was accepted, and what each cause did.

        `accepted_spending` is what the accepted plan was found to carry a year: where to look first.
        """
        target = self._policy.target
        return attributed(self._before, self._after, self._runs_of, target, found_before=accepted_spending)

    def adjustment(self, story: Attribution) -> Adjustment:
        """Solve for what brings the plan back; above its target only the living costs that it can carry are told."""
        after, policy = self._after, self._policy
        planned, delay = retirement_spending(after), None
        if self.success.value < policy.target:
            question = RetirementQuestion(policy.target, policy.latest_retirement_age, policy.places)
            answer = retirement_delay(after, self._runs_of(after), question)
            delay = round(answer.value) if answer.outcome is Outcome.REACHED else None
        return Adjustment(planned, story.spending_after / 12.0 if story.spending_after > 0.0 else None, delay)

    def _runs_of(self, inputs: ProjectionInputs) -> Runs:
        cube = _cube(inputs)
        return self._known.setdefault(cube.digest, Runs(cube))


def _cube(inputs: ProjectionInputs) -> ScenarioCube:
    return cube_of(inputs.assumptions, inputs.simulation)


def _together(accepted: ProjectionInputs, today: ProjectionInputs) -> tuple[ProjectionInputs, ProjectionInputs]:
    """Return both on scenarios that reach as far as both."""
    months = max(accepted.simulation.n_months, common_months(accepted, today, CUBE_STEP_MONTHS))
    spec = replace(accepted.simulation, n_months=months)
    return on_scenarios(accepted, spec), on_scenarios(today, spec)


def _quick(inputs: ProjectionInputs) -> NDArray[np.float64]:
    months = max(QUICK_MONTHS, common_months(inputs, inputs, CUBE_STEP_MONTHS))
    asked = on_scenarios(inputs, CubeSpec(SEED, QUICK_PATHS, QUICK_BATCHES, months, inputs.simulation.market))
    return simulate(asked, _cube(asked), with_flows=False).succeeded()


def _packed(outcomes: NDArray[np.float64]) -> bytes:
    return np.packbits(outcomes > 0.0).tobytes()


def _unpacked(outcomes: bytes) -> NDArray[np.float64]:
    return np.unpackbits(np.frombuffer(outcomes, dtype=np.uint8)).astype(np.float64)
