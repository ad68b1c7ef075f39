import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.clients.services.households import assign_household
from apps.core.models import Job
from apps.plans.models import Plan, PlanStatus, ProjectionRun, Recommendation
from apps.plans.selectors.overviews import plan_overview, plan_shown
from apps.plans.services.publishing import publish_plan
from apps.plans.services.questions import ask_question
from tests.factories import clients, plans


@pytest.fixture
def generated(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    return plan


def addresses(plan):
    household, goal = plan.household.public_id, plan.goals.first()
    advice = Recommendation.objects.filter(run__plan=plan).first()
    return {
        f"/households/{household}/plan/": "get",
        f"/households/{household}/plan/compare/": "get",
        f"/households/{household}/plan/mix/": "get",
        f"/plans/{plan.public_id}/mix/choose/": "post",
        f"/plans/{plan.public_id}/figures/success/": "get",
        f"/plans/{plan.public_id}/goals/new/": "get",
        f"/plans/{plan.public_id}/goals/{goal.public_id}/": "get",
        f"/plans/{plan.public_id}/choices/": "get",
        f"/plans/{plan.public_id}/overrides/new/": "get",
        f"/plans/{plan.public_id}/discard/": "get",
        f"/plans/{plan.public_id}/confirm/": "get",
        f"/plans/recommendations/{advice.public_id}/": "get",
        f"/households/{household}/plan/start/": "post",
        f"/plans/{plan.public_id}/generate/": "post",
        f"/plans/{plan.public_id}/cancel/": "post",
        f"/plans/{plan.public_id}/publish/": "post",
        f"/plans/{plan.public_id}/report/": "post",
        f"/plans/{plan.public_id}/signature/": "post",
        f"/plans/{plan.public_id}/restore/": "post",
        f"/plans/{plan.public_id}/goals/{goal.public_id}/remove/": "post",
        f"/plans/recommendations/{advice.public_id}/accept/": "post",
    }


def test_nobody_unknown_sees_or_does_anything(generated, sign_in):
    client = sign_in()
    for address, verb in addresses(generated).items():
        answer = getattr(client, verb)(address)
        assert answer.status_code == 302, address
        assert "/accounts/login/" in answer["Location"]


def test_support_and_clients_are_told_who_can(generated, sue, clay, ada, sign_in):
    """Support sees the household it is assigned to, but no results of plans."""
    assign_household(household=generated.household, user=sue, by=ada.as_actor())
    for person in (sue, clay):
        client = sign_in(person)
        for address, verb in addresses(generated).items():
            assert getattr(client, verb)(address).status_code == 403, (person, address)
        assert client.get("/plans/").status_code == 403


def test_another_advisor_finds_nothing_and_changes_nothing(generated, mallory, sign_in):
    client = sign_in(mallory)
    for address, verb in addresses(generated).items():
        assert getattr(client, verb)(address).status_code == 404, address
    assert Plan.objects.get(pk=generated.pk).status == PlanStatus.IN_REVIEW
    assert ProjectionRun.objects.count() == 1
    assert "Rivera" not in client.get("/plans/").content.decode()


def test_compliance_reads_plans_and_changes_none(generated, connie, sign_in):
    client = sign_in(connie)
    for address, verb in addresses(generated).items():
        reads = address.endswith(("/plan/", "/compare/", "/success/", "/plan/mix/"))
        assert getattr(client, verb)(address).status_code == (200 if reads else 403), address


def test_the_list_shows_status_chance_and_day_in_a_constant_number_of_queries(ada, generated, sign_in):
    client = sign_in(ada)
    page = client.get("/plans/").content.decode()
    assert "Rivera" in page
    assert "Advisor review" in page
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/plans/?sort=-success")
    for name in ("Stone", "Brook", "Hill"):
        plans.drafted(ada, plans.household_with_facts(ada, name=name))
    with CaptureQueriesContext(connection) as many:
        assert "Brook" in client.get("/plans/?sort=-success").content.decode()
    assert len(many) == len(one)
    assert "Brook" not in client.get("/plans/?status=in_review").content.decode()


def test_the_advisor_walks_from_the_start_to_the_client(ada, sign_in, system):
    household, client = plans.household_with_facts(ada), sign_in(ada)
    tab = f"/households/{household.public_id}/plan/"
    client.post(f"{tab}start/")
    plan = Plan.objects.get()
    goal = {"kind": "education", "name": "College", "annual_amount": "26000", "starts_on": "2036-09-01", "years": 4}
    wrong = client.post(
        f"/plans/{plan.public_id}/goals/new/", {**goal, "priority": "important", "starts_on": "2020-01-01"}
    )
    assert wrong.status_code == 422
    assert "lies in the past" in wrong.content.decode()
    client.post(f"/plans/{plan.public_id}/goals/new/", {**goal, "priority": "important"})
    asked = client.get(f"/plans/{plan.public_id}/choices/").content.decode()
    assert "in per cent" in asked
    refused = client.post(f"/plans/{plan.public_id}/choices/", {**choices(plan), "target_success": "120"})
    assert refused.status_code == 422
    client.post(f"/plans/{plan.public_id}/choices/", {**choices(plan), "horizon_age": "93", "target_success": "87.5"})
    client.post(f"/plans/{plan.public_id}/generate/")
    page = client.get(tab).content.decode()
    assert "data-progress" in page
    assert Job.objects.filter(name="plans.run_projection").count() == 1
    client.post(f"/plans/{plan.public_id}/cancel/")
    plan.runs.all().delete()
    run = plans.computed(plan, ada)
    advice = run.recommendations.get(kind="debt")
    path = f"/plans/recommendations/{advice.public_id}/"
    assert client.post(path, {"decision": "declined", "reason": ""}).status_code == 422
    client.post(path, {"decision": "declined", "reason": "Paid off next month anyway"})
    client.post(f"/plans/{plan.public_id}/publish/")
    plan.refresh_from_db()
    assert (plan.status, plan.horizon_age, plan.goals.count()) == (PlanStatus.PUBLISHED, 93, 2)
    assert plan.target_success == Decimal("0.875")
    page = client.get(tab).content.decode()
    assert "With the client" in page
    assert "Paid off next month anyway" in page


def choices(plan):
    from apps.plans.services.plans import CHOICES

    shares = {"target_success", "annual_fee", "survivor_share", "surplus_saved_share", "max_savings_rate"}
    return {name: f"{Decimal(getattr(plan, name) * (100 if name in shares else 1)).normalize():f}" for name in CHOICES}


def test_a_client_reads_what_was_published_and_not_what_was_declined(ada, generated):
    user = clients.portal_user(generated.household.people.get(relationship="head"))
    by = user.as_actor()
    assert plan_shown(generated.household, by) is None
    row = generated.runs.finished().first().recommendations.get(kind="debt")
    Recommendation.objects.filter(pk=row.pk).update(decision="declined", reason="x")
    publish_plan(plan=generated, by=ada.as_actor())
    overview = plan_overview(generated.household, by)
    assert overview is not None
    assert "debt" not in {line.kind for line in overview.recommendations}
    plan = plan_shown(generated.household, by)
    assert plan is not None
    ask_question(plan=plan, text="Why so little?", by=by)
    assert plan_overview(generated.household, by).questions[0].text == "Why so little?"


def test_a_question_is_answered_on_its_page(ada, generated, sign_in):
    user = clients.portal_user(generated.household.people.get(relationship="head"))
    plan = publish_plan(plan=generated, by=ada.as_actor())
    question = ask_question(plan=plan, text="Why so little?", by=user.as_actor())
    client = sign_in(ada)
    assert "Why so little?" in client.get(f"/plans/questions/{question.public_id}/").content.decode()
    client.post(f"/plans/questions/{question.public_id}/", {"answer": "Because of the fees."})
    question.refresh_from_db()
    assert question.answer == "Because of the fees."


def test_versions_are_set_side_by_side(ada, generated, sign_in):
    from apps.plans.services.plans import draft_plan, set_choices

    publish_plan(plan=generated, by=ada.as_actor())
    second = draft_plan(household=generated.household, by=ada.as_actor())
    set_choices(plan=second, choices={"horizon_age": 90}, by=ada.as_actor())
    plans.computed(second, ada)
    client = sign_in(ada)
    page = client.get(f"/households/{generated.household.public_id}/plan/compare/").content.decode()
    assert "Start a new version from version 1" in page
    assert re.search(r"<strong>Plan to the age of</strong>", page)
    client.post(f"/plans/{generated.public_id}/restore/")
    assert Plan.objects.count() == 2  # one is in the works already


def test_advice_of_an_older_result_leads_to_the_new_advice(ada, generated, sign_in):
    older = generated.runs.finished().first().recommendations.first()
    newest = plans.computed(generated, ada).recommendations.first()
    client = sign_in(ada)
    page = client.get(f"/plans/recommendations/{older.public_id}/", follow=True)
    assert page.redirect_chain == [(f"/households/{generated.household.public_id}/plan/#advice", 302)]
    assert "The plan was generated again since." in page.content.decode()
    assert client.get(f"/plans/recommendations/{newest.public_id}/").status_code == 200
