"""A real worker on a real broker is killed, robbed of its messages and doubled: every job leaves one result."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import LiveSite, site_running

pytestmark = [pytest.mark.timeout(400)]

WITHIN_SECONDS = 60


@pytest.fixture(scope="module")
def site(_live_home: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[LiveSite]:
    with django_db_blocker.unblock(), site_running(_live_home) as site:
        site.start_worker(concurrency=3)
        site.start_beat()
        ask_for_the_deadly_one(site)
        yield site


def ask(site: LiveSite, name: str, *, sent_again: int = 0, **arguments: Any) -> None:
    """Ask for a job in Alpha as a service would; send its message some more times."""
    site.manage(
        "shell",
        "--no-imports",
        "-c",
        f"""
import tests.live_tasks
from apps.core import jobs
from apps.core.actors import Actor
from apps.firms.models import Firm
from django_tenants.utils import tenant_context
by = Actor.system("tests")
with tenant_context(Firm.objects.get(schema_name="alpha")):
    asked = jobs.enqueue({name!r}, by=by, **{arguments!r})
    for _ in range({sent_again}):
        jobs.send(asked)
""",
    )


def ask_for_the_deadly_one(site: LiveSite) -> None:
    """Ask for it first: its lease runs out while the other tests do their work."""
    ask(site, "tests.die", key="deadly")
    site.query("UPDATE core_job SET max_attempts = 1 WHERE name = 'tests.die'", schema="alpha")


def job(site: LiveSite, key: str) -> dict[str, Any]:
    statement = "SELECT state, attempts, error, sent_at, percent FROM core_job WHERE arguments->>'key' = %s"
    rows = site.query(statement, key, schema="alpha")
    assert len(rows) == 1
    return dict(zip(("state", "attempts", "error", "sent_at", "percent"), rows[0], strict=True))


def results(site: LiveSite, key: str) -> int:
    statement = "SELECT count(*) FROM core_cacheentry WHERE cache_key LIKE %s"
    return int(site.query(statement, f"{key}:%", schema="alpha")[0][0])


def runs(site: LiveSite, key: str) -> list[int]:
    """Return the process of each start, in order."""
    notes = site.home / f"{key}.runs"
    lines = notes.read_text().splitlines() if notes.exists() else []
    return [int(line.split()[1]) for line in lines if line.startswith("start")]


def wait_for(site: LiveSite, key: str, state: str = "done", seconds: float = WITHIN_SECONDS) -> dict[str, Any]:
    site.wait(lambda: job(site, key)["state"] == state, f"{key} to be {state}", seconds)
    return job(site, key)


def test_a_job_whose_process_is_killed_runs_again_and_leaves_one_result(site: LiveSite) -> None:
    ask(site, "tests.hold", key="child")
    site.wait(lambda: runs(site, "child"), "the job to start")
    os.kill(runs(site, "child")[0], signal.SIGKILL)
    assert wait_for(site, "child")["attempts"] == 2
    assert (results(site, "child"), len(runs(site, "child"))) == (1, 2)


def test_a_job_that_always_kills_its_process_is_given_up(site: LiveSite) -> None:
    found = wait_for(site, "deadly", "failed")
    assert found["error"] == "Given up after 1 attempts. Its worker died each time."


def test_a_job_left_between_commit_and_sending_is_sent(site: LiveSite) -> None:
    site.query(
        "INSERT INTO core_job (public_id, created_at, updated_at, name, arguments, state, asked_by, attempts,"
        " max_attempts, percent, step, topic, cancel_requested, error, language)"
        " VALUES (gen_random_uuid(), now(), now(),"
        """ 'tests.write', '{"key": "left"}', 'queued', 'system:tests', 0, 5, 0, '', '', false, '', '')""",
        schema="alpha",
    )
    assert wait_for(site, "left")["sent_at"] is not None
    assert results(site, "left") == 1


def test_a_message_that_is_delivered_twice_runs_the_job_once(site: LiveSite) -> None:
    ask(site, "tests.write", sent_again=2, key="twice", seconds=3)
    wait_for(site, "twice")
    assert (results(site, "twice"), len(runs(site, "twice"))) == (1, 1)


def test_a_running_job_tells_how_far_it_is_and_can_be_cancelled(site: LiveSite) -> None:
    ask(site, "tests.write", key="long", seconds=120)
    site.wait(lambda: job(site, "long")["percent"] > 0, "progress from inside the job's transaction")
    site.query("UPDATE core_job SET cancel_requested = true WHERE arguments->>'key' = 'long'", schema="alpha")
    wait_for(site, "long", "cancelled", 10)
    assert results(site, "long") == 0


def test_a_job_whose_whole_worker_is_killed_runs_again_and_leaves_one_result(site: LiveSite) -> None:
    ask(site, "tests.hold", key="worker")
    site.wait(lambda: runs(site, "worker"), "the job to start")
    site.kill("worker")
    site.start_worker(concurrency=2)
    assert wait_for(site, "worker")["attempts"] == 2
    assert (results(site, "worker"), len(runs(site, "worker"))) == (1, 2)


def test_redis_away_at_the_commit_loses_no_job_and_holds_up_nobody(site: LiveSite) -> None:
    site.redis.stop()
    ask(site, "tests.write", key="away")
    assert job(site, "away")["sent_at"] is None
    assert site.get("/accounts/login/", "alpha")[0] == 200
    site.redis.start()
    wait_for(site, "away")
    assert results(site, "away") == 1


def test_a_redis_that_crashes_while_a_job_runs_ends_no_worker_and_leaves_one_result(site: LiveSite) -> None:
    ask(site, "tests.write", key="crash", seconds=6)
    site.wait(lambda: runs(site, "crash"), "the job to start")
    site.redis.process.kill()
    site.redis.process.wait(10)
    site.redis.start()
    ask(site, "tests.write", key="after")
    assert wait_for(site, "crash")["attempts"] == 1
    wait_for(site, "after")
    assert (results(site, "crash"), results(site, "after")) == (1, 1)
    assert site.processes["worker"].poll() is None


@pytest.mark.deep
def test_a_process_that_starts_slowly_is_waited_for(site: LiveSite) -> None:
    site.kill("worker")
    site.start_worker(include="tests.live_tasks,tests.faults.slow_start")
    ask(site, "tests.hold", key="slow")
    site.wait(lambda: runs(site, "slow"), "the job to start")
    os.kill(runs(site, "slow")[0], signal.SIGKILL)
    assert wait_for(site, "slow")["attempts"] == 2
    assert "Timed out waiting for UP message" not in (site.home / "worker.log").read_text()
