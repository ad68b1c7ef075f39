"""How the parts of an overview are read from a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.money import Money
from apps.plans.engine.digest import canonical_json
from apps.plans.engine.inputs import Goal as EngineGoal
from apps.plans.engine.inputs import GoalKind as EngineGoalKind
from apps.plans.engine.levers import monthly_salaries, monthly_saving
from apps.plans.engine.results import OptimisedAllocation, YearCashFlow
from apps.plans.models import (
    PER_CENT,
    Decision,
    Goal,
    GoalKind,
    GoalPriority,
    Override,
    OverrideKind,
    Plan,
    ProjectionRun,
    Recommendation,
)
from apps.plans.selectors.assumptions import asset_names
from apps.plans.selectors.caveat_words import caveat_text
from apps.plans.selectors.figures import Figure, money_figure
from apps.plans.selectors.frozen_values import read_frozen
from apps.plans.selectors.goal_helps import help_line
from apps.plans.selectors.goal_means import given_line, means_line
from apps.plans.selectors.goal_times import AFTER_END, COSTS_NOTHING, goal_name
from apps.plans.selectors.overview_parts import (
    AllocationPart,
    ChoiceLine,
    FlowLine,
    GoalLine,
    RunFacts,
    SavingsLine,
    WeightLine,
    YearLine,
)
from apps.plans.selectors.run_values import RunInputs, RunResult

# the key under which an adjustment's effect carries its own mix
ADJUSTED_MIX = "allocation"
_KINDS = {
    EngineGoalKind.RETIREMENT: GoalKind.RETIREMENT,
    EngineGoalKind.EDUCATION: GoalKind.EDUCATION,
    EngineGoalKind.HOME: GoalKind.HOME,
    EngineGoalKind.LIFE_EVENT: GoalKind.OTHER,
}

_YEARS_FROM_THE_START = frozenset({"plans-1.0.0", "plans-1.1.0", "plans-1.2.0"})


@dataclass(frozen=True, slots=True)
class Found:
    """A plan, its run, what was asked and what was answered."""

    plan: Plan
    run: ProjectionRun
    question: RunInputs
    result: RunResult

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self.question.inputs.currency


def run_facts(found: Found) -> RunFacts:
    """Say by what the result was made."""
    run = found.run
    return RunFacts(
        public_id=run.public_id,
        facts_as_of=run.facts_as_of,
        finished_at=run.finished_at,
        seed=run.seed,
        n_paths=run.n_paths,
        n_batches=found.result.projection.success.n_batches,
        engine_version=run.engine_version,
        input_digest=run.input_digest,
        result_digest=run.result_digest,
        assumptions=str(found.plan.assumptions),
        milliseconds=run.milliseconds or 0,
    )


def terminal(found: Found, place: int, key: str, label: str) -> Figure:
    """Return a percentile of the wealth at the horizon, in money of today."""
    return money_figure(found.result.projection.terminal.real[place], found.currency, key, label)


def savings(found: Found) -> SavingsLine | None:
    """Return the answer to how much must be saved; None where nobody earns."""
    answer = found.result.savings
    if answer is None:
        return None
    inputs = found.question.inputs
    saved, salaries = monthly_saving(inputs), monthly_salaries(inputs)
    monthly = answer.monthly_amount or 0.0
    return SavingsLine(
        outcome=str(answer.outcome),
        rate_now=Figure(saved / salaries, "percent", "savings_rate_now", _("Saved of salaries today")),
        rate_needed=Figure(answer.value, "percent", "savings_rate", _("Savings rate that reaches the target")),
        monthly_needed=money_figure(monthly, found.currency, "savings_monthly", _("To be saved a month")),
        monthly_extra=money_figure(
            max(0.0, monthly - saved), found.currency, "savings_extra", _("More than today, a month")
        ),
        success_then=Figure(answer.success.value, "percent", "savings_success", _("Chance of success then")),
    )


def years(found: Found) -> tuple[YearLine, ...]:
    """Return the bands year by year."""
    projection = found.result.projection
    return tuple(
        YearLine(band.year, band.calendar_year, band.ages, band.real, band.nominal, steady)
        for band, steady in zip(projection.bands, projection.expected_wealth_real, strict=True)
    )


def goals(found: Found) -> tuple[GoalLine, ...]:
    """Return the plan's goals with how likely each is met; living costs and debts are no goals."""
    outcomes = {outcome.key: outcome for outcome in found.result.projection.goals}
    target = found.question.policy.target
    helps = {each.goal: each for each in found.result.helps}
    lines = []
    for goal in found.question.inputs.goals:
        outcome = outcomes.get(goal.key)
        if outcome is None or _not_counted(goal, found):
            continue
        name = goal_name(found.run.names.get(goal.key, goal.key))
        kind = _KINDS[goal.kind]
        begins = goal.start.year if isinstance(goal.start, dt.date) else _retirement_year(found)
        lines.append(
            GoalLine(
                public_id=goal.key,
                kind=kind,
                kind_label=str(kind.label),
                name=name,
                priority_label=str(GoalPriority(str(goal.priority)).label),
                amount=money_figure(goal.annual_amount, found.currency, f"goal:{goal.key}:amount", name),
                starts_in=begins,
                start=Figure(begins, "year", f"goal:{goal.key}:start", _("First year")),
                years=Figure(goal.years, "years", f"goal:{goal.key}:years", _("Years")) if goal.years else None,
                success=Figure(outcome.success.value, "percent", f"goal:{goal.key}", name),
                error=Figure(
                    outcome.success.standard_error, "percent", f"goal:{goal.key}:error", _("Standard error"), "2"
                ),
                first_shortfall_year=outcome.first_shortfall_year,
                unpaid=money_figure(
                    outcome.unpaid, found.currency, f"goal:{goal.key}:unpaid", _("Missing at most, on average")
                ),
                met=outcome.success.value >= target,
                helped=help_line(helps[goal.key], found.currency, found.run.names) if goal.key in helps else None,
                given=given_line(goal.key, outcome.given) if outcome.given is not None else None,
                means=means_line(goal, found.run.names),
                without=_without(goal.key, found),
            )
        )
    return tuple(lines)


def _without(goal: str, found: Found) -> Figure | None:
    """The chance of the plan without a wish of which its advice says that it costs the needs."""
    key = f"wish:{goal}"
    told = next((item for item in found.result.advice.recommendations if item.key == key and item.effect), None)
    if told is None or told.effect is None:
        return None
    return Figure(told.effect.success_after, "percent", f"advice:{key}:success_after", _("Chance of success with it"))


def _not_counted(goal: EngineGoal, found: Found) -> str:
    """Say why a goal of an older result has no chance to show: it lies after the plan, or costs nothing."""
    if not isinstance(goal.start, dt.date):
        return ""
    bands = found.result.projection.bands
    if bands and goal.start.year > bands[-1].calendar_year:
        return AFTER_END
    return "" if goal.annual_amount else COSTS_NOTHING


def uncounted_goals(found: Found) -> tuple[str, ...]:
    """Return what is said of the goals that an older result asked about and that have no chance to show."""
    told = [(goal, _not_counted(goal, found)) for goal in found.question.inputs.goals]
    return tuple(
        caveat_text(why, {"name": found.run.names.get(goal.key, goal.key), "year": str(goal.start.year)})
        for goal, why in told
        if why and isinstance(goal.start, dt.date)
    )


def _retirement_year(found: Found) -> int:
    return max(adult.retirement_date for adult in found.question.inputs.adults).year


def flows(found: Found) -> tuple[FlowLine, ...]:
    """Return the expected path's money in and out, year by year, with the ages as each year begins."""
    ages = {band.calendar_year: band.ages for band in found.result.projection.bands}
    return tuple(_flow(row, ages.get(row.calendar_year, ()), found) for row in found.result.projection.expected_flows)


def _flow(row: YearCashFlow, ages: tuple[int, ...], found: Found) -> FlowLine:
    def at(name: str, label: str, value: float) -> Figure:
        return money_figure(value, found.currency, f"flow:{row.year}:{name}", f"{label}, {row.calendar_year}")

    return FlowLine(
        year=row.year,
        calendar_year=row.calendar_year,
        since=_begun_within(found) if row.year == 1 else None,
        ages=ages,
        wages=at("wages", _("Salaries"), row.wages),
        social_security=at("social_security", _("Social Security"), row.social_security),
        other_income=at("other_income", _("Other income"), row.other_income),
        withdrawals=at("withdrawals", _("Withdrawn"), row.withdrawals),
        recovered=at("recovered", _("Not taxed: after-tax money back"), row.recovered),
        given=at("given", _("Given to charity from IRAs"), row.given),
        roth_earnings=at("roth_earnings", _("Earnings from Roth accounts, taxed"), row.roth_earnings),
        spending=at("spending", _("Living costs"), row.spending),
        goals=at("goals", _("Goals"), row.goals),
        debts=at("debts", _("Debt payments"), row.debt_payments),
        taxes=at("taxes", _("Taxes"), row.taxes),
        medicare=at("medicare", _("Medicare by income"), row.medicare),
        state_taxes=at("state_taxes", _("State taxes"), row.state_taxes),
        saved=at("saved", _("Saved"), row.contributions + row.saved_surplus),
        shortfall=at("shortfall", _("Missing"), row.shortfall),
        unplanned=row.unplanned_spending,
    )


def _begun_within(found: Found) -> dt.date | None:
    """The day on which a plan starts that does so within a year; results of older engines counted from that day."""
    start = found.question.inputs.start_date
    return start if start.month > 1 and found.result.projection.engine_version not in _YEARS_FROM_THE_START else None


_BINDING = {
    "max_volatility": gettext_lazy("the swing that the risk level allows"),
    "max_equity_share": gettext_lazy("the share of equities that the risk level allows"),
}


def carries_allocation(found: Found) -> bool:
    """Say whether the plan advises its allocation: the risk profile carried it, and the advisor did not decline it."""
    limit = found.run.risk_limit
    declined = any(row.kind == "allocation" and row.decision == Decision.DECLINED for row in _advice(found))
    return limit is not None and not limit["is_stale"] and not declined


def _advice(found: Found) -> list[Recommendation]:
    return list(found.run.recommendations.all())


def _mix(found: Found) -> OptimisedAllocation | None:
    """Return the advised mix: the advisor's where one was measured, else the engine's."""
    for row in _advice(found):
        if row.decision == Decision.ADJUSTED and row.adjusted_effect and ADJUSTED_MIX in row.adjusted_effect:
            return read_frozen(canonical_json(row.adjusted_effect[ADJUSTED_MIX]), OptimisedAllocation)
    return found.result.allocation


def allocation(found: Found, *, advised: bool) -> AllocationPart | None:
    """Return what is held and what is advised; None where nothing is invested and nothing is advised."""
    now, then = found.result.current, _mix(found) if advised else None
    if now is None and then is None:
        return None
    names, limit = asset_names(found.plan.assumptions), found.question.policy.risk_limit
    held = dict(now.weights) if now else {}
    wanted = dict(then.weights) if then else {}
    risk = {part.asset: part.risk_share for part in then.contributions} if then else {}
    lines = tuple(
        WeightLine(
            asset=key,
            name=names.get(key, key),
            now=Figure(held.get(key, 0.0) if now else None, "percent", f"asset:{key}:now", names.get(key, key)),
            then=Figure(wanted.get(key, 0.0) if then else None, "percent", f"asset:{key}:then", names.get(key, key)),
            risk_share=Figure(risk.get(key, 0.0) if then else None, "percent", f"asset:{key}:risk", _("Part of risk")),
        )
        for key in found.question.inputs.assumptions.asset_keys
        if held.get(key) or wanted.get(key)
    )

    def share(value: float | None, key: str, label: str) -> Figure:
        return Figure(value, "percent", f"allocation:{key}", label)

    return AllocationPart(
        lines=lines,
        return_now=share(now.expected_return if now else None, "return_now", _("Expected return a year, today")),
        return_then=share(
            then.expected_return if then else None, "return_then", _("Expected return a year, as advised")
        ),
        volatility_now=share(now.volatility if now else None, "volatility_now", _("Swing in an ordinary year, today")),
        volatility_then=share(
            then.volatility if then else None, "volatility_then", _("Swing in an ordinary year, as advised")
        ),
        volatility_limit=share(
            limit.max_volatility if limit else None, "volatility_limit", _("Swing the risk level allows")
        ),
        equity_now=share(now.equity_share if now else None, "equity_now", _("Equities, today")),
        equity_then=share(then.equity_share if then else None, "equity_then", _("Equities, as advised")),
        equity_limit=share(
            limit.max_equity_share if limit else None, "equity_limit", _("Equities the risk level allows")
        ),
        binding=tuple(str(_BINDING[name]) for name, _price in then.binding if name in _BINDING) if then else (),
        frontier=tuple((point.volatility, point.expected_return) for point in then.frontier) if then else (),
    )


CHOICE_UNITS = {
    "target_success": ("percent", "0"),
    "horizon_age": ("years", ""),
    "annual_fee": ("percent", "2"),
    "survivor_share": ("percent", "0"),
    "surplus_saved_share": ("percent", "0"),
    "latest_retirement_age": ("years", ""),
    "max_savings_rate": ("percent", "0"),
    "emergency_months": ("count", ""),
    "extra_debt_payment": ("money", "whole"),
}


def choices(plan: Plan) -> tuple[ChoiceLine, ...]:
    """Return how the plan is made."""
    lines = []
    for name, (kind, style) in CHOICE_UNITS.items():
        label = str(Plan._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]
        value = getattr(plan, name)
        if kind == "money":
            value = Money(value, plan.household.currency)
        lines.append(ChoiceLine(label, Figure(value, kind, f"choice:{name}", label, style)))
    return tuple(lines)


_OVERRIDE_UNITS = (
    dict.fromkeys((OverrideKind.RETIREMENT_AGE, OverrideKind.CLAIM_AGE), "years")
    | dict.fromkeys(PER_CENT, "percent")
    | {OverrideKind.ROTH_STEP: "count"}
)


def _decimals(value: Decimal) -> str:
    """Return the style of a number by the decimals that it has, two at most; empty for a whole one."""
    return next((style for style in ("", "1", "2") if value == round(value, int(style or 0))), "2")


def overrides(plan: Plan, rows: Iterable[Override] | None = None) -> tuple[ChoiceLine, ...]:
    """Return where the plan departs from the facts, each with its date and reason; ``rows`` where they were read."""
    lines = []
    for row in plan.overrides.select_related("person") if rows is None else rows:
        kind = OverrideKind(row.kind)
        label = f"{kind.label}: {row.person}" if row.person else str(kind.label)
        unit = _OVERRIDE_UNITS.get(kind, "money")
        share = row.value / 100 if unit == "percent" else row.value
        value = share if unit != "money" else Money(row.value, plan.household.currency)
        note = _("%(reason)s (%(by)s, %(day)s)") % {
            "reason": row.reason,
            "by": row.set_by,
            "day": date_format(row.set_on),
        }
        # an age that is no whole year is told to the half year, or to the hundredth
        style = _decimals(row.value) if unit == "years" else ""
        figure = Figure(value, unit, f"override:{row.public_id}", label, style)
        lines.append(ChoiceLine(label, figure, note))
    return tuple(lines)


def own_goals(plan: Plan, rows: Iterable[Goal] | None = None) -> tuple[ChoiceLine, ...]:
    """Return the goals as this version holds them now, generated since or not; ``rows`` where they were read."""
    return tuple(
        ChoiceLine(
            goal_name(row.name),
            Figure(
                Money(row.annual_amount, plan.household.currency),
                "money",
                f"own_goal:{row.public_id}",
                goal_name(row.name),
                "whole",
            ),
            row.own_words,
        )
        for row in (plan.goals.all() if rows is None else rows)
    )


def caveats(run: ProjectionRun) -> tuple[str, ...]:
    """Return what had to be assumed, in the reader's language."""
    return tuple(caveat_text(caveat["message"], caveat["params"]) for caveat in run.caveats)
