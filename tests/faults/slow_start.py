"""Lets each process of a worker start slowly, as on a busy machine: `--include tests.faults.slow_start`."""

from __future__ import annotations

import time
from typing import Any

from celery.signals import worker_process_init

SECONDS = 7


@worker_process_init.connect
def _dawdle(**_: Any) -> None:
    time.sleep(SECONDS)
