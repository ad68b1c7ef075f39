"""Every long kind of job × every fault × the moments at which it hurts: one whole result within a minute.

All kinds are struck at once: each is held at the moment in a process of its own, then the fault comes.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.env import ROOT
from tests.faults.kinds import HALF_WRITTEN, IMPORTED
from tests.live import LiveSite, site_running

pytestmark = [pytest.mark.deep, pytest.mark.timeout(400)]

WITHIN_SECONDS = 60
# how long the jobs then take by themselves is the machine's affair, not the queue's
AT_MOST_SECONDS = 240
PROCESSES = len(HALF_WRITTEN) + 3  # the sweeper needs one while all kinds are held
# a server that crashes keeps what it has answered: what the other tests do without
LASTING = {"synchronous_commit": "on", "full_page_writes": "on"}
_rounds = itertools.count()
_JOBS = """
SELECT name, state, attempts, error FROM {schema}.core_job WHERE state NOT IN ('done', 'cancelled')
"""


@pytest.fixture(scope="module")
def site(_live_home: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[LiveSite]:
    with django_db_blocker.unblock(), site_running(_live_home, own_postgres=True) as site:
        site.postgres.stop()
        site.postgres.settings |= LASTING
        site.postgres.start()
        told(site, "build()")
        start_worker(site)
        site.start_beat()
        number = next(_rounds)
        told(site, f"ask({number})")
        (site.home / "undisturbed").write_text(f"{wait(site, number, AT_MOST_SECONDS):.0f} s")
        yield site


def start_worker(site: LiveSite) -> None:
    site.start_worker(concurrency=PROCESSES, include="tests.faults.holding")


def told(site: LiveSite, call: str) -> list[str]:
    """Run one function inside the site and return what it prints: in one process for all, which is there at once."""
    shell = site.processes.get("shell")
    if shell is None:
        shell = site.processes["shell"] = subprocess.Popen(
            [
                sys.executable,
                "manage.py",
                "shell",
                "--no-imports",
                "-c",
                "from tests.faults import kinds; kinds.serve()",
            ],
            cwd=ROOT,
            env=site.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
    assert shell.stdin is not None
    assert shell.stdout is not None
    shell.stdin.write(f"{call}\n".encode())
    shell.stdin.flush()
    lines = [line.decode().rstrip("\n") for line in iter(shell.stdout.readline, b"end\n")]
    assert not [line for line in lines if line.startswith("broken")], lines
    return lines


def told_alone(site: LiveSite, call: str) -> None:
    """Run one function inside the site in a process of its own, which may die of it."""
    site.manage("shell", "--no-imports", "-c", f"from tests.faults import kinds; kinds.{call}")


def hold_all(site: LiveSite, moment: str) -> tuple[int, list[int]]:
    """Ask for a job of each kind; return the round, and who holds them at the moment."""
    number = next(_rounds)
    for mark in (*site.home.glob("held-*"), site.home / "go"):
        mark.unlink(missing_ok=True)
    (site.home / "moment").write_text(moment)
    told(site, f"ask({number})")

    def held() -> list[str]:
        return [text for name in HALF_WRITTEN if (text := _read(site.home / f"held-{name}"))]

    site.wait(lambda: len(held()) == len(HALF_WRITTEN), f"all kinds to be held: {held()}", 120)
    return number, [int(text) for text in held()]


def _read(mark: Path) -> str:
    return mark.read_text() if mark.exists() else ""


def let_go(site: LiveSite) -> None:
    (site.home / "go").touch()


def kill_processes(site: LiveSite, held: list[int]) -> None:
    for process in held:
        os.kill(process, signal.SIGKILL)
    let_go(site)


def kill_worker(site: LiveSite, _held: list[int]) -> None:
    site.kill("worker")
    let_go(site)
    start_worker(site)


def crash_redis(site: LiveSite, _held: list[int]) -> None:
    site.redis.process.kill()
    site.redis.process.wait(10)
    site.redis.start()
    let_go(site)


def crash_postgresql(site: LiveSite, _held: list[int]) -> None:
    site.postgres.process.send_signal(signal.SIGQUIT)
    site.postgres.process.wait(30)
    site.postgres.start()
    let_go(site)


FAULTS: dict[str, Callable[[LiveSite, list[int]], None]] = {
    "its process is killed": kill_processes,
    "the whole worker is killed": kill_worker,
    "Redis crashes": crash_redis,
    "PostgreSQL crashes": crash_postgresql,
}


def check(site: LiveSite, number: int, capsys: pytest.CaptureFixture[str], what: str) -> None:
    """Wait for the end of all jobs; each was taken up within a minute of the recovery and left one whole result."""
    recovered = dt.datetime.now(dt.UTC)
    done = wait(site, number, AT_MOST_SECONDS)
    begun = (last_start(site, recovered) - recovered).total_seconds()
    attempts = dict(site.query("SELECT attempts, count(*) FROM core_job GROUP BY 1 ORDER BY 1", schema="alpha"))
    assert [line for line in told(site, f"check({number})") if line.startswith("problem")] == []
    assert begun < WITHIN_SECONDS
    with capsys.disabled():
        times = f"all taken up {max(begun, 0):.0f} s after it, done {done:.0f} s after it"
        undisturbed = (site.home / "undisturbed").read_text()
        sys.stdout.write(f"\ndeep: {what}: {times} (undisturbed {undisturbed}); jobs by attempts {attempts}\n")


def wait(site: LiveSite, number: int, within: float) -> float:
    """Wait until no job is open; return how many seconds it took."""
    began = time.monotonic()
    try:
        site.wait(lambda: not left(site, number), "the jobs to be done", within)
    except AssertionError as late:
        raise AssertionError(f"Not done within {within:.0f} s: {left(site, number)}\n{late}") from None
    return time.monotonic() - began


def last_start(site: LiveSite, before: dt.datetime) -> dt.datetime:
    """Return when the last of the jobs that were asked for before was taken up."""
    statement = "SELECT max(started_at) FROM core_job WHERE created_at < %s AND started_at IS NOT NULL"
    return max(site.query(statement, before, schema=schema)[0][0] for schema in ("public", "alpha"))


def left(site: LiveSite, number: int) -> list[tuple[Any, ...]]:
    """Return the jobs that are not done; the schema of the firm that is set up may not be there yet."""
    schemas = [name for (name,) in site.query("SELECT schema_name FROM firms_firm WHERE state = 'open'")]
    rows = [row for schema in ("public", *schemas) for row in site.query(_JOBS.format(schema=schema))]
    return rows if f"harbor{number}" in schemas else [*rows, ("firms.provision_firm", "not open")]


@pytest.mark.parametrize("moment", ["claimed", "writing", "kept"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_job_leaves_one_whole_result_when(
    fault: str, moment: str, site: LiveSite, capsys: pytest.CaptureFixture[str]
) -> None:
    number, held = hold_all(site, moment)
    FAULTS[fault](site, held)
    check(site, number, capsys, f"{fault} ({moment})")


def test_jobs_of_a_process_that_dies_between_commit_and_sending_are_done(
    site: LiveSite, capsys: pytest.CaptureFixture[str]
) -> None:
    number = next(_rounds)
    (site.home / "moment").unlink(missing_ok=True)
    with pytest.raises(AssertionError):
        told_alone(site, f"ask_and_die({number})")
    assert {name for name, *_ in left(site, number)} >= set(HALF_WRITTEN)
    check(site, number, capsys, "the asker dies between commit and sending")


def test_jobs_that_wait_in_a_redis_which_loses_all_it_holds_are_done(
    site: LiveSite, capsys: pytest.CaptureFixture[str]
) -> None:
    number = next(_rounds)
    (site.home / "moment").unlink(missing_ok=True)
    site.kill("worker")
    told(site, f"ask({number})")
    site.redis.process.kill()
    site.redis.process.wait(10)
    shutil.rmtree(site.layout.redis)
    site.redis.start()
    start_worker(site)
    check(site, number, capsys, "Redis loses all messages")


@pytest.mark.parametrize("dies_after", ['DELETE FROM "clients_person"', 'INSERT INTO "core_auditevent"', "commit"])
def test_an_import_that_is_taken_back_is_taken_back_whole_or_not_at_all(dies_after: str, site: LiveSite) -> None:
    number = next(_rounds)
    there, gone = [f"list: applied {IMPORTED} {2 * IMPORTED} 0 0"], ["list: undone 0 0 1 0"]
    told(site, f"take_in({number})")
    assert told(site, f"show({number})") == there
    with pytest.raises(AssertionError):
        told_alone(site, f"undo({number}, {dies_after!r})")
    if dies_after != "commit":
        assert told(site, f"show({number})") == there
        told(site, f"undo({number})")
    assert told(site, f"show({number})") == gone
