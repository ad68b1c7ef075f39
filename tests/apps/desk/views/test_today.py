"""The first page of the day: what is due, for whom, and the tour of the role."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from apps.accounts.services.profile import finish_tour
from apps.billing.services.runs import submit_run
from apps.clients.services.documents import request_document
from apps.compliance.services.verifications import verify_trail
from tests.factories import billing, clients, compliance

LONG_AGO = dt.date(2020, 1, 2)


def seen(browser):
    answer = browser.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stranger_signs_in_first(firm_a, sign_in):
    answer = sign_in().get("/")
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("who", ["paul", "ada", "sue"])
def test_a_clear_day_says_what_will_stand_here(request, sign_in, connie, who):
    user = request.getfixturevalue(who)
    if who == "paul":
        verify_trail(by=user.as_actor())
    assert "Nothing is due" in seen(sign_in(user))


def test_who_keeps_the_trail_is_told_to_verify_it(connie, sign_in):
    assert "It was never verified." in seen(sign_in(connie))
    verify_trail(by=connie.as_actor())
    assert "Verify the trail" not in seen(sign_in(connie)).split("tour-steps")[0]


def test_a_review_that_is_due_stands_on_the_advisors_day_alone(ada, mallory, household, sign_in):
    household.next_review_on = LONG_AGO
    household.save()
    page = seen(sign_in(ada))
    assert "Review with Rivera" in page
    assert "Overdue" in page
    assert "Rivera" not in seen(sign_in(mallory))


def test_onboarding_waits_for_the_advisor_who_has_the_ball(ada, household, sign_in):
    household.status = "onboarding"
    household.save()
    assert "Onboarding of Rivera: Profile" in seen(sign_in(ada))


def test_a_paper_that_has_not_come_is_chased_by_support_too(ada, sue, household, sign_in):
    request_document(household=household, category="tax", title="Tax return", due_on=LONG_AGO, by=ada.as_actor())
    assert "Tax return has not come" in seen(sign_in(ada))
    assert "Tax return" not in seen(sign_in(sue))  # not assigned to her


def test_answers_wait_for_the_advisors_review(ada, household, sign_in):
    head = household.people.get(relationship="head")
    clients.portal_user(head)
    compliance.answered(head, by=ada)
    page = seen(sign_in(ada))
    assert "Risk profile of Ana Rivera" in page
    assert "wait for your review" in page


def test_the_number_of_queries_does_not_grow_with_what_is_due(ada, sign_in, django_assert_max_num_queries):
    browser = sign_in(ada)
    due(ada, "First")
    browser.get("/")
    before = queries(browser, django_assert_max_num_queries)
    for name in ("Second", "Third", "Fourth"):
        due(ada, name)
    assert queries(browser, django_assert_max_num_queries) <= before


def due(advisor, name):
    household = clients.household(advisor, name=name)
    household.next_review_on, household.status = LONG_AGO, "active"
    household.save()
    request_document(household=household, category="tax", title="Return", due_on=LONG_AGO, by=advisor.as_actor())


def queries(browser, within):
    with within(60) as counted:
        assert browser.get("/").status_code == 200
    return len(counted)


@pytest.mark.parametrize(
    ("who", "place"), [("paul", "#nav-settings"), ("ada", "#nav-route"), ("connie", "#nav-shield-check")]
)
def test_the_tour_of_the_role_comes_once(request, sign_in, who, place):
    user = request.getfixturevalue(who)
    page = seen(sign_in(user))
    steps = json.loads(re.search(r'id="tour-steps"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert place in {step["target"] for step in steps}
    finish_tour(user=user, tour=f"first-{user.role}", by=user.as_actor())
    assert "tour-steps" not in seen(sign_in(user))


def test_a_run_waits_for_its_next_step(ada, paul, connie, household, sign_in):
    billing.cash_account(household, ada, "365000")
    billing.assigned(household, ada, billing.version(ada))
    billing.calculated(ada)
    assert "Send for review" in seen(sign_in(ada))
    assert "Send for review" not in seen(sign_in(connie))


def test_an_approval_waits_for_who_may_give_it(ada, paul, household, sign_in):
    billing.cash_account(household, ada, "365000")
    billing.assigned(household, ada, billing.version(ada))
    submit_run(run=billing.calculated(ada), by=ada.as_actor())
    assert "Ada asks for your approval." in seen(sign_in(paul))
    assert "asks for your approval" not in seen(sign_in(ada))
