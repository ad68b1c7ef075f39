"""What calculators begin with: a household's own facts, or a round example."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.money.models import IncomeSource, RegularSaving
from apps.plans.selectors.savings_facts import education_start, known_of, retirement_people, retirement_start, students
from apps.portfolios.models import AccountOwner
from tests.days import today
from tests.factories import clients, plans, portfolios


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


def test_retirement_begins_with_what_the_household_has_and_its_plan_wants(ada, household):
    head = retirement_people(household)[0]
    begun = retirement_start(known_of(household, today(), ada.as_actor()), head, today())
    partner = retirement_people(household)[1]
    assert (begun["age"], begun["retirement_age"], begun["age_2"]) == (
        head.age_on(today()),
        65,
        partner.age_on(today()),
    )
    assert (begun["annual_income"], begun["other"], begun["deferred"]) == (78_000, 420_000, 0)
    assert (begun["monthly_benefit"], begun["monthly_benefit_2"]) == (2_670, 0)
    swapped = retirement_start(known_of(household, today(), ada.as_actor()), partner, today())
    assert (swapped["age"], swapped["age_2"], swapped["monthly_benefit_2"]) == (begun["age_2"], begun["age"], 2_670)
    assert begun["benefit_age"] == max(62, min(70, 2047 - head.date_of_birth.year))
    assert (begun["target"], begun["horizon_age"]) == ("85", 95)
    plan = plans.drafted(ada, household)
    plan.goals.filter(kind="retirement").update(annual_amount=Decimal(90_000))
    begun = retirement_start(known_of(household, today(), ada.as_actor()), head, today())
    assert begun["annual_income"] == 90_000


def test_wages_and_savings_are_those_of_each_of_two(ada, household):
    head, partner = retirement_people(household)
    for person, amount in ((head, 90_000), (partner, 40_000)):
        IncomeSource.objects.create(
            household=household, person=person, kind="salary", name="Job", annual_amount=amount, as_of=today()
        )
    for person, amount in ((head, 500), (partner, 300), (None, 100)):
        account = portfolios.account(household, ada, number=f"8800-{amount}")
        account.owners.all().delete()
        for owner in [person] if person else []:
            AccountOwner.objects.create(account=account, person=owner)
        RegularSaving.objects.create(
            household=household, account=account, name="Saving", monthly_amount=amount, as_of=today()
        )
    begun = retirement_start(known_of(household, today(), ada.as_actor()), head, today())
    assert (begun["wages"], begun["wages_2"]) == (90_000, 40_000)
    assert (begun["monthly_saving"], begun["monthly_saving_2"]) == (600, 300)


def test_a_client_begins_without_what_the_advisor_prepares(ada, household):
    plan, head = plans.drafted(ada, household), household.people.get(relationship="head")
    plan.goals.filter(kind="retirement").update(annual_amount=Decimal(90_000))
    client = clients.portal_user(head).as_actor()
    assert retirement_start(known_of(household, today(), client), head, today())["annual_income"] == 78_000


def test_a_study_begins_with_the_child_and_the_goal_of_the_plan(ada, household):
    child = students(household, today())[0]
    assert child.relationship == "child"
    plans.drafted(ada, household)
    begun = education_start(known_of(household, today(), ada.as_actor()), child, today())
    assert (begun["age"], begun["annual_cost"], begun["years"]) == (child.age_on(today()), 26_000, 4)
    assert begun["start_age"] == child.age_on(today()) + 10


def test_without_a_household_there_is_a_round_example():
    assert retirement_start(None, None, today())["annual_income"] == 70_000
    assert education_start(None, None, today())["annual_cost"] == 30_000
