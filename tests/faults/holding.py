"""Holds a job at a named moment until a test has struck: `celery worker --include tests.faults.holding`.

The file `moment` in the home folder names the moment. The first process that comes there with a kind of job leaves
its id in `held-<kind>` and waits for the file `go`; later runs of that kind pass. Nothing of the product is changed:
the moments are statements that the job's connection sends.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.db import connection

from tests.faults.kinds import HALF_WRITTEN

_CLAIM, _END = 'UPDATE "core_job" SET "state" = %s, "started_at"', 'UPDATE "core_job" SET "state" = %s, "finished_at"'


class Holder:
    """Watches the statements of one job."""

    def __init__(self, name: str, moment: str) -> None:
        self.name, self.moment, self.is_claimed, self.after_claim, self.written = name, moment, False, 0, 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Send the statement, and hold before or after it."""
        self.after_claim += self.is_claimed
        # the first statement after the claim reads the row, before the lease has its thread
        if (self.moment == "claimed" and self.after_claim == 2) or (self.moment == "kept" and sql.startswith(_END)):
            self.hold()
        answer = execute(sql, params, many, context)
        self.is_claimed = self.is_claimed or sql.startswith(_CLAIM)
        beginning, number = HALF_WRITTEN[self.name]
        self.written += sql.startswith(beginning)
        if self.moment == "writing" and self.written == number:
            self.hold()
        return answer

    def hold(self) -> None:
        """Wait for the test, once for each kind of job."""
        home = Path(settings.HOME)
        try:
            with (home / f"held-{self.name}").open("x") as mark:
                mark.write(str(os.getpid()))
        except FileExistsError:
            return
        while not (home / "go").exists():
            time.sleep(0.05)


@task_prerun.connect
def _watch(task: Any = None, **_: Any) -> None:
    moment = Path(settings.HOME) / "moment"
    if task.name in HALF_WRITTEN and moment.exists():
        connection.execute_wrappers.append(Holder(task.name, moment.read_text()))


@task_postrun.connect
def _watch_no_more(**_: Any) -> None:
    connection.execute_wrappers[:] = [each for each in connection.execute_wrappers if not isinstance(each, Holder)]
