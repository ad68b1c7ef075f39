"""Goals in the household's own words: the advisor writes them down and confirms them one by one."""

from __future__ import annotations

import json

import pytest

from apps.core.models import Job
from apps.integrations.services.language_models import ModelTerms, connect_model
from apps.plans import tasks
from apps.plans.models import Goal, GoalText, GoalWish, ModelReading
from apps.plans.services.wishes import tell_goals
from tests.chat_server import KEY, MODEL
from tests.factories import clients, plans

WORDS = "I want to stop at 62 and help Eva with college, $30,000 a year for four years when Eva turns 18, maybe a boat."


@pytest.fixture
def plan(ada):
    return plans.drafted(ada)


@pytest.fixture
def head(plan):
    return plan.household.people.get(relationship="head")


@pytest.fixture
def told(ada, head):
    return tell_goals(household=head.household, person=head, text=WORDS, language="en", by=ada.as_actor())


def pages(plan):
    return f"/households/{plan.household.public_id}/plan/words/"


def address(wish):
    return f"/plans/wishes/{wish.public_id}/"


def filled(wish, **more):
    return {
        "kind": wish.kind,
        "name": wish.name,
        "priority": wish.priority,
        "annual_amount": wish.annual_amount or "",
        "years": wish.years or "",
        "starts_on": wish.starts_on or "",
        "retirement_age": wish.retirement_age or "",
        "person": wish.person.public_id if wish.person else "",
        **more,
    }


def test_words_are_written_down_and_each_goal_is_confirmed_in_turn(ada, sign_in, plan, head):
    browser = sign_in(ada)
    sent = browser.post(f"{pages(plan)}new/", {"person": head.public_id, "language": "en", "text": WORDS})
    retirement, college, boat = GoalWish.objects.all()
    assert sent["Location"] == address(retirement)
    page = browser.get(address(retirement)).content.decode()
    assert "<mark>I want to stop at <strong>62</strong></mark>" in page
    assert 'name="retirement_age" value="62"' in page
    assert browser.post(address(retirement), filled(retirement))["Location"] == address(college)
    assert browser.post(address(college), filled(college))["Location"] == address(boat)
    assert Goal.objects.get(plan=plan, name="Education: Eva").own_words.startswith("help Eva with college")
    page = browser.get(address(boat)).content.decode()
    assert "How much does it cost?" in page
    assert "When is the money needed?" in page
    assert browser.post(f"{address(boat)}drop/")["Location"] == pages(plan)
    page = browser.get(pages(plan)).content.decode()
    for state in ("In the plan", "Not meant"):
        assert state in page
    assert page.count('id="words"') == 1, "the words that scripts say are found by that id"
    goals = browser.get(pages(plan).removesuffix("words/")).content.decode()
    assert '<span class="sub in-a-row"><span data-verbatim="question">“I want to stop at 62”' in goals


def test_what_is_missing_is_asked_at_its_field(ada, sign_in, told):
    boat = told.wishes.last()
    answer = sign_in(ada).post(address(boat), filled(boat))
    assert answer.status_code == 422
    assert "Say how much it costs a year." in answer.content.decode()
    assert told.wishes.last().state == "found"


@pytest.mark.parametrize(
    ("field", "typed"), [("annual_amount", "-5"), ("annual_amount", "much"), ("years", "900"), ("retirement_age", "7")]
)
def test_wrong_values_come_back(ada, sign_in, told, field, typed):
    wish = told.wishes.first()
    assert sign_in(ada).post(address(wish), filled(wish, **{field: typed})).status_code == 422


def test_no_goal_found_keeps_the_words(ada, sign_in, plan, head):
    browser = sign_in(ada)
    sent = browser.post(
        f"{pages(plan)}new/", {"person": head.public_id, "language": "en", "text": "No idea <b>yet</b>."}
    )
    assert sent["Location"] == pages(plan)
    page = browser.get(pages(plan)).content.decode()
    assert "No idea &lt;b&gt;yet&lt;/b&gt;." in page
    assert "No goal was found in these words" in page


def test_an_empty_text_and_a_stranger_as_speaker_come_back(ada, sign_in, plan, head):
    browser, other = sign_in(ada), clients.household(ada, name="Stone").people.first()
    for data in ({"person": head.public_id, "text": " "}, {"person": other.public_id, "text": WORDS}):
        assert browser.post(f"{pages(plan)}new/", {"language": "en", **data}).status_code == 422
    assert not GoalText.objects.exists()


def test_the_plan_says_that_words_wait(ada, sign_in, plan, told):
    page = sign_in(ada).get(f"/households/{plan.household.public_id}/plan/").content.decode()
    assert pages(plan) in page
    assert "to look at" in page


def test_who_may_not_and_who_is_elsewhere(request, sign_in, plan, told):
    sue, clay, mallory, connie = (request.getfixturevalue(name) for name in ("sue", "clay", "mallory", "connie"))
    wish = told.wishes.first()
    asked = [pages(plan), f"{pages(plan)}new/", address(wish)]
    for page in asked:
        assert sign_in().get(page).status_code == 302
        assert sign_in(clay).get(page).status_code == 403
        assert sign_in(sue).get(page).status_code == 403
        assert sign_in(mallory).get(page).status_code == 404
    assert sign_in(connie).get(pages(plan)).status_code == 200
    assert sign_in(connie).post(f"{address(wish)}drop/").status_code == 403
    assert sign_in(mallory).post(f"{address(wish)}drop/").status_code == 404


def test_the_queries_of_the_list_do_not_grow_with_its_texts(
    ada, sign_in, plan, head, told, django_assert_max_num_queries
):
    browser = sign_in(ada)
    browser.get(pages(plan))
    for _ in range(3):
        tell_goals(household=head.household, person=head, text=WORDS, language="en", by=ada.as_actor())
    with django_assert_max_num_queries(30):
        assert browser.get(pages(plan)).status_code == 200


def test_a_model_reads_the_rest_when_it_is_asked_and_its_goals_are_marked(ada, paul, head, sign_in, chat_server):
    text = f"{WORDS} We dream of a greenhouse full of orchids."
    told = tell_goals(household=head.household, person=head, text=text, language="en", by=ada.as_actor())
    page, read = f"/households/{head.household.public_id}/plan/words/", f"/plans/words/{told.public_id}/read/"
    browser = sign_in(ada)
    assert "read the rest" not in browser.get(page).text
    browser.post(read)
    assert not ModelReading.objects.exists()
    connect_model(terms=ModelTerms(chat_server.address, MODEL, KEY), by=paul.as_actor())
    shown = browser.get(page).text
    assert f"Have {MODEL} read the rest" in shown
    assert "it is sent to 127.0.0.1, without the names we know" in shown
    assert browser.post(read)["Location"] == page
    assert f"{MODEL} is reading the rest" in browser.get(page).text
    chat_server.say = json.dumps({"goals": [{"words": "a greenhouse full of orchids", "kind": "home"}]})
    tasks.read_with_model.run(**Job.objects.get(name="plans.read_with_model").arguments)
    shown = browser.get(page).text
    assert f"Found by {MODEL}" in shown
    assert f"{MODEL} found 1 more goal" in shown
    assert "<mark>a greenhouse full of orchids</mark>" in shown
    wish = GoalWish.objects.get(reading__isnull=False)
    assert f"Found by the language model {MODEL}" in browser.get(address(wish)).text


def test_nobody_else_has_words_read(ada, told, mallory, connie, sue, sign_in):
    for user, status in ((mallory, 404), (connie, 403), (sue, 403)):
        assert sign_in(user).post(f"/plans/words/{told.public_id}/read/").status_code == status


def test_means_are_shown_with_their_words_and_taken_as_corrected(ada, sign_in, plan, head):
    bank = str(plan.household.bank_accounts.get().public_id)
    text = (
        "A boat in 2040 for $40,000 from the savings account, it could wait three years, half would do, no rush at all."
    )
    wish = tell_goals(household=head.household, person=head, text=text, language="en", by=ada.as_actor()).wishes.get()
    browser = sign_in(ada)
    page = browser.get(address(wish)).content.decode()
    for words in ("from the savings account", "could wait three years", "half would do"):
        assert f"From the words “{words}”." in page
        assert f"<strong>{words}</strong>" in page
    page = browser.get(pages(plan)).content.decode()
    assert "Paid first from Savings, can wait 3 years, 50.0% of it is enough" in page
    sent = browser.post(address(wish), filled(wish, funded_by="other"))
    assert sent.status_code == 422
    assert not Goal.objects.filter(plan=plan, name="Boat").exists()
    data = filled(wish, funded_by=bank, funded_only="on", wait_years="31", least_share="50")
    assert "less than or equal to 30" in browser.post(address(wish), data).content.decode()
    browser.post(address(wish), {**data, "wait_years": "4"})
    goal = Goal.objects.get(plan=plan, name="Boat")
    assert (goal.funded_by, goal.funded_only, goal.wait_years, str(goal.least_share)) == ([bank], True, 4, "0.500")


def test_words_that_leave_means_open_are_asked(ada, sign_in, plan, head):
    text = "A boat in 2040 for $40,000, no rush, out of the Roth IRA."
    wish = tell_goals(household=head.household, person=head, text=text, language="en", by=ada.as_actor()).wishes.get()
    page = sign_in(ada).get(address(wish)).content.decode()
    assert "“no rush”: say how many years it can wait." in page
    assert "“out of the Roth IRA”: the household has no such account." in page
