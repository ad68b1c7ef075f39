"""The form of the rule of spending, and what staff and client then read."""

import pytest

from apps.plans.models import Plan
from tests.factories import plans

RULE = {"kind": "rate", "floor": "75", "ceiling": "120", "upper": "120", "lower": "80", "cut": "10", "raised": "10"}


@pytest.fixture
def plan(ada):
    return plans.drafted(ada)


def address(plan: Plan) -> str:
    return f"/plans/{plan.public_id}/spending/"


def tab(plan: Plan) -> str:
    return f"/households/{plan.household.public_id}/plan/"


def test_the_advisor_chooses_a_rule_and_reads_what_it_means_and_brings(ada, plan, sign_in):
    client = sign_in(ada)
    assert "taken to stay the same" in client.get(tab(plan)).content.decode()
    asked = client.get(address(plan)).content.decode()
    assert 'value="80"' in asked, "the published figures are there to begin with"
    assert client.post(address(plan), RULE)["Location"].startswith(tab(plan))
    stated = client.get(tab(plan)).content.decode()
    assert "Spending never falls below 75% of what is planned" in stated
    run = plans.computed(Plan.objects.get(pk=plan.pk), ada)
    page = client.get(tab(plan)).content.decode()
    assert "What can be spent a year in retirement" in page
    assert f"/plans/{plan.public_id}/figures/spending_worst_cut/" in page
    passport = client.get(f"/plans/{plan.public_id}/figures/spending_worst_cut/").content.decode()
    assert run.engine_version in passport
    assert "rule of spending" in passport


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"floor": "20"}, "floor"),
        ({"upper": ""}, "upper"),
        ({"kind": "share"}, "share"),
        ({"kind": "dollars", "below": "900000", "above": "800000"}, "above"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_kept(ada, plan, sign_in, changed, field):
    answer = sign_in(ada).post(address(plan), {**RULE, **changed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Plan.objects.get(pk=plan.pk).spending_rule is None


def test_dollar_guardrails_are_said_in_dollars(ada, plan, sign_in):
    client = sign_in(ada)
    client.post(address(plan), {**RULE, "kind": "dollars", "below": "900000", "above": "2000000"})
    page = client.get(tab(plan)).content.decode()
    assert "at $900,000 or less, spending goes to 90%" in page
    shown = client.get(address(plan)).content.decode()
    assert 'value="900000"' in shown


def test_who_may_not_change_a_plan_chooses_no_rule(plan, sign_in, mallory, connie, clay, sue):
    for person, status in ((mallory, 404), (connie, 403), (clay, 403), (sue, 403)):
        client = sign_in(person)
        assert client.get(address(plan)).status_code == status, person
        assert client.post(address(plan), RULE).status_code == status, person
    assert Plan.objects.get(pk=plan.pk).spending_rule is None


def test_only_the_fields_of_the_chosen_rule_are_asked_and_the_others_wait_unread(ada, plan, sign_in):
    client = sign_in(ada)
    page = client.get(address(plan)).content.decode()
    assert page.count('data-asked-by="') == 5
    assert 'data-asked-by="share"' in page
    share = {**RULE, "kind": "share", "share": "4", "fall": "2.5", "rise": "5", "upper": "nonsense", "cut": "999"}
    assert client.post(address(plan), share).status_code == 302
    rule = Plan.objects.get(pk=plan.pk).spending_rule
    assert {name: rule[name] for name in ("share", "cut", "raised")} == {
        "share": "0.04",
        "cut": "0.025",
        "raised": "0.05",
    }
    assert "upper" not in rule
    shown = client.get(address(plan)).content.decode()
    assert 'value="2.5"' in shown
    assert 'value="120"' in shown, "the figures of another rule begin with the published ones"


def test_what_was_typed_for_another_rule_is_still_there_after_a_refusal(ada, plan, sign_in):
    typed = {**RULE, "kind": "share", "share": "4", "fall": "60", "rise": "5", "upper": "nonsense", "below": "123456"}
    answer = sign_in(ada).post(address(plan), typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["fall"], "told where it was asked, and nothing of another rule"
    page = answer.content.decode()
    assert 'value="nonsense"' in page
    assert 'value="123456"' in page


def test_the_same_each_year_needs_no_figure(ada, plan, sign_in):
    client = sign_in(ada)
    client.post(address(plan), RULE)
    assert client.post(address(plan), {"kind": "same", "floor": "x"}).status_code == 302
    assert Plan.objects.get(pk=plan.pk).spending_rule is None
