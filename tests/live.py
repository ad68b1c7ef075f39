"""A live site for journeys and fault tests: uvicorn and a Celery worker as processes of their own.

They run with the settings of a local machine on a clone of the template database, a Redis server of their own, and a
home folder that goes with the test. `live_site` serves journeys; fault tests take `site_running(own_postgres=True)`,
whose PostgreSQL can be stopped under it.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
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

from apps.core.signs import WORKER_SIGN
from config.embedded.database import prepare
from config.embedded.layout import Layout
from config.embedded.postgres import BIN, Postgres
from config.embedded.redis import Redis
from config.env import ROOT
from tests import databases, servers

_numbers = itertools.count(1)
_START_SECONDS = 60


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class LiveSite:
    """One running Steward: `url(firm)`, processes that can be started, stopped and killed."""

    def __init__(self, home: Path, database: str, postgres: Postgres | None = None) -> None:
        self.home, self.database, self.port, self.stripe_port = home, database, free_port(), free_port()
        self.layout = Layout(home)
        self.postgres, self.redis = postgres, Redis(self.layout)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def redis_url(self) -> str:
        """Return the address of the site's own Redis."""
        return self.layout.redis_url

    @property
    def database_url(self) -> str:
        """Return the address of the clone."""
        if self.postgres is not None:
            return self.layout.postgres_url(self.database)
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
            "STEWARD_STRIPE_PORT": str(self.stripe_port),
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

    def start_worker(self, name: str = "worker", *, concurrency: int = 1, include: str = "tests.live_tasks") -> None:
        """Start a worker that knows the tests' own tasks, and wait for its sign of life."""
        client = redis.Redis.from_url(self.redis_url)
        client.delete(WORKER_SIGN)
        alone = ("--without-gossip", "--without-mingle", "-n", f"{name}@%h")
        tasks = ("--include", include)
        self.start(name, "celery", "-A", "config", "worker", "--concurrency", str(concurrency), *alone, *tasks)
        self.wait(lambda: client.exists(WORKER_SIGN) == 1, "the worker")

    def start_beat(self) -> None:
        """Start the clock that sweeps lost jobs."""
        self.start("beat", "celery", "-A", "config", "beat", "--schedule", str(self.home / "beat"))

    def start_stripe(self) -> None:
        """Start the local server that speaks Stripe's protocol and wait until it listens."""
        self.start("stripe", "tools.stripe_local")
        self.wait(lambda: _listens(self.stripe_port), "the local payment server")

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
        """Stop everything, the servers last."""
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
        self.redis.stop()
        if self.postgres is not None:
            self.postgres.stop()

    def get(self, path: str, firm: str = "", **headers: str) -> tuple[int, str]:
        """Fetch a page without following redirects; return its status and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            host = f"{firm + '.' if firm else ''}localhost:{self.port}"
            connection.request("GET", path, headers={"Host": host, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def health(self) -> dict[str, str]:
        """Return what is wrong, part by part; empty when all is well."""
        status, body = self.get("/health/")
        wrong = {name: part["reason"] for name, part in json.loads(body)["parts"].items() if part["status"] != "ok"}
        assert (status == 200) == (not wrong), body
        return wrong

    def query(self, statement: str, *params: Any, schema: str = "public") -> list[tuple[Any, ...]]:
        """Ask the clone directly, as the administrator: what is there whatever the product says."""
        url = self.database_url
        if self.postgres is not None:
            url = self.layout.postgres_url(self.database, "postgres")
        elif not servers.given():
            url = servers.LAYOUT.postgres_url(self.database, "postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'SET search_path = "{schema}", public')
            cursor = connection.execute(statement, params)
            return cursor.fetchall() if cursor.description else []


@contextlib.contextmanager
def site_running(folder: Path, *, own_postgres: bool = False) -> Iterator[LiveSite]:
    """Run a site with its web server; workers are started by the test. Needs `django_db_setup` and `_live_home`."""
    number = next(_numbers)
    name = f"live_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{number}"
    databases.clone(databases.ensure_template(), name)
    home = folder / str(number)
    home.mkdir()
    (home / "static").symlink_to(folder / "static")
    site = LiveSite(home, name, _moved(name, Layout(home)) if own_postgres else None)
    try:
        site.redis.start()
        site.start_web()
        yield site
    finally:
        site.stop()
        databases.drop(name)


def _moved(name: str, layout: Layout) -> Postgres:
    """Start a PostgreSQL of its own that holds a copy of the database, with the roles of the template."""
    postgres = Postgres(layout, settings=servers.FAST)
    postgres.start()
    admin = layout.postgres_url("postgres", "postgres")
    prepare(admin, database=name, login="steward", prefix=servers.ROLE_PREFIX)
    given = os.environ["DATABASE_URL"] if servers.given() else servers.LAYOUT.postgres_url("postgres", "postgres")
    here, there = (f"{address.rsplit('/', 1)[0]}/{name}" for address in (given, admin))
    _pipe(["pg_dumpall", "--roles-only", "--no-role-passwords", "-d", given], ["psql", "-q", "-d", admin])
    _pipe(["pg_dump", "-d", here], ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", there])
    return postgres


def _pipe(source: list[str], sink: list[str]) -> None:
    dump = subprocess.run([str(BIN / source[0]), *source[1:]], capture_output=True, check=True)
    done = subprocess.run([str(BIN / sink[0]), *sink[1:]], input=dump.stdout, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]


@pytest.fixture(scope="session")
def _live_home(_servers: None) -> Iterator[Path]:
    """A folder short enough for Unix sockets, with the front end gathered once for all sites."""
    assert (ROOT / "static" / "dist").exists(), "The front end is not built. Run: make front"
    with tempfile.TemporaryDirectory(prefix="steward-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as another user where we are root
        environment = {**os.environ, "STEWARD_HOME": folder, "DJANGO_SETTINGS_MODULE": "config.settings.local"}
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        done = subprocess.run(collect, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        yield Path(folder)


@pytest.fixture
def live_site(_live_home: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[LiveSite]:
    """A site on a clone of its own with the web server running; workers are started by the test."""
    with django_db_blocker.unblock(), site_running(_live_home) as site:
        yield site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium under Playwright; `*.localhost` resolves by itself.

    It ends with the module: as long as it lives, its loop runs on the thread of the tests.
    """
    from playwright.sync_api import sync_playwright

    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a running loop on this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()
