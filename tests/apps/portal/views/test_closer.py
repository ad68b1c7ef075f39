"""The published plan looked at more closely by the client: what each topic shows, and to whom."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from apps.money.models import IncomeSource
from apps.plans.models import Plan, SpendingRuleKind
from apps.plans.services.publishing import publish_plan
from apps.plans.services.recommendations import decide_recommendation
from apps.plans.services.spending import SpendingDetails, set_spending_rule
from apps.portal.selectors.closer import TOPIC_LABELS
from apps.portfolios.models import Registration
from tests.factories import plans, portfolios

BASE = "/portal/plan/closer"
WORDS = {
    "social-security": ("Choices side by side", "As the plan has it", "measured on all futures"),
    "roth": ("Ways side by side", "No conversions", "as the plan has it"),
    "taxes": ("Income that counts for tax", "Highest bracket"),
    "stress": ("Shares fall by a quarter now", "Three years of long-term care"),
}


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


@pytest.fixture
def published(household, ana, ada, publish):
    account = portfolios.account(household, ada, name="Old IRA", registration=Registration.TRADITIONAL_IRA)
    portfolios.entry(account, ada, "deposit", cash="700000")
    return publish(household)


def figures(page: str) -> list[str]:
    found = re.findall(r'href="(/portal/plan/[^"]*figures/[^"]+)"', page)
    return sorted({link.replace("&amp;", "&") for link in found})


def test_before_the_first_plan_every_topic_says_who_prepares_it(portal, household, ada):
    plans.computed(plans.drafted(ada, household), ada)
    for topic in TOPIC_LABELS:
        page = portal.get(f"{BASE}/{topic}/").content.decode()
        assert "Your plan is being prepared" in page, topic
        assert not figures(page)
    for topic in WORDS:
        assert not figures(portal.get(f"{BASE}/{topic}/answer/").content.decode())
        assert portal.get(f"{BASE}/{topic}/figures/total/").status_code == 404


def test_every_topic_answers_from_the_published_plan_and_each_figure_says_where_it_is_from(portal, published, ada):
    plans.stressed(published.published_run, ada)
    plan = portal.get("/portal/plan/").content.decode()
    for topic, words in WORDS.items():
        assert f'href="{BASE}/{topic}/"' in plan
        assert f'hx-get="{BASE}/{topic}/answer/"' in portal.get(f"{BASE}/{topic}/").content.decode()
        whole = portal.get(f"{BASE}/{topic}/answer/").content.decode()
        part = portal.get(f"{BASE}/{topic}/answer/", headers={"hx-request": "true"}).content.decode()
        assert "<html" in whole
        assert "<html" not in part
        for text in words:
            assert text in part, text
        assert "<form" not in part, "nothing changes here"
        links = figures(part)
        assert len(links) >= 8, topic
        for link in links[:: max(1, len(links) // 4)]:
            told = portal.get(link, headers={"hx-request": "true"})
            assert told.status_code == 200, link
            assert "data-passport-method" in told.content.decode()
        assert portal.get(f"{BASE}/{topic}/figures/1900:nothing/").status_code == 404
    assert "taken to stay the same" in portal.get(f"{BASE}/spending/").content.decode()


def test_a_newer_draft_is_not_what_the_client_sees(portal, published, ada, household):
    before = portal.get(f"{BASE}/taxes/answer/", headers={"hx-request": "true"}).content
    portfolios.entry(published.household.accounts.first(), ada, "deposit", cash="900000")
    plans.computed(plans.drafted(ada, household), ada)
    assert Plan.objects.filter(household=household).count() == 2
    assert portal.get(f"{BASE}/taxes/answer/", headers={"hx-request": "true"}).content == before


def test_who_has_no_claims_and_nothing_deferred_is_told_so(portal, household, ana, publish):
    IncomeSource.objects.filter(kind="social_security").delete()
    publish(household)
    assert "No Social Security in your plan" in portal.get(f"{BASE}/social-security/answer/").content.decode()
    assert "Nothing to convert" in portal.get(f"{BASE}/roth/answer/").content.decode()
    assert portal.get(f"{BASE}/roth/figures/chosen:left/").status_code == 404


def test_the_rule_of_spending_is_told_with_what_it_brings(portal, household, ada, ana):
    draft = plans.drafted(ada, household)
    told = {"floor": "0.8", "ceiling": "1.2", "upper": "1.2", "lower": "0.8", "cut": "0.1", "raised": "0.1"}
    details = SpendingDetails(SpendingRuleKind.RATE, {name: Decimal(value) for name, value in told.items()})
    set_spending_rule(plan=draft, details=details, by=ada.as_actor())
    run = plans.computed(draft, ada)
    for row in run.recommendations.filter(kind="allocation"):
        decide_recommendation(recommendation=row, decision="declined", reason="Later.", by=ada.as_actor())
    publish_plan(plan=draft, by=ada.as_actor())
    page = portal.get(f"{BASE}/spending/").content.decode()
    assert "Spending never falls below 80% of what is planned" in page
    assert "/portal/plan/figures/spending_worst_cut/" in page
    assert "What can be spent a year in retirement" in page


@pytest.mark.parametrize("role", ["ada", "connie", "sue"])
def test_staff_have_their_own_pages(sign_in, role, request):
    person = request.getfixturevalue(role)
    for path in (f"{BASE}/taxes/", f"{BASE}/taxes/answer/", f"{BASE}/taxes/figures/total/", f"{BASE}/spending/"):
        assert sign_in(person).get(path).status_code == 403, path


def test_a_client_sees_the_own_household_alone(portal, published, sign_in, stranger):
    other = sign_in(stranger)
    assert not figures(other.get(f"{BASE}/taxes/answer/").content.decode())
    assert other.get(f"{BASE}/taxes/figures/total/").status_code == 404
    assert portal.get(f"{BASE}/horoscope/").status_code == 404
    assert portal.get(f"{BASE}/horoscope/answer/").status_code == 404
    assert portal.post(f"{BASE}/taxes/").status_code == 405
