"""What advice rests on, read from the household's accounts, policies, people and papers."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.clients.models import DocumentCategory, Relationship
from apps.money.models import InsuranceKind, InsurancePolicy
from apps.money.selectors.situations import household_facts
from apps.plans.engine.advice_facts import PlanKind
from apps.plans.services._advice_facts import advice_facts, saving_facts
from apps.plans.services._questions import question_of
from apps.plans.services._tables import limits_of
from tests.apps.plans.engine.households import family
from tests.apps.plans.services.test_mapping import facts as unstored_facts
from tests.days import today
from tests.factories import plans, portfolios


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


def facts_of(household):
    plan = household.plans.first() or plans.drafted(household.advisor, household)
    asked, facts, _limit = question_of(plan, today())
    return advice_facts(household, facts, asked.question.inputs)


def test_accounts_with_a_limit_of_their_own_are_told_by_owner_and_kind(ada, household):
    head = household.people.get(relationship="head")
    kinds = {"plan_401k": PlanKind.WORKPLACE, "roth_ira": PlanKind.ROTH_IRA, "hsa": PlanKind.HEALTH}
    made = {
        registration: portfolios.account(
            household, ada, registration=registration, name=registration, number=f"4711-{place}"
        )
        for place, registration in enumerate((*kinds, "inherited_ira", "individual"))
    }
    told = {plan.account: plan for plan in facts_of(household).plans}
    assert {key: plan.kind for key, plan in told.items()} == {
        str(made[registration].public_id): kind for registration, kind in kinds.items()
    }
    assert {plan.owner for plan in told.values()} == {str(head.public_id)}


def test_limits_are_those_of_the_year_or_unknown(household):
    limits = facts_of(household).limits
    assert limits is not None
    assert limits.year == today().year
    assert limits_of(1999, 0.02) is None


def test_limits_of_a_year_to_come_are_the_newest_carried_forward_by_the_plans_own_inflation():
    assert [limits_of(2026, rate).carried_from for rate in (0.0, 0.03)] == [0, 0]
    inputs = replace(family(), start_date=dt.date(2027, 1, 1))
    limits = saving_facts(unstored_facts(), inputs).limits
    assert limits == limits_of(2027, inputs.assumptions.inflation.mean)
    assert (limits.year, limits.carried_from) == (2027, 2026)


def test_cover_counts_life_policies_in_force_and_is_unknown_where_no_insurance_is_stated(household):
    assert facts_of(household).covers is None
    head = household.people.get(relationship="head")
    told = {"household": household, "as_of": today(), "person": head}
    InsurancePolicy.objects.create(name="Home", kind=InsuranceKind.HOME, coverage=Decimal(300_000), **told)
    covers = facts_of(household).covers
    assert {cover.amount for cover in covers} == {0.0}
    # in force at the next birthday, which the advice puts the death at: two of the three
    for ends_on in (None, today() + dt.timedelta(days=800), today()):
        InsurancePolicy.objects.create(
            name="Life", kind=InsuranceKind.LIFE, coverage=Decimal(250_000), ends_on=ends_on, **told
        )
    assert {each.person: each.amount for each in facts_of(household).covers}[str(head.public_id)] == 500_000.0


def test_children_under_age_are_counted_by_their_birthdays(household):
    known = {"last_name": "Rivera", "relationship": Relationship.CHILD}
    household.people.filter(relationship=Relationship.CHILD).delete()
    day = today().replace(day=min(today().day, 28))
    for years, name in ((17, "Mia"), (18, "Leo")):
        household.people.create(first_name=name, date_of_birth=day.replace(year=day.year - years), **known)
    household.people.create(first_name="Ola", **known)
    assert facts_of(household).minors == 1


def test_estate_papers_are_counted_with_the_newest(ada, household):
    papers = facts_of(household).papers
    assert (papers.count, papers.newest) == (0, None)
    household.documents.create(category=DocumentCategory.ESTATE, title="Will")
    household.documents.create(category=DocumentCategory.TAX, title="Return")
    assert facts_of(household).papers.count == 1


def test_cover_enters_the_projection_and_other_facts_of_advice_do_not(ada, household):
    plan = plans.drafted(ada, household)
    before, facts, _limit = question_of(plan, today())
    household.documents.create(category=DocumentCategory.ESTATE, title="Will")
    filed, _facts, _limit = question_of(plan, today())
    assert filed.question.inputs == before.question.inputs
    assert filed.question.policy.facts != before.question.policy.facts
    InsurancePolicy.objects.create(
        household=household,
        as_of=today(),
        name="Life",
        kind=InsuranceKind.LIFE,
        person=household.people.get(relationship="head"),
        coverage=Decimal(1_000_000),
    )
    after, _facts, _limit = question_of(plan, today())
    (policy,) = after.question.inputs.events.policies
    (cover,) = [each.amount for each in after.question.policy.facts.covers if each.person == policy.insured]
    assert cover == policy.benefit == 1_000_000.0
    assert facts == household_facts(household, today()) or facts.missing
