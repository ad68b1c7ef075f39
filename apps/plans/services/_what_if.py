"""The door to the engine for pages that ask while somebody waits: it brings numba, so it is imported when one asks.

Kernels release the interpreter's lock, so other requests of the process go on. What is kept between questions: the
markets of `_scenarios`, their growth in `engine.growth` (bounded there), and the plans as they stand.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from apps.plans.engine.conversion_map import Way, with_way
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.monte_carlo import Progress, no_progress
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.walked_income import with_walked_income
from apps.plans.engine.what_if import (
    Standing,
    affordable,
    effects,
    on_paths,
    reaches,
    standing,
    what_if,
)
from apps.plans.engine.what_if_levers import Moved, Stress, moved
from apps.plans.engine.what_if_results import LeverEffect, Reach, ScenarioResult, WhatIfAnswer
from apps.plans.selectors.run_values import RunInputs
from apps.plans.services._scenarios import cube_of

_KEPT = 32
_standing: OrderedDict[tuple[str, CubeSpec], tuple[Standing, AdvicePolicy]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Trial:
    """A plan on the scenarios it is asked on, and how it stands there."""

    question: RunInputs
    cube: ScenarioCube
    before: Standing


def trial(question: RunInputs, spec: CubeSpec, name: str) -> Trial:
    """Open the markets of a plan, and run it as it stands if that is not kept; `name` is the question's digest."""
    inputs = on_paths(question.inputs, spec)
    cube = cube_of(inputs.assumptions, spec)
    key = (name, spec)
    with _lock:
        found = _standing.get(key)
    if found is None:
        found = standing(inputs, cube), with_walked_income(question.policy, inputs)
    with _lock:
        _standing[key] = found
        _standing.move_to_end(key)
        while len(_standing) > _KEPT:
            _standing.popitem(last=False)
    before, policy = found
    return Trial(RunInputs(inputs, policy), cube, before)


def answer(tried: Trial, changes: Mapping[str, float], progress: Progress = no_progress) -> WhatIfAnswer:
    """Answer how the plan fares with levers moved."""
    plan = moved(tried.question.inputs, tried.question.policy, changes)
    return what_if(plan, tried.cube, tried.before, progress=progress)


def answer_converted(tried: Trial, owner: str, way: Way) -> WhatIfAnswer:
    """Answer how the plan fares when an adult converts to Roth this way."""
    return what_if(Moved(with_way(tried.question.inputs, owner, way), Stress()), tried.cube, tried.before)


def spending(tried: Trial, changes: Mapping[str, float], progress: Progress = no_progress) -> float:
    """Answer what may be spent a month in retirement."""
    plan = moved(tried.question.inputs, tried.question.policy, changes)
    return affordable(plan, tried.question.policy, tried.cube, progress=progress)


def reach(tried: Trial, changes: Mapping[str, float], progress: Progress = no_progress) -> tuple[Reach, ...]:
    """Answer what would reach the target, one lever at a time."""
    plan = moved(tried.question.inputs, tried.question.policy, changes)
    return reaches(plan, tried.question.policy, tried.cube, progress=progress)


def single_effects(tried: Trial, changes: Mapping[str, float]) -> tuple[LeverEffect, ...]:
    """Answer what each change does by itself."""
    return effects(tried.question.inputs, tried.question.policy, changes, tried.cube)


def scenario_result(question: RunInputs, changes: Mapping[str, float], name: str, progress: Progress) -> ScenarioResult:
    """Answer a scenario on all paths of its run, with what may be spent and what each change does alone."""
    tried = trial(question, question.inputs.simulation, name)
    told = answer(tried, changes, lambda part, step: progress(0.1 + 0.3 * part, step))
    told = replace(told, spending=spending(tried, changes))
    progress(0.6, "")
    return ScenarioResult(told, single_effects(tried, changes))
