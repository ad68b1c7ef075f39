"""For each goal that falls short: the one step that lifts its chance most, of steps that people weigh up.

The steps are a year of work longer, a twentieth less spent in retirement, a twentieth of the salaries saved on top, a
year later for Social Security, a tenth off a goal, the goal itself a year later, the last two where nobody said how far
it gives way; and, of a goal that nothing but its own accounts pays for, that income and the others pay too. Each is a
whole run of the household on the scenarios of the plan; a first look on a part of them picks the step, all of them say
what it does: to the goal, to the plan, to what is left, and to the goal that it hurts most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.chunks import Mapper
from apps.plans.engine.goal_choices import ANY_MEANS, GoalMeans
from apps.plans.engine.goal_outcomes import missing_of
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import monthly_salaries
from apps.plans.engine.means_program import N_GIVEN
from apps.plans.engine.monte_carlo import Simulation, simulate
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.results import Estimate
from apps.plans.engine.runs import batches_of_a_part
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.success import difference, estimate
from apps.plans.engine.what_if_levers import LeverKind, WhatIfLever, levers_of, moved
from apps.plans.engine.what_if_results import GoalHelp, HelpCost

Floats = NDArray[np.float64]

SPENDING_CUT, SAVING_PART, AMOUNT_CUT = 0.05, 0.05, 0.10
_OF_ITSELF = frozenset({LeverKind.GOAL_YEAR, LeverKind.GOAL_ACCOUNTS})
# a rise that is not clearly above its error is no advice
_CLEAR = 2.0


@dataclass(frozen=True, slots=True)
class _Step:
    """A lever put where one step moves it."""

    lever: WhatIfLever
    value: float

    def may_help(self, goal: str) -> bool:
        """Whether the step is one for this goal: another goal's year is no help that a client would weigh up."""
        return self.lever.kind not in _OF_ITSELF or self.lever.subject == goal


@dataclass(frozen=True, slots=True)
class _Seen:
    """A run by path: which goals were paid, whether the plan succeeded, what was left; and what is missing of goals."""

    funded: dict[str, Floats]
    succeeded: Floats
    left: Floats
    missing: dict[str, float | None]


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
    part = batches_of_a_part(cube.spec) or cube.spec.n_batches

    def seen(plan: ProjectionInputs, n_batches: int) -> _Seen:
        return _seen(plan, simulate(plan, cube, with_flows=False, mapper=mapper, n_batches=n_batches))

    whole = cube.spec.n_batches
    before = seen(inputs, whole)
    short = [
        goal.key
        for goal in inputs.goals
        if goal.key in before.funded and float(before.funded[goal.key].mean()) < policy.target
    ]
    if not short:
        return ()
    steps = steps_of(inputs)
    first = before.funded if part == whole else seen(inputs, part).funded
    tried = []
    for place, step in enumerate(steps):
        progress(place / (len(steps) + len(short)))
        after = seen(_with(step, inputs, policy), part).funded
        tried.append({key: float((after[key] - first[key]).mean()) if key in after else 0.0 for key in short})
    picked = {key: _best(key, steps, tried) for key in short}
    best = {key: at for key, at in picked.items() if at is not None}
    lifted: dict[int, _Seen] = {}
    for place in sorted(set(best.values())):
        progress((len(steps) + len(lifted)) / (len(steps) + len(short)))
        lifted[place] = seen(_with(steps[place], inputs, policy), whole)
    helps = [_help(key, steps[place], (lifted[place], before), whole) for key, place in best.items()]
    return tuple(found for found in helps if is_clear(found.change))


def _seen(plan: ProjectionInputs, found: Simulation) -> _Seen:
    means = {goal.key: goal.means for goal in plan.goals}
    gives_way = [d.key for d in found.demands if means.get(d.key.partition(":")[0], ANY_MEANS).gives_way]
    funded, missing = {}, {}
    for place, demand in enumerate(found.demands):
        if demand.key not in means:
            continue
        at = N_GIVEN * gives_way.index(demand.key) if demand.key in gives_way else -1
        given = found.recorded.given[at : at + N_GIVEN] if at >= 0 else None
        funded[demand.key] = found.funded(place)
        missing[demand.key] = missing_of(demand, found.recorded.failed[place], given)
    return _Seen(funded, found.succeeded(), found.terminal_real(), missing)


def steps_of(inputs: ProjectionInputs) -> tuple[_Step, ...]:
    """Return one step of each lever that has room for it."""
    salaries, means = monthly_salaries(inputs), {goal.key: goal.means for goal in inputs.goals}
    found = []
    for lever in levers_of(inputs):
        is_moved = lever.kind in {LeverKind.GOAL_AMOUNT, LeverKind.GOAL_YEAR}
        if is_moved and lever.subject in means and not _gives_way(lever.kind, means[lever.subject]):
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
    if lever.kind in {LeverKind.RETIREMENT_AGE, LeverKind.GOAL_YEAR, LeverKind.GOAL_ACCOUNTS}:
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


def _help(goal: str, step: _Step, runs: tuple[_Seen, _Seen], n_batches: int) -> GoalHelp:
    after, before = runs
    success = estimate(after.funded[goal], n_batches)
    change = difference(after.funded[goal], before.funded[goal], n_batches)
    return GoalHelp(goal, step.lever.key, step.value, success, change, _cost(goal, runs, n_batches))


def _cost(goal: str, runs: tuple[_Seen, _Seen], n_batches: int) -> HelpCost:
    after, before = runs
    now, then = before.missing[goal], after.missing[goal]
    falls = {
        key: difference(after.funded[key], before.funded[key], n_batches)
        for key in before.funded
        if key != goal and key in after.funded
    }
    hurt = min(falls, key=lambda key: falls[key].value, default="")
    if hurt and not is_clear(replace(falls[hurt], value=-falls[hurt].value)):
        hurt = ""
    return HelpCost(
        unpaid=None if now is None or then is None else then - now,
        plan=difference(after.succeeded, before.succeeded, n_batches),
        left=difference(after.left, before.left, n_batches),
        hurt=hurt,
        hurt_change=falls[hurt] if hurt else None,
    )
