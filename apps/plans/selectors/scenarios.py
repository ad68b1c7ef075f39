"""Scenarios of a plan: the list, and up to three side by side with what each single difference does."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.models import JobState
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.plans import policies
from apps.plans.engine.what_if_levers import levers_of
from apps.plans.engine.what_if_results import ScenarioResult
from apps.plans.models import Plan, PlanScenario
from apps.plans.selectors.figures import Figure, as_typed
from apps.plans.selectors.frozen_values import read_frozen
from apps.plans.selectors.overviews import run_shown
from apps.plans.selectors.run_values import inputs_of
from apps.plans.selectors.what_if import (
    Asked,
    WhatIfResult,
    label_of,
    query_of,
    result_as_generated,
    result_of_answer,
    value_text,
)
from apps.plans.selectors.what_if_values import Question, id_in

MOST_COMPARED = 3


@dataclass(frozen=True, slots=True)
class ScenarioLine:
    """A scenario of the list; `stale` says why its result may not hold any more."""

    public_id: uuid.UUID
    name: str
    kept_by: str
    kept_at: dt.datetime
    locked_by: str
    is_set_aside: bool
    is_measured: bool
    failed: str
    stale: tuple[str, ...]
    query: str
    result: WhatIfResult | None


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """A field in one scenario: its value, and what that one difference does; empty where it is not moved."""

    text: str
    effect: Figure | None
    error: Figure | None
    query: str


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One field of all: what the plan says, then each scenario."""

    label: str
    start: str
    cells: tuple[ComparedCell, ...]


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """One result of all: the plan as generated, then each scenario; each with the query of its passport."""

    label: str
    cells: tuple[tuple[Figure | None, str], ...]


@dataclass(frozen=True, slots=True)
class ScenarioComparison:
    """Up to three scenarios beside the plan they start from."""

    names: tuple[str, ...]
    fields: tuple[ComparedField, ...]
    results: tuple[ComparedFigure, ...]


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A field of a scenario beside the draft: what the scenario started from, what the draft says, what it would say.

    `draft` is None where the draft has no such field; `is_conflict` says that the draft departed from the start.
    """

    key: str
    start: float | None
    draft: float | None
    value: float

    @property
    def is_conflict(self) -> bool:
        """Whether the draft says neither what the scenario started from nor what it would say."""
        return self.draft is None or as_typed(self.draft) not in {as_typed(self.start or 0.0), as_typed(self.value)}

    @property
    def seen(self) -> str:
        """The draft's value as a form carries it."""
        return "" if self.draft is None else as_typed(self.draft)


@dataclass(frozen=True, slots=True)
class MergeRow:
    """The same in words."""

    line: MergeLine
    label: str
    start: str
    draft: str
    value: str


def merge_rows(scenario: PlanScenario, lines: tuple[MergeLine, ...]) -> tuple[MergeRow, ...]:
    """Put the fields of a scenario into words."""
    asked = Asked(scenario.run, inputs_of(scenario.run))

    def told(key: str, value: float | None) -> str:
        return "–" if value is None else value_text(asked, key, value)

    return tuple(
        MergeRow(
            line,
            label_of(asked, line.key),
            told(line.key, line.start),
            told(line.key, line.draft),
            told(line.key, line.value),
        )
        for line in lines
    )


def scenario_for(actor: Actor, public_id: uuid.UUID) -> PlanScenario:
    """Return a scenario the actor may see. Raises NotFoundError."""
    rows = PlanScenario.objects.visible_to(actor).select_related("plan__household", "run")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise NotFoundError(gettext_noop("There is no such scenario."))
    return row


def opened_scenario(actor: Actor, plan: Plan, public_id: str) -> PlanScenario | None:
    """Return the scenario that a what-if page opened, where there is one that may change."""
    rows = PlanScenario.objects.visible_to(actor).kept().filter(plan=plan, locked_at=None)
    return rows.filter(public_id=id_in(public_id)).first()


def scenario_lines(plan: Plan) -> tuple[ScenarioLine, ...]:
    """Return the scenarios of a version, those set aside last."""
    rows = plan.scenarios.select_related("job", "run", "run__plan__assumptions")
    lines = [scenario_line(row, plan) for row in rows]
    return tuple(sorted(lines, key=lambda line: line.is_set_aside))


def scenario_line(row: PlanScenario, plan: Plan) -> ScenarioLine:
    """Return a scenario as the list shows it."""
    asked = Asked(row.run, inputs_of(row.run))
    failed = row.job is not None and row.job.state == JobState.FAILED and row.result is None
    return ScenarioLine(
        public_id=row.public_id,
        name=row.name,
        kept_by=row.kept_by,
        kept_at=row.updated_at,
        locked_by=row.locked_by,
        is_set_aside=row.set_aside_at is not None,
        is_measured=row.result is not None,
        failed=row.job.error if failed and row.job is not None else "",
        stale=_stale(row, plan),
        query=query_of(asked, row.changes),
        result=_result(row, asked),
    )


def _stale(row: PlanScenario, plan: Plan) -> tuple[str, ...]:
    found, newest = [], run_shown(plan)
    if newest is not None and newest.pk != row.run_id:
        found.append(_("the plan was generated again since"))
    if policies.can_change(plan) and policies.is_outdated(plan, row.run):
        found.append(_("goals or choices changed since"))
    return tuple(found)


def _result(row: PlanScenario, asked: Asked) -> WhatIfResult | None:
    if row.result is None:
        return None
    told = read_frozen(row.result, ScenarioResult)
    return result_of_answer(asked, Question("", 0, row.changes, is_whole=True), told.answer)


def comparison(rows: list[PlanScenario]) -> ScenarioComparison | None:
    """Set measured scenarios beside the plan they start from; None where none is measured."""
    measured = [row for row in rows if row.result is not None][:MOST_COMPARED]
    if not measured:
        return None
    asked = [Asked(row.run, inputs_of(row.run)) for row in measured]
    return ScenarioComparison(
        names=tuple(row.name for row in measured),
        fields=_fields(measured, asked),
        results=_results(measured, asked),
    )


def _fields(rows: list[PlanScenario], asked: list[Asked]) -> tuple[ComparedField, ...]:
    start = asked[0]
    values = {lever.key: lever.value for lever in levers_of(start.question.inputs)}
    keys = [key for key in values if any(key in row.changes for row in rows)]
    keys += sorted({key for row in rows for key in row.changes} - set(keys))
    return tuple(
        ComparedField(
            label=label_of(start, key),
            start=value_text(start, key, values[key]) if key in values else "–",
            cells=tuple(_cell(row, each, key) for row, each in zip(rows, asked, strict=True)),
        )
        for key in keys
    )


def _cell(row: PlanScenario, asked: Asked, key: str) -> ComparedCell:
    told = read_frozen(bytes(row.result or b""), ScenarioResult)
    found = next((each for each in told.effects if each.key == key), None)
    if found is None:
        return ComparedCell("", None, None, "")
    return ComparedCell(
        value_text(asked, key, found.value),
        Figure(found.change.value, "points", "change", _("What this difference does alone, in points")),
        Figure(found.change.standard_error, "points", "change_error", _("Standard error, in points"), "2"),
        query_of_run(asked, {key: found.value}),
    )


def query_of_run(asked: Asked, changes: dict[str, float]) -> str:
    """Write the query of a passport that asks a given run on all paths."""
    return f"{query_of(asked, changes)}&precision=whole&run={asked.run.public_id}".lstrip("&")


_LINES = ("success", "error", "change", "wealth", "wealth_poor", "wealth_change", "shortfall", "spending")


def _results(rows: list[PlanScenario], asked: list[Asked]) -> tuple[ComparedFigure, ...]:
    start = result_as_generated(asked[0])
    told = [_result(row, each) for row, each in zip(rows, asked, strict=True)]
    queries = [query_of_run(each, row.changes) for row, each in zip(rows, asked, strict=True)]
    lines = []
    for name in _LINES:
        figures = [getattr(each, name) for each in told if each is not None]
        own = getattr(start, name) if start is not None and not name.endswith("change") else None
        first = (own, query_of_run(asked[0], {}))
        cells = (first, *zip(figures, queries, strict=True))
        lines.append(ComparedFigure(figures[0].label, cells))
    return tuple(lines)
