"""Connecting a language model, trying it, taking it away: service and pages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django_tenants.utils import tenant_context

from apps.core.models import AuditEvent
from apps.integrations.models import LanguageModelConnection
from apps.integrations.selectors.language_models import Outcome, connection_in_use
from apps.integrations.services.language_models import (
    FirmsModel,
    ModelTerms,
    connect_model,
    disconnect_model,
    try_model,
)
from apps.kernel.errors import InvalidInputError
from apps.plans.ports import LanguageModelError, NoLanguageModelError, language_model
from tests.chat_server import KEY, MODEL

PAGE = "/settings/language-model/"
BUTTONS = (f"{PAGE}try/", f"{PAGE}disconnect/")


@pytest.fixture
def terms(chat_server):
    return ModelTerms(chat_server.address, MODEL, KEY)


@pytest.fixture
def row(terms, paul):
    return connect_model(terms=terms, by=paul.as_actor())


def test_a_model_is_connected_with_its_key_encrypted_and_off_the_trail(row):
    assert KEY not in row.key
    assert KEY not in str(AuditEvent.objects.get(action="integrations.connect_language_model").after)
    assert not hasattr(row.history.first(), "key")
    assert isinstance(language_model(), FirmsModel)
    assert language_model().in_use().name == MODEL
    assert language_model().in_use().host == "127.0.0.1"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "http://models.example/v1"}, "address"),
        ({"address": "https://10.0.0.1/v1"}, "address"),
        ({"address": "https://metadata.invalid/v1"}, "address"),
        ({"model_name": " "}, "model_name"),
        ({"key": ""}, "key"),
        ({"key": "two words"}, "key"),
        ({"key": "clé"}, "key"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(terms, paul, change, field):
    with pytest.raises(InvalidInputError) as refused:
        connect_model(terms=replace(terms, **change), by=paul.as_actor())
    assert refused.value.field == field
    assert not LanguageModelConnection.objects.exists()


def test_another_takes_its_place_and_the_former_forgets_its_key(row, terms, paul):
    again = connect_model(terms=replace(terms, key="", model_name="larger"), by=paul.as_actor())
    row.refresh_from_db()
    assert (row.is_active, row.key) == (False, "")
    assert connection_in_use() == again
    with pytest.raises(InvalidInputError, match="Give the key"):
        connect_model(terms=replace(terms, key="", address=f"{terms.address}/other"), by=paul.as_actor())
    assert connection_in_use() == again


def test_a_try_makes_one_call_and_keeps_how_it_went(row, chat_server, paul):
    assert try_model(by=paul.as_actor()) is Outcome.ANSWERED
    chat_server.status = 429
    assert try_model(by=paul.as_actor()) is Outcome.BUSY
    row.refresh_from_db()
    assert (row.outcome, row.tried_at is None) == ("busy", False)
    assert len(chat_server.asked) == 2
    told = AuditEvent.objects.filter(action="integrations.try_language_model").order_by("id")
    assert [event.after["outcome"] for event in told] == ["answered", "busy"]


def test_without_a_model_nothing_is_asked(paul, chat_server):
    assert language_model().in_use() is None
    with pytest.raises(NoLanguageModelError):
        try_model(by=paul.as_actor())
    with pytest.raises(NoLanguageModelError):
        language_model().answer(instruction="", content="")
    assert not chat_server.asked


def test_a_disconnected_model_is_not_asked_and_its_key_is_gone(row, paul, chat_server):
    disconnect_model(by=paul.as_actor())
    disconnect_model(by=paul.as_actor())
    row.refresh_from_db()
    assert (row.is_active, row.key) == (False, "")
    assert AuditEvent.objects.filter(action="integrations.disconnect_language_model").count() == 1
    with pytest.raises(LanguageModelError):
        language_model().answer(instruction="", content="")
    assert not chat_server.asked


def test_another_firm_has_none(row, firm_b):
    assert row.is_active
    with tenant_context(firm_b):
        assert language_model().in_use() is None


@pytest.mark.parametrize("role", ["ada", "connie", "sue", "clay"])
def test_the_pages_are_closed_to_others(role, request, sign_in):
    browser = sign_in(request.getfixturevalue(role))
    assert browser.get(PAGE).status_code == 403
    assert [browser.post(url).status_code for url in (PAGE, *BUTTONS)] == [403, 403, 403]
    assert sign_in().get(PAGE).status_code == 302


def test_the_principal_connects_tries_and_disconnects(paul, sign_in, chat_server):
    browser = sign_in(paul)
    assert "None is connected" in browser.get(PAGE).text
    filled = {"address": chat_server.address, "model_name": MODEL, "key": KEY}
    wrong = browser.post(PAGE, {**filled, "address": "https://10.0.0.1/v1"})
    assert wrong.status_code == 422
    assert "leads into a private network" in wrong.text
    assert KEY not in wrong.text
    assert browser.post(PAGE, filled)["Location"] == PAGE
    assert "The language model answered." in browser.post(BUTTONS[0], follow=True).text
    shown = browser.get(PAGE).text
    assert "Works" in shown
    assert KEY not in shown
    assert "Its key is deleted" in browser.post(BUTTONS[1], follow=True).text
    assert connection_in_use() is None
