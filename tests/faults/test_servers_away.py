"""PostgreSQL, Redis or the worker goes away under a running site: it says so, serves what it can, and recovers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live import LiveSite, site_running

pytestmark = [pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def site(_live_home: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[LiveSite]:
    with django_db_blocker.unblock(), site_running(_live_home, own_postgres=True) as site:
        site.start_worker()
        yield site


def recovers(site: LiveSite) -> None:
    site.wait(lambda: not site.health(), "the site to be well again", 60)


def test_a_site_with_all_its_parts_is_well(site: LiveSite) -> None:
    assert site.health() == {}


def test_without_postgresql_pages_say_so_and_come_back_without_a_restart(site: LiveSite) -> None:
    site.postgres.stop()
    wrong = site.health()
    assert set(wrong) == {"database", "migrations"}
    assert "No such file or directory" in wrong["database"]
    status, page = site.get("/accounts/login/", "alpha")
    assert status == 503
    assert "The database does not answer" in page
    status, problem = site.get("/api/v1/clients", "alpha", Authorization="Bearer none")
    assert (status, json.loads(problem)["code"]) == (503, "unavailable")
    site.postgres.start()
    recovers(site)
    assert site.get("/accounts/login/", "alpha")[0] == 200


def test_without_redis_pages_work_and_health_names_it(site: LiveSite) -> None:
    site.redis.stop()
    assert set(site.health()) == {"redis", "worker"}
    assert site.get("/accounts/login/", "alpha")[0] == 200
    site.redis.start()
    recovers(site)


def test_a_migration_that_lags_is_named_with_its_mend(site: LiveSite) -> None:
    lost = site.query("DELETE FROM django_migrations WHERE app = 'firms' RETURNING app, name, applied")
    assert site.health()["migrations"].endswith("run manage.py migrate_all.")
    for row in lost:
        site.query("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", *row)
    assert site.health() == {}


def test_a_worker_that_is_gone_is_missed_and_heard_again(site: LiveSite) -> None:
    site.kill("worker")
    site.wait(lambda: set(site.health()) == {"worker"}, "the silence to be noticed", 40)
    site.start_worker()
    recovers(site)
