"""Where a number of a plan comes from: method, period, inputs, and the steps that made it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.plans.engine.results import TrailStep
from apps.plans.models import Plan
from apps.plans.selectors import overview_builders as build
from apps.plans.selectors.figures import Figure, figures_in
from apps.plans.selectors.goal_means import means_lines
from apps.plans.selectors.markets import trail_under
from apps.plans.selectors.monitoring import told_figure
from apps.plans.selectors.overviews import PlanOverview, plan_overview, run_shown
from apps.plans.selectors.run_values import inputs_of, result_of

_STATED = gettext_lazy("Set for this plan by the advisor, or taken over from the version before.")
_METHODS = {
    "success": gettext_lazy(
        "The part of the futures in which every essential demand is paid in every month to the end of the plan."
    ),
    "success_error": gettext_lazy(
        "The spread between independent scrambles of the futures, divided by the root of their number."
    ),
    "target": _STATED,
    "wealth_at_end": gettext_lazy("The middle one of all futures' wealth at the end, in money of today."),
    "wealth_at_end_poor": gettext_lazy("One future in ten ends with less than this, in money of today."),
    "lifetime_success": gettext_lazy(
        "The part of the futures in which every essential demand is paid until the last of the household dies: on the "
        "same futures, lives drawn by the period life table of 2022 of the Social Security Administration, mean of "
        "both sexes, without later improvement."
    ),
    "lifetime_estate": gettext_lazy(
        "The middle one of all futures' wealth at the end of the year of the last death, in money of today."
    ),
    "spending_floor": gettext_lazy(
        "The part of the planned spending that every future counts on; success is this part paid to the end."
    ),
    "spending_worst_cut": gettext_lazy(
        "How far a year of retirement falls below what is planned, at its lowest, in the future that one in twenty "
        "does not better. Each January the plan's rule of spending sets the year's, on every path by itself."
    ),
    "spending_cut_share": gettext_lazy("The part of the futures in which any year is spent less than planned."),
    "lifetime_alive": gettext_lazy("The part of the futures in which somebody reaches the age the plan is made for."),
    "savings_rate": gettext_lazy(
        "The smallest own saving, as a part of gross salaries, with which the plan reaches its target: found by trying "
        "rates on the same futures."
    ),
    "savings_rate_now": gettext_lazy("What the household saves itself a month, over its gross salaries."),
    "savings_monthly": gettext_lazy("The savings rate that reaches the target, times today's gross salaries."),
    "savings_extra": gettext_lazy("What must be saved a month, less what is saved today."),
    "savings_success": gettext_lazy("The chance of success of the plan with that savings rate, on the same futures."),
    "goal": gettext_lazy(
        "The part of the futures in which this goal is met: paid in full or, as far as it gives way, later or smaller."
    ),
    "goal_unpaid": gettext_lazy(
        "What of the goal was still due in the month in which money first ran short, in money of today: the mean over "
        "the futures in which that happens. It is the most that is missing, since part may be paid after all."
    ),
    "shortfall": gettext_lazy(
        "All that could not be paid, in money of today: the mean over the futures in which the plan fails."
    ),
    "phase": gettext_lazy("The part of the futures in which this phase of spending is paid for in every month."),
    "event": _STATED,
    "goal_as_wished": gettext_lazy("The part of the futures in which each payment is made in full, and on its day."),
    "goal_later": gettext_lazy(
        "The part of the futures in which the goal waits, a year at a time, because the money that may pay for it is "
        "not there on its day, and is then paid in full."
    ),
    "goal_smaller": gettext_lazy(
        "The part of the futures in which not all of a payment is made, but as much as was said to be enough."
    ),
    "goal_years_later": gettext_lazy("How long the goal waits, on average over the futures in which it is paid later."),
    "goal_part": gettext_lazy(
        "What part of its smallest payment is made, on average over the futures in which the goal is smaller."
    ),
    "goal_help": gettext_lazy(
        "One step at a time (a year more of work, a twentieth less spent in retirement or more saved of salaries, a "
        "year later for Social Security, a tenth off a goal, the goal a year later, other accounts paying for it too) "
        "is run through the same futures; shown is the one after which this goal is paid in most of them, with what it "
        "does to the plan, to what is left and to other goals."
    ),
    "worth": gettext_lazy(
        "Accounts on the path on which every asset gives its median return, things at their own growth, and debts as "
        "they are paid, in money of today."
    ),
    "flow": gettext_lazy(
        "The year's flow on the path on which every asset gives its median return, in money of that year."
    ),
    "asset": gettext_lazy("The part of all that is invested: today by balance, as advised by the optimiser."),
    "allocation": gettext_lazy(
        "From the assumed returns, swings and correlations of the classes, weighted by the mix. The advised mix has "
        "the highest expected return within the risk limit."
    ),
    "advice": gettext_lazy(
        "The plan run again with this one change, compared path by path on the same futures with the plan as it stands."
    ),
    "together": gettext_lazy(
        "The plan run again with all advice that was accepted or adjusted at once, compared path by path on the same "
        "futures with the plan as it stands. Amounts that several raise are raised by all of them; where two set the "
        "same, the later in the list counts."
    ),
    "advice_worth": gettext_lazy(
        "Points of the chance of success, and up to five more for years of living costs that are left at the end, "
        "over the effort: easy 1, some effort 2, hard 4. Where it shows only if the worst happens, its odds times the "
        "points it saves then."
    ),
    "life_cover": gettext_lazy(
        "Income that would be missed (the salary after the tax it adds, less what one person fewer spends, until "
        "retirement) and education at today's value, with debts, less what is in accounts and the cover in force. "
        "The chance: lived through again with this person gone within the year."
    ),
    "contribution_room": gettext_lazy(
        "The limit of the year by age, income and cover at work, less twelve times what is stated a month. A limit "
        "that is not published yet is that of the newest year, carried forward with expected inflation and rounded as "
        "the law rounds it."
    ),
    "claim_ages": gettext_lazy(
        "The benefit by the law from the amount at full retirement age; the ages are those with which the plan fared "
        "best on the same futures."
    ),
    "survivor_claim": gettext_lazy(
        "The own benefit and the one on the record of who has died, by the law for the month in which each begins; the "
        "two days are those with which the plan fared best on the same futures."
    ),
    "choice": _STATED,
    "mix_weight": gettext_lazy("The part of all that is invested, by the rule that the mix was found with."),
    "mix_return": gettext_lazy("The assumed yearly returns of the classes, weighted by the mix."),
    "mix_volatility": gettext_lazy(
        "The standard deviation of a year's return, from the assumed swings and correlations of the classes."
    ),
    "mix_equity": gettext_lazy("The sum of the weights of the classes that count as equities."),
    "mix_worst": gettext_lazy(
        "The average return of the mix in the worst twentieth of the first years of the plan's own futures, in money "
        "of that year."
    ),
    "mix_limit": gettext_lazy("What the client's risk level allows, from the firm's table of levels."),
    "mix_goal": gettext_lazy(
        "The part of the futures in which the goal is paid in full: as the plan stands, or lived through with all "
        "invested accounts in the mix that serves it best."
    ),
    "mix_gain": gettext_lazy(
        "The chance with the best mix less the chance as the plan stands, compared path by path on the same futures."
    ),
    "own_goal": gettext_lazy("What the goal says in this version, in money of today."),
    "assumption": gettext_lazy(
        "From the assumption set in force when the plan was drafted, with the source beside it."
    ),
    "market": gettext_lazy(
        "The plan as it stands lived through markets that are drawn in another way: fat tails, blocks of history, or "
        "history itself from each of its months on that has months enough after it. All else is the same."
    ),
    "override": gettext_lazy("The plan takes this instead of the household's fact."),
    "inflation": gettext_lazy("The level that inflation returns to in the assumptions."),
}


@dataclass(frozen=True, slots=True)
class PassportStep:
    """One step of how the number was made."""

    name: str
    facts: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True, slots=True)
class PlanPassport:
    """A number with its origin."""

    figure: Figure
    method: str
    as_of: dt.date
    basis: str
    period: str
    facts: tuple[tuple[str, str], ...]
    steps: tuple[PassportStep, ...]


_STEP_NAMES = {
    "assumptions": gettext_lazy("Assumptions"),
    "scenarios": gettext_lazy("Futures"),
    "months": gettext_lazy("Months"),
    "taxes": gettext_lazy("Taxes"),
    "state_taxes": gettext_lazy("State taxes"),
    "medicare": gettext_lazy("Medicare by income"),
    "success": gettext_lazy("Counting success"),
    "solve": gettext_lazy("Search"),
    "optimisation": gettext_lazy("Optimiser"),
}

_FACT_NAMES = {
    "set": gettext_lazy("set"),
    "market": gettext_lazy("markets"),
    "history": gettext_lazy("history (SHA-256)"),
    "mean_block": gettext_lazy("months of a block on average"),
    "centred": gettext_lazy("mean returns"),
    "stretches": gettext_lazy("stretches as long as the plan"),
    "effective_from": gettext_lazy("in use from"),
    "seed": gettext_lazy("seed"),
    "paths": gettext_lazy("futures"),
    "scrambles": gettext_lazy("scrambles"),
    "batches": gettext_lazy("scrambles"),
    "months": gettext_lazy("months"),
    "start": gettext_lazy("start"),
    "table": gettext_lazy("table of"),
    "state": gettext_lazy("State"),
    "trust": gettext_lazy("second source"),
    "checked": gettext_lazy("drawn households that agree"),
    "filing_status": gettext_lazy("filed as"),
    "dependants": gettext_lazy("dependants"),
    "question": gettext_lazy("question"),
    "simulations": gettext_lazy("runs"),
    "level": gettext_lazy("risk level"),
    "max_volatility": gettext_lazy("swing at most"),
    "gap": gettext_lazy("gap"),
    "mix": gettext_lazy("mix"),
}

_FACT_WORDS = {
    "log_normal": gettext_lazy("by formula: months like a bell curve"),
    "fat_tailed": gettext_lazy("by formula: months with fat tails"),
    "bootstrap": gettext_lazy("out of blocks of real history in another order"),
    "sequences": gettext_lazy("out of history as it went"),
    "assumed": gettext_lazy("as assumed"),
    "history": gettext_lazy("as in history"),
    "confirmed": gettext_lazy("confirmed"),
    "partly": gettext_lazy("confirmed in part"),
    "unverified": gettext_lazy("unverified"),
    "single": gettext_lazy("single"),
    "married_joint": gettext_lazy("married, jointly"),
    "married_separate": gettext_lazy("married, separately"),
    "head_of_household": gettext_lazy("head of household"),
    "surviving_spouse": gettext_lazy("surviving spouse"),
}


def passport_of(household: Household, actor: Actor, plan: Plan, key: str) -> PlanPassport:
    """Return the passport of the figure with the key. Raises NotFoundError when the plan shows no such figure."""
    if key.partition(":")[0] in {"alert", "measured"}:
        return _of_a_night(plan, actor, key)
    own = (build.choices(plan), build.overrides(plan), build.own_goals(plan), means_lines(plan.goals.all(), ()))
    figure = _found(own, key)
    overview = None if figure else plan_overview(household, actor, plan)
    figure = figure or _found(overview, key)
    if figure is None:
        raise _gone()
    return PlanPassport(
        figure=figure,
        method=_method(key),
        as_of=overview.as_of if overview else _day_of(plan),
        basis=_basis(key),
        period=_period(overview) if overview else "",
        facts=_facts(overview, key) if overview else ((_("Plan"), str(plan.version)),),
        steps=_steps(plan, key) if overview else (),
    )


def _of_a_night(plan: Plan, actor: Actor, key: str) -> PlanPassport:
    told = told_figure(plan, actor, key)
    if told is None:
        raise _gone()
    return PlanPassport(
        told.figure, told.method, told.as_of, _basis(key), told.as_of.isoformat(), told.facts, _steps(plan, "success")
    )


def _gone() -> NotFoundError:
    return NotFoundError(gettext_noop("This plan has no such figure any more."), mend=gettext_noop("Reload the page."))


_MEASURED = ("success_before", "success_after", "delta_success", "delta_standard_error", "wealth")


def _method_of_advice(key: str) -> str:
    """How a number of advice came about: what a run measured, its rank, or by the rule of its kind."""
    place = key.rpartition(":")[2]
    if place == "worth":
        return "advice_worth"
    own = key.split(":")[1]
    return own if own in _METHODS and place not in _MEASURED else "advice"


def _method(key: str) -> str:
    if key.startswith("advice:"):
        return str(_METHODS[_method_of_advice(key)])
    if key.startswith("goal:") and f"goal_{key.rpartition(':')[2]}" in _METHODS:
        return str(_METHODS[f"goal_{key.rpartition(':')[2]}"])
    if key.startswith("goal:") and key.count(":") > 1 and not key.endswith(":error"):
        return str(_METHODS["own_goal"])
    return str(_METHODS["success_error" if key.endswith(":error") else key.partition(":")[0]])


def _basis(key: str) -> str:
    if key.startswith(("mix_goal", "mix_gain")):
        return _("Net: after the plan's yearly fee, and after taxes as the tables of each year compute them.")
    if key.startswith("mix_limit"):
        return _("As stated: what the plan is asked, not what comes out of it.")
    if key.partition(":")[0] in {"asset", "allocation", "assumption", "inflation"} or key.startswith("mix_"):
        return _("Gross: before fees and taxes.")
    if key.partition(":")[0] in {"target", "choice", "own_goal", "override", "event"}:
        return _("As stated: what the plan is asked, not what comes out of it.")
    return _("Net: after the plan's yearly fee, and after taxes as the tables of each year compute them.")


def _day_of(plan: Plan) -> dt.date:
    run = run_shown(plan)
    return run.facts_as_of if run is not None else timezone.localdate(plan.updated_at)


def _found(where: object, key: str) -> Figure | None:
    return next((each for each in figures_in(where) if each.key == key), None)


def _period(overview: PlanOverview) -> str:
    return _("%(first)s to %(last)s, facts as of %(day)s") % {
        "first": overview.years[0].calendar_year,
        "last": overview.years[-1].calendar_year,
        "day": overview.as_of.isoformat(),
    }


def _facts(overview: PlanOverview, key: str) -> tuple[tuple[str, str], ...]:
    run = overview.run
    drawn = (
        (_("Futures"), _("%(paths)s in %(batches)s scrambles") % {"paths": run.n_paths, "batches": run.n_batches}),
        (_("Seed"), str(run.seed)),
    )
    return (
        (_("Plan"), _("version %(version)s") % {"version": overview.version}),
        # other markets have futures of their own: their steps tell how many
        *(() if key.startswith("market:") else drawn),
        (_("Engine"), run.engine_version),
        (_("Assumptions"), run.assumptions),
        (_("Inputs (SHA-256)"), run.input_digest),
        (_("Result (SHA-256)"), run.result_digest),
    )


def _steps(plan: Plan, key: str) -> tuple[PassportStep, ...]:
    run = run_shown(plan)
    result = result_of(run) if run is not None else None
    if run is None or result is None:
        return ()
    trail = result.projection.trail
    if key.startswith("savings") and result.savings is not None:
        trail = result.savings.trail
    if key.startswith("mix_") and result.mixes is not None:
        trail = trail if key.startswith(("mix_goal", "mix_gain")) else result.mixes.trail
    if key.startswith("market:"):
        trail = trail_under(inputs_of(run), result, key.split(":")[1])
    if key.startswith(("asset", "allocation")) and result.allocation is not None:
        trail = result.allocation.trail
    return steps_of(trail)


def steps_of(trail: Sequence[TrailStep]) -> tuple[PassportStep, ...]:
    """Return the engine's trail as people read it."""
    return tuple(
        PassportStep(
            str(_STEP_NAMES.get(step.step, step.step)),
            tuple((str(_FACT_NAMES.get(name, name)), str(_FACT_WORDS.get(value, value))) for name, value in step.facts),
            step.source,
        )
        for step in trail
    )
