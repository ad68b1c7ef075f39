"""What a process loads before it serves: a start must not pay for what only some requests and jobs use."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from config.env import ROOT
from tests.architecture.heavy import HEAVY, LATE

PROCESSES = {
    "web": """
import config.asgi
from django.urls import get_resolver
for urls in ("config.urls.tenant", "config.urls.public"):
    get_resolver(urls).reverse_dict
""",
    "worker": "from config.celery import app; app.loader.import_default_modules(); app.finalize()",
    "manage": "import django; django.setup(); from django.core.management import call_command; "
    "call_command('check', verbosity=0)",
}
TELL = "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"


@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_loads_heavy_libraries_at_its_start(process: str) -> None:
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROCESSES[process] + TELL],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(told.stdout.splitlines()[-1]))
    assert "django" in loaded
    assert loaded & (set(HEAVY) | set(LATE)) == set()


def test_a_worker_knows_every_task_without_loading_the_pages() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            f"import config.worker; {PROCESSES['worker']}{TELL}; print(len(app.tasks))",
        ],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    *_, modules, n_tasks = told.stdout.splitlines()
    loaded = set(json.loads(modules))
    assert loaded & {"config.urls.tenant", "apps.desk.urls", "celery.bin.celery"} == set()
    assert {"apps.billing.tasks", "apps.plans.tasks"} <= loaded
    assert int(n_tasks) > 20
