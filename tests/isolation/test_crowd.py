"""Forty people of two firms at once, on one real server: nobody is shown anything of the other firm."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live import LiveSite

pytestmark = [pytest.mark.timeout(400)]

PEOPLE, ROUNDS = 40, 2
PATHS = ("/", "/households/", "/settings/team/", "/settings/", "/plans/", "/households/nowhere/", "/health/")
HOUSEHOLDS = {"alpha": "Quillfeather", "beta": "Thistlewood"}
_BUILD = """
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django_tenants.utils import tenant_context
from apps.accounts.models import User
from apps.accounts.policies import Role
from apps.firms.models import Firm
from tests.factories import clients
for schema, household in {households!r}.items():
    with tenant_context(Firm.objects.get(schema_name=schema)):
        user = User.objects.create_user(email=f"principal@{{schema}}.test", password="correct horse battery",
                                        full_name=f"Principal {{household}}", role=Role.PRINCIPAL)
        clients.household(user, name=household)
        session = SessionStore()
        session.update({{"_auth_user_id": str(user.pk), "second_factor_known": True,
                        "_auth_user_backend": "allauth.account.auth_backends.AuthenticationBackend",
                        "_auth_user_hash": user.get_session_auth_hash()}})
        session.create()
        print("session", schema, session.session_key, user.pk)
"""


def sessions_of(site: LiveSite) -> dict[str, tuple[str, int]]:
    """Build a principal with a household in each firm; return their session and row id."""
    told = site.manage("shell", "--no-imports", "-c", _BUILD.format(households=HOUSEHOLDS))
    rows = [line.split() for line in told.splitlines() if line.startswith("session ")]
    return {schema: (key, int(pk)) for _, schema, key, pk in rows}


def visit(site: LiveSite, number: int, cookies: dict[str, str]) -> Counter[str]:
    """Walk as one person; return what was seen."""
    schema = ("alpha", "beta")[number % 2]
    other = HOUSEHOLDS["beta" if schema == "alpha" else "alpha"]
    seen: Counter[str] = Counter()
    for turn in range(ROUNDS * len(PATHS)):
        path = PATHS[(turn + number) % len(PATHS)]
        status, page = site.get(path, schema, Cookie=f"sessionid={cookies[schema]}")
        seen[f"{status} {path}"] += 1
        seen["own"] += HOUSEHOLDS[schema] in page
        seen["crossed"] += other in page
    return seen


def crowd(site: LiveSite) -> Counter[str]:
    sessions = sessions_of(site)
    cookies = {schema: key for schema, (key, _) in sessions.items()}
    with ThreadPoolExecutor(PEOPLE) as pool:
        return sum(pool.map(lambda number: visit(site, number, cookies), range(PEOPLE)), Counter())


def check(seen: Counter[str]) -> None:
    assert seen["crossed"] == 0
    assert seen["200 /households/"] == PEOPLE * ROUNDS, seen
    assert seen["404 /households/nowhere/"] == PEOPLE * ROUNDS, seen
    assert seen["own"] >= PEOPLE * ROUNDS
    assert not [key for key in seen if key.startswith("5") and "/health/" not in key], seen


def test_a_crowd_of_two_firms_with_shifted_ids_never_meets(live_site):
    check(crowd(live_site))


def test_a_crowd_of_two_firms_with_equal_ids_never_meets(live_site):
    for (name,) in live_site.query("SELECT sequencename FROM pg_sequences WHERE schemaname = 'beta'"):
        start = live_site.query(
            "SELECT last_value FROM pg_sequences WHERE schemaname = 'alpha' AND sequencename = %s", name
        )
        following = (start[0][0] or 0) + 1 if start else 1
        live_site.query(f'ALTER SEQUENCE beta."{name}" RESTART WITH {following}')
    check(crowd(live_site))
    ids = {
        schema: live_site.query("SELECT id FROM accounts_user WHERE email LIKE 'principal@%%'", schema=schema)
        for schema in HOUSEHOLDS
    }
    assert ids["alpha"] == ids["beta"]
