"""The list of 2,000 households, as page and as API, against a bare Django view that returns the same bytes.

The bare view runs twice: behind the same middleware (sessions, gates, headers) and alone, which is what Django itself
takes for an answer of that size. Queries are counted over a small book and over the large one: they must not differ.
"""

from __future__ import annotations

import logging
import os
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django

N_SMALL, N_LARGE, REPEATS = 60, 2_000, 31
PAGES = (
    ("desk:today", "today"),
    ("clients:household-list", "households"),
    ("plans:plan-list", "plans"),
    ("portfolios:account-list", "accounts"),
    ("billing:run-list", "billing runs"),
    ("billing:invoice-list", "invoices"),
    ("desk:search", "search"),
)
HOST = "alpha.localhost"


@contextmanager
def firm() -> Iterator[Any]:
    """Enter a fresh firm in a database of its own; all of it is dropped at the end."""
    from django.db import connection
    from django_tenants.utils import tenant_context

    from tests import databases, servers
    from tests.cast import firm as firm_of

    with servers.running():
        name = "bench_household_list"
        databases.clone(databases.ensure_template(), name)
        databases.use(name)
        try:
            with tenant_context(firm_of("alpha")):
                yield connection
        finally:
            databases.use("postgres")
            databases.drop(name)


def copies(household: Any, number: int) -> None:
    """Set copies of a household with its people and its grant beside it, in bulk: the service would take minutes."""
    from apps.clients.models import Household, Person
    from apps.clients.models.household import HouseholdUserGrant

    def copied_grant(grant: HouseholdUserGrant, household_id: int) -> HouseholdUserGrant:
        return HouseholdUserGrant(
            user_id=grant.user_id, permission_id=grant.permission_id, content_object_id=household_id
        )

    def copied(row: Any, **changed: Any) -> Any:
        values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        return type(row)(**{**values, "id": None, "public_id": uuid.uuid4(), **changed})

    made = Household.objects.bulk_create(
        copied(household, name=f"{household.name} {place:04}") for place in range(number)
    )
    Person.objects.bulk_create(
        copied(member, household_id=each.pk) for each in made for member in household.people.all()
    )
    grants = list(HouseholdUserGrant.objects.filter(content_object=household))
    assert grants
    HouseholdUserGrant.objects.bulk_create(copied_grant(grant, each.pk) for each in made for grant in grants)


def signed_in(user: Any) -> Any:
    """Return a client of the firm's site, its second factor taken as given."""
    from tests.cast import SiteClient

    client = SiteClient(headers={"host": HOST})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor_known"] = True
    session.save()
    return client


def queries(client: Any, address: str) -> int:
    """Count the queries of a second visit."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return len(seen)


def interleaved(*jobs: Callable[[], object]) -> list[float]:
    """Return the median seconds of each job, measured turn by turn."""
    times: list[list[float]] = [[] for _ in jobs]
    for _ in range(REPEATS):
        for place, job in enumerate(jobs):
            start = time.perf_counter()
            job()
            times[place].append(time.perf_counter() - start)
    return [statistics.median(each) for each in times]


def against_bare(title: str, client: Any, address: str, **headers: str) -> None:
    """Print one list against the bare view, behind our middleware and alone."""
    from django.test import Client, override_settings

    from bench import urls

    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, (address, answer.status_code)
    urls.same_bytes.update(body=answer.content, type=answer["Content-Type"])
    alone = Client(headers={"host": HOST})

    def bare(browser: Any) -> None:
        assert browser.get("/bare/").content == urls.same_bytes["body"]

    with override_settings(MIDDLEWARE=[]):
        bare(alone)  # loads its handler without any middleware
    page = lambda: client.get(address, headers=headers)  # noqa: E731
    ours, gated, least = interleaved(page, lambda: bare(client), lambda: bare(alone))
    print(f"{title}: {ours * 1e3:.1f} ms for {len(answer.content):,} bytes")
    print(f"  against a bare view behind the same middleware: {ours / gated:.1f}x its time")
    print(f"  against a bare view alone:                      {ours / least:.1f}x its time")


def main() -> None:
    """Print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.conf import settings
    from django.urls import reverse

    from apps.accounts.policies import Role
    from tests.cast import person
    from tests.factories import clients

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, HOST]
    # both views in one URL configuration: changing it between two measurements would have ours compile all routes anew
    settings.ROOT_URLCONF = settings.TENANT_URLCONF = "bench.urls"
    logging.disable(logging.INFO)  # a line for each request is not what the table is about
    with firm():
        advisor = person(Role.ADVISOR, "Ada")
        client = signed_in(advisor)
        addresses = [(title, reverse(name, urlconf="config.urls.tenant")) for name, title in PAGES]
        counts: dict[str, list[int]] = {title: [] for title, _ in addresses}
        first = clients.household(advisor, name="Household")
        made = 1
        for size in (N_SMALL, N_LARGE):
            copies(first, size - made)
            made = size
            for title, address in addresses:
                counts[title].append(queries(client, address))
        against_bare(f"households, 50 of {N_LARGE:,}, page", client, dict(addresses)["households"])
        print(f"queries per page, with {N_SMALL} and with {N_LARGE:,} households")
        for title, (small, large) in counts.items():
            print(f"  {title}: {small} and {large}{'' if small == large else '  <- grows'}")


if __name__ == "__main__":
    main()
