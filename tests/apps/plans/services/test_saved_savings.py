"""A calculation becomes a goal of the draft: once, with its trail and where it came from."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import RequestFactory

from apps.core.models import AuditEvent
from apps.core.typed import typed_in
from apps.kernel.errors import InvalidInputError
from apps.plans.models import Goal, GoalKind, Override, OverrideKind
from apps.plans.selectors.savings_pages import origin_day, origin_of
from apps.plans.services.errors import NoDraftError
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.plans import draft_plan
from apps.plans.services.publishing import publish_plan
from apps.plans.services.saved_savings import SavedDetails, more_a_month, save_savings, yearly_cost
from apps.plans.services.savings import ask_education, ask_retirement
from tests.apps.plans.services.test_savings import ANA, EVA, PLACE
from tests.days import today
from tests.factories import clients, plans


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


@pytest.fixture
def head(household):
    return household.people.get(relationship="head")


def trail():
    return AuditEvent.objects.filter(action__startswith="plans.").count()


def test_a_retirement_changes_the_goal_and_the_age_and_a_second_time_nothing(ada, household, head):
    by = ada.as_actor()
    plan = draft_plan(household=household, by=by)
    told = ask_retirement(replace(ANA, retirement_age=64), PLACE, by=by)
    details = SavedDetails("Stopping at 64", "essential", head, takes_saving=True)
    goal = save_savings(household=household, told=told, details=details, by=by)
    assert (goal.plan, goal.kind, goal.annual_amount, goal.name) == (plan, "retirement", 60_000, "Stopping at 64")
    assert plan.goals.count() == 1
    values = dict(Override.objects.filter(plan=plan).values_list("kind", "value"))
    assert values[OverrideKind.RETIREMENT_AGE] == 64
    assert values[OverrideKind.EXTRA_SAVING] == more_a_month(told)
    assert more_a_month(told) == Decimal(str(told.answer.needed.monthly_amount)) - 1_000
    assert goal.calculation["kind"] == "retirement"
    assert origin_day(goal) == today()
    typed = typed_in(RequestFactory().get(origin_of(goal, household)))
    assert typed.urlencode().endswith("benefit_age=67&wages=0&horizon_age=90&equity_share=60&target=85")
    before = trail()
    assert save_savings(household=household, told=told, details=details, by=by) == goal
    assert (trail(), plan.goals.count(), plan.overrides.count()) == (before, 1, 2)


def test_a_retirement_of_two_sets_the_age_of_each(ada, household, head):
    by, partner = ada.as_actor(), household.people.get(relationship="partner")
    plan = draft_plan(household=household, by=by)
    told = ask_retirement(replace(ANA, retirement_age=64, age_2=48, retirement_age_2=61), PLACE, by=by)
    save_savings(household=household, told=told, details=SavedDetails("Together", "essential", head), by=by)
    ages = Override.objects.filter(plan=plan, kind=OverrideKind.RETIREMENT_AGE).values_list("person__pk", "value")
    assert dict(ages) == {head.pk: 64, partner.pk: 61}
    household.people.filter(pk=partner.pk).update(relationship="other")
    with pytest.raises(InvalidInputError, match="about two"):
        save_savings(household=household, told=told, details=SavedDetails("Together", person=head), by=by)


def test_the_ages_stay_with_those_they_were_asked_for_whoever_the_goal_is_for(ada, household, head):
    by, partner = ada.as_actor(), household.people.get(relationship="partner")
    plan = draft_plan(household=household, by=by)
    told = ask_retirement(replace(ANA, retirement_age=64, age_2=48, retirement_age_2=61), PLACE, by=by)
    details = SavedDetails("Together", "essential", partner, asked_for=head)
    goal = save_savings(household=household, told=told, details=details, by=by)
    ages = Override.objects.filter(plan=plan, kind=OverrideKind.RETIREMENT_AGE).values_list("person__pk", "value")
    assert dict(ages) == {head.pk: 64, partner.pk: 61}
    assert goal.person == partner
    # the calculator opens again for whom it was asked
    assert typed_in(RequestFactory().get(origin_of(goal, household)))["person"] == str(head.public_id)
    alone = ask_retirement(ANA, PLACE, by=by)
    with pytest.raises(InvalidInputError, match="calculated for") as refused:
        save_savings(household=household, told=alone, details=details, by=by)
    assert refused.value.field == "person"
    child = household.people.filter(relationship="child").first()
    with pytest.raises(InvalidInputError, match="neither the head") as refused:
        save_savings(household=household, told=alone, details=SavedDetails("Rest", person=child), by=by)
    assert refused.value.field == "person"
    assert dict(ages.all()) == {head.pk: 64, partner.pk: 61}


def test_a_study_is_a_goal_of_its_mean_cost_and_the_same_name_changes_it(ada, household):
    by, child = ada.as_actor(), household.people.filter(relationship="child").first()
    plan = draft_plan(household=household, by=by)
    told = ask_education(EVA, PLACE, by=by)
    details = SavedDetails("Education", "important", child)
    goal = save_savings(household=household, told=told, details=details, by=by)
    assert (goal.starts_on, goal.years, goal.person, goal.priority) == (told.starts_on, 4, child, "important")
    assert goal.annual_amount == yearly_cost(told) > 30_000
    again = ask_education(replace(EVA, years=5), PLACE, by=by)
    assert save_savings(household=household, told=again, details=details, by=by).pk == goal.pk
    assert plan.goals.get(kind=GoalKind.EDUCATION).years == 5


def test_where_a_goal_comes_from_goes_on_with_the_plan_until_it_says_something_else(ada, household, head):
    by = ada.as_actor()
    plan = plans.drafted(ada, household)
    told = ask_retirement(ANA, PLACE, by=by)
    goal = save_savings(household=household, told=told, details=SavedDetails("Later", person=head), by=by)
    plans.computed(plan, ada)
    publish_plan(plan=plan, by=by)
    with pytest.raises(NoDraftError):
        save_savings(household=household, told=told, details=SavedDetails("Later", person=head), by=by)
    following = draft_plan(household=household, by=by)
    copied = following.goals.get(kind=GoalKind.RETIREMENT)
    assert copied.calculation == goal.calculation
    renamed = set_goal(plan=following, goal=copied, details=GoalDetails("retirement", "Rest", Decimal(60_000)), by=by)
    assert renamed.calculation == goal.calculation
    by_hand = set_goal(plan=following, goal=copied, details=GoalDetails("retirement", "Rest", Decimal(61_000)), by=by)
    assert by_hand.calculation is None
    assert origin_of(by_hand, household) == ""


def test_whose_it_is_must_be_said_and_be_of_the_household(ada, household, paul):
    by = ada.as_actor()
    draft_plan(household=household, by=by)
    told = ask_retirement(ANA, PLACE, by=by)
    stranger = clients.household(paul, name="Elsewhere").people.first()
    for person in (None, stranger):
        with pytest.raises(InvalidInputError) as refused:
            save_savings(household=household, told=told, details=SavedDetails("Rest", person=person), by=by)
        assert refused.value.field == "person"
    study = ask_education(EVA, PLACE, by=by)
    with pytest.raises(InvalidInputError) as refused:
        save_savings(household=household, told=study, details=SavedDetails("Study", person=stranger), by=by)
    assert refused.value.field == "person"
    assert not Goal.objects.filter(calculation__isnull=False).exists()
