"""What a savings calculator found, taken into the version of the plan that is being prepared."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household, Person
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import in_cents
from apps.plans.engine.results import ENGINE_VERSION, Outcome
from apps.plans.engine.savings import EducationQuestion, study_costs
from apps.plans.models import Goal, GoalKind, GoalPriority, OverrideKind, Plan
from apps.plans.selectors.savings_facts import retirement_people
from apps.plans.selectors.savings_values import EducationAsked, RetirementAsked, SavingsTold, typed_of
from apps.plans.services._mapping import CENT, exact, number
from apps.plans.services.errors import NoDraftError
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.plans import set_override

_YEAR = 12


@dataclass(frozen=True, slots=True)
class SavedDetails:
    """How it enters the plan; `takes_saving` takes what has to be saved more a month as well.

    `person` is whose goal it becomes, `asked_for` whom the question was asked for: the first of its two ages is theirs.
    None: the question was asked for `person`.
    """

    name: str
    priority: str = GoalPriority.ESSENTIAL
    person: Person | None = None
    takes_saving: bool = False
    asked_for: Person | None = None


@service
def save_savings(*, household: Household, told: SavingsTold, details: SavedDetails, by: Actor) -> Goal:
    """Make a calculation a goal of the draft; the same one a second time changes nothing.

    A goal for the time after work changes the one that is there, and sets the age at which each person's work ends; a
    study changes the goal of the same name for the same person. Raises NoDraftError, InvalidInputError for a
    retirement without its person or for somebody outside of the household, and what a goal refuses.
    """
    plan = Plan.objects.select_for_update().filter(household=household).in_the_works().first()
    if plan is None:
        raise NoDraftError(
            gettext_noop("No version of the plan is being prepared."),
            mend=gettext_noop("Start the next version, then save this calculation."),
        )
    record, asked = _record(told, details.asked_for), told.asked
    is_retirement = isinstance(asked, RetirementAsked)
    there = _there(plan, details, is_retirement=is_retirement)
    if is_retirement:
        _take_ages(plan, told, details, by)
    if details.takes_saving:
        _take_saving(plan, told, by)
    wanted = _goal(told, details, there, record)
    if there is not None and _is_same(there, wanted):
        return there
    return set_goal(plan=plan, details=wanted, goal=there, by=by)


def yearly_cost(told: SavingsTold) -> Decimal:
    """Return what a year of it costs in money of today: of a study the mean of its years, each at its own price."""
    asked = told.asked
    if isinstance(asked, RetirementAsked):
        return asked.annual_income
    question = EducationQuestion(
        told.starts_on, asked.years, in_cents(asked.annual_cost), number(asked.cost_growth), 0.0, 0.0
    )
    costs = [amount for _day, amount in study_costs(question, told.basis)]
    return exact(sum(costs) / len(costs)).quantize(CENT, rounding=ROUND_HALF_UP)


def more_a_month(told: SavingsTold) -> Decimal:
    """Return what has to be saved more a month for the chance that was asked; nothing where that does not reach it."""
    needed = told.answer.needed
    if needed.outcome is not Outcome.REACHED:
        return Decimal(0)
    return max(Decimal(0), exact(needed.monthly_amount).quantize(CENT) - told.asked.saved_a_month)


def _goal(told: SavingsTold, details: SavedDetails, there: Goal | None, record: dict[str, Any]) -> GoalDetails:
    asked = told.asked
    is_study = isinstance(asked, EducationAsked)
    return GoalDetails(
        kind=GoalKind.EDUCATION if is_study else GoalKind.RETIREMENT,
        name=details.name.strip(),
        annual_amount=yearly_cost(told),
        priority=details.priority,
        starts_on=told.starts_on if is_study else None,
        years=asked.years if isinstance(asked, EducationAsked) else 0,
        person=details.person,
        own_words=there.own_words if there else "",
        calculation=record,
    )


def _is_same(goal: Goal, wanted: GoalDetails) -> bool:
    """Whether the goal says all of it already, from a calculation of whatever day."""
    names = ("name", "annual_amount", "priority", "starts_on", "years", "person")
    old, new = dict(goal.calculation or {}), dict(wanted.calculation or {})
    old.pop("on", None), new.pop("on", None)
    return old == new and all(getattr(goal, name) == getattr(wanted, name) for name in names)


def _there(plan: Plan, details: SavedDetails, *, is_retirement: bool) -> Goal | None:
    if is_retirement:
        return plan.goals.filter(kind=GoalKind.RETIREMENT).first()
    name = details.name.strip()
    return plan.goals.filter(kind=GoalKind.EDUCATION, person=details.person, name=name).first()


def _record(told: SavingsTold, asked_for: Person | None) -> dict[str, Any]:
    kind = "retirement" if isinstance(told.asked, RetirementAsked) else "education"
    whom = {"person": str(asked_for.public_id)} if asked_for else {}
    return {
        "kind": kind,
        "on": firm_today().isoformat(),
        "asked": {**whom, **typed_of(told.asked)},
        "chance": str(exact(told.answer.success.value)),
        "needed": str(exact(told.answer.needed.monthly_amount)),
        "engine": ENGINE_VERSION,
    }


def _take_ages(plan: Plan, told: SavingsTold, details: SavedDetails, by: Actor) -> None:
    """Set when work ends: of the person it was asked for, and of the other adult where two were asked about."""
    asked = told.asked
    if not isinstance(asked, RetirementAsked):
        return
    adults = retirement_people(plan.household)
    first = _asked_for(details, adults, is_couple=asked.is_couple)
    _take_age(plan, first, asked.retirement_age, by)
    if asked.retirement_age_2 is not None and asked.is_couple:
        other = next((each for each in adults if each != first), None)
        if other is None:
            raise InvalidInputError(
                gettext_noop("The calculation is about two, and the household has one adult."),
                mend=gettext_noop("Add the partner to the household, or calculate for one."),
                field="person",
            )
        _take_age(plan, other, asked.retirement_age_2, by)


def _asked_for(details: SavedDetails, adults: list[Person], *, is_couple: bool) -> Person:
    """Return whose age comes first in the question, which only those who were asked about may be given."""
    if details.person is None:
        raise InvalidInputError(gettext_noop("Say whose work ends."), field="person")
    first = details.asked_for or details.person
    for person in (details.person, first):
        if person not in adults:
            raise InvalidInputError(
                gettext_noop("%(person)s is neither the head of the household nor the partner."),
                mend=gettext_noop("Choose the head of the household or their partner."),
                field="person",
                person=person,
            )
    if not is_couple and details.person != first:
        raise InvalidInputError(
            gettext_noop("This was calculated for %(person)s."),
            mend=gettext_noop("Choose %(person)s, or go back and calculate for the other one."),
            field="person",
            person=first,
        )
    return first


def _take_age(plan: Plan, person: Person, age: int, by: Actor) -> None:
    if person.retirement_age != age or _taken(plan, OverrideKind.RETIREMENT_AGE, person) is not None:
        _override(plan, OverrideKind.RETIREMENT_AGE, Decimal(age), by, person)


def _take_saving(plan: Plan, told: SavingsTold, by: Actor) -> None:
    more = more_a_month(told)
    if more > 0:
        _override(plan, OverrideKind.EXTRA_SAVING, more, by, None)


def _taken(plan: Plan, kind: OverrideKind, person: Person | None) -> Decimal | None:
    row = plan.overrides.filter(kind=kind, person=person).first()
    return row.value if row else None


def _override(plan: Plan, kind: OverrideKind, value: Decimal, by: Actor, person: Person | None) -> None:
    if _taken(plan, kind, person) == value:
        return
    reason = _("From a calculator, %(day)s.") % {"day": date_text(firm_today())}
    set_override(plan=plan, kind=kind, value=value, reason=reason, person=person, by=by)
