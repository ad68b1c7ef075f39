"""A published version as its paper tells it (`plan_report`): the overview of the pages, and what paper adds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.plans.engine.falls import MarketFall
from apps.plans.models import Decision, Plan, PlanStep, StepStatus
from apps.plans.policies import TAKEN
from apps.plans.selectors import overview_builders as build
from apps.plans.selectors import report_parts
from apps.plans.selectors.overview_parts import FlowLine, RecommendationLine
from apps.plans.selectors.overviews import PlanOverview, plan_overview, run_shown
from apps.plans.selectors.report_parts import FallPart, SheetPart, TaxLine
from apps.plans.selectors.report_rules import Rule, identity, rules_of
from apps.plans.selectors.run_values import inputs_of, result_of
from apps.plans.selectors.step_boards import StepLine, step_lines

REPORTER = Actor.system("plans.report")
MOST_MOVES = 3


@dataclass(frozen=True, slots=True)
class Move:
    """Advice that was not declined, with the step that begins it; None where no step is laid out."""

    advice: RecommendationLine
    step: StepLine | None

    @property
    def is_agreed(self) -> bool:
        """Whether it is done; else it is an offer to talk about."""
        return self.advice.decision in TAKEN


@dataclass(frozen=True, slots=True)
class PlanReport:
    """All that the paper says. `moves` are in order of effect, `actions` by due day; `years` are the ones drawn.

    `best` is the first of them that raises the chance; `owed` what a limit demands after the first three.

    `essentials` says whether the essential goals reach the target; `taxes` are of the same flows as the overview's.
    """

    overview: PlanOverview
    people: tuple[str, ...]
    essentials: bool
    moves: tuple[Move, ...]
    actions: tuple[StepLine, ...]
    sheet: SheetPart
    taxes: tuple[TaxLine, ...]
    falls: FallPart | None
    years: tuple[FlowLine, ...]
    rules: tuple[Rule, ...]
    identity: str
    left_out: tuple[str, ...]

    @property
    def best(self) -> RecommendationLine | None:
        """What helps most; None where no advice raises the chance."""
        lines = (move.advice for move in self.moves)
        return next((line for line in lines if line.effect and (line.effect.change.number or 0.0) > 0.0), None)

    @property
    def owed(self) -> tuple[RecommendationLine, ...]:
        """What the risk limit demands and is not among the first moves."""
        return tuple(move.advice for move in self.moves[MOST_MOVES:] if move.advice.is_owed)

    @property
    def has_agreed(self) -> bool:
        """Whether any advice was accepted, as it is or adjusted."""
        return any(move.is_agreed for move in self.moves)

    @property
    def is_mix_advised(self) -> bool:
        """Whether the plan advises a mix beside the one that is held."""
        part = self.overview.allocation
        return part is not None and part.return_then.value is not None


def plan_report(plan: Plan, falls: Sequence[MarketFall], on: dt.date) -> PlanReport | None:
    """Return what the paper of the version says, None before the first result.

    Numbers are those of the frozen run; steps stand as they do on the day.
    """
    overview, run = plan_overview(plan.household, REPORTER, plan), run_shown(plan)
    result = result_of(run) if run is not None else None
    if overview is None or run is None or result is None:
        return None
    found = build.Found(plan, run, inputs_of(run), result)
    actions = _actions(plan, on)
    return PlanReport(
        overview=overview,
        people=tuple(str(person) for person in plan.household.people.all()),
        essentials=(overview.success.number or 0.0) >= (overview.target.number or 0.0),
        moves=_moves(overview, actions),
        actions=tuple(step for _advice, step in actions),
        sheet=report_parts.sheet(found),
        taxes=report_parts.taxes(found, overview.flows),
        falls=report_parts.great_falls(found, falls, overview.allocation),
        years=_drawn_years(found, overview.flows),
        rules=rules_of(result.projection.trail),
        identity=identity(result.projection.trail),
        left_out=left_out(found),
    )


def _actions(plan: Plan, on: dt.date) -> list[tuple[str, StepLine]]:
    """The steps of the version's advice, each with the key of the advice; what is due first."""
    rows = (
        PlanStep.objects.filter(recommendation__run=run_shown(plan))
        .exclude(status=StepStatus.DROPPED)
        .select_related("household__advisor", "recommendation", "person", "document", "entry__account")
        .order_by("due_on", "id")
    )
    keys = [row.recommendation.key if row.recommendation else "" for row in rows]
    return list(zip(keys, step_lines(rows, on), strict=True))


def _moves(overview: PlanOverview, actions: Sequence[tuple[str, StepLine]]) -> tuple[Move, ...]:
    wanted = [line for line in overview.recommendations if line.decision != Decision.DECLINED]
    return tuple(Move(line, next((step for key, step in actions if key == line.key), None)) for line in wanted)


def _drawn_years(found: build.Found, flows: Sequence[FlowLine]) -> tuple[FlowLine, ...]:
    """Return the first whole year, and the first in which nobody works any more where that comes later."""
    whole = [line for line in flows if line.since is None] or list(flows)
    last = max(adult.retirement_date for adult in found.question.inputs.adults)
    later = [line for line in whole[1:] if line.calendar_year > last.year]
    return (*whole[:1], *later[:1])


def left_out(found: build.Found) -> tuple[str, ...]:
    """Return what this plan does not count, by what it was asked: standing limits of the engine that apply to it."""
    inputs = found.question.inputs
    told = [
        _("Property, cars and other things owned pay for nothing here unless their sale is planned."),
        _("What insurance of income or care would pay, and costs of illness or care that are not told."),
        _("Gifts and inheritances that are not told, and taxes on estates."),
        _("Taxes of cities and counties, and credits that are not in the federal or state tables."),
        _("Changes of the law after the day of the facts: today's rules are carried forward with inflation."),
        _("Costs of trading, and taxes on selling what is exchanged when the mix changes."),
    ]
    if inputs.state_table is None:
        told.insert(0, _("State income tax: no table is in use for this plan."))
    if inputs.medicare is None:
        told.append(_("Premiums of Medicare."))
    return tuple(told)
