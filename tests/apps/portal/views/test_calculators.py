"""Calculators in the portal: a client's own facts, and a wish for the advisor instead of a changed plan."""

from __future__ import annotations

import html
import re

import pytest

from apps.core.models import AuditEvent
from apps.notices.models import Mail
from apps.plans.models import Goal, GoalText, GoalWish
from apps.plans.services.plans import draft_plan
from apps.plans.services.wishes import WishDetails, take_wish

PAGES = [
    "/portal/calculators/",
    "/portal/calculators/retirement/",
    "/portal/calculators/retirement/tell/",
    "/portal/calculators/education/",
    "/portal/calculators/education/tell/",
]
RETIREMENT = (
    "age=50&retirement_age=64&annual_income=60000&deferred=300000&other=0&monthly_saving=1000"
    "&monthly_benefit=2000&benefit_age=67"
)
EDUCATION = "age=8&start_age=18&years=4&annual_cost=30000&saved=5000&monthly_saving=300"


def test_only_clients_have_these_pages(ada, sue, connie, sign_in):
    for page in PAGES:
        assert sign_in().get(page).status_code == 302
        for who in (ada, sue, connie):
            assert sign_in(who).get(page).status_code == 403


def test_the_pages_begin_with_what_is_known_and_answer(portal):
    assert "/portal/calculators/" in portal.get("/portal/plan/").content.decode()
    for page in PAGES[1:4:2]:
        answer = portal.get(page).content.decode()
        assert "How old" in answer
        assert "Okafor" not in answer
    for kind, said in (("retirement", RETIREMENT), ("education", EDUCATION)):
        page = portal.get(f"/portal/calculators/{kind}/?{said}").content.decode()
        assert "Chance that it is enough" in page
        (tell,) = re.findall(rf"/portal/calculators/{kind}/tell/\?typed=[^\"]+", page)
        assert "60000" not in tell
        assert portal.get(tell).status_code == 200
        assert "<form" not in portal.get(f"/portal/calculators/{kind}/?{said}&how=1").content.decode()


def test_what_cannot_be_is_told_at_its_field(portal):
    for kind, said, name in (
        ("retirement", RETIREMENT.replace("retirement_age=64", "retirement_age=50"), "retirement_age"),
        ("retirement", RETIREMENT.replace("deferred=300000", "deferred=-1"), "deferred"),
        ("retirement", RETIREMENT.replace("2000&benefit_age=67", "0&benefit_age=99999"), "benefit_age"),
        ("education", EDUCATION.replace("start_age=18", "start_age=3"), "start_age"),
    ):
        page = portal.get(f"/portal/calculators/{kind}/?{said}").content.decode()
        assert "form-errors" in page[page.index(f'id="id_{name}_told"') :][:400], name
        assert "Chance that it is enough" not in page
        back = portal.get(f"/portal/calculators/{kind}/tell/?{said}").url
        assert back.startswith(f"/portal/calculators/{kind}/?typed=")
        assert f'id="id_{name}_told"' in portal.get(back).content.decode()
        assert portal.post(f"/portal/calculators/{kind}/tell/?{said}", {"note": ""}).status_code == 422
    assert not GoalText.objects.exists()


def test_two_are_asked_about_each_with_their_own_ages(portal):
    page = portal.get("/portal/calculators/retirement/").content.decode()
    assert 'name="retirement_age_2" value="' in page
    both = f"{RETIREMENT}&age_2=48&retirement_age_2=60"
    tell = portal.get(f"/portal/calculators/retirement/tell/?{both}").content.decode()
    assert "stop working at 64, my partner at 60" in tell
    unsaid = portal.get(f"/portal/calculators/retirement/?{RETIREMENT}&age_2=48").content.decode()
    assert "form-errors" in unsaid[unsaid.index('id="id_retirement_age_2_told"') :][:400]


def test_what_is_typed_is_posted_and_stands_sealed_in_the_address(portal):
    said = dict(pair.split("=") for pair in RETIREMENT.split("&"))
    answer = portal.post("/portal/calculators/retirement/", said)
    assert answer.url.startswith("/portal/calculators/retirement/?typed=")
    assert "300000" not in answer.url
    page = portal.get(answer.url).content.decode()
    assert 'name="deferred" value="300000"' in page
    assert 'method="post"' in page


def test_what_is_told_is_the_answer_that_was_read(portal, household):
    tell = f"/portal/calculators/retirement/tell/?{RETIREMENT}"
    page = portal.get(tell).content.decode()
    action = html.unescape(re.search(r'<form class="stack" method="post" action="([^"]+)"', page)[1])
    assert portal.post("/portal/calculators/retirement/tell/", {"note": ""}).status_code == 422
    # the taxes of another state give another answer to the same words
    household.state = "CA"
    household.save()
    refused = portal.post(action, {"note": "So?"})
    assert refused.status_code == 422
    assert "The answer may have changed since you read it." in refused.content.decode()
    assert not GoalText.objects.exists()


def test_what_is_told_is_a_wish_once_and_the_advisor_takes_it(portal, ana, ada, household):
    plan = draft_plan(household=household, by=ada.as_actor())
    before = list(plan.goals.values_list("name", "annual_amount"))
    tell = f"/portal/calculators/retirement/tell/?{RETIREMENT}"
    assert "$60,000 a year" in portal.get(tell).content.decode()
    for _again in range(2):
        assert portal.post(tell, {"note": "Maybe part time."}).url == "/portal/goals/"
    wish = GoalWish.objects.get()
    assert (wish.kind, wish.retirement_age, wish.annual_amount, wish.state) == ("retirement", 64, 60_000, "meant")
    assert wish.text.text.endswith("a month.\nMaybe part time.")
    assert (wish.text.by_client, wish.text.person.user) == (True, ana)
    assert Mail.objects.filter(kind="plans/goals_told", to=ada.email).count() == 1
    assert AuditEvent.objects.filter(action="plans.propose_wish").count() == 1
    assert list(plan.goals.values_list("name", "annual_amount")) == before
    assert "Confirmed by the client" in portal.get("/portal/goals/").content.decode()
    names = ("kind", "name", "priority", "annual_amount", "starts_on", "years", "retirement_age", "person")
    details = WishDetails(**{name: getattr(wish, name) for name in names})
    take_wish(wish=wish, details=details, by=ada.as_actor())
    assert Goal.objects.get(plan=plan, kind="retirement").annual_amount == 60_000


def test_a_study_is_wished_for_its_child_and_a_stranger_sees_nothing_of_it(portal, household, stranger, sign_in):
    child = household.people.get(first_name="Eva")
    said = f"{EDUCATION}&person={child.public_id}"
    assert portal.post(f"/portal/calculators/education/tell/?{said}", {"note": ""}).status_code == 302
    wish = GoalWish.objects.get()
    assert (wish.person, wish.years, wish.name) == (child, 4, "Education: Eva")
    assert wish.annual_amount > 30_000
    other = sign_in(stranger)
    page = other.get(f"/portal/calculators/education/?{said}").content.decode()
    assert str(child.public_id) not in page.replace(f"person={child.public_id}", "")
    assert other.post(f"/portal/calculators/education/tell/?{said}", {"note": ""}).status_code == 302
    theirs = GoalWish.objects.exclude(pk=wish.pk).get()
    assert theirs.text.household_id != household.pk
    assert theirs.person is None or theirs.person.household_id == theirs.text.household_id


@pytest.mark.parametrize("page", PAGES[1::2])
def test_another_households_money_begins_nobody_elses_calculator(page, portal, stranger, sign_in):
    mine, theirs = portal.get(page).content.decode(), sign_in(stranger).get(page).content.decode()
    assert "Rivera" not in theirs
    assert "Okafor" not in mine
