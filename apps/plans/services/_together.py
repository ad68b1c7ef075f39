"""The plan with several pieces of advice at once. Loaded with the engine, for a job alone (see `_answers`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from apps.plans.engine.digest import canonical_json
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.joint_changes import changes_of, joined, over_the_limits, with_the_others_mix
from apps.plans.engine.recommendations import measured_effect
from apps.plans.engine.results import Effect
from apps.plans.engine.walked_income import with_walked_income
from apps.plans.selectors.frozen_values import read_frozen
from apps.plans.selectors.run_values import RunInputs
from apps.plans.services._answers import THREADS, Progress
from apps.plans.services._changes import changed_by
from apps.plans.services._levers import Change
from apps.plans.services._scenarios import cube_of


@dataclass(frozen=True, slots=True)
class MeasuredTogether:
    """What all of it does; the places (earlier, later) of what changes the same; accounts paid into beyond the law."""

    effect: Effect
    overlaps: tuple[tuple[int, int], ...]
    over_limits: tuple[str, ...]


def measured_together(
    question: RunInputs, advice: Sequence[Change | Mapping[str, Any]], progress: Progress
) -> MeasuredTogether:
    """Run the plan with all advice, as the engine gave it (its changes) or adjusted; the later stands where two clash.

    Raises InvalidInputError where the plan cannot take all of it.
    """
    question = replace(question, policy=with_walked_income(question.policy, question.inputs))
    inputs = question.inputs
    changes = [_changes(each, question) if isinstance(each, Change) else each for each in advice]
    found = joined(inputs, changes)
    together = with_the_others_mix(inputs, read_frozen(canonical_json(found.content), ProjectionInputs))
    cube = cube_of(inputs.assumptions, inputs.simulation)
    progress(0.3, "")
    with ThreadPoolExecutor(THREADS) as pool:
        effect = measured_effect(inputs, together, cube, mapper=pool.map)
    return MeasuredTogether(effect, found.overlaps, over_the_limits(inputs, together, question.policy.facts))


def _changes(change: Change, question: RunInputs) -> dict[str, Any]:
    changed = changed_by(change, question)
    return {} if changed is None else changes_of(question.inputs, changed)
