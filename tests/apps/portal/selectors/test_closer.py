"""What of a plan a client looks at: the published version, with what it holds."""

from __future__ import annotations

import pytest

from apps.plans.services.publishing import publish_plan
from apps.plans.services.recommendations import decide_recommendation
from apps.portal.selectors.closer import (
    TOPIC_LABELS,
    asked_given,
    closer_pages,
    planned_ages,
    planned_conversions,
)
from apps.portfolios.models import Registration
from tests.factories import plans, portfolios


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


def test_only_the_published_result_is_asked_and_with_the_plans_own_choices(household, ada, ana):
    portfolios.account(household, ada, name="Old IRA", registration=Registration.TRADITIONAL_IRA)
    draft = plans.drafted(ada, household)
    run = plans.computed(draft, ada)
    assert asked_given(household, ana.as_actor()) is None
    for row in run.recommendations.filter(kind="allocation"):
        decide_recommendation(recommendation=row, decision="declined", reason="Later.", by=ada.as_actor())
    publish_plan(plan=draft, by=ada.as_actor())
    plans.computed(plans.drafted(ada, household), ada)
    asked = asked_given(household, ana.as_actor())
    assert asked is not None
    assert asked.run == run
    claims = asked.question.inputs.claims
    assert planned_ages(asked).ages == tuple(claim.claim_age for claim in claims)
    owner = str(household.people.get(relationship="head").public_id)
    for told in ({}, {"person": owner}, {"person": "somebody else"}):
        chosen = planned_conversions(asked, told)
        assert chosen is not None
        assert (chosen.owner, chosen.way) == (owner, "none")


def test_every_topic_has_a_page_and_the_open_one_is_marked():
    pages = closer_pages("/portal/plan/closer/roth/answer/")
    assert [page["label"] for page in pages if page["active"]] == [TOPIC_LABELS["roth"]]
    assert pages[0]["url"] == "/portal/plan/what-if/"
    assert len({page["url"] for page in pages}) == 1 + len(TOPIC_LABELS)
