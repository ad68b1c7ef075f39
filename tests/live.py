"""A live site for journeys and fault tests: uvicorn and a Celery worker as processes of their own.

They run with the settings of a local machine on a clone of the template database, a Redis database of their own,
and a home folder that goes with the test.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from config.env import ROOT
from tests import databases, servers

_numbers = itertools.count(1)
_START_SECONDS = 60


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveSite:
    """One running Steward: `url(firm)`, processes that can be started, stopped and killed."""

    def __init__(self, home: Path, database: str, redis_number: int) -> None:
        self.home, self.database, self.port = home, database, free_port()
        self.redis_url = self._redis(redis_number)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        redis.Redis.from_url(self.redis_url).flushdb()

    def _redis(self, number: int) -> str:
        given = os.environ.get("REDIS_URL") if servers.given() else None
        return f"{given.rsplit('/', 1)[0]}/{number}" if given else f"{servers.LAYOUT.redis_url}?db={number}"

    @property
    def database_url(self) -> str:
        """Return the address of the clone."""
        if servers.given():
            return os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{self.database}"
        return servers.LAYOUT.postgres_url(self.database)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of its processes."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "STEWARD_HOME": str(self.home),
            "STEWARD_PORT": str(self.port),
            "STEWARD_ROLE_PREFIX": servers.ROLE_PREFIX,
            "PYTHONUNBUFFERED": "1",
        }

    def url(self, firm: str = "", path: str = "/") -> str:
        """Return an address of the firm's site, or of the public one."""
        return f"http://{firm + '.' if firm else ''}localhost:{self.port}{path}"

    def manage(self, *arguments: str) -> str:
        """Run a management command; fail with its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a process of the site; its output goes to a log in the home folder."""
        log = (self.home / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        return self.processes[name]

    def start_web(self) -> None:
        """Start the web server and wait until it answers."""
        quiet = ("--no-access-log", "--log-config", "config/uvicorn_log.json")
        self.start("web", "uvicorn", "config.asgi:application", "--port", str(self.port), *quiet)
        self.wait(lambda: self._answers("/health/"), "the web server to answer")

    def start_worker(self, name: str = "worker", *, concurrency: int = 1) -> None:
        """Start a worker and wait for its sign of life."""
        redis.Redis.from_url(self.redis_url).delete("steward:worker:alive")
        alone = ("--without-gossip", "--without-mingle", "-n", f"{name}@%h")
        self.start(name, "celery", "-A", "config", "worker", "--concurrency", str(concurrency), *alone)
        client = redis.Redis.from_url(self.redis_url)
        self.wait(lambda: client.exists("steward:worker:alive") == 1, "the worker")

    def start_beat(self) -> None:
        """Start the clock that sweeps lost jobs."""
        self.start("beat", "celery", "-A", "config", "beat", "--schedule", str(self.home / "beat"))

    def _answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(self.url(path=path), timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def wait(self, condition: Any, what: str, seconds: float = _START_SECONDS) -> None:
        """Wait until the condition holds; fail with the tails of the logs."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return
            time.sleep(0.1)
        raise AssertionError(f"Waited {seconds} s for {what}.\n{self.logs()}")

    def logs(self, lines: int = 40) -> str:
        """Return the ends of all logs."""
        parts = []
        for path in sorted(self.home.glob("*.log")):
            tail = "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
            parts.append(f"== {path.name}\n{tail}")
        return "\n".join(parts)

    def kill(self, name: str) -> None:
        """SIGKILL a process with all its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes.pop(name).wait(10)

    def stop(self) -> None:
        """Stop everything."""
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)
        self.processes.clear()

    def query(self, statement: str, *params: Any, schema: str = "public") -> list[tuple[Any, ...]]:
        """Ask the clone directly, as the administrator: what is there whatever the product says."""
        url = servers.LAYOUT.postgres_url(self.database, "postgres") if not servers.given() else self.database_url
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'SET search_path = "{schema}", public')
            cursor = connection.execute(statement, params)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def _live_home(_servers: None) -> Iterator[Path]:
    """A folder for the homes of this process's sites, with the static files that all of them serve."""
    with tempfile.TemporaryDirectory(prefix="steward-") as folder:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.local", "STEWARD_HOME": folder}
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        yield Path(folder)


@pytest.fixture
def live_site(_live_home: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[LiveSite]:
    """A site on a clone of its own with the web server running; workers are started by the test."""
    number = next(_numbers)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"live_{worker}_{os.getpid()}_{number}"
    with django_db_blocker.unblock():
        databases.clone(databases.ensure_template(), name)
    home = _live_home / str(number)
    home.mkdir()
    (home / "static").symlink_to(_live_home / "static")
    # Redis has 16 databases: tests of the two xdist workers take turns in halves
    site = LiveSite(home, name, 1 + (number % 7) + (7 if worker == "gw1" else 0))
    try:
        site.start_web()
        yield site
    finally:
        site.stop()
        databases.drop(name)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium under Playwright; `*.localhost` resolves by itself."""
    from playwright.sync_api import sync_playwright

    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a running loop on this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()
