"""Idempotency-Key and problems, on an endpoint of the tests' own behind the product's real authentication."""

import itertools

import pytest
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.api.idempotency import IdempotentPostMixin
from apps.core.models import IdempotentAnswer
from apps.kernel.errors import InvalidInputError
from tests.cast import SiteClient
from tests.factories.integrations import partner_of

made = itertools.count(1)


class Things(IdempotentPostMixin, APIView):
    scope_area = "clients"

    def post(self, request: Request) -> Response:
        if request.data.get("name") == "wrong":
            raise InvalidInputError("%(name)s is wrong.", mend="Send another.", field="name", name="The name")
        return Response({"number": next(made)}, status=201, headers={"Location": "/api/things/1"})


urlpatterns = [path("api/things", Things.as_view()), path("", include("config.urls.tenant"))]


@pytest.fixture
def api(paul, settings):
    settings.ROOT_URLCONF = __name__
    return partner_of(paul, "clients:write")


def send(api, key: str, **body):
    return api.post("/api/things", body, content_type="application/json", headers={"idempotency-key": key})


def test_the_same_key_answers_the_same_and_does_nothing_again(api):
    first, second = send(api, "key-000001", name="a"), send(api, "key-000001", name="a")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotent-Replay"] == "true"
    assert second["Location"] == "/api/things/1"
    assert send(api, "key-000002", name="a").json() != first.json()


def test_the_same_key_with_another_body_is_refused(api):
    send(api, "key-000001", name="a")
    answer = send(api, "key-000001", name="b")
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"


def test_a_refused_request_frees_its_key(api):
    answer = send(api, "key-000001", name="wrong")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/api/problems/invalid_input",
        "title": "The name is wrong.",
        "status": 422,
        "code": "invalid_input",
        "mend": "Send another.",
        "errors": [{"field": "name", "message": "The name is wrong.", "code": "invalid_input"}],
    }
    assert not IdempotentAnswer.objects.exists()
    assert send(api, "key-000001", name="right").status_code == 201


@pytest.mark.parametrize(("key", "status"), [("short", 422), ("x" * 129, 422), ("x" * 128, 201)])
def test_a_key_has_8_to_128_characters(api, key, status):
    assert send(api, key, name="a").status_code == status


def test_a_stranger_gets_401_and_a_wrong_method_405_as_problems(api):
    stranger = SiteClient(headers={"host": "alpha.localhost"}).post("/api/things", {}, content_type="application/json")
    assert (stranger.status_code, stranger.json()["code"]) == (401, "not_authenticated")
    assert "Bearer" in stranger["WWW-Authenticate"]
    wrong = api.delete("/api/things")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


def test_a_token_without_the_scope_is_refused_by_name(api):
    answer = api.get("/api/things")
    assert answer.status_code == 403
    assert "clients:read" in answer.json()["title"]


def test_broken_json_says_where(api):
    answer = api.post("/api/things", "{nope", content_type="application/json")
    assert answer.status_code == 400
    assert "JSON parse error" in answer.json()["title"]
