import re

import pytest

from apps.plans.models import Plan
from tests.factories import clients, plans

LINKS = re.compile(r'<(?:a|span) [^>]*data-figure="[^"]+"[^>]*>')


@pytest.fixture
def generated(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    return plan


def tab(plan: Plan) -> str:
    return f"/households/{plan.household.public_id}/plan/"


def test_a_household_without_a_plan_is_offered_to_start_one(ada, sign_in):
    household = clients.household(ada)
    page = sign_in(ada).get(f"/households/{household.public_id}/plan/")
    assert page.status_code == 200
    assert "Start the plan" in page.content.decode()
    assert "What the household spends" in page.content.decode()


def test_every_figure_of_the_plan_page_opens_its_passport(ada, sign_in, generated):
    client = sign_in(ada)
    page = client.get(tab(generated)).content.decode()
    tags = LINKS.findall(page)
    addresses = {re.search(r'href="([^"]+)"', tag).group(1) for tag in tags if "href=" in tag}
    bare = [tag for tag in tags if "href=" not in tag and "data-value" in tag]
    assert not bare, bare[:3]
    assert len(addresses) > 100
    # one of each kind of figure: hundreds of flows have the same passport but for the year
    kinds = {re.sub(r"[0-9a-f-]{36}|\d+", "#", address): address for address in sorted(addresses)}
    for address in kinds.values():
        answer = client.get(address, headers={"hx-request": "true"})
        assert answer.status_code == 200, address
        assert "data-panel-title" in answer.content.decode()
