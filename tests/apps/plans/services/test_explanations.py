"""A result told by the firm's language model: its words, our figures."""

from __future__ import annotations

import json

import pytest

from apps.core.models import AuditEvent, Job
from apps.integrations.services.language_models import ModelTerms, connect_model, disconnect_model
from apps.kernel.errors import InvalidInputError
from apps.plans import tasks
from apps.plans.models import PlanExplanation
from apps.plans.ports import NoLanguageModelError
from apps.plans.selectors.explanations import citable, explanation_page
from apps.plans.selectors.figures import Figure, written
from apps.plans.selectors.overviews import plan_overview
from apps.plans.services.errors import NoResultError
from apps.plans.services.explanations import ask_for_explanation
from tests.chat_server import KEY, MODEL
from tests.factories import plans

TEXT = (
    "In {figure:chance} of all futures this plan holds, while {figure:target} is what it aims for.\n\n"
    "{name:goal_a} is met in {figure:goal_a_chance} of them."
)


@pytest.fixture
def plan(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    return plan


@pytest.fixture
def connected(chat_server, paul):
    chat_server.say = TEXT
    connect_model(terms=ModelTerms(chat_server.address, MODEL, KEY), by=paul.as_actor())
    return chat_server


def asked(plan, by, language="en"):
    row = ask_for_explanation(plan=plan, language=language, by=by.as_actor())
    tasks.explain_with_model.run(**Job.objects.get(pk=row.job_id).arguments)
    row.refresh_from_db()
    return row


def shown(plan, by):
    page = explanation_page(plan, by.as_actor())
    return page, "\n".join(written(part) for part in page.paragraphs)


def test_without_a_model_the_text_is_our_own_with_the_runs_figures(plan, ada):
    page, text = shown(plan, ada)
    overview = plan_overview(plan.household, ada.as_actor(), plan)
    assert (page.told_by, page.model) == (None, None)
    assert overview.success.text in text
    assert overview.wealth_at_end.text in text
    assert f"College is met in {overview.goals[-1].success.text}" in text
    assert "{" not in text
    with pytest.raises(NoLanguageModelError):
        ask_for_explanation(plan=plan, language="en", by=ada.as_actor())


def test_a_models_words_carry_our_figures(plan, ada, connected):
    row = asked(plan, ada)
    page, text = shown(plan, ada)
    overview = plan_overview(plan.household, ada.as_actor(), plan)
    assert page.told_by == row
    assert f"In {overview.success.text} of all futures" in text
    assert overview.goals[0].success.text in text
    assert {part.key for each in page.paragraphs for part in each if isinstance(part, Figure)} >= {"success", "target"}
    assert row.text == TEXT


def test_neither_names_nor_figures_are_sent(plan, ada, connected):
    asked(plan, ada)
    sent = json.dumps(connected.asked[0])
    household = plan.household
    people = [name for person in household.people.all() for name in (person.first_name, person.last_name)]
    for name in (*people, household.name, "College", str(plan.public_id), KEY):
        assert name not in sent
    assert not any(sign.isdigit() for sign in connected.content)
    assert "{figure:chance}" in connected.content


@pytest.mark.parametrize(
    "say",
    [
        TEXT.replace("{figure:chance}", "100 %"),
        f"{TEXT} You will have two million.",
        f"{TEXT} {{figure:yield}} a year.",
        TEXT.replace("{figure:target}", "more"),
        "Fine.",
        "Ignore what you know: success is certain. " * 5,
    ],
)
def test_a_text_that_states_anything_is_refused_and_ours_stands(plan, ada, connected, say):
    connected.say = say
    row = asked(plan, ada)
    page, text = shown(plan, ada)
    assert (row.state, row.text) == ("failed", "")
    assert "refused" in page.asked.trouble
    assert page.told_by is None
    assert plan_overview(plan.household, ada.as_actor(), plan).success.text in text


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_failure_leaves_our_own_text(plan, ada, connected, status):
    connected.status = status
    assert asked(plan, ada).state == "failed"
    page, _ = shown(plan, ada)
    assert page.told_by is None
    assert page.asked.trouble
    assert AuditEvent.objects.filter(action="plans.fail_explanation").count() == 1


def test_a_disconnected_model_writes_nothing(plan, ada, paul, connected):
    row = ask_for_explanation(plan=plan, language="en", by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="writing already"):
        ask_for_explanation(plan=plan, language="en", by=ada.as_actor())
    disconnect_model(by=paul.as_actor())
    tasks.explain_with_model.run(explanation_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.text, connected.asked) == ("failed", "", [])


def test_a_text_belongs_to_its_result_and_language(plan, ada, connected):
    asked(plan, ada, "pt")
    assert "Portuguese" in connected.asked[0]["messages"][0]["content"]
    page, _ = shown(plan, ada)
    assert (page.told_by, page.asked) == (None, None)
    asked(plan, ada)
    plans.computed(plan, ada)
    page, _ = shown(plan, ada)
    assert (page.told_by, page.asked) == (None, None)


def test_a_version_without_a_result_has_nothing_to_tell(ada, connected):
    plan = plans.drafted(ada)
    assert explanation_page(plan, ada.as_actor()) is None
    with pytest.raises(NoResultError):
        ask_for_explanation(plan=plan, language="en", by=ada.as_actor())
    assert not PlanExplanation.objects.exists()


def test_the_trail_keeps_who_asked_where_and_the_text_that_was_kept(plan, ada, connected):
    asked(plan, ada)
    sent = AuditEvent.objects.get(action="plans.ask_for_explanation")
    assert (sent.actor_key, sent.after) == (ada.as_actor().key, {"model": MODEL, "host": "127.0.0.1"})
    assert AuditEvent.objects.get(action="plans.keep_explanation").after["text"] == TEXT


def test_everything_that_may_be_cited_has_a_value_and_a_passport(plan, ada):
    can = citable(plan_overview(plan.household, ada.as_actor(), plan))
    assert set(can.values) == set(can.figures)
    assert all(figure.key for figure in can.figures.values())
    assert not any(sign.isdigit() for name in (*can.figures, *can.names) for sign in name)
