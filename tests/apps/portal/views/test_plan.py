"""The plan in the portal: the answer, the advice, a question, a signature."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from apps.clients.models import Signature
from apps.plans.models import Plan, PlanAlert, PlanQuestion, PlanStatus
from apps.plans.selectors.monitoring_rules import DEFAULTS
from apps.plans.services.monitoring_rules import MonitoringTerms, set_monitoring_rules
from apps.plans.services.projections import request_projection
from tests.factories import clients, plans


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


@pytest.fixture
def published(household, ana, publish):
    return publish(household)


def test_before_the_first_plan_the_page_says_who_prepares_it(portal):
    page = portal.get("/portal/plan/").content.decode()
    assert "Your plan is being prepared" in page
    assert "Ada will publish it here" in page


def test_a_draft_is_not_the_clients_to_see(portal, household, ada):
    plans.drafted(ada, household)
    assert "Your plan is being prepared" in portal.get("/portal/plan/").content.decode()


def test_home_and_plan_give_the_answer_in_dollars(portal, published):
    for page in ("/portal/", "/portal/plan/"):
        content = portal.get(page).content.decode()
        assert "Chance of success" in content
        assert "in the middle future" in content


def test_every_figure_of_the_plan_opens_its_passport(portal, published):
    content = portal.get("/portal/plan/").content.decode()
    assert set(re.findall(r"<(\w+) data-figure=", content)) == {"a"}
    addresses = set(re.findall(r'href="(/portal/plan/figures/[^"]+)"', content))
    assert len(addresses) > 5
    for address in addresses:
        assert portal.get(address).status_code == 200, address


def test_the_client_reads_what_all_that_is_agreed_does_together(portal, published):
    content = portal.get("/portal/plan/").content.decode()
    assert "With all that is agreed, the chance of success is" in content
    assert "/portal/plan/figures/together:success_after/" in content
    run = Plan.objects.get(household=published.household).published_run
    told = f"{run.accepted_together['effect']['success_after']:.6f}"
    assert told[:6] in content


def test_a_question_reaches_the_plan_and_its_answer_comes_back(portal, published, ana):
    answer = portal.post("/portal/plan/", {"text": "Why so many stocks?"})
    assert answer["Location"] == "/portal/plan/#questions"
    assert PlanQuestion.objects.get().text == "Why so many stocks?"
    assert "Not answered yet" in portal.get("/portal/plan/").content.decode()


def test_an_empty_question_comes_back_with_the_reason(portal, published):
    assert portal.post("/portal/plan/", {"text": "  "}).status_code == 422
    assert not PlanQuestion.objects.exists()


def test_a_question_without_a_plan_is_refused(portal):
    assert portal.post("/portal/plan/", {"text": "Where is it?"}).status_code == 404


def test_the_plan_waits_for_the_signature(portal, published):
    signature = Signature.objects.get()
    assert f"/portal/signatures/{signature.public_id}/" in portal.get("/portal/plan/").content.decode()
    assert "Sign: Financial plan" in portal.get("/portal/").content.decode()


def test_another_household_reads_none_of_it(published, stranger, sign_in):
    browser = sign_in(stranger)
    assert "Your plan is being prepared" in browser.get("/portal/plan/").content.decode()
    assert browser.get("/portal/plan/figures/success/").status_code == 404


def test_a_figure_that_the_plan_lacks_does_not_exist(portal, published):
    assert portal.get("/portal/plan/figures/nonsense/").status_code == 404


def test_the_partner_reads_the_same_plan(published, household, sign_in):
    luis = sign_in(clients.portal_user(household.people.get(relationship="partner")))
    assert "Chance of success" in luis.get("/portal/plan/").content.decode()


def test_while_the_plan_is_worked_out_home_shows_how_far_it_is(portal, household, ada):
    request_projection(plan=plans.drafted(ada, household), by=ada.as_actor(), precision=plans.SMALL)
    page = portal.get("/portal/").content.decode()
    assert "Your plan is being worked out" in page
    assert "data-progress" in page
    assert f"household:{household.public_id}" in page


@pytest.mark.parametrize("tells", [True, False])
def test_a_guardrail_is_told_in_the_portal_when_the_firm_says_so(portal, published, paul, tells):
    set_monitoring_rules(terms=MonitoringTerms(**{**DEFAULTS, "tells_clients": tells}), by=paul.as_actor())
    Plan.objects.update(status=PlanStatus.IN_FORCE, in_force_at=timezone.now() - dt.timedelta(days=3))
    plans.night()
    plans.balance(Plan.objects.get().household, "0.05")
    plans.night(again=True)
    page = portal.get("/portal/plan/").content.decode()
    assert "Since it was accepted" in page
    assert "Your plan since it was accepted" in page
    assert ("knows of it and will talk with you" in page) is tells
    assert ("Guardrail below reached" in portal.get("/portal/").content.decode()) is tells
    (alert,) = PlanAlert.objects.all()
    assert (portal.get(f"/portal/plan/figures/alert:{alert.public_id}:total:spending/").status_code == 200) is tells
    for address in set(re.findall(r'href="(/portal/plan/figures/[^"]+)"', page)):
        assert portal.get(address).status_code == 200, address
