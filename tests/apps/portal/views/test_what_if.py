"""The client's own what-if: the engine answers to levers of their plan, and the advisor hears what was tried."""

from __future__ import annotations

import re

import pytest

from apps.notices.models import Mail
from apps.plans.engine.what_if_levers import LeverKind
from apps.plans.models import PlanQuestion
from apps.plans.selectors.what_if import asked_of
from apps.plans.services.tried import OWN_KINDS
from tests.factories import plans

BASE = "/portal/plan/what-if"


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


@pytest.fixture
def plan(household, ana, publish):
    return publish(household)


@pytest.fixture
def age(plan):
    head = plan.household.people.get(relationship="head")
    return f"retirement_age:{head.public_id}"


def levers(page):
    return set(re.findall(r'data-lever="([^"]+)"', page))


def post(portal, part, **told):
    return portal.post(f"{BASE}/{part}/", {"page": "p", "number": "1", "precision": "whole", **told})


def test_before_the_first_plan_it_says_who_prepares_it(portal, household, ada):
    plans.computed(plans.drafted(ada, household), ada)
    assert "Your plan is being prepared" in portal.get(f"{BASE}/").content.decode()
    assert post(portal, "answer").status_code == 404
    assert portal.get(f"{BASE}/figures/success/").status_code == 404


def test_the_page_shows_the_plan_as_it_is_and_the_clients_own_levers(portal, plan, age):
    page = portal.get(f"{BASE}/").content.decode()
    kinds = {key.partition(":")[0] for key in levers(page)}
    assert age in levers(page)
    assert kinds <= OWN_KINDS
    assert {LeverKind.RETIREMENT_SPENDING, LeverKind.EXTRA_SAVING, LeverKind.GOAL_AMOUNT} <= kinds
    assert "Your plan as it is." in page
    assert f'href="{BASE}/"' in portal.get("/portal/plan/").content.decode()


def test_a_moved_lever_is_answered_by_the_engine_and_each_figure_says_where_it_is_from(portal, plan, age):
    found = post(portal, "answer", **{age: "70"})
    text = found.content.decode()
    assert found.status_code == 200
    assert "Against your plan:" in text
    links = sorted({link.replace("&amp;", "&") for link in re.findall(rf'href="({BASE}/figures/[^"]+)"', text)})
    assert {link.split("figures/")[1].split("/")[0] for link in links} >= {"success", "change", "wealth_at_end"}
    for link in links:
        assert portal.get(link).status_code == 200, link
    reached = post(portal, "reach").content.decode()
    assert "What would reach the target" in reached


@pytest.mark.parametrize(
    ("lever", "value", "words"),
    [
        ("equity_share", "0.9", "This cannot be tried here. Ask your advisor about it."),
        ("lower_returns", "2", "This cannot be tried here."),
        ("extra_saving", "a lot", "Give a number."),
        ("extra_saving", "-5", ""),
        ("retirement_age:nobody", "60", ""),
    ],
)
def test_what_cannot_be_tried_is_refused_at_its_lever(portal, plan, lever, value, words):
    refused = post(portal, "answer", **{lever: value})
    assert refused.status_code == 422
    assert refused.json()["field"] == lever
    assert words in refused.json()["message"]


def test_an_address_that_says_it_wrong_stands_as_planned(portal, plan, age):
    page = portal.get(f"{BASE}/", {age: "12", "equity_share": "0.9"}).content.decode()
    assert "Your plan as it is." in page
    assert "data-lever-error></p>" in page
    assert re.search(r"data-lever-error>[^<]+</p>", page)


def test_what_was_tried_goes_to_the_advisor_with_the_engines_figures(portal, plan, age, ada):
    sent = portal.post(f"{BASE}/tell/", {age: "70", "note": "Could I?"}, follow=True)
    assert "Your advisor has what you tried." in sent.content.decode()
    told = PlanQuestion.objects.get(plan=plan)
    chance = asked_of(plan).run.success
    assert told.text.startswith("I tried this in my plan:\n• ")
    assert ": 70" in told.text
    assert f"instead of {100 * chance:.1f}%" in told.text
    assert told.text.endswith("\n\nCould I?")
    assert Mail.objects.get(kind="plans/question_asked").to == ada.email


def test_nothing_moved_is_nothing_to_send(portal, plan):
    sent = portal.post(f"{BASE}/tell/", {"note": "Hello"}, follow=True)
    assert "Nothing was moved yet." in sent.content.decode()
    assert not PlanQuestion.objects.exists()


def test_only_clients_of_the_household_come_here(plan, ada, stranger, sign_in):
    assert sign_in(ada).get(f"{BASE}/").status_code == 403
    other = sign_in(stranger)
    assert "Your plan is being prepared" in other.get(f"{BASE}/").content.decode()
    assert post(other, "answer").status_code == 404
