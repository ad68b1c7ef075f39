"""Plans like one: fitted in the firm, shown to who may see them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.integrations.services.language_models import ModelTerms, connect_model
from apps.plans import tasks
from apps.plans.engine import likeness as engine
from apps.plans.models import PlanLikeness, PlanVector
from apps.plans.selectors import likeness as selector
from apps.plans.selectors.likeness import has_vectors, plans_like
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.likeness import keep_likeness
from apps.plans.services.plans import draft_plan
from tests.chat_server import EMBEDDING, KEY, MODEL
from tests.factories import clients

BY = Actor.system("plans.keep_likeness")
GOALS = {
    "education": ("College", "Help our daughter through university, tuition and books"),
    "home": ("A cabin", "A house at the lake, down payment first"),
}


def plan_of(advisor, kind, name):
    household = clients.household(advisor, name=name)
    plan = draft_plan(household=household, by=advisor.as_actor())
    title, words = GOALS[kind]
    details = GoalDetails(
        kind=kind,
        name=title,
        annual_amount=Decimal(20_000),
        priority="important",
        starts_on=dt.date(2040, 1, 1),
        years=2,
        own_words=f"{words}, says {name}",
    )
    set_goal(plan=plan, details=details, by=advisor.as_actor())
    return plan


@pytest.fixture
def book(ada, mallory):
    """Six plans of Ada's, and six of Mallory's, half about school and half about a house."""
    return {
        advisor.full_name: [
            plan_of(advisor, kind, f"{advisor.full_name}{kind.title()}{'abc'[number]}")
            for kind in GOALS
            for number in range(3)
        ]
        for advisor in (ada, mallory)
    }


def test_the_nearest_plans_are_shown_with_what_they_share(book, ada):
    fit = keep_likeness(by=BY)
    assert (fit.n_plans, fit.precision) == (12, 1.0)
    like = plans_like(book["Ada"][0], ada.as_actor())
    assert {line.plan for line in like.lines} == set(book["Ada"][1:3])
    assert all("Education" in line.shared and "children" in line.shared for line in like.lines)


def test_plans_of_others_are_neither_shown_nor_counted(book, ada, paul, connie, sue):
    keep_likeness(by=BY)
    plan = book["Ada"][0]
    assert {line.plan.household.advisor for line in plans_like(plan, ada.as_actor()).lines} == {ada}
    for user in (paul, connie):
        assert len(plans_like(plan, user.as_actor()).lines) == 3
    assert plans_like(plan, sue.as_actor()).lines == ()


def test_no_name_is_fitted(book, monkeypatch):
    from apps.plans.services import likeness as service

    told = []
    whole = engine.fit_likeness
    monkeypatch.setattr(service, "fit_likeness", lambda texts: told.extend(texts) or whole(texts))
    keep_likeness(by=BY)
    assert len(told) == 12
    for plan in (*book["Ada"], *book["Mallory"]):
        assert not any(plan.household.name in text for text in told)


def test_a_firm_with_few_plans_or_a_low_measure_shows_none_and_its_principal_reads_why(book, ada, paul):
    plan = book["Ada"][0]
    assert "once the firm has more plans" in plans_like(plan, paul.as_actor()).why_not
    keep_likeness(by=BY)
    PlanLikeness.objects.update(precision=0.3)
    assert "too few of those that would be shown fit" in plans_like(plan, paul.as_actor()).why_not
    PlanLikeness.objects.update(n_plans=5)
    assert "once the firm has more plans" in plans_like(plan, paul.as_actor()).why_not
    shown = plans_like(plan, ada.as_actor())
    assert (shown.lines, shown.why_not) == ((), "")


def test_without_pgvector_it_says_so_and_breaks_nothing(book, ada, paul, monkeypatch):
    assert has_vectors()
    keep_likeness(by=BY)
    monkeypatch.setattr(selector, "has_vectors", lambda: False)
    assert plans_like(book["Ada"][0], ada.as_actor()) == selector.PlansLike()
    assert "lacks pgvector" in plans_like(book["Ada"][0], paul.as_actor()).why_not


def test_the_tables_do_not_need_the_extension(in_alpha):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_type FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = 'plans_planvector' AND column_name = 'vector'"
        )
        assert cursor.fetchone() == ("ARRAY",)


def test_a_fit_takes_the_place_of_the_one_before_and_is_on_the_trail(book):
    first, second = keep_likeness(by=BY), keep_likeness(by=BY)
    assert list(PlanLikeness.objects.all()) == [second]
    assert first.pk != second.pk
    assert PlanVector.objects.count() == 12
    assert AuditEvent.objects.filter(action="plans.keep_likeness").count() == 2


def test_a_plan_that_is_newer_than_the_fit_shows_nothing(book, ada):
    keep_likeness(by=BY)
    assert plans_like(plan_of(ada, "home", "Newcomer"), ada.as_actor()).lines == ()


def test_a_firm_without_plans_keeps_none(in_alpha, firm_b, book):
    tasks.keep_likeness.run()
    assert PlanLikeness.objects.exists()
    with tenant_context(firm_b):
        tasks.keep_likeness.run()
        assert not PlanLikeness.objects.exists()


def test_the_plan_page_shows_them(book, ada, paul, sign_in):
    plan, other = book["Ada"][0], book["Ada"][1]
    page = f"/households/{plan.household.public_id}/plan/"
    assert "Plans like this one" not in sign_in(ada).get(page).text
    assert "once the firm has more plans" in sign_in(paul).get(page).text
    keep_likeness(by=BY)
    shown = sign_in(ada).get(page).text
    assert "Plans like this one" in shown
    assert other.household.name in shown
    assert book["Mallory"][0].household.name not in shown


@pytest.fixture
def embedding(chat_server, paul):
    """A model of embeddings that the firm connected: it knows a school from a house."""
    chat_server.place = lambda text: [1.0, 0.0, 5.0] if "university" in text else [0.0, 1.0, 5.0]
    terms = ModelTerms(address=chat_server.address, model_name=MODEL, key=KEY, embedding_name=EMBEDDING)
    connect_model(terms=terms, by=paul.as_actor())
    return chat_server


def test_a_model_of_embeddings_that_is_no_worse_is_taken_and_named(book, ada, embedding):
    fit = keep_likeness(by=BY)
    assert (fit.model_name, fit.precision) == (EMBEDDING, 1.0)
    like = plans_like(book["Ada"][0], ada.as_actor())
    assert {line.plan for line in like.lines} == set(book["Ada"][1:3])
    assert like.model_name == EMBEDDING
    for asked in embedding.asked:
        assert not any(plan.household.name in text for plan in book["Ada"] for text in asked["input"])
    asked = AuditEvent.objects.get(action="plans.keep_likeness")
    assert (asked.after["model"], asked.after["texts"]) == (EMBEDDING, 12)


@pytest.mark.parametrize("fault", [{"status": 503}, {"raw": b"no json"}, {"place": lambda _text: [1.0, 2.0]}])
def test_a_model_that_fails_or_does_worse_leaves_the_words(book, embedding, fault):
    for name, value in fault.items():
        setattr(embedding, name, value)
    fit = keep_likeness(by=BY)
    assert (fit.model_name, fit.precision) == ("", 1.0)
    assert AuditEvent.objects.get(action="plans.keep_likeness").after["model"] == EMBEDDING


def test_a_firm_that_names_no_model_for_embeddings_sends_nothing(book, chat_server, paul):
    connect_model(terms=ModelTerms(address=chat_server.address, model_name=MODEL, key=KEY), by=paul.as_actor())
    assert keep_likeness(by=BY).model_name == ""
    assert chat_server.asked == []
