"""The page that tells a plan in plain words."""

from __future__ import annotations

import pytest

from apps.core.models import Job
from apps.integrations.services.language_models import ModelTerms, connect_model
from apps.plans import tasks
from apps.plans.models import PlanExplanation
from tests.chat_server import KEY, MODEL
from tests.factories import plans


@pytest.fixture
def plan(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    return plan


def page_of(plan):
    return f"/plans/{plan.public_id}/in-words/"


def test_the_page_tells_the_plan_and_asks_a_model_where_one_is(plan, ada, paul, sign_in, chat_server):
    browser = sign_in(ada)
    shown = browser.get(page_of(plan)).text
    assert "Words and figures by Steward" in shown
    assert f"/plans/{plan.public_id}/figures/success/" in shown
    assert "Have" not in shown
    connect_model(terms=ModelTerms(chat_server.address, MODEL, KEY), by=paul.as_actor())
    assert f"Have {MODEL} write it" in browser.get(page_of(plan)).text
    chat_server.say = "<script>{figure:chance}</script>, {figure:target} " * 3
    assert "was asked" in browser.post(f"{page_of(plan)}ask/", follow=True).text
    assert f"{MODEL} is writing" in browser.get(page_of(plan)).text
    tasks.explain_with_model.run(**Job.objects.get(name="plans.explain_with_model").arguments)
    Job.objects.update(state="done")
    shown = browser.get(page_of(plan)).text
    assert "was refused" in shown
    assert "Words and figures by Steward" in shown
    chat_server.say = "It holds in {figure:chance} of the futures that were tried, and aims for {figure:target}. Good."
    browser.post(f"{page_of(plan)}ask/")
    tasks.explain_with_model.run(**Job.objects.filter(name="plans.explain_with_model").latest("pk").arguments)
    assert f"Words by {MODEL}, asked by Ada" in browser.get(page_of(plan)).text


def test_others_neither_read_nor_ask(plan, mallory, connie, sue, clay, sign_in):
    for user, read, ask in ((mallory, 404, 404), (connie, 200, 403), (sue, 403, 403), (clay, 403, 403)):
        browser = sign_in(user)
        answers = browser.get(page_of(plan)).status_code, browser.post(f"{page_of(plan)}ask/").status_code
        assert answers == (read, ask), user.full_name
    assert not PlanExplanation.objects.exists()
