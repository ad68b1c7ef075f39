import json

import pytest
from django.db.utils import OperationalError
from django.test import Client

from apps.core.middleware import firm, requests


def answer(monkeypatch, error, path):
    """Ask for a page whose firm cannot be looked up."""

    def fail(_host):
        raise error

    monkeypatch.setattr(firm, "firm_for_host", fail)
    return Client(raise_request_exception=False, headers={"host": "alpha.localhost"}).get(path)


def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(db, monkeypatch):
    response = answer(monkeypatch, OperationalError("connection refused"), "/accounts/login/")
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "The database does not answer" in response.text


def test_a_fault_of_ours_is_a_500_that_names_the_request(db, monkeypatch):
    response = answer(monkeypatch, ZeroDivisionError("ours"), "/accounts/login/")
    assert response.status_code == 500
    assert response["X-Request-ID"]
    assert "ours" not in response.text


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(OperationalError("away"), 503, "unavailable"), (ZeroDivisionError("ours"), 500, "server_error")],
)
def test_partners_get_the_same_as_a_problem(db, monkeypatch, error, status, code):
    response = answer(monkeypatch, error, "/api/v1/clients")
    assert (response.status_code, response["Content-Type"]) == (status, requests.PROBLEM_TYPE)
    assert json.loads(response.content)["code"] == code


def test_a_request_larger_than_any_file_is_refused_before_it_is_read(in_alpha, sign_in, settings):
    settings.LARGEST_REQUEST = 1000
    browser = sign_in()
    body = {"login": "x" * 2000, "password": "y"}
    assert browser.post("/accounts/login/", body).status_code == 413
    api = browser.post("/api/clients", json.dumps(body), content_type="application/json")
    assert (api.status_code, api["Content-Type"]) == (413, requests.PROBLEM_TYPE)
    assert json.loads(api.content)["code"] == "too_large"
    assert browser.post("/accounts/login/", {"login": "x", "password": "y"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("localhost", "/register/%00/"),
        ("alpha.localhost", "/households/?q=%00"),
        ("alpha.localhost", "/api/clients?q=%00"),
    ],
)
def test_an_address_with_a_sign_that_no_database_takes_is_a_400(paul, sign_in, host, path):
    browser = sign_in(paul) if host.startswith("alpha") else sign_in(host=host)
    assert browser.get(path).status_code == 400


@pytest.mark.parametrize("given", ["short", "with space-in-it", "x" * 65, "ok-line\nforged"])
def test_a_request_id_that_could_forge_a_log_line_is_replaced(db, given):
    response = Client(headers={"host": "localhost", "x-request-id": given}).get("/health/")
    assert response["X-Request-ID"] != given
    assert len(response["X-Request-ID"]) == 32


def test_a_proper_request_id_is_kept(db):
    response = Client(headers={"host": "localhost", "x-request-id": "proxy-12345678"}).get("/health/")
    assert response["X-Request-ID"] == "proxy-12345678"


@pytest.mark.parametrize(
    ("proxies", "chain", "told"),
    [(0, "203.0.113.9", "127.0.0.1"), (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"), (2, "203.0.113.9", "127.0.0.1")],
)
def test_the_callers_address_is_what_our_own_proxies_saw(rf, settings, proxies, chain, told):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", headers={"x-forwarded-for": chain})
    assert requests.client_ip(request) == told
