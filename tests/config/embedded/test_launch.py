"""`make run`'s launcher as a real process, in a data folder and on a port of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from apps.core.signs import WORKER_SIGN
from config.embedded.launch import Launcher
from config.embedded.layout import Layout
from config.env import ROOT
from tests.live import free_port

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]

COMMAND = [sys.executable, "-m", "config.embedded.launch"]
READY_SECONDS = 300


class Machine:
    """One data folder and port, and the launcher on it."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.launcher: subprocess.Popen[bytes] | None = None

    def environment(self, **changes: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        own = {"STEWARD_HOME": str(self.home), "STEWARD_PORT": str(self.port), "STEWARD_DEMO": "0"}
        return {**kept, "DJANGO_SETTINGS_MODULE": "config.settings.local", **own, **changes}

    def refusal(self, **changes: str) -> str:
        """Run a launcher that must not start; return the one line it prints."""
        done = subprocess.run(
            COMMAND, cwd=ROOT, env=self.environment(**changes), capture_output=True, text=True, check=False, timeout=90
        )
        assert done.returncode == 1, done.stdout + done.stderr
        lines = done.stderr.strip().splitlines()
        assert len(lines) == 1, done.stderr
        assert lines[0].startswith("steward: ")
        return lines[0]

    def start(self, **changes: str) -> None:
        """Start and wait until it says that it is ready."""
        log = self.home.parent / "launcher.log"
        with log.open("w") as output:
            self.launcher = subprocess.Popen(
                COMMAND,
                cwd=ROOT,
                env=self.environment(**changes),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_SECONDS
        while "Steward is ready" not in log.read_text():
            assert self.launcher.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)

    def running(self, part: str) -> psutil.Process:
        """Return the process of a part: the first, whose children the others are."""
        # by what was read of each: one of them may have ended since
        named = (each for each in self.processes() if part in " ".join(each.info["cmdline"] or []))
        return min(named, key=lambda each: each.pid)

    def waits_for(self, line: str) -> None:
        """Wait until the launcher prints a line."""
        log = self.home.parent / "launcher.log"
        deadline = time.monotonic() + 60
        while line not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)

    def commands(self) -> str:
        """Return what the management commands of all starts have said."""
        return (self.home / "log" / "manage.log").read_text()

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=5) as answer:
                return json.load(answer)["status"] == "ok"
        except (OSError, urllib.error.HTTPError):
            return False

    def url(self, database: str, user: str) -> str:
        """Return the address of a database of its embedded server."""
        return Layout(self.home).postgres_url(database, user)

    def processes(self) -> list[psutil.Process]:
        """Return every process that works for this folder."""
        found = []
        for process in psutil.process_iter(["cmdline", "name"]):
            try:
                is_ours = str(self.home) in " ".join(process.info["cmdline"] or [])
                if is_ours or process.environ().get("STEWARD_HOME") == str(self.home):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
                continue
        return found

    def ends(self, seconds: float = 40) -> int:
        """Wait for the launcher's end; return its code."""
        assert self.launcher is not None
        return self.launcher.wait(seconds)

    def kill_all(self) -> None:
        """A power cut: everything is gone at once."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if self.launcher is not None:
            self.launcher.wait(10)


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="stw-"))
    folder.chmod(0o755)
    machine = Machine(folder / "home", free_port())
    yield machine
    machine.kill_all()
    shutil.rmtree(folder)


@pytest.fixture
def elsewhere() -> Iterator[Machine]:
    """A folder in which nothing must start."""
    folder = Path(tempfile.mkdtemp(prefix="stw-"))
    folder.chmod(0o755)
    machine = Machine(folder / "home", free_port())
    yield machine
    assert machine.processes() == []
    shutil.rmtree(folder)


def test_a_port_in_use_is_named_with_another(elsewhere: Machine) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", elsewhere.port))
        other.listen()
        told = elsewhere.refusal()
    assert told == (
        f"steward: Port {elsewhere.port} is in use. Choose another one: STEWARD_PORT={elsewhere.port + 1} make run"
    )


def test_the_port_of_the_payment_server_in_use_is_named_with_its_own_variable(elsewhere: Machine) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = elsewhere.refusal(STEWARD_STRIPE_PORT=str(port))
    assert told.startswith(f"steward: Port {port} of the local payment server is in use.")
    assert f"STEWARD_STRIPE_PORT={port + 1} make run" in told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"STEWARD_PORT": "eighty"}, "STEWARD_PORT must be a whole number, not “eighty”."),
        ({"STEWARD_PORT": "70000"}, "70000 is no port. Choose one from 1024 to 65535 with STEWARD_PORT."),
        ({"STEWARD_STRIPE_PORT": "70000"}, "70000 of the local payment server is no port. Choose one from 1024"),
        ({"STEWARD_HOME": "/proc/none"}, "cannot be used"),
        ({"STEWARD_HOME": "/proc/" + "deep/" * 22}, "too long for Unix sockets. Choose a shorter one"),
        ({"DATABASE_URL": "postgresql://x@127.0.0.1:1/steward"}, "The database of DATABASE_URL does not answer"),
        ({"DATABASE_URL": "mysql://x@db/steward"}, "DATABASE_URL must begin with postgresql://."),
        ({"STEWARD_DEMO": "maybe"}, "STEWARD_DEMO must be 1 or 0"),
    ],
)
def test_a_wrong_environment_gives_one_line_with_the_mend(
    elsewhere: Machine, changes: dict[str, str], told: str
) -> None:
    assert told in elsewhere.refusal(**changes)


def test_a_redis_that_does_not_answer_is_named_and_the_database_is_stopped_again(elsewhere: Machine) -> None:
    assert "The Redis of REDIS_URL does not answer" in elsewhere.refusal(REDIS_URL="redis://127.0.0.1:1/0")


def test_a_folder_with_something_else_in_it_is_left_alone(elsewhere: Machine) -> None:
    stray = elsewhere.home / "postgres" / "thesis.txt"
    stray.parent.mkdir(parents=True)
    stray.write_text("mine")
    assert "is not empty and holds no PostgreSQL data. Move it away" in elsewhere.refusal()
    assert stray.read_text() == "mine"


def test_broken_data_are_named_with_the_log(elsewhere: Machine) -> None:
    data = elsewhere.home / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("18\n")
    told = elsewhere.refusal()
    assert "PostgreSQL stopped at once: postgres: could not access the server configuration file" in told
    assert f"broken data: move {data} away." in told


def test_the_first_start_becomes_healthy_and_a_second_launcher_is_refused(machine: Machine) -> None:
    machine.start()
    assert machine.is_healthy()
    told = machine.refusal(STEWARD_PORT=str(free_port()))
    assert told.startswith(f"steward: Steward runs on {machine.home} already.")
    assert machine.is_healthy()


@pytest.mark.parametrize("part", ["config.worker", "redis-server", "postgres"])
def test_a_worker_or_server_that_is_killed_is_started_again_and_the_site_goes_on(machine: Machine, part: str) -> None:
    assert machine.launcher is not None
    before = machine.running(part)
    before.kill()
    before.wait(10)
    told = {"config.worker": "worker", "redis-server": "Redis", "postgres": "PostgreSQL"}[part]
    if part == "config.worker":  # the new one must speak for itself
        redis.Redis.from_url(Layout(machine.home).redis_url).delete(WORKER_SIGN)
        assert not machine.is_healthy()
    machine.waits_for(f"{told} died (code -9) and is started again, 1 of at most 5 times a minute.")
    deadline = time.monotonic() + 90
    while not machine.is_healthy():
        assert time.monotonic() < deadline
        assert machine.launcher.poll() is None
        time.sleep(0.2)
    assert machine.running(part).pid != before.pid


def test_ctrl_c_stops_every_process(machine: Machine) -> None:
    assert machine.launcher is not None
    os.killpg(machine.launcher.pid, signal.SIGINT)
    assert machine.ends() == 0
    assert machine.processes() == []


def test_a_second_start_asks_django_for_nothing(machine: Machine) -> None:
    before = machine.commands()
    assert "Migrated: public." in before
    machine.start()
    assert machine.commands() == before
    assert machine.is_healthy()


def test_after_a_power_cut_the_next_start_recovers_by_itself(machine: Machine) -> None:
    machine.kill_all()
    machine.start()
    assert machine.is_healthy()


def test_what_a_killed_launcher_left_behind_is_ended_by_the_next(machine: Machine) -> None:
    assert machine.launcher is not None
    with psycopg.connect(machine.url("steward", "postgres"), autocommit=True) as database:
        database.execute("CREATE SCHEMA made_meanwhile")
    left = {process.pid for process in machine.processes()} - {machine.launcher.pid}
    machine.launcher.kill()
    machine.launcher.wait(10)
    machine.start()
    assert not left & {process.pid for process in machine.processes()}
    assert machine.commands().endswith("Every schema was up to date.\n"), "a new schema is looked at"


def test_servers_that_are_given_are_used_and_none_is_started(machine: Machine, elsewhere: Machine) -> None:
    with psycopg.connect(machine.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE guest")
    given = {
        "DATABASE_URL": machine.url("guest", "postgres"),
        "REDIS_URL": f"{Layout(machine.home).redis_url}?db=1",
        "STEWARD_ROLE_PREFIX": "guest",
    }
    elsewhere.start(**given)
    assert elsewhere.is_healthy()
    names = {process.info["name"] for process in elsewhere.processes()}
    assert not {name for name in names if "postgres" in name or "redis" in name}, names
    assert not (elsewhere.home / "postgres").exists()
    assert not (elsewhere.home / "redis").exists()
    with psycopg.connect(given["DATABASE_URL"]) as database:
        assert database.execute("SELECT count(*) > 50 FROM django_migrations").fetchone() == (True,)
    assert elsewhere.launcher is not None
    os.killpg(elsewhere.launcher.pid, signal.SIGINT)
    assert elsewhere.ends() == 0
    assert machine.is_healthy(), "what was given goes on"


def test_sigterm_stops_every_process(machine: Machine) -> None:
    assert machine.launcher is not None
    machine.launcher.send_signal(signal.SIGTERM)
    assert machine.ends() == 0
    assert machine.processes() == []


def test_sigterm_before_everything_runs_leaves_nothing(machine: Machine) -> None:
    log = (machine.home.parent / "early.log").open("a")
    launcher = subprocess.Popen(COMMAND, cwd=ROOT, env=machine.environment(), stdout=log, stderr=log)
    socket_of_postgres = machine.home / "run" / ".s.PGSQL.5432"
    deadline = time.monotonic() + 60
    while not socket_of_postgres.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    launcher.send_signal(signal.SIGTERM)
    assert launcher.wait(40) == 0, Path(log.name).read_text()
    assert machine.processes() == []


def test_the_firm_of_the_demo_is_no_news_to_the_next_start(monkeypatch, tmp_path) -> None:
    noted = []

    class Told:
        def demo_is_filled(self) -> bool:
            return False

        def note_demo(self) -> None:
            noted.append("demo")

        def note_tables(self) -> None:
            noted.append("tables")

    launcher = Launcher.__new__(Launcher)
    launcher.port, launcher.layout = 8000, Layout(tmp_path)
    monkeypatch.setattr(launcher, "_marks", lambda *_facts: Told())
    monkeypatch.setattr(
        launcher, "_manage", lambda *_words: (launcher.layout.home / "welcome.txt").write_text("Welcome")
    )
    assert launcher._fill_demo() == "Welcome"
    assert noted == ["demo", "tables"], "its schema came after the tables were noted"
