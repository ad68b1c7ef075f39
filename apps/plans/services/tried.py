"""Levers of a result as a page puts them, with the engine's answer: for the advisor's page and for the client's."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from apps.core.actors import Actor
from apps.core.errors import shown
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.what_if_levers import LeverKind, levers_of
from apps.plans.selectors.what_if import (
    Asked,
    LeverGroup,
    WhatIfResult,
    lever_groups,
    moved_only,
    result_as_generated,
    result_of_answer,
)
from apps.plans.selectors.what_if_values import Question, openable
from apps.plans.services.what_if import answer_question

ALL_KINDS = frozenset(LeverKind)
# what a household decides itself: no allocation, which needs a risk profile, and no markets worse than assumed
OWN_KINDS = frozenset(
    {
        LeverKind.RETIREMENT_AGE,
        LeverKind.CLAIM_AGE,
        LeverKind.RETIREMENT_SPENDING,
        LeverKind.EXTRA_SAVING,
        LeverKind.GOAL_AMOUNT,
        LeverKind.GOAL_YEAR,
    }
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of levers: where they stand, the name of the page that its questions bear, and the answer."""

    groups: tuple[LeverGroup, ...]
    page_id: str
    result: WhatIfResult | None


def answered(asked: Asked, question: Question, by: Actor) -> WhatIfResult | None:
    """Return the answer: the stored result where nothing is moved, else the engine's. Raises as `answer_question`."""
    known = {lever.key for lever in levers_of(asked.question.inputs)}
    # what this plan has no lever for is left to the engine, which refuses it by name
    if question.is_whole and question.changes.keys() <= known and not moved_only(asked, question.changes):
        return result_as_generated(asked)
    return result_of_answer(asked, question, answer_question(run=asked.run, question=question, by=by))


def opened(asked: Asked, told: Mapping[str, str], by: Actor, kinds: Collection[LeverKind] = ALL_KINDS) -> Opened:
    """Return levers of some kinds and the answer as an address puts them; one told wrong says so and stands as planned.

    Raises EngineBusyError.
    """
    levers = [lever for lever in levers_of(asked.question.inputs) if lever.kind in kinds]
    changes, wrong = openable(told, levers)
    page = uuid.uuid4().hex
    try:
        result = answered(asked, Question(page, 0, changes, is_whole=True), by)
    except InvalidInputError as refusal:  # levers that go with each other in no plan
        changes, wrong = {}, {**wrong, refusal.field: shown(refusal).sentence}
        result = result_as_generated(asked)
    return Opened(_of_kinds(lever_groups(asked, changes, wrong), kinds), page, result)


def check_kinds(changes: Mapping[str, float], kinds: Collection[LeverKind]) -> None:
    """Refuse levers of other kinds. Raises InvalidInputError with the lever as its field."""
    for key in changes:
        if key.partition(":")[0] not in kinds:
            raise InvalidInputError(
                gettext_noop("This cannot be tried here."), mend=gettext_noop("Ask your advisor about it."), field=key
            )


def _of_kinds(groups: tuple[LeverGroup, ...], kinds: Collection[LeverKind]) -> tuple[LeverGroup, ...]:
    kept = [(group.title, tuple(row for row in group.rows if row.kind in kinds)) for group in groups]
    return tuple(LeverGroup(title, rows) for title, rows in kept if rows)
