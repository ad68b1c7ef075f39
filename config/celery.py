"""The queue: broker, schedule, and the worker's sign of life."""

from __future__ import annotations

import gc
import os
import threading
from typing import Any

from celery.signals import import_modules, setup_logging, worker_ready, worker_shutting_down
from kombu.transport import TRANSPORT_ALIASES
from tenant_schemas_celery.app import CeleryApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
# Django's checks load every page and endpoint to look at them: the build and `manage.py check` do that, no worker need
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

# by its alias: for the address of a socket (redis+socket://) Kombu does not look at the setting broker_transport
TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "config.broker:Transport"))


# receivers are called in the order in which they connected: this one, Django's and the search for tasks, the one below
@import_modules.connect
def _load_without_collecting(**_: Any) -> None:
    """Keep the collector from looking through modules that stay: it took a twelfth of the start."""
    gc.disable()


app = CeleryApp("steward")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@import_modules.connect
def _leave_alone_what_was_loaded(**_: Any) -> None:
    """Set it aside: no collection writes to memory that the pool's processes share."""
    gc.freeze()
    gc.enable()


_stopping = threading.Event()


@setup_logging.connect
def _log_as_settings_say(**_: Any) -> None:
    """Keep Celery from replacing the log configuration of the settings."""


@worker_ready.connect
def _show_sign_of_life(**_: Any) -> None:
    from apps.core.health import keep_worker_sign

    threading.Thread(target=keep_worker_sign, args=(_stopping,), daemon=True, name="worker-sign").start()


@worker_shutting_down.connect
def _stop_sign_of_life(**_: Any) -> None:
    _stopping.set()
