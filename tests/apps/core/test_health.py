import pytest
from django.conf import settings

from apps.core import health
from tests.cast import SiteClient

MISSING = {("clients", "0009_secret_name")}


@pytest.fixture
def lagging(db, monkeypatch):
    monkeypatch.setattr(health, "pending", lambda _schema: MISSING)


def ask(**how):
    answer = SiteClient(headers={"host": "localhost"}).get("/health/", **how)
    return answer, answer.json()["parts"]


def test_a_stranger_hears_states_and_no_names(lagging):
    answer, parts = ask(REMOTE_ADDR="203.0.113.9")
    assert answer.status_code == 503
    assert parts["migrations"] == {"status": "behind"}
    assert parts["database"] == {"status": "ok"}
    assert "0009" not in answer.content.decode()


def test_the_machine_itself_hears_the_reason(lagging):
    _answer, parts = ask(REMOTE_ADDR="127.0.0.1")
    assert "clients.0009_secret_name" in parts["migrations"]["reason"]


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA"])
def test_a_stranger_behind_a_proxy_of_this_machine_is_a_stranger(header, lagging):
    _answer, parts = ask(REMOTE_ADDR="127.0.0.1", **{header: "127.0.0.1"})
    assert parts["migrations"] == {"status": "behind"}


def test_with_proxies_configured_nobody_is_the_machine_itself(lagging, settings):
    settings.TRUSTED_PROXIES = 1
    assert ask(REMOTE_ADDR="127.0.0.1")[1]["migrations"] == {"status": "behind"}


def test_the_configured_token_opens_the_reasons_from_anywhere(lagging, settings):
    asked = {"REMOTE_ADDR": "203.0.113.9"}
    for wrong in ("Bearer ", "Bearer nope", ""):
        assert "reason" not in ask(**asked, HTTP_AUTHORIZATION=wrong)[1]["migrations"]
    settings.HEALTH_TOKEN = "known to the monitor"
    assert "reason" not in ask(**asked, HTTP_AUTHORIZATION="Bearer nope")[1]["migrations"]
    assert "reason" in ask(**asked, HTTP_AUTHORIZATION="Bearer known to the monitor")[1]["migrations"]


def test_no_token_is_set_unless_somebody_sets_it():
    assert settings.HEALTH_TOKEN == ""
