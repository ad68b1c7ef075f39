"""A plan and its result as staff, portal, paper and API show it (`plan_overview`)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import FirmProfile
from apps.accounts.policies import is_client
from apps.clients.models import Household
from apps.compliance.selectors.risk_limits import risk_limit
from apps.core.actors import Actor
from apps.plans import policies
from apps.plans.models import Decision, Plan, PlanStatus, ProjectionRun
from apps.plans.selectors import overview_builders as build
from apps.plans.selectors import recommendation_lines
from apps.plans.selectors.accepted_together import Together, TogetherPart, together_part
from apps.plans.selectors.assumptions import AssetLine, asset_lines
from apps.plans.selectors.figures import Figure, money_figure
from apps.plans.selectors.life_lines import LifePart, life_part
from apps.plans.selectors.markets import MarketLine, market_lines, market_since, own_line
from apps.plans.selectors.mixes import MixPart, mix_part
from apps.plans.selectors.overview_parts import (
    AllocationPart,
    ChoiceLine,
    FlowLine,
    GoalLine,
    LifetimePart,
    QuestionLine,
    RecommendationLine,
    RiskState,
    RunFacts,
    SavingsLine,
    YearLine,
)
from apps.plans.selectors.plan_rules import PlanRules, plan_rules
from apps.plans.selectors.run_values import inputs_of, result_of


@dataclass(frozen=True, slots=True)
class PlanOverview:
    """One version with its result. Amounts are in money of today unless a field says nominal.

    `is_outdated` says that goals or choices changed after the result; figures carry the keys of their passports.
    """

    plan_id: uuid.UUID
    household_id: uuid.UUID
    household: str
    version: int
    status: str
    status_label: str
    currency: str
    as_of: dt.date
    published_at: dt.datetime | None
    in_force_at: dt.datetime | None
    is_outdated: bool
    run: RunFacts
    success: Figure
    success_error: Figure
    target: Figure
    horizon_age: int
    wealth_at_end: Figure
    wealth_at_end_poor: Figure
    shortfall: Figure
    lifetimes: LifetimePart | None
    rules: PlanRules
    savings: SavingsLine | None
    years: tuple[YearLine, ...]
    goals: tuple[GoalLine, ...]
    flows: tuple[FlowLine, ...]
    life: LifePart
    allocation: AllocationPart | None
    mixes: MixPart | None
    market_since: str
    market_own: MarketLine
    markets: tuple[MarketLine, ...]
    recommendations: tuple[RecommendationLine, ...]
    together: TogetherPart | None
    n_undecided: int
    choices: tuple[ChoiceLine, ...]
    overrides: tuple[ChoiceLine, ...]
    assets: tuple[AssetLine, ...]
    inflation: Figure
    assumptions_source: str
    caveats: tuple[str, ...]
    risk: RiskState
    questions: tuple[QuestionLine, ...]
    disclosures: tuple[str, ...]


def plan_shown(household: Household, actor: Actor, version: int | None = None) -> Plan | None:
    """Return the version to show: the one asked for, else the one in the works, else the newest that counts.

    A client is shown what is with them; None where there is nothing to see.
    """
    rows = (
        Plan.objects.visible_to(actor)
        .filter(household=household)
        .select_related(
            "household__advisor", "assumptions", "published_run", "report_job", "signature_request", "document"
        )
        .newest_first()
    )
    if version is not None:
        return rows.filter(version=version).first()
    return rows.exclude(status=PlanStatus.SUPERSEDED).first()


def plan_answered(household: Household, actor: Actor) -> Plan | None:
    """Return the newest version that has a result: a draft without one hides no version that was given.

    None before the first result.
    """
    rows = Plan.objects.visible_to(actor).filter(household=household).exclude(status=PlanStatus.SUPERSEDED)
    with_result = Q(published_run__isnull=False) | Q(pk__in=ProjectionRun.objects.finished().values("plan_id"))
    found = rows.filter(with_result).select_related("household__advisor", "assumptions", "published_run")
    return found.newest_first().first()


def draft_beside(household: Household, actor: Actor, shown: uuid.UUID) -> Plan | None:
    """Return the version that is being prepared beside the one shown (its id), None where there is none."""
    rows = Plan.objects.visible_to(actor).filter(household=household).in_the_works()
    return rows.exclude(public_id=shown).newest_first().first()


def run_shown(plan: Plan) -> ProjectionRun | None:
    """Return the result that the client was given, or the newest one."""
    return plan.published_run or plan.runs.finished().first()


def plan_overview(household: Household, actor: Actor, plan: Plan | None = None) -> PlanOverview | None:
    """Return the plan with its result, None before the first.

    A client reads advice that was not declined. The firm's own people see what the engine would advise, everybody else
    what the plan advises.
    """
    plan = plan or plan_shown(household, actor)
    if plan is None or (run := run_shown(plan)) is None or (result := result_of(run)) is None:
        return None
    found = build.Found(plan, run, inputs_of(run), result)
    is_staff = not (is_for_client := is_client(actor)) and actor.is_person
    rows = list(run.recommendations.all())
    advice = recommendation_lines.lines_of(run, rows, household.currency)
    together = together_part(run, rows, advice, household.currency)
    return PlanOverview(
        plan_id=plan.public_id,
        household_id=household.public_id,
        household=household.name,
        version=plan.version,
        status=plan.status,
        status_label=str(PlanStatus(plan.status).label),
        currency=found.currency,
        as_of=run.facts_as_of,
        published_at=plan.published_at,
        in_force_at=plan.in_force_at,
        is_outdated=policies.can_change(plan) and policies.is_outdated(plan, run),
        run=build.run_facts(found),
        **_chances(found),
        horizon_age=plan.horizon_age,
        lifetimes=_lifetimes(found),
        rules=plan_rules(found),
        savings=build.savings(found),
        years=build.years(found),
        goals=build.goals(found),
        flows=build.flows(found),
        life=life_part(found),
        allocation=build.allocation(found, advised=is_staff or build.carries_allocation(found)),
        mixes=mix_part(found) if not is_for_client and (is_staff or build.carries_allocation(found)) else None,
        recommendations=tuple(line for line in advice if not (is_for_client and line.decision == Decision.DECLINED)),
        together=None if is_for_client and together and together.state != Together.MEASURED else together,
        n_undecided=sum(line.decision == Decision.OPEN for line in advice),
        choices=build.choices(plan),
        overrides=build.overrides(plan),
        **_assumed(found),
        caveats=build.caveats(run) + build.uncounted_goals(found),
        risk=_risk(plan),
        questions=_questions(plan),
        disclosures=disclosures(),
    )


def _chances(found: build.Found) -> dict[str, Any]:
    """Return the figures that head the page: the chance, its error, its target, and what is left at the end."""
    success = found.result.projection.success
    return {
        # as it is kept on the run: lists and pages, which cannot open every result, say the same digits
        "success": Figure(found.run.success, "percent", "success", _("Chance of success")),
        "success_error": Figure(success.standard_error, "percent", "success_error", _("Standard error"), "2"),
        "target": Figure(found.plan.target_success, "percent", "target", _("Success aimed for"), "0"),
        "wealth_at_end": build.terminal(found, 3, "wealth_at_end", _("Left at the end, in the middle future")),
        "wealth_at_end_poor": build.terminal(found, 1, "wealth_at_end_poor", _("Left at the end, one future in ten")),
        "shortfall": money_figure(
            found.result.projection.shortfall,
            found.currency,
            "shortfall",
            _("Missing in all where the plan fails, on average"),
        ),
    }


def _assumed(found: build.Found) -> dict[str, Any]:
    """Return what markets are taken to do: classes, inflation, how months are drawn, and the chance under others."""
    table, question = found.plan.assumptions, found.question
    inflation = question.inputs.assumptions.inflation.mean
    return {
        "assets": asset_lines(table),
        "inflation": Figure(inflation, "percent", "inflation", _("Inflation a year")),
        "assumptions_source": table.source,
        "market_since": market_since(question),
        "market_own": own_line(question, found.run, found.result),
        "markets": market_lines(found.result),
    }


def _lifetimes(found: build.Found) -> LifetimePart | None:
    """Return the answer over lives as the table has them, None of a result that does not know them."""
    told = found.result.projection.lifetimes
    if told is None:
        return None
    middle = found.result.projection.percentiles.index(50)
    estate = _("Left at the last death, in the middle future")
    return LifetimePart(
        success=Figure(told.success.value, "percent", "lifetime_success", _("Chance of success over lifetimes")),
        error=Figure(told.success.standard_error, "percent", "lifetime_success:error", _("Standard error"), "2"),
        estate=money_figure(told.estate[middle], found.currency, "lifetime_estate", estate),
        alive=Figure(told.alive_at_horizon, "percent", "lifetime_alive", _("Somebody lives to the end of the plan")),
    )


def _risk(plan: Plan) -> RiskState:
    limit = risk_limit(plan.household, timezone.localdate())
    if limit is None:
        return RiskState(None, "missing", (_("The household has no risk profile in force."),))
    return RiskState(limit.level, "stale" if limit.is_stale else "", limit.reasons)


def _questions(plan: Plan) -> tuple[QuestionLine, ...]:
    return tuple(
        QuestionLine(
            row.public_id, str(row.person), row.created_at, row.text, row.answer, row.answered_by, row.answered_at
        )
        for row in plan.questions.select_related("person")
    )


def disclosures() -> tuple[str, ...]:
    """Return what must stand beside every projection, then the firm's own disclosures."""
    own = tuple(line.strip() for line in FirmProfile.current().disclosures.splitlines() if line.strip())
    return (
        _(
            "The projections are hypothetical: they show what could happen under the assumptions stated, not what will "
            "happen. They are no guarantee, and results will differ from them."
        ),
        _(
            "Returns are drawn at random around assumptions that rest on history. Crashes can be deeper and last "
            "longer than in the futures that were tried; taxes follow the law as it stands, carried forward."
        ),
        _("The plan rests on what you told us. Tell us when your life changes: the plan then changes, too."),
        *own,
    )
