"""For each goal that falls short: the one step that lifts its chance most, of steps that people weigh up.

The steps are a year of work longer, a twentieth less spent in retirement, a twentieth of the salaries saved on top, a
year later for Social Security, a tenth off a goal, the goal itself a year later, the last two where nobody said how far
it gives way. Each is a whole run of the household on the scenarios of the plan; a first look on a part of them picks
the step, all of them say what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.chunks import Mapper
from apps.plans.engine.goal_choices import GoalMeans
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import monthly_salaries
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.results import Estimate
from apps.plans.engine.runs import batches_of_a_part
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.success import difference, estimate
from apps.plans.engine.what_if_levers import LeverKind, WhatIfLever, levers_of, moved
from apps.plans.engine.what_if_results import GoalHelp

Floats = NDArray[np.float64]

SPENDING_CUT, SAVING_PART, AMOUNT_CUT = 0.05, 0.05, 0.10
# a rise that is not clearly above its error is no advice
_CLEAR = 2.0


@dataclass(frozen=True, slots=True)
class _Step:
    """A lever put where one step moves it."""

    lever: WhatIfLever
    value: float

    def may_help(self, goal: str) -> bool:
        """Whether the step is one for this goal: another goal's year is no help that a client would weigh up."""
        return self.lever.kind is not LeverKind.GOAL_YEAR or self.lever.subject == goal


def goal_helps(
    inputs: ProjectionInputs,
    cube: ScenarioCube,
    policy: AdvicePolicy,
    *,
    mapper: Mapper = map,
    progress: Callable[[float], None] = lambda _part: None,
) -> tuple[GoalHelp, ...]:
    """Return for each goal below the target what helps it most, in the order of the goals; those that nothing helps
    clearly are left out. Raising from ``progress`` cancels.
    """
    wanted = {goal.key for goal in inputs.goals}
    part = batches_of_a_part(cube.spec) or cube.spec.n_batches

    def funded(plan: ProjectionInputs, n_batches: int) -> dict[str, Floats]:
        found = simulate(plan, cube, with_flows=False, mapper=mapper, n_batches=n_batches)
        return {demand.key: found.funded(at) for at, demand in enumerate(found.demands) if demand.key in wanted}

    whole = cube.spec.n_batches
    before = funded(inputs, whole)
    short = [goal.key for goal in inputs.goals if goal.key in before and float(before[goal.key].mean()) < policy.target]
    if not short:
        return ()
    steps = steps_of(inputs)
    seen = before if part == whole else funded(inputs, part)
    tried = []
    for place, step in enumerate(steps):
        progress(place / (len(steps) + len(short)))
        after = funded(_with(step, inputs, policy), part)
        tried.append({key: float((after[key] - seen[key]).mean()) if key in after else 0.0 for key in short})
    picked = {key: _best(key, steps, tried) for key in short}
    best = {key: at for key, at in picked.items() if at is not None}
    lifted: dict[int, dict[str, Floats]] = {}
    for place in sorted(set(best.values())):
        progress((len(steps) + len(lifted)) / (len(steps) + len(short)))
        lifted[place] = funded(_with(steps[place], inputs, policy), whole)
    helps = [_help(key, steps[place], (lifted[place][key], before[key]), whole) for key, place in best.items()]
    return tuple(found for found in helps if is_clear(found.change))


def steps_of(inputs: ProjectionInputs) -> tuple[_Step, ...]:
    """Return one step of each lever that has room for it."""
    salaries, means = monthly_salaries(inputs), {goal.key: goal.means for goal in inputs.goals}
    found = []
    for lever in levers_of(inputs):
        if lever.subject in means and not _gives_way(lever.kind, means[lever.subject]):
            continue
        value = _stepped(lever, salaries)
        if value is not None and lever.low <= value <= lever.high:
            found.append(_Step(lever, value))
    return tuple(found)


def _gives_way(kind: LeverKind, means: GoalMeans) -> bool:
    """Whether a goal may be moved so: what was stated of it is walked already, or is as far as it goes."""
    return (means.wait_years if kind is LeverKind.GOAL_YEAR else means.least_share) is None


def is_clear(change: Estimate) -> bool:
    """Whether a rise is more than its own error would make of nothing."""
    return change.value > _CLEAR * (change.standard_error or 0.0) and change.value > 0.0


def _stepped(lever: WhatIfLever, salaries: float) -> float | None:
    if lever.kind in {LeverKind.RETIREMENT_AGE, LeverKind.GOAL_YEAR}:
        return lever.value + 1.0
    if lever.kind is LeverKind.CLAIM_AGE:
        return float(int(lever.value) + 1)
    if lever.kind is LeverKind.RETIREMENT_SPENDING:
        return _to_ten(lever.value * (1.0 - SPENDING_CUT))
    if lever.kind is LeverKind.EXTRA_SAVING:
        return lever.value + max(10.0, _to_ten(SAVING_PART * salaries))
    if lever.kind is LeverKind.GOAL_AMOUNT:
        return _to_ten(lever.value * (1.0 - AMOUNT_CUT))
    return None


def _to_ten(amount: float) -> float:
    """Round to amounts that are said: whole tens."""
    return 10.0 * round(amount / 10.0)


def _with(step: _Step, inputs: ProjectionInputs, policy: AdvicePolicy) -> ProjectionInputs:
    return moved(inputs, policy, {step.lever.key: step.value}).inputs


def _best(goal: str, steps: Sequence[_Step], tried: Sequence[dict[str, float]]) -> int | None:
    """Return the place of the step that lifts the goal's chance most; the first of equals."""
    able = [place for place, step in enumerate(steps) if step.may_help(goal) and tried[place][goal] > 0.0]
    return max(able, key=lambda place: (tried[place][goal], -place), default=None)


def _help(goal: str, step: _Step, paths: tuple[Floats, Floats], n_batches: int) -> GoalHelp:
    after, before = paths
    return GoalHelp(goal, step.lever.key, step.value, estimate(after, n_batches), difference(after, before, n_batches))
