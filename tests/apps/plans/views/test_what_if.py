import re
import uuid

import pytest

from apps.clients.services.households import assign_household
from apps.core.models import AuditEvent
from apps.plans.engine.what_if_levers import LeverKind, levers_of
from apps.plans.selectors.run_values import inputs_of
from tests.factories import plans


@pytest.fixture
def run(ada):
    return plans.computed(plans.drafted(ada), ada)


@pytest.fixture
def base(run):
    return f"/plans/{run.plan.public_id}/what-if/"


def addresses(base):
    return {base: "get", f"{base}figures/success/": "get", f"{base}answer/": "post", f"{base}reach/": "post"}


@pytest.mark.parametrize(("name", "status"), [("", 302), ("sue", 403), ("clay", 403), ("mallory", 404)])
def test_nobody_unknown_nor_without_the_right_nor_of_another_advisor_asks(base, run, sign_in, request, name, status):
    person = request.getfixturevalue(name) if name else None
    if name == "sue":
        assign_household(household=run.plan.household, user=person, by=run.plan.household.advisor.as_actor())
    client = sign_in(person) if person else sign_in()
    for address, verb in addresses(base).items():
        assert getattr(client, verb)(address).status_code == status, address


def test_the_page_offers_the_households_levers_and_starts_from_the_stored_result(base, run, ada, sign_in):
    page = sign_in(ada).get(base).content.decode()
    for lever in levers_of(inputs_of(run).inputs):
        assert f'name="{lever.key}"' in page
    assert "The plan as it was generated" in page
    assert base in sign_in(ada).get(f"/households/{run.plan.household.public_id}/plan/").content.decode()


def test_a_version_without_a_result_says_to_generate_it(ada, sign_in):
    plan = plans.drafted(ada)
    client = sign_in(ada)
    assert "Generate the plan first" in client.get(f"/plans/{plan.public_id}/what-if/").content.decode()
    assert client.post(f"/plans/{plan.public_id}/what-if/answer/", {"lower_returns": "1"}).status_code == 409


def test_a_move_is_answered_with_figures_whose_passports_say_the_same(base, ada, sign_in):
    client = sign_in(ada)
    told = {"page": "a", "number": "1", "precision": "whole", "retirement_spending": "4000", "lower_returns": "0.5"}
    before = AuditEvent.objects.count()
    part = client.post(f"{base}answer/", told).content.decode()
    assert AuditEvent.objects.count() == before
    assert "Against the plan as generated" in part
    assert "what-if-wealth" in part
    links = set(re.findall(r'href="([^"]*/what-if/figures/[^"]+)"', part))
    assert len(links) > 6
    for link in links:
        passport = client.get(link.replace("&amp;", "&"), headers={"hx-request": "true"})
        assert passport.status_code == 200, link
        assert "Levers moved" in passport.content.decode()


@pytest.mark.parametrize(
    ("text", "said"), [("abc", "Give a number."), ("-5", "must lie between"), ("nan", "Give a nu")]
)
def test_a_malformed_address_opens_the_page_and_says_so_at_the_lever(base, ada, sign_in, text, said):
    page = sign_in(ada).get(f"{base}?retirement_spending={text}")
    assert page.status_code == 200
    rows = {row.key: row for group in page.context["groups"] for row in group.rows}
    assert said in rows["retirement_spending"].error
    assert rows["retirement_spending"].value == rows["retirement_spending"].now
    assert not rows["lower_returns"].error
    assert said in page.content.decode()
    assert "The plan as it was generated" in page.content.decode()


def test_moving_nothing_is_the_stored_result(base, run, ada, sign_in):
    client = sign_in(ada)
    spent = next(lever for lever in levers_of(inputs_of(run).inputs) if lever.kind is LeverKind.RETIREMENT_SPENDING)
    told = {"page": "a", "number": "1", "precision": "whole", spent.key: str(spent.value)}
    assert "The plan as it was generated" in client.post(f"{base}answer/", told).content.decode()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"lower_returns": "99"}, "lower_returns"),
        ({"lower_returns": "much"}, "lower_returns"),
        ({"lower_returns": ""}, "lower_returns"),
        ({"lower_returns": "nan"}, "lower_returns"),
        ({f"retirement_age:{uuid.uuid4()}": "66"}, "retirement_age"),
    ],
)
def test_a_wrong_value_is_told_at_its_lever(base, ada, sign_in, told, field):
    for path in ("answer/", "reach/"):
        answer = sign_in(ada).post(f"{base}{path}", {"page": "a", "number": "1", **told})
        assert answer.status_code == 422
        assert answer.json()["field"].startswith(field)
        assert answer.json()["message"]


def test_a_stale_question_is_told_so(base, ada, sign_in):
    client = sign_in(ada)
    told = {"page": "b", "precision": "quick", "lower_returns": "1"}
    assert client.post(f"{base}answer/", {**told, "number": "7"}).status_code == 200
    answer = client.post(f"{base}answer/", {**told, "number": "6"})
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_question")
    assert client.post(f"{base}answer/", {"precision": "warm"}).status_code == 204


def test_what_reaches_the_target_can_be_put_on_the_sliders(base, ada, sign_in):
    part = sign_in(ada).post(f"{base}reach/", {"lower_returns": "2"}).content.decode()
    assert "What would reach the target" in part
    links = re.findall(r'href="([^"]*/what-if/figures/reach[^"]+)"', part)
    assert links
    assert sign_in(ada).get(links[0].replace("&amp;", "&")).status_code == 200


def test_the_address_moves_levers(base, ada, sign_in):
    page = sign_in(ada).get(f"{base}?lower_returns=1.5").content.decode()
    assert 'value="1.5"' in page
    assert "Against the plan as generated" in page
