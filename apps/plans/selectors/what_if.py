"""The what-if page: its levers as people read them, and the engine's answers as figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from apps.core.templatetags import formats
from apps.core.templatetags.charts import Band, ChartSpec
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.plans.engine.what_if_levers import ALL_ACCOUNTS, STRESSES, LeverKind, WhatIfLever, levers_of
from apps.plans.engine.what_if_results import Reach, WhatIfAnswer
from apps.plans.models import Plan, ProjectionRun
from apps.plans.selectors.fans import readable
from apps.plans.selectors.figures import Figure, as_typed, figures_in, money_figure
from apps.plans.selectors.overviews import run_shown
from apps.plans.selectors.passports import PlanPassport
from apps.plans.selectors.run_values import RunInputs, inputs_of, result_of
from apps.plans.selectors.what_if_values import Question, answer_as_generated, id_in

_P5, _P10, _P25, _P50, _P75, _P90, _P95 = range(7)
OF_GOALS = frozenset({LeverKind.GOAL_AMOUNT, LeverKind.GOAL_YEAR, LeverKind.GOAL_ACCOUNTS})


@dataclass(frozen=True, slots=True)
class LeverRow:
    """A lever with its label; `value` is where it stands, `now` what the plan says, both as inputs take them."""

    key: str
    kind: str
    label: str
    unit: str
    value: str
    now: str
    low: str
    high: str
    step: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class LeverGroup:
    """Levers under one heading."""

    title: str
    rows: tuple[LeverRow, ...]


@dataclass(frozen=True, slots=True)
class GoalChanceLine:
    """A goal with how likely it is met."""

    name: str
    success: Figure
    error: Figure


@dataclass(frozen=True, slots=True)
class WhatIfResult:
    """An answer of the engine; `stresses` says in words what the markets are made to do, `moved` what was changed."""

    is_whole: bool
    n_paths: int
    success: Figure
    error: Figure
    change: Figure
    change_error: Figure
    wealth: Figure
    wealth_poor: Figure
    wealth_change: Figure
    shortfall: Figure
    spending: Figure
    goals: tuple[GoalChanceLine, ...]
    chart: ChartSpec
    moved: tuple[str, ...]
    query: str


@dataclass(frozen=True, slots=True)
class ReachLine:
    """What would reach the target: `puts` are the levers that a button sets, as (key, value)."""

    label: str
    figure: Figure
    success: Figure
    outcome: str
    puts: tuple[tuple[str, str], ...]

    @property
    def has_button(self) -> bool:
        """Whether there is something to put on a slider: spending that is affordable may be more than the plan's."""
        return self.outcome != "already_reached" or self.figure.key.endswith(LeverKind.RETIREMENT_SPENDING)


@dataclass(frozen=True, slots=True)
class Asked:
    """A run with its question, for which pages show levers and answers."""

    run: ProjectionRun
    question: RunInputs

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self.question.inputs.currency

    @property
    def names(self) -> Mapping[str, str]:
        """The names behind keys."""
        return dict(self.run.names)


def asked_of(plan: Plan, run_id: str = "") -> Asked | None:
    """Return the run whose plan is moved: the one named, the one given to the client, or the newest; None before."""
    named = plan.runs.finished().filter(public_id=id_in(run_id)).first()
    run = named or run_shown(plan)
    return None if run is None else Asked(run, inputs_of(run))


def result_as_generated(asked: Asked) -> WhatIfResult | None:
    """Return the stored result, for levers that nobody moved."""
    found = result_of(asked.run)
    question = Question("", 0, {}, is_whole=True)
    return None if found is None else result_of_answer(asked, question, answer_as_generated(found))


def lever_groups(
    asked: Asked, changes: Mapping[str, float], wrong: Mapping[str, str] | None = None
) -> tuple[LeverGroup, ...]:
    """Return the levers, each where the changes put it; `wrong` says by key what an address told amiss."""
    decisions: list[LeverRow] = []
    goals: list[LeverRow] = []
    stresses: list[LeverRow] = []
    for lever in levers_of(asked.question.inputs):
        rows = stresses if lever.kind in STRESSES else goals if lever.kind in OF_GOALS else decisions
        row = _row(asked, lever, changes.get(lever.key, lever.value))
        rows.append(replace(row, error=(wrong or {}).get(lever.key, "")))
    groups = ((_("Decisions"), decisions), (_("Goals"), goals), (_("Stress: markets worse than assumed"), stresses))
    return tuple(LeverGroup(title, tuple(rows)) for title, rows in groups if rows)


def _row(asked: Asked, lever: WhatIfLever, value: float) -> LeverRow:
    unit = {
        LeverKind.RETIREMENT_AGE: _("years"),
        LeverKind.CLAIM_AGE: _("years"),
        LeverKind.GOAL_YEAR: "",
        LeverKind.GOAL_ACCOUNTS: "",
        LeverKind.ROTH_STEP: "",
        LeverKind.RETIREMENT_SPENDING: asked.currency,
        LeverKind.EXTRA_SAVING: asked.currency,
        LeverKind.GOAL_AMOUNT: asked.currency,
        LeverKind.IRA_GIFTS: asked.currency,
    }.get(lever.kind, "%")
    shown = (value, lever.value, lever.low, lever.high, lever.step)
    return LeverRow(lever.key, str(lever.kind), label_of(asked, lever.key), unit, *map(as_typed, shown))


def label_of(asked: Asked, key: str) -> str:
    """Name a lever."""
    kind, _colon, subject = key.partition(":")
    name = asked.names.get(subject, subject)
    labels = {
        LeverKind.RETIREMENT_AGE: _("%(name)s retires at"),
        LeverKind.RETIREMENT_SPENDING: _("Living costs a month in retirement"),
        LeverKind.EXTRA_SAVING: _("Saved more a month"),
        LeverKind.CLAIM_AGE: _("%(name)s claims Social Security at"),
        LeverKind.GOAL_AMOUNT: _("%(name)s: amount a year"),
        LeverKind.GOAL_YEAR: _("%(name)s: first year"),
        LeverKind.GOAL_ACCOUNTS: _("%(name)s: other accounts pay too (0: no, 1: yes)"),
        LeverKind.EQUITY_SHARE: _("Shares, of what is invested"),
        LeverKind.ROTH_BRACKET: _("%(name)s converts to Roth up to the tax bracket of"),
        LeverKind.ROTH_STEP: _("%(name)s converts to Roth below Medicare's surcharge no. (0: not)"),
        LeverKind.IRA_GIFTS: _("Given to charity from IRAs a year, from 70½ on"),
        LeverKind.SPENDING_FLOOR: _("In bad markets, spend at least this part of the plan"),
        LeverKind.LOWER_RETURNS: _("All returns lower, a year"),
        LeverKind.HIGHER_INFLATION: _("Inflation higher, a year"),
        LeverKind.FIRST_YEAR_FALL: _("Shares fall in the first year"),
    }
    return labels[LeverKind(kind)] % {"name": name}


def value_text(asked: Asked, key: str, value: float) -> str:
    """Write a lever's value as people read it."""
    kind = LeverKind(key.partition(":")[0])
    if kind in {LeverKind.RETIREMENT_SPENDING, LeverKind.EXTRA_SAVING, LeverKind.GOAL_AMOUNT, LeverKind.IRA_GIFTS}:
        return money_figure(value, asked.currency, "", "").text
    if kind in {LeverKind.RETIREMENT_AGE, LeverKind.CLAIM_AGE, LeverKind.GOAL_YEAR, LeverKind.ROTH_STEP}:
        return str(round(value))
    if kind is LeverKind.GOAL_ACCOUNTS:
        return _("other accounts pay too") if value >= ALL_ACCOUNTS else _("own accounts only")
    return formats.percent_text(
        value / 100.0, 2 if kind in {LeverKind.LOWER_RETURNS, LeverKind.HIGHER_INFLATION} else 0
    )


def moved_only(asked: Asked, changes: Mapping[str, float]) -> dict[str, float]:
    """Return the changes that change something, in the order of the page."""
    levers = levers_of(asked.question.inputs)
    return {
        lever.key: changes[lever.key]
        for lever in levers
        if lever.key in changes and abs(changes[lever.key] - lever.value) >= 0.005
    }


def result_of_answer(asked: Asked, question: Question, answer: WhatIfAnswer) -> WhatIfResult:
    """Return an answer as a page shows it."""

    def amount(value: float | None, key: str, label: str) -> Figure:
        return money_figure(value, asked.currency, key, label)

    return WhatIfResult(
        is_whole=question.is_whole,
        n_paths=answer.n_paths,
        success=Figure(answer.success.value, "percent", "success", _("Chance of success")),
        error=Figure(answer.success.standard_error, "percent", "success_error", _("Standard error"), "2"),
        change=Figure(answer.change.value, "points", "change", _("Change of the chance, in points")),
        change_error=Figure(
            answer.change.standard_error, "points", "change_error", _("Standard error, in points"), "2"
        ),
        wealth=amount(answer.terminal[_P50], "wealth_at_end", _("Left at the end, in the middle future")),
        wealth_poor=amount(answer.terminal[_P10], "wealth_at_end_poor", _("Left at the end, one future in ten")),
        wealth_change=amount(answer.terminal_change.value, "wealth_change", _("Change of what is left, on average")),
        shortfall=amount(answer.shortfall, "shortfall", _("Missing in all where the plan fails, on average")),
        spending=amount(answer.spending, "spending", _("Affordable a month in retirement")),
        goals=_goals(asked, answer),
        chart=_chart(asked, answer),
        moved=moved_texts(asked, question.changes),
        query=f"{query_of(asked, question.changes)}&precision={question.precision}".lstrip("&"),
    )


def _goals(asked: Asked, answer: WhatIfAnswer) -> tuple[GoalChanceLine, ...]:
    named = {goal.key for goal in asked.question.inputs.goals}
    return tuple(
        GoalChanceLine(
            asked.names.get(each.key, each.key),
            Figure(each.success.value, "percent", f"goal:{each.key}", asked.names.get(each.key, each.key)),
            Figure(each.success.standard_error, "percent", f"goal:{each.key}:error", _("Standard error"), "2"),
        )
        for each in answer.goals
        if each.key in named
    )


def _chart(asked: Asked, answer: WhatIfAnswer) -> ChartSpec:
    def rows(place: int) -> list[float]:
        return [band.real[place] for band in answer.bands]

    in_hundred = round(100 * answer.success.value)
    return readable(
        ChartSpec(
            kind="fan",
            title=_("The essential goals are met in %(count)s of 100 futures") % {"count": in_hundred},
            unit=_("Wealth in %(currency)s of today") % {"currency": asked.currency},
            format="money",
            currency=asked.currency,
            as_of=asked.run.facts_as_of.isoformat(),
            note=_("simulated returns"),
            x={"label": _("Year"), "values": [band.calendar_year for band in answer.bands]},
            series=[{"name": _("Middle future"), "values": list(rows(_P50)), "meaning": "main"}],
            bands=[
                Band(name=_("90 of 100 futures"), low=rows(_P5), high=rows(_P95)),
                Band(name=_("50 of 100 futures"), low=rows(_P25), high=rows(_P75)),
            ],
        )
    )


def reach_lines(asked: Asked, found: tuple[Reach, ...], changes: Mapping[str, float]) -> tuple[ReachLine, ...]:
    """Return what would reach the target, one lever at a time."""
    return tuple(_reach(asked, each, changes) for each in found)


def _reach(asked: Asked, found: Reach, changes: Mapping[str, float]) -> ReachLine:
    if found.kind == LeverKind.RETIREMENT_AGE:
        label = _("Everybody who works stays on longer")
        figure = Figure(round(found.value), "years", f"reach:{found.kind}", label)
        ages = [lever for lever in levers_of(asked.question.inputs) if lever.kind is LeverKind.RETIREMENT_AGE]
        puts = tuple((each.key, as_typed(changes.get(each.key, each.value) + found.value)) for each in ages)
    else:
        label = label_of(asked, found.kind)
        figure = money_figure(found.value, asked.currency, f"reach:{found.kind}", label)
        puts = ((found.kind, as_typed(found.value)),)
    success = Figure(found.success.value, "percent", f"reach:{found.kind}:success", _("Chance of success then"))
    return ReachLine(label, figure, success, str(found.outcome), puts)


def query_of(asked: Asked, changes: Mapping[str, float]) -> str:
    """Write where the levers stand as the query of an address."""
    return urlencode({key: as_typed(value) for key, value in moved_only(asked, changes).items()})


def moved_texts(asked: Asked, changes: Mapping[str, float]) -> tuple[str, ...]:
    """Say which levers were moved, and to what."""
    moved = moved_only(asked, changes)
    return tuple(f"{label_of(asked, key)}: {value_text(asked, key, value)}" for key, value in moved.items())


def passport_of_answer(asked: Asked, told: object, key: str, changes: Mapping[str, float]) -> PlanPassport:
    """Return the passport of a figure of an answer. Raises NotFoundError where it shows no such figure."""
    figure = next((each for each in figures_in(told) if each.key == key), None)
    if figure is None:
        raise NotFoundError(
            gettext_noop("This plan has no such figure any more."), mend=gettext_noop("Reload the page.")
        )
    run = asked.run
    facts = (
        (_("Futures"), formats.number_text(getattr(told, "n_paths", run.n_paths), 0)),
        (_("Levers moved"), "; ".join(moved_texts(asked, changes)) or _("none")),
        (_("Seed"), str(run.seed)),
        (_("Engine"), run.engine_version),
        (_("Assumptions"), str(run.plan.assumptions)),
        (_("Inputs (SHA-256)"), run.input_digest),
    )
    first, day = asked.question.inputs.start_date.year, run.facts_as_of
    period = _("from %(first)s, facts as of %(day)s") % {"first": first, "day": day.isoformat()}
    basis = _("Net: after the plan's yearly fee, and after taxes as the tables of each year compute them.")
    return PlanPassport(figure, _method(key), day, basis, period, facts, ())


def _method(key: str) -> str:
    if key.endswith("error"):
        return _("The spread between independent scrambles of the futures, divided by the root of their number.")
    if key in {"change", "wealth_change"}:
        return _("The answer less the plan as it was generated, path by path on the same futures.")
    if key == "spending" or key.startswith("reach:"):
        return _("The value at which the plan reaches its target: found by trying values on the same futures.")
    if key == "shortfall":
        return _("What is not paid over the whole plan, in money of today, on average over the futures that fail.")
    return _("The whole plan run again with the levers where they stand, on the same futures as before.")
