"""The PostgreSQL and Redis of test runs: embedded, shared by all test processes, stopped by the last one."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import env
from config.embedded.layout import Layout

LAYOUT = Layout(env.home() / "test")
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
ROLE_PREFIX = "steward_test"


def given() -> bool:
    """Whether somebody else runs the servers (DATABASE_URL and REDIS_URL)."""
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


@contextmanager
def _locked(path: Path, how: int) -> Iterator[bool]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, how)
        except BlockingIOError:
            yield False
            return
        yield True


def _answers() -> bool:
    import psycopg
    import redis

    try:
        psycopg.connect(LAYOUT.postgres_url("postgres", "postgres"), connect_timeout=2).close()
        redis.Redis(unix_socket_path=str(LAYOUT.redis_socket)).ping()
    except (psycopg.OperationalError, redis.RedisError):
        return False
    return True


@contextmanager
def running() -> Iterator[None]:
    """Keep the servers running for the length of the block."""
    if given():
        yield
        return
    from config.embedded.database import prepare
    from config.embedded.postgres import Postgres
    from config.embedded.redis import Redis

    users = LAYOUT.home / "users.lock"
    users.parent.mkdir(parents=True, exist_ok=True)
    with users.open("w") as handle:
        with _locked(LAYOUT.home / "start.lock", fcntl.LOCK_EX):
            fcntl.flock(handle, fcntl.LOCK_SH)
            if not _answers():
                Postgres(LAYOUT, settings=FAST).start()
                Redis(LAYOUT).start()
            prepare(
                LAYOUT.postgres_url("postgres", "postgres"), database="steward", login="steward", prefix=ROLE_PREFIX
            )
        yield
        fcntl.flock(handle, fcntl.LOCK_UN)
    with (
        _locked(LAYOUT.home / "start.lock", fcntl.LOCK_EX),
        _locked(users, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone,
    ):
        if alone:
            _stop()


def _stop() -> None:
    import redis

    lock = LAYOUT.postgres / "postmaster.pid"
    if lock.exists():
        os.kill(int(lock.read_text().split("\n", 1)[0]), signal.SIGINT)
    try:
        redis.Redis(unix_socket_path=str(LAYOUT.redis_socket)).shutdown(nosave=True)
    except redis.RedisError:
        return
    deadline = time.monotonic() + 10
    while lock.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
