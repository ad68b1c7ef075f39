"""What a power cut or kill -9 left running: ended by the next start, and only what we started ourselves."""

from __future__ import annotations

import json
import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil

from config.embedded.layout import Layout


def remember(layout: Layout, pids: list[int]) -> None:
    """Write down the processes of this run with their start times, so that a reused pid is never taken for ours."""
    rows = []
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            rows.append({"pid": pid, "started": psutil.Process(pid).create_time()})
    _file(layout).write_text(json.dumps(rows))


def end_leftovers(layout: Layout) -> None:
    """End what the last run left; called under the lock of the folder, so nobody else's run is meant."""
    ours = [*_remembered(layout), *_servers(layout)]
    for process in ours:
        with suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            # PostgreSQL reads SIGINT as a fast shutdown, the others as a stop
            os.kill(process.pid, signal.SIGINT)
    _, alive = psutil.wait_procs(ours, timeout=10)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
    _file(layout).unlink(missing_ok=True)


def _file(layout: Layout) -> Path:
    return layout.home / "processes.json"


def _remembered(layout: Layout) -> list[psutil.Process]:
    path = _file(layout)
    if not path.exists():
        return []
    found = []
    for row in json.loads(path.read_text()):
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(row["pid"])
            if abs(process.create_time() - row["started"]) < 1:
                found += [process, *process.children(recursive=True)]
    return found


def _servers(layout: Layout) -> list[psutil.Process]:
    """Find the PostgreSQL or Redis that works on our own folders."""
    marks = {"postgres": f"-D {layout.postgres} ", "redis-server": str(layout.redis_socket)}
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        mark = marks.get(process.info["name"] or "")
        if mark and mark in " ".join(process.info["cmdline"] or []) + " ":
            found.append(process)
    return found
