"""The page of the mixes: what it shows, what its buttons do, what it refuses."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.plans.models import Plan
from tests.factories import clients, plans

LINKS = re.compile(r'<(?:a|span) [^>]*data-figure="[^"]+"[^>]*>')


@pytest.fixture
def plan(ada):
    plan = plans.drafted(ada, plans.invested_household(ada))
    plans.computed(plan, ada)
    return plan


def address(plan):
    return f"/households/{plan.household.public_id}/plan/mix/"


def test_the_advisor_compares_chooses_generates_and_takes_it_back(ada, plan, sign_in):
    client = sign_in(ada)
    page = client.get(address(plan)).content.decode()
    assert "Mixes side by side" in page
    assert "The best mix for each goal" in page
    assert "Version 1 counts on: Held today" in page
    answer = client.post(f"/plans/{plan.public_id}/mix/choose/", {"kind": "risk_parity"})
    assert (answer.status_code, answer["Location"]) == (302, address(plan))
    page = client.get(address(plan)).content.decode()
    assert "Version 1 counts on: Equal risks" in page
    assert "Generate again" in page
    plan.refresh_from_db()
    plans.computed(plan, ada)
    page = client.get(address(plan)).content.decode()
    assert "Generate again" not in page
    assert (
        "Move your investments to the mix"
        in client.get(f"/households/{plan.household.public_id}/plan/").content.decode()
    )
    client.post(f"/plans/{plan.public_id}/mix/choose/", {"kind": "present"})
    assert Plan.objects.get(pk=plan.pk).chosen_mix is None


def test_an_unknown_mix_is_told_and_changes_nothing(ada, plan, sign_in):
    client = sign_in(ada)
    answer = client.post(f"/plans/{plan.public_id}/mix/choose/", {"kind": "tulips"}, follow=True)
    assert "There is no such mix" in answer.content.decode()
    assert Plan.objects.get(pk=plan.pk).chosen_mix is None


def test_who_may_only_read_sees_no_button(connie, plan, sign_in):
    page = sign_in(connie).get(address(plan)).content.decode()
    assert "Mixes side by side" in page
    assert "/mix/choose/" not in page


def test_what_is_missing_is_said_with_the_way_to_it(ada, sign_in):
    client = sign_in(ada)
    household = clients.household(ada)
    assert "No mixes yet" in client.get(f"/households/{household.public_id}/plan/mix/").content.decode()
    bare = plans.drafted(ada, plans.household_with_facts(ada, name="Stone"))
    plans.computed(bare, ada)
    assert "No risk profile in force" in client.get(address(bare)).content.decode()


def test_every_figure_opens_its_passport(ada, plan, sign_in):
    client = sign_in(ada)
    tags = LINKS.findall(client.get(address(plan)).content.decode())
    assert not [tag for tag in tags if "href=" not in tag and "data-value" in tag]
    addresses = {re.search(r'href="([^"]+)"', tag).group(1) for tag in tags if "href=" in tag}
    kinds = {re.sub(r"[0-9a-f-]{36}|\d+", "#", each): each for each in sorted(addresses)}
    assert len(kinds) > 30
    for each in kinds.values():
        assert client.get(each, headers={"hx-request": "true"}).status_code == 200, each


def test_the_page_asks_a_constant_number_of_queries(ada, plan, sign_in):
    client = sign_in(ada)
    client.get(address(plan))
    with CaptureQueriesContext(connection) as asked:
        client.get(address(plan))
    assert len(asked) <= 40
