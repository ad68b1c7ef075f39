"""Every address of Alpha, asked for by a stranger, by each role of Beta, and by Alpha's own people without the grant.

Nobody of them may see Ada's household: not its name, and not that its objects exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import resolve
from django_tenants.utils import tenant_context

from apps.accounts.models import User
from apps.accounts.policies import Role
from apps.firms.models import Firm
from apps.integrations.services.partners import register_partner
from tests.cast import SiteClient, firm, person
from tests.factories.integrations import partner_of
from tests.isolation.objects import MARKER, World
from tests.isolation.routes import Route, routes
from tools.stripe_local.server import StripeLocal

ROUTES = routes()
PAGES = [route for route in ROUTES if not route.is_api]
ENDPOINTS = [route for route in ROUTES if route.is_api]
# what strangers may open, and why
OPEN = {
    "health": "monitors ask without signing in; no firm's data",
    "account_login": "the sign-in page",
    "account_signup": "closed page of allauth: staff come by invitation",
    "account_inactive": "says that an account is off",
    "account_reset_password": "asks for an address, tells nothing",
    "account_reset_password_done": "says that a mail was sent",
    "account_reset_password_from_key": "a key from a mail",
    "account_reset_password_from_key_done": "says that it is done",
    "account_confirm_email": "a key from a mail",
    "account_email_verification_sent": "says that a mail was sent",
    "accounts:accept-invitation": "a key from a mail",
    "accounts:confirm-change": "a key from a mail",
    "notices:end-digest": "a key from a mail, which ends that mail alone",
    "accounts:brand-css": "the firm's colour, on the sign-in page too",
    "accounts:brand-logo": "the firm's logo, in mails and on the sign-in page",
    "mfa_login_webauthn": "the challenge of a passkey sign-in",
    "integrations:jwks": "public keys are public",
    "billing:stripe-webhook": "guarded by the signature of the payment service",
    "admin:login": "goes to the sign-in page",
}
OPEN_API = {
    "api:oauth-token": "guarded by the partner's secret",
    "api:oauth-revoke": "guarded by the partner's secret",
    "api:oauth-introspect": "guarded by the partner's token",
    "api:api-docs": "the page over that description",
    "api:api-schema": "the description of the API, the same for all firms",
}
# private addresses that exist only in a state that the world is not in
SELDOM = {"portal:acknowledgement": "only while a reviewed profile waits for the client's word"}
REFUSED = {302, 401, 403, 404, 405}


class Visitors:
    """The world and who walks through it."""

    def __init__(self, alpha: Firm, beta: Firm) -> None:
        self.alpha, self.beta = alpha, beta
        with tenant_context(alpha):
            self.world = World()
            assert self.world.household.name == MARKER
            self.mallory = self._enter(self.world.mallory)
            self.stranger = self._enter(self.world.other_client)
            self.ada, self.client = self._enter(self.world.ada), self._enter(self.world.client)
        with tenant_context(beta):
            people = [person(role, f"Beta-{role}", host="beta.test") for role in Role]
            self.of_beta = {user.role: self._enter(user, "beta.localhost") for user in people}
            principal = next(user for user in people if user.role == Role.PRINCIPAL)
            self.token = _token(principal)
        with tenant_context(beta):
            self.at_home = {user.role: self._enter(user, "beta.localhost") for user in people}
        with tenant_context(alpha):
            everything = set(settings.API_SCOPES)
            areas = {scope.partition(":")[0] for scope in everything}
            self.partner = partner_of(self.world.paul, *everything, name="Everything")
            self.without = {
                area: partner_of(self.world.paul, *_not_of(area, everything), name=f"Without {area}") for area in areas
            }
            self.readers = {area: partner_of(self.world.paul, f"{area}:read", name=f"Reads {area}") for area in areas}
        for visitor in self.of_beta.values():
            visitor.defaults["HTTP_HOST"] = "alpha.localhost"

    def _enter(self, user: User, host: str = "alpha.localhost") -> Client:
        client = SiteClient(headers={"host": host}, raise_request_exception=False)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["second_factor_known"] = True
        session.save()
        return client


def _not_of(area: str, scopes: set[str]) -> set[str]:
    return {scope for scope in scopes if not scope.startswith(f"{area}:")}


def _token(principal: User) -> str:
    given = register_partner(
        name="Beta's partner",
        contact_email="it@beta.example",
        scopes=["clients:read", "clients:write", "plans:read", "portfolios:read", "billing:read"],
        by=principal.as_actor(),
    )
    fields = {"grant_type": "client_credentials", "client_id": given.client_id, "client_secret": given.client_secret}
    answer = SiteClient(headers={"host": "beta.localhost"}).post("/api/oauth/token", fields)
    return str(answer.json()["access_token"])


@pytest.fixture(scope="module")
def _visitors(django_db_setup: None, django_db_blocker: Any) -> Iterator[Visitors]:
    server = StripeLocal(secret_key=settings.STRIPE_SECRET_KEY, webhook_secret=settings.STRIPE_WEBHOOK_SECRET).start()
    with (
        override_settings(STRIPE_API_BASE=server.url),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        yield Visitors(firm("alpha"), firm("beta"))
        connection.set_schema_to_public()
        transaction.set_rollback(True)
    server.stop()


@pytest.fixture
def visitors(_visitors: Visitors) -> Iterator[Visitors]:
    """Undo what a test did to the world, except what it added to it."""
    with tenant_context(_visitors.alpha):
        yield _visitors
    connection.set_schema_to_public()


def named(route: Route) -> str:
    return route.name


def path_of(route: Route, visitors: Visitors) -> str:
    return route.path(visitors.world)


def ask(client: Client, method: str, path: str, **how: Any) -> Any:
    """Send one request and take back what it changed."""
    with transaction.atomic():
        answer = getattr(client, method)(path, **how)
        transaction.set_rollback(True)
    return answer


def saw(answer: Any) -> bool:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return MARKER.encode() in content or MARKER in str(answer.headers)


@pytest.mark.parametrize("route", PAGES, ids=named)
def test_strangers_and_people_of_another_firm_are_shown_the_door(route, visitors):
    path = path_of(route, visitors)
    anonymous = SiteClient(headers={"host": "alpha.localhost"}, raise_request_exception=False)
    for method in ("get", "post"):
        expected = ask(anonymous, method, path)
        assert not saw(expected)
        assert expected.status_code in REFUSED or route.name in OPEN, f"{method} {path}: {expected.status_code}"
        if expected.status_code == 302 and route.name not in OPEN:
            assert "/accounts/" in expected["Location"] or expected["Location"].startswith("/")
        for role, visitor in visitors.of_beta.items():
            answer = ask(visitor, method, path)
            assert answer.status_code == expected.status_code, f"{role} of Beta, {method} {path}"
            assert not saw(answer)


@pytest.mark.parametrize("route", [route for route in PAGES if not route.is_private], ids=named)
def test_lists_and_pages_of_the_firm_do_not_name_a_household_of_somebody_else(route, visitors):
    path = path_of(route, visitors)
    for visitor in (visitors.mallory, visitors.stranger):
        answer = ask(visitor, "get", path)
        assert answer.status_code < 500 or route.name in OPEN, path
        assert not saw(answer)


@pytest.mark.parametrize("route", [route for route in PAGES if route.is_private], ids=named)
def test_an_object_of_a_household_is_not_there_for_who_has_no_grant(route, visitors):
    path = path_of(route, visitors)
    for method in ("get", "post"):
        for visitor in (visitors.mallory, visitors.stranger):
            answer = ask(visitor, method, path)
            assert answer.status_code in {403, 404, 405}, f"{method} {path}: {answer.status_code}"
            assert not saw(answer)


@pytest.mark.parametrize("route", [page for page in PAGES if page.is_private and page.name not in SELDOM], ids=named)
def test_the_same_object_is_there_for_who_has_the_grant(route, visitors):
    """Without this, an address that never finds anything would pass the walk."""
    path = path_of(route, visitors)
    owner = visitors.client if route.name.startswith("portal:") else visitors.ada
    seen = {method: ask(owner, method, path).status_code for method in ("get", "post")}
    assert set(seen.values()) - {404, 405}, f"{path} is not there for its owner: {seen}"
    assert max(seen.values()) < 500, f"{path}: {seen}"


@pytest.mark.parametrize("route", ENDPOINTS, ids=named)
def test_the_api_of_a_firm_opens_to_no_session_and_to_no_token_of_another_firm(route, visitors):
    path = path_of(route, visitors)
    bearer = {"authorization": f"Bearer {visitors.token}"}
    for client in (
        SiteClient(headers={"host": "alpha.localhost"}, raise_request_exception=False),
        SiteClient(headers={"host": "alpha.localhost", **bearer}, raise_request_exception=False),
        visitors.ada,
    ):
        for method in ("get", "post"):
            answer = ask(client, method, path, content_type="application/json")
            assert answer.status_code in {401, 403, 405} or route.name in OPEN_API, f"{method} {path}"
            assert answer.status_code < 500
            assert not saw(answer)


IDENTIFIED = [route for route in ROUTES if any(keyword.endswith("_id") for keyword in route.keywords)]
# their ids are small numbers of Django's own rows: another firm has such rows of its own
NUMBERED = {route.name for route in ROUTES if route.name.startswith("admin:")}


@pytest.mark.parametrize("route", [route for route in IDENTIFIED if route.name not in NUMBERED], ids=named)
def test_an_object_of_a_firm_is_nobodys_on_the_site_of_another(route, visitors):
    """On their own site, signed in and with all rights, with an id of the other firm in the address."""
    path = path_of(route, visitors)
    bearer = SiteClient(
        headers={"host": "beta.localhost", "authorization": f"Bearer {visitors.token}"}, raise_request_exception=False
    )
    for visitor in (bearer,) if route.is_api else visitors.at_home.values():
        for method in ("get", "post"):
            answer = ask(visitor, method, path, **({"content_type": "application/json"} if route.is_api else {}))
            assert answer.status_code in {400, 403, 404, 405}, f"{method} {path}: {answer.status_code}"
            assert not saw(answer)


def area_of(route: Route, visitors: Visitors) -> str:
    view = resolve(path_of(route, visitors), urlconf="config.urls.tenant").func
    return str(getattr(view, "cls", None) and getattr(view.cls, "scope_area", ""))  # type: ignore[attr-defined]


SCOPED = [route for route in ENDPOINTS if route.name not in OPEN_API]


@pytest.mark.parametrize("route", SCOPED, ids=named)
def test_a_partner_of_the_firm_is_kept_to_its_scopes(route, visitors):
    path, area = path_of(route, visitors), area_of(route, visitors)
    for method in ("get", "post", "put", "patch", "delete"):
        how = {"content_type": "application/json"}
        answer = ask(visitors.without[area], method, path, **how)
        assert answer.status_code in {403, 405}, f"without {area}, {method} {path}: {answer.status_code}"
        assert not saw(answer)
        if method != "get":
            answer = ask(visitors.readers[area], method, path, **how)
            assert answer.status_code in {403, 405}, f"reads {area}, {method} {path}: {answer.status_code}"


@pytest.mark.parametrize("route", SCOPED, ids=named)
def test_the_same_address_opens_to_a_partner_with_the_scope(route, visitors):
    """Without this, an endpoint that is closed to everybody would pass the walk."""
    path = path_of(route, visitors)
    seen = {ask(visitors.partner, method, path, content_type="application/json").status_code for method in METHODS}
    if route.name in ANOTHERS:
        assert seen <= {404, 405}
    else:
        assert seen - {403, 404, 405}, f"{path}: {seen}"
    assert max(seen) < 500, f"{path}: {seen}"


METHODS = ("get", "post", "put", "patch")
# what one partner asked for is no other's
ANOTHERS = {"plans_api:job-detail"}


def test_the_token_of_the_walk_opens_its_own_firm(visitors):
    """Without this, a broken token would pass the walk."""
    headers = {"host": "beta.localhost", "authorization": f"Bearer {visitors.token}"}
    answer = ask(SiteClient(headers=headers), "get", "/api/financial-services/clients")
    assert answer.status_code == 200, answer.content


def test_every_exception_names_an_address_that_exists():
    assert set(OPEN) | set(OPEN_API) | set(SELDOM) <= {route.name for route in ROUTES}
