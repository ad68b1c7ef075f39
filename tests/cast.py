"""The cast of the tests: two firms and their people.

Ada advises at Alpha, Paul is its principal, Connie its compliance officer, Sue supports, Clay is a client;
Mallory is an advisor of Alpha with no households; Bea is the principal of Beta.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.models import User
from apps.accounts.policies import Role
from apps.core.actors import Actor
from apps.firms.models import Firm
from tests.factories.users import UserFactory


def firm(schema: str) -> Firm:
    """Return a firm, read from the public schema wherever the test stands."""
    with schema_context("public"):
        return Firm.objects.get(schema_name=schema)


@pytest.fixture
def firm_a(db: None) -> Firm:
    """Alpha: ids begin at 1."""
    return firm("alpha")


@pytest.fixture
def firm_b(db: None) -> Firm:
    """Beta: ids begin at a million."""
    return firm("beta")


@pytest.fixture
def in_alpha(firm_a: Firm) -> Iterator[Firm]:
    """Run the test inside Alpha."""
    with tenant_context(firm_a):
        yield firm_a
    connection.set_schema_to_public()


def person(role: Role, name: str, *, host: str = "alpha.test") -> User:
    """Create a person of the current firm."""
    user: User = UserFactory(full_name=name, role=role, host=host)
    return user


@pytest.fixture
def paul(in_alpha: Firm) -> User:
    """The principal."""
    return person(Role.PRINCIPAL, "Paul")


@pytest.fixture
def ada(in_alpha: Firm) -> User:
    """The advisor."""
    return person(Role.ADVISOR, "Ada")


@pytest.fixture
def mallory(in_alpha: Firm) -> User:
    """Another advisor of the same firm, to whom no household is assigned."""
    return person(Role.ADVISOR, "Mallory")


@pytest.fixture
def connie(in_alpha: Firm) -> User:
    """The compliance officer."""
    return person(Role.COMPLIANCE, "Connie")


@pytest.fixture
def sue(in_alpha: Firm) -> User:
    """The support person."""
    return person(Role.SUPPORT, "Sue")


@pytest.fixture
def clay(in_alpha: Firm) -> User:
    """The client."""
    return person(Role.CLIENT, "Clay")


@pytest.fixture
def system() -> Actor:
    """A job of the system."""
    return Actor.system("tests")


class SiteClient(Client):
    """A browser-like client; the request gate leaves the public schema behind, the test stays where it stood."""

    def request(self, **request: Any) -> Any:
        """Send, then step back into the test's own schema."""
        before = connection.tenant  # type: ignore[attr-defined]
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(before)  # type: ignore[attr-defined]


@pytest.fixture
def sign_in(db: None) -> Callable[..., Client]:
    """Return a browser-like client of a firm's site, signed in as the person; their second factor is taken as given."""

    def enter(user: User | None = None, *, host: str = "alpha.localhost", **defaults: Any) -> Client:
        client = SiteClient(headers={"host": host}, **defaults)
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            session = client.session
            session["second_factor_known"] = True
            session.save()
        return client

    return enter
