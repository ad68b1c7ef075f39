"""Ids in addresses of the API: what looks like one and is none is not found, whatever is asked of it."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from apps.core.api.ids import public_id
from apps.kernel.errors import NotFoundError
from tests.factories.integrations import partner_of
from tests.isolation.routes import Route, routes

# as long as an id, of its letters, and none
NO_ID = "deadbeef-dead-beef-dead-beefdeadbee-"
ANY_ID = uuid.UUID(int=7)
# enough for the bodies that are checked before the id is looked up
BODY = {"reason": "Wrong", "status": "archived", "name": "Any"}
SCOPES = [f"{area}:{right}" for area in ("billing", "clients", "plans", "portfolios") for right in ("read", "write")]
WITH_ID = [route for route in routes() if route.is_api and any(name.endswith("_id") for name in route.keywords)]


def test_the_sweep_finds_the_routes():
    assert len(WITH_ID) > 15


def test_an_id_is_read_and_what_is_none_is_not_found():
    assert public_id(str(ANY_ID)) == ANY_ID
    with pytest.raises(NotFoundError):
        public_id(NO_ID)


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_what_is_no_id_is_a_problem_of_the_caller_and_never_a_failure(paul, method):
    partner = partner_of(paul, *SCOPES)
    wrong = []
    for route in WITH_ID:
        for keyword in (name for name in route.keywords if name.endswith("_id")):
            answer = getattr(partner, method)(address(route, keyword), data=BODY, content_type="application/json")
            told = answer.headers.get("content-type", "")
            if answer.status_code not in {404, 405, 422} or "problem+json" not in told:
                wrong.append((route.name, keyword, answer.status_code, told))
    assert wrong == []


def address(route: Route, wrong: str) -> str:
    """The route's address with a wrong id in one place."""
    kwargs = {name: str(ANY_ID) if name.endswith("_id") else "stocks" for name in route.keywords}
    found = reverse(route.name, urlconf="config.urls.tenant", kwargs={**kwargs, wrong: str(uuid.UUID(int=9))})
    return found.replace(str(uuid.UUID(int=9)), NO_ID)
