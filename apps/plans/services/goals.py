"""Goals of a plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Person
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.templatetags.formats import number_text
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.models import Goal, GoalKind, GoalPriority, Plan
from apps.plans.models.goal import MAX_OWN_WORDS
from apps.plans.selectors.goal_times import last_year_of, left_of
from apps.plans.services._checks import checked
from apps.plans.services._plans import changeable, note_change
from apps.plans.services.goal_means import MeansDetails, accounts_named, set_means, told_of


@dataclass(frozen=True, slots=True)
class GoalDetails:
    """What a goal says. Amounts are in money of today; a retirement goal has neither start nor years.

    `calculation` is what a calculator was asked and answered for it; None: set by hand. `means` None: as they are.
    """

    kind: str
    name: str
    annual_amount: Decimal
    priority: str = GoalPriority.ESSENTIAL
    starts_on: dt.date | None = None
    years: int = 0
    person: Person | None = None
    own_words: str = ""
    calculation: dict[str, Any] | None = None
    means: MeansDetails | None = None


@service
def set_goal(*, plan: Plan, details: GoalDetails, by: Actor, goal: Goal | None = None) -> Goal:
    """Add a goal, or change one.

    One under way may begin in the past: what is left of it is counted. Raises PlanFrozenError; InvalidInputError for a
    goal that is over, begins after the end of the plan or has no amount or time, for somebody or an account outside of
    the household, for means that contradict themselves, and for a second retirement goal.
    """
    plan = changeable(plan)
    row = goal or Goal(plan=plan)
    accounts = accounts_named(plan.household, row, details.means)
    before = told_of(row, accounts) if row.pk else None
    is_retirement = details.kind == GoalKind.RETIREMENT
    told = _said(row)
    row.kind, row.name, row.annual_amount = details.kind, details.name.strip(), details.annual_amount
    row.priority, row.own_words, row.person = details.priority, details.own_words.strip(), details.person
    row.starts_on = None if is_retirement else details.starts_on
    row.years = 0 if is_retirement else details.years
    # where a goal comes from is told while it says what came from there
    row.calculation = details.calculation or (row.calculation if _said(row) == told else None)
    if details.means is not None:
        set_means(row, details.means, accounts)
    elif is_retirement:
        row.funded_only, row.wait_years, row.least_share = False, None, None
    _check_said(row)
    _check_time(row)
    if row.person is not None and row.person.household_id != plan.household_id:
        raise InvalidInputError(gettext_noop("This person is not in the household."), field="person")
    checked(row)
    row.save()
    action = "plans.change_goal" if before else "plans.add_goal"
    audit.record(action, by=by, target=row, before=before, after=told_of(row, accounts))
    note_change(plan)
    return row


@service
def remove_goal(*, goal: Goal, by: Actor) -> None:
    """Take a goal out of the plan. Raises PlanFrozenError."""
    plan = changeable(goal.plan)
    before = told_of(goal, accounts_named(plan.household, goal))
    audit.record("plans.remove_goal", by=by, target=goal, before=before)
    goal.delete()
    note_change(plan)


def _said(goal: Goal) -> tuple[object, ...]:
    return (goal.kind, goal.annual_amount, goal.starts_on, goal.years)


def _check_time(goal: Goal) -> None:
    if goal.kind == GoalKind.RETIREMENT:
        return
    if goal.starts_on is None:
        raise InvalidInputError(gettext_noop("Say when the money is needed."), field="starts_on")
    if goal.years < 1:
        raise InvalidInputError(gettext_noop("Say for how many years the money is needed."), field="years")
    day = firm_today()
    if not left_of(goal.starts_on, goal.years, day).years:
        raise InvalidInputError(
            gettext_noop("The goal lies in the past: all its years are over."),
            mend=gettext_noop("Give a date to come, or more years where it is still under way."),
            field="starts_on",
        )
    last = last_year_of(goal.plan, day)
    if goal.starts_on.year > last:
        raise InvalidInputError(
            gettext_noop("The goal begins after the end of the plan, whose last year is %(year)s."),
            mend=gettext_noop("Give an earlier date, or let the plan go on to a later age."),
            field="starts_on",
            year=last,
        )


def _check_said(goal: Goal) -> None:
    if goal.annual_amount <= 0:
        raise InvalidInputError(
            gettext_noop("A goal costs something: give an amount above zero."),
            mend=gettext_noop("A goal that is no longer wanted is taken out of the plan."),
            field="annual_amount",
        )
    if len(goal.own_words) > MAX_OWN_WORDS:
        raise InvalidInputError(
            gettext_noop("These are %(length)s characters; at most %(most)s are kept."),
            mend=gettext_noop("Keep what matters of the client's words."),
            field="own_words",
            length=number_text(Decimal(len(goal.own_words))),
            most=number_text(Decimal(MAX_OWN_WORDS)),
        )
