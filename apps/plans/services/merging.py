"""Taking fields of a scenario over into the draft of the household's plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.markets import LOG_NORMAL
from apps.plans.engine.what_if_levers import STRESSES, LeverKind, levers_of
from apps.plans.models import Goal, GoalKind, GoalPriority, OverrideKind, Plan, PlanScenario
from apps.plans.selectors.figures import as_typed
from apps.plans.selectors.run_values import inputs_of
from apps.plans.selectors.scenarios import MergeLine
from apps.plans.services._plans import changeable
from apps.plans.services._questions import question_of
from apps.plans.services.errors import ScenarioConflictError, StatusNotPossibleError
from apps.plans.services.goal_means import MeansDetails
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.plans import set_override
from apps.plans.services.spending import set_spending_floor

_OVERRIDES = {
    LeverKind.RETIREMENT_AGE: OverrideKind.RETIREMENT_AGE,
    LeverKind.CLAIM_AGE: OverrideKind.CLAIM_AGE,
    LeverKind.EXTRA_SAVING: OverrideKind.EXTRA_SAVING,
    LeverKind.EQUITY_SHARE: OverrideKind.EQUITY_SHARE,
    LeverKind.ROTH_BRACKET: OverrideKind.ROTH_BRACKET,
    LeverKind.ROTH_STEP: OverrideKind.ROTH_STEP,
    LeverKind.IRA_GIFTS: OverrideKind.IRA_GIFTS,
}


def draft_of(scenario: PlanScenario) -> Plan | None:
    """Return the version of the household that is being prepared."""
    return Plan.objects.filter(household=scenario.plan.household).in_the_works().first()


def merge_lines(scenario: PlanScenario, draft: Plan) -> tuple[MergeLine, ...]:
    """Set a scenario's fields beside the draft as it is today; stresses are no fields of a plan."""
    before = _values(inputs_of(scenario.run).inputs)
    now = _values(_inputs_today(draft))
    lines = []
    for key, value in scenario.changes.items():
        if key.partition(":")[0] not in set(STRESSES):
            lines.append(MergeLine(key, before.get(key), now.get(_key_in(draft, scenario.plan, key)), value))
    return tuple(lines)


def facts_changed(scenario: PlanScenario) -> tuple[str, ...]:
    """Name what the household's facts or the plan say differently today than when the scenario's result was made."""
    then, now = inputs_of(scenario.run).inputs, _inputs_today(scenario.plan)
    parts = {
        "adults": _("people and ages"),
        "incomes": _("incomes"),
        "claims": _("Social Security"),
        "contributions": _("savings"),
        "spending": _("living costs"),
        "debts": _("debts"),
        "goals": _("goals"),
        "assumptions": _("market assumptions"),
    }
    found = [label for name, label in parts.items() if getattr(then, name) != getattr(now, name)]
    held = [sum(account.balance for account in inputs.accounts) for inputs in (then, now)]
    if abs(held[1] - held[0]) > 0.01 * max(1.0, held[0]):
        found.append(_("account balances"))
    return tuple(found)


def _inputs_today(plan: Plan) -> ProjectionInputs:
    """Return what a version says today; no market is asked, so a set that cannot draw the firm's does no harm."""
    return question_of(plan, firm_today(), LOG_NORMAL)[0].question.inputs


@service
def merge_scenario(*, scenario: PlanScenario, seen: Mapping[str, str], by: Actor) -> Plan:
    """Take chosen fields over into the draft; `seen` holds for each what the draft said when it was looked at.

    Raises StatusNotPossibleError without a draft, InvalidInputError for nothing chosen and for what is no field,
    ScenarioConflictError when the draft says something else by now, and what goals and overrides refuse.
    """
    draft = draft_of(scenario)
    if draft is None:
        raise StatusNotPossibleError(
            gettext_noop("No version of the plan is being prepared."), mend=gettext_noop("Start a new version first.")
        )
    draft = changeable(draft)
    if not seen:
        raise InvalidInputError(gettext_noop("Choose what to take over."))
    lines = {line.key: line for line in merge_lines(scenario, draft)}
    for key, said in seen.items():
        line = lines.get(key)
        if line is None:
            raise InvalidInputError(gettext_noop("The scenario has no such field to take over."), field=key)
        if line.seen != said or line.draft is None:
            raise ScenarioConflictError(
                gettext_noop("The draft changed since you looked at it."),
                mend=gettext_noop("Look at what it says now, and choose again."),
                field=key,
            )
    for key in seen:
        _take(draft, scenario, key, by)
    taken = {key: scenario.changes[key] for key in seen}
    before = {key: lines[key].draft for key in seen}
    audit.record("plans.merge_scenario", by=by, target=scenario, before=before, after={"plan": draft.version, **taken})
    draft.refresh_from_db()
    return draft


def _take(draft: Plan, scenario: PlanScenario, key: str, by: Actor) -> None:
    kind, value = LeverKind(key.partition(":")[0]), Decimal(as_typed(scenario.changes[key]))
    reason = _("Taken over from the scenario “%(name)s”.") % {"name": scenario.name}
    subject = _key_in(draft, scenario.plan, key).partition(":")[2]
    if kind in _OVERRIDES:
        person = draft.household.people.get(public_id=subject) if subject else None
        set_override(plan=draft, kind=_OVERRIDES[kind], value=value, reason=reason, person=person, by=by)
        return
    if kind is LeverKind.SPENDING_FLOOR:
        set_spending_floor(plan=draft, floor=value / 100, by=by)
        return
    if kind is LeverKind.RETIREMENT_SPENDING:
        goal = draft.goals.filter(kind=GoalKind.RETIREMENT).first()
        details = GoalDetails(GoalKind.RETIREMENT, str(GoalKind.RETIREMENT.label), 12 * value)
        set_goal(plan=draft, goal=goal, details=_details(goal, annual_amount=12 * value) if goal else details, by=by)
        return
    goal = draft.goals.get(public_id=subject)
    if kind is LeverKind.GOAL_AMOUNT:
        set_goal(plan=draft, goal=goal, details=_details(goal, annual_amount=value), by=by)
    elif kind is LeverKind.GOAL_ACCOUNTS:
        means = MeansDetails(tuple(goal.funded_by), value < 1, goal.wait_years, goal.least_share)
        set_goal(plan=draft, goal=goal, details=_details(goal, means=means), by=by)
    else:
        day = goal.starts_on or firm_today()
        moved = dt.date(int(value), 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=int(value))
        set_goal(plan=draft, goal=goal, details=_details(goal, starts_on=moved), by=by)


def _details(goal: Goal, **changes: object) -> GoalDetails:
    own = GoalDetails(
        kind=goal.kind,
        name=goal.name,
        annual_amount=goal.annual_amount,
        priority=GoalPriority(goal.priority),
        starts_on=goal.starts_on,
        years=goal.years,
        person=goal.person,
        own_words=goal.own_words,
    )
    return replace(own, **changes)  # type: ignore[arg-type]


def _values(inputs: ProjectionInputs) -> dict[str, float]:
    return {lever.key: lever.value for lever in levers_of(inputs)}


def _key_in(draft: Plan, origin: Plan, key: str) -> str:
    """Name a lever in the draft: a goal of another version is the one of the same kind and name."""
    kind, _colon, subject = key.partition(":")
    if draft.pk == origin.pk or not kind.startswith("goal_"):
        return key
    goal = origin.goals.filter(public_id=subject).first()
    same = draft.goals.filter(kind=goal.kind, name=goal.name).first() if goal else None
    return f"{kind}:{same.public_id}" if same else key
