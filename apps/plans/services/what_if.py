"""Asking the engine while a hand is on a lever: nothing is written, the newest question of a page is answered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from apps.core.actors import Actor
from apps.plans.engine.digest import input_digest
from apps.plans.engine.what_if_levers import moved
from apps.plans.engine.what_if_results import Reach, WhatIfAnswer
from apps.plans.models import ProjectionRun
from apps.plans.selectors.run_values import RunInputs, inputs_of
from apps.plans.selectors.what_if_values import Question, spec_of
from apps.plans.services._turns import TURNS

Kept = TypeVar("Kept")
_lock = threading.Lock()
_questions: OrderedDict[str, RunInputs] = OrderedDict()
_answers: OrderedDict[str, WhatIfAnswer] = OrderedDict()


def question_of_run(run: ProjectionRun) -> RunInputs:
    """Return what the run was asked; kept, since a page asks of it many times a second."""
    return _kept(_questions, run.input_digest) or _keep(_questions, run.input_digest, inputs_of(run), 32)


def warm(*, run: ProjectionRun, by: Actor) -> None:
    """Load the engine and the markets of a plan, so that the first move of a lever does not wait for them."""
    from apps.plans.services._what_if import trial

    question = question_of_run(run)
    with TURNS.place(by.key):
        trial(question, spec_of(question, is_whole=False), run.input_digest)


def answer_question(*, run: ProjectionRun, question: Question, by: Actor) -> WhatIfAnswer:
    """Answer how the plan of a run fares with levers moved; the newest question of a page only.

    Raises StaleQuestionError, EngineBusyError, and InvalidInputError whose field is the lever at fault.
    """
    page = f"{by.key}:{run.pk}:{question.page}"
    TURNS.ask(page, question.number)
    asked = question_of_run(run)
    moved(asked.inputs, asked.policy, question.changes)
    name = input_digest({"run": run.input_digest, "at": question.precision, "moved": question.changes})
    found = _kept(_answers, name)
    if found is not None:
        return found
    from apps.plans.services._what_if import answer, spending, trial

    def still_wanted(_part: float, _step: str) -> None:
        TURNS.check(page, question.number)

    with TURNS.place(by.key):
        still_wanted(0.0, "")
        tried = trial(asked, spec_of(asked, is_whole=question.is_whole), run.input_digest)
        told = answer(tried, question.changes, still_wanted)
        if question.is_whole:
            told = replace(told, spending=spending(tried, question.changes, still_wanted))
    return _keep(_answers, name, told, 128)


def find_reaches(*, run: ProjectionRun, changes: Mapping[str, float], by: Actor) -> tuple[Reach, ...]:
    """Answer what would reach the plan's target, one lever at a time, with the others where they stand.

    Raises EngineBusyError, and InvalidInputError whose field is the lever at fault.
    """
    asked = question_of_run(run)
    moved(asked.inputs, asked.policy, changes)
    from apps.plans.services._what_if import reach, trial

    with TURNS.place(by.key):
        return reach(trial(asked, spec_of(asked, is_whole=True), run.input_digest), changes)


def _kept(where: OrderedDict[str, Kept], name: str) -> Kept | None:
    with _lock:
        found = where.get(name)
        if found is not None:
            where.move_to_end(name)
        return found


def _keep(where: OrderedDict[str, Kept], name: str, value: Kept, most: int) -> Kept:
    with _lock:
        where[name] = value
        while len(where) > most:
            where.popitem(last=False)
    return value
