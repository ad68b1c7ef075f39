"""Rows for the pages of plans, by who may see them; and what the household's plan tab shows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.models import Job, JobState
from apps.core.templatetags.charts import ChartSpec
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.money.selectors.facts import AccountFact, HouseholdFacts, MissingFact
from apps.money.selectors.situations import household_facts
from apps.plans import policies
from apps.plans.models import (
    Goal,
    Override,
    OverrideKind,
    Plan,
    PlanQuestion,
    PlanStatus,
    ProjectionRun,
    Recommendation,
)
from apps.plans.selectors import charts
from apps.plans.selectors import overview_builders as build
from apps.plans.selectors.figures import Figure
from apps.plans.selectors.goal_means import means_lines
from apps.plans.selectors.held_plans import ConfirmedFacts, confirmed_of
from apps.plans.selectors.overview_parts import ChoiceLine, GoalMeansLine
from apps.plans.selectors.overviews import PlanOverview, plan_overview, plan_shown
from apps.plans.selectors.plan_lists import TONES
from apps.plans.selectors.plan_rules import stated_words
from apps.plans.selectors.wishes import has_open_wishes

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A fact that is missing, and where it is entered."""

    text: str
    is_needed: bool
    url: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The plan tab of a household."""

    household: Household
    plan: Plan | None
    tone: str
    may_change: bool
    can_publish: bool
    run: ProjectionRun | None
    job: Job | None
    failed: str
    overview: PlanOverview | None
    wealth: ChartSpec | None
    cash_flow: ChartSpec | None
    allocation: ChartSpec | None
    frontier: ChartSpec | None
    goals: tuple[tuple[Goal, Figure, GoalMeansLine], ...]
    overrides: tuple[tuple[Override, Figure], ...]
    choices: tuple[ChoiceLine, ...]
    spending_words: tuple[str, ...]
    missing: tuple[MissingLine, ...]
    is_enough: bool
    report_failed: str
    n_versions: int
    has_open_wishes: bool

    @property
    def is_held(self) -> bool:
        """Whether all have signed and the advisor has to confirm facts that moved."""
        return self.plan is not None and policies.is_held(self.plan)

    @property
    def confirmed(self) -> ConfirmedFacts | None:
        """What was confirmed of facts that moved since the result."""
        return confirmed_of(self.plan)

    @property
    def topic(self) -> str:
        """Name the live topic that hears of this page."""
        return f"household:{self.household.public_id}"


# where the missing fact is entered: the form that takes it, by address and what that asks for besides the household
_PLACES: dict[str, tuple[str, dict[str, str]]] = {
    "filing_status": ("clients:household-edit", {}),
    "dependants": ("clients:household-people", {}),
    "ira_basis": ("money:household-money", {}),
    "roth_basis": ("money:fact-new", {"kind": "roth_basis"}),
    "spending": ("money:fact-new", {"kind": "expense"}),
    "income": ("money:fact-new", {"kind": "income"}),
    "social_security": ("money:fact-new", {"kind": "income"}),
    "insurance": ("money:fact-new", {"kind": "insurance"}),
    "insured_person": ("money:household-money", {}),
    "policy_end": ("money:household-money", {}),
    "accounts": ("portfolios:household-portfolio", {}),
}


def plan_for(actor: Actor, public_id: uuid.UUID | str) -> Plan:
    """Return a version the actor may see. Raises NotFoundError."""
    rows = Plan.objects.visible_to(actor).select_related("household__advisor", "assumptions")
    return _found(rows.filter(public_id=public_id).first())


def goal_for(actor: Actor, plan_id: uuid.UUID, public_id: uuid.UUID) -> Goal:
    """Return a goal of a plan the actor may see. Raises NotFoundError."""
    rows = Goal.objects.filter(plan__in=Plan.objects.visible_to(actor), plan__public_id=plan_id)
    return _found(rows.select_related("plan__household").filter(public_id=public_id).first())


def override_for(actor: Actor, plan_id: uuid.UUID, public_id: uuid.UUID) -> Override:
    """Return an override of a plan the actor may see. Raises NotFoundError."""
    rows = Override.objects.filter(plan__in=Plan.objects.visible_to(actor), plan__public_id=plan_id)
    return _found(rows.select_related("plan__household").filter(public_id=public_id).first())


def recommendation_for(actor: Actor, public_id: uuid.UUID) -> Recommendation:
    """Return a piece of advice of a plan the actor may see. Raises NotFoundError."""
    rows = Recommendation.objects.filter(run__plan__in=Plan.objects.visible_to(actor))
    return _found(rows.select_related("run__plan__household").filter(public_id=public_id).first())


def question_for(actor: Actor, public_id: uuid.UUID) -> PlanQuestion:
    """Return a question the actor may see. Raises NotFoundError."""
    rows = PlanQuestion.objects.visible_to(actor).select_related("plan__household", "person")
    return _found(rows.filter(public_id=public_id).first())


def _found(row: R | None) -> R:
    if row is None:
        raise NotFoundError(
            gettext_noop("There is no such plan, or it is not assigned to you."),
            mend=gettext_noop("Its advisor or a principal can assign the household."),
        )
    return row


def plan_page(household: Household, actor: Actor, version: int | None = None) -> PlanPage:
    """Return the tab: facts and what is missing, goals, the run under way, the result and what comes next."""
    plan = plan_shown(household, actor, version)
    facts = household_facts(household, timezone.localdate())
    run = plan.runs.select_related("job").first() if plan is not None else None
    overview = plan_overview(household, actor, plan) if plan is not None else None
    may_change = plan is not None and policies.can_change(plan)
    overrides = tuple(plan.overrides.select_related("person")) if plan is not None else ()
    return PlanPage(
        household=household,
        plan=plan,
        tone=TONES[PlanStatus(plan.status)] if plan is not None else "",
        may_change=may_change,
        can_publish=plan is not None and plan.status == PlanStatus.IN_REVIEW,
        run=run,
        job=run.job if run is not None and run.is_open else None,
        failed=run.job.error if run is not None and run.job is not None and run.state == JobState.FAILED else "",
        overview=overview,
        wealth=charts.wealth_chart(overview) if overview else None,
        cash_flow=charts.cash_flow_chart(overview) if overview else None,
        allocation=charts.allocation_chart(overview) if overview else None,
        frontier=charts.frontier_chart(overview) if overview else None,
        goals=_with_means(plan, facts.accounts) if plan is not None else (),
        overrides=_with_figures(overrides, build.overrides(plan, overrides)) if plan is not None else (),
        choices=build.choices(plan) if plan is not None else (),
        spending_words=stated_words(plan) if plan is not None else (),
        missing=_missing(facts, overrides),
        is_enough=not any(line.is_needed for line in _missing(facts, overrides)),
        report_failed=_report_failed(plan),
        n_versions=Plan.objects.visible_to(actor).filter(household=household).count(),
        has_open_wishes=has_open_wishes(household, actor),
    )


def taken_instead(overrides: tuple[Override, ...]) -> set[tuple[str, str]]:
    """Return what is not missing because the plan overrides it, as (code, subject) of the facts."""
    taken = set()
    for row in overrides:
        if row.kind == OverrideKind.MONTHLY_SPENDING:
            taken.add(("spending", ""))
        if row.kind == OverrideKind.RETIREMENT_AGE and row.person is not None:
            taken.add(("retirement_age", str(row.person)))
    return taken


def _with_figures(rows: Iterable[R], lines: tuple[ChoiceLine, ...]) -> tuple[tuple[R, Figure], ...]:
    return tuple((row, line.figure) for row, line in zip(rows, lines, strict=True))


def _with_means(plan: Plan, accounts: Sequence[AccountFact]) -> tuple[tuple[Goal, Figure, GoalMeansLine], ...]:
    rows = tuple(plan.goals.select_related("person"))
    told = zip(_with_figures(rows, build.own_goals(plan, rows)), means_lines(rows, accounts), strict=True)
    return tuple((goal, figure, means) for (goal, figure), means in told)


def _missing(facts: HouseholdFacts, overrides: tuple[Override, ...]) -> tuple[MissingLine, ...]:
    taken = taken_instead(overrides)
    return tuple(
        MissingLine(
            gettext(fact.message) % {"subject": fact.subject},
            fact.is_needed,
            _place(facts, fact),
        )
        for fact in facts.missing
        if (fact.code, fact.subject) not in taken
    )


def _place(facts: HouseholdFacts, fact: MissingFact) -> str:
    """Return the address of the form that takes the fact."""
    household = {"household_id": facts.household_id}
    if fact.person_id is not None:
        return reverse("clients:person-edit", kwargs={**household, "person_id": fact.person_id})
    name, more = _PLACES.get(fact.code, ("money:household-money", {}))
    return reverse(name, kwargs={**household, **more})


def _report_failed(plan: Plan | None) -> str:
    if plan is None or plan.report_job is None or plan.document_id is not None:
        return ""
    return plan.report_job.error if plan.report_job.state == JobState.FAILED else ""
