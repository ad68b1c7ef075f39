"""Tasks that fault tests hand to a real worker (`celery worker --include tests.live_tasks`)."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.core.jobs import job
from apps.core.models.cache_entry import CacheEntry


def _note(key: str, what: str) -> None:
    with (Path(settings.HOME) / f"{key}.runs").open("a") as notes:
        notes.write(f"{what} {os.getpid()}\n")


@job("tests.write")
def write(task: Any, key: str, seconds: float = 0.0) -> None:
    """Work for some seconds inside a transaction, telling progress; then leave one result, unless it is there."""
    _note(key, "start")
    with transaction.atomic():
        if CacheEntry.objects.filter(cache_key__startswith=f"{key}:").exists():
            return
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            task.progress(1 - (end - time.monotonic()) / seconds, "Working")
            time.sleep(0.1)
        CacheEntry.objects.create(cache_key=f"{key}:{uuid4()}", value="result", expires=timezone.now())
    _note(key, "end")


@job("tests.hold")
def hold(task: Any, key: str) -> None:
    """Work until the process is killed; who runs it again finds the note of the first start and leaves one result."""
    notes = Path(settings.HOME) / f"{key}.runs"
    again = notes.exists()
    _note(key, "start")
    with transaction.atomic():
        while not again:
            task.progress(0.5, "Holding")
            time.sleep(0.1)
        CacheEntry.objects.create(cache_key=f"{key}:{uuid4()}", value="result", expires=timezone.now())
    _note(key, "end")


@job("tests.die")
def die(_task: Any, key: str) -> None:
    """Kill the process that runs it, each time."""
    _note(key, "start")
    os.kill(os.getpid(), signal.SIGKILL)
