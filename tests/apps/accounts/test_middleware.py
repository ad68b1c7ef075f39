"""When and from where a session was used."""

import time
from types import SimpleNamespace

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts import middleware


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(value=time.time())
    monkeypatch.setattr(middleware.time, "time", lambda: now.value)
    return now


def seen(user):
    return UserSession.objects.get(user=user)


def writes(browser, **how):
    with CaptureQueriesContext(connection) as queries:
        browser.get("/households/", **how)
    return [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_a_session_is_noted_once_a_minute(ada, sign_in, clock):
    browser = sign_in(ada)
    browser.get("/households/")
    first = seen(ada).last_seen_at
    clock.value += 59
    assert writes(browser) == []
    clock.value += 1
    assert any("usersessions" in sql for sql in writes(browser))
    assert seen(ada).last_seen_at > first


def test_another_address_is_noted_at_once(ada, sign_in, clock):
    browser = sign_in(ada)
    browser.get("/households/", REMOTE_ADDR="203.0.113.7")
    browser.get("/households/", REMOTE_ADDR="198.51.100.9")
    assert seen(ada).ip == "198.51.100.9"
