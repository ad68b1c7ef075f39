"""What a page asks while its levers move."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps.core.errors import shown
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.results import Estimate
from apps.plans.engine.what_if_levers import LeverKind, WhatIfLever, check
from apps.plans.engine.what_if_results import GoalChance, WhatIfAnswer
from apps.plans.selectors.run_values import RunInputs, RunResult

# one scramble of 1,024 points tells no error: eight of 128 do, and 128 is a power of two
QUICK_PATHS, QUICK_BATCHES = 1024, 8


@dataclass(frozen=True, slots=True)
class Question:
    """Where levers stand on a page, and which of its questions this is; `is_whole` asks for all paths."""

    page: str
    number: int
    changes: Mapping[str, float]
    is_whole: bool

    @property
    def precision(self) -> str:
        """Name how many paths are asked."""
        return "whole" if self.is_whole else "quick"


def spec_of(question: RunInputs, *, is_whole: bool) -> CubeSpec:
    """Return the scenarios that are asked: the run's own, or a few of the same assumption set."""
    whole = question.inputs.simulation
    if is_whole or whole.n_paths <= QUICK_PATHS:
        return whole
    return CubeSpec(whole.seed, QUICK_PATHS, QUICK_BATCHES, whole.n_months, whole.market)


def changes_in(told: Mapping[str, str]) -> dict[str, float]:
    """Read where levers stand, by their keys; what is no lever is left alone.

    Raises InvalidInputError with the key as field for what is no number.
    """
    found = {}
    for key, text in told.items():
        if key.partition(":")[0] not in set(LeverKind):
            continue
        try:
            found[key] = float(text)
        except ValueError as wrong:
            raise InvalidInputError(gettext_noop("Give a number."), field=key) from wrong
    return found


def openable(told: Mapping[str, str], levers: Iterable[WhatIfLever]) -> tuple[dict[str, float], dict[str, str]]:
    """Read where an address puts levers, and what is wrong by key: a lever told amiss stands as planned.

    What is no lever of this plan is left alone.
    """
    found, wrong = {}, {}
    for lever in levers:
        if lever.key not in told:
            continue
        try:
            value = changes_in({lever.key: told[lever.key]})[lever.key]
            check(lever, lever.key, value)
        except InvalidInputError as refusal:
            wrong[lever.key] = shown(refusal).sentence
        else:
            found[lever.key] = value
    return found, wrong


def question_in(told: Mapping[str, str]) -> Question:
    """Read a page's question. Raises InvalidInputError for what is no number."""
    number = told.get("number", "0")
    return Question(
        page=told.get("page", "")[:40],
        number=int(number) if number.isdecimal() and len(number) < 10 else 0,
        changes=changes_in(told),
        is_whole=told.get("precision") == "whole",
    )


def answer_as_generated(result: RunResult) -> WhatIfAnswer:
    """Return the stored result as the answer to levers that nobody moved."""
    projection = result.projection
    none = Estimate(0.0, 0.0, projection.success.n_batches)
    return WhatIfAnswer(
        n_paths=projection.n_paths,
        success=projection.success,
        change=none,
        terminal=projection.terminal.real,
        terminal_change=none,
        shortfall=projection.shortfall,
        goals=tuple(GoalChance(goal.key, goal.success) for goal in projection.goals),
        bands=projection.bands,
        cube_digest=projection.cube_digest,
    )


def id_in(text: str) -> uuid.UUID:
    """Read a public id of an address; where it is none, the nil id, which no row has."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
