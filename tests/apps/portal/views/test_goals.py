"""What clients want, told in the portal and confirmed by who wrote it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.money.models import BankAccount
from apps.notices.models import Mail
from apps.plans.models import Goal, GoalText, GoalWish
from apps.plans.services.wishes import tell_goals
from tests.days import today
from tests.factories import clients

WORDS = "We want a boat in 2035, around $40,000, and I would like to retire at 61."


def address(wish):
    return f"/portal/goals/{wish.public_id}/"


def test_words_are_told_confirmed_one_by_one_and_wait_for_the_advisor(portal, ana, ada):
    sent = portal.post("/portal/goals/", {"text": WORDS, "language": "en"})
    boat, retirement = GoalWish.objects.all()
    assert sent["Location"] == address(boat)
    assert Mail.objects.get(kind="plans/goals_told").to == ada.email
    page = portal.get(address(boat)).content.decode()
    assert "<strong>$40,000</strong>" in page
    data = {
        "name": "The boat",
        "annual_amount": "45000",
        "years": "1",
        "starts_on": "2036-01-01",
        "priority": "essential",
    }
    assert portal.post(address(boat), data)["Location"] == address(retirement)
    boat.refresh_from_db()
    assert (boat.state, boat.name, boat.annual_amount, boat.years) == ("meant", "The boat", 45_000, 1)
    assert 'name="starts_on"' not in portal.get(address(retirement)).content.decode()
    assert portal.post(f"{address(retirement)}drop/")["Location"] == "/portal/goals/"
    page = portal.get("/portal/goals/").content.decode()
    assert "Confirmed by the client" in page
    assert not Goal.objects.filter(name="The boat").exists()


def test_what_is_not_known_may_stay_empty(portal, ana):
    portal.post("/portal/goals/", {"text": "A cabin, someday.", "language": "en"})
    wish = GoalWish.objects.get()
    assert portal.post(address(wish), {"name": "A cabin", "priority": "aspirational"}).status_code == 302
    wish.refresh_from_db()
    assert (wish.state, wish.annual_amount, wish.starts_on) == ("meant", None, None)


def test_words_without_a_goal_reach_the_advisor_all_the_same(portal, ana, ada):
    assert (
        portal.post("/portal/goals/", {"text": "What about a Roth?", "language": "en"})["Location"] == "/portal/goals/"
    )
    assert "What about a Roth?" in portal.get("/portal/goals/").content.decode()
    assert "What about a Roth?" in Mail.objects.get(kind="plans/goals_told").text


@pytest.mark.parametrize(
    "data", [{"text": "  ", "language": "en"}, {"text": "A boat", "language": "fr"}, {"text": "a" * 6000}]
)
def test_wrong_forms_come_back(portal, ana, data):
    assert portal.post("/portal/goals/", data).status_code == 422
    assert not GoalText.objects.exists()


def test_a_stranger_and_the_other_adult_cannot_decide(portal, ana, stranger, household, sign_in):
    portal.post("/portal/goals/", {"text": WORDS, "language": "en"})
    wish = GoalWish.objects.first()
    luis = clients.portal_user(household.people.get(relationship="partner"))
    for other in (stranger, luis):
        browser = sign_in(other)
        assert browser.get(address(wish)).status_code == 404
        assert browser.post(f"{address(wish)}drop/").status_code == 404
    assert "a boat in" in sign_in(luis).get("/portal/goals/").content.decode()
    assert "a boat in" not in sign_in(stranger).get("/portal/goals/").content.decode()


def test_the_advisors_notes_are_not_shown(portal, ana, ada, household):
    head = household.people.get(relationship="head")
    told = tell_goals(household=household, person=head, text=WORDS, language="en", by=ada.as_actor())
    assert "a boat in" not in portal.get("/portal/goals/").content.decode()
    assert portal.get(address(told.wishes.first())).status_code == 404


def test_the_firms_people_and_strangers_have_no_such_page(ada, sign_in, household):
    assert sign_in(ada).get("/portal/goals/").status_code == 403
    assert sign_in().get("/portal/goals/").status_code == 302


def test_a_second_click_finds_it_decided(portal, ana):
    portal.post("/portal/goals/", {"text": "A cabin, someday.", "language": "en"})
    wish = GoalWish.objects.get()
    portal.post(f"{address(wish)}drop/")
    again = portal.post(address(wish), {"name": "A cabin", "priority": "aspirational"})
    assert again.status_code >= 400
    wish.refresh_from_db()
    assert wish.state == "dropped"


def test_means_are_asked_where_the_words_speak_of_them(portal, ana, household, ada):
    known = {"balance": Decimal(9_000), "balance_as_of": today()}
    bank = BankAccount.objects.create(household=household, name="Savings", kind="savings", **known)
    text = "We want a boat in 2040, $40,000, from the savings account, it could wait three years. A cabin in 2041."
    portal.post("/portal/goals/", {"text": text, "language": "en"})
    boat, cabin = GoalWish.objects.all()
    page = portal.get(address(boat)).content.decode()
    assert "You wrote: “could wait three years”." in page
    assert "Savings" in page
    assert 'name="least_share"' not in page
    page = portal.get(address(cabin)).content.decode()
    assert 'name="wait_years"' not in page
    assert 'name="funded_by"' not in page
    told = {"name": "Boat", "priority": "important", "annual_amount": "40000", "years": "1", "starts_on": "2040-01-01"}
    portal.post(address(boat), {**told, "wait_years": "2", "funded_by": [str(bank.public_id)]})
    boat.refresh_from_db()
    assert (boat.state, boat.wait_years, boat.funded_by) == ("meant", 2, [str(bank.public_id)])
    assert "Paid first from Savings, can wait 2 years" in portal.get("/portal/goals/").content.decode()
