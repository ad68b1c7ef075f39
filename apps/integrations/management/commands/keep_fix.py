"""manage.py keep_fix: keep the FIX sessions of all firms until stopped. A second process takes none over."""

from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand

from apps.integrations.services.fix_keeper import Keeper


class Command(BaseCommand):
    """Sessions begin within seconds of being taken into use on their page; SIGTERM and SIGINT log out in good order."""

    help = __doc__ or ""

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Keep them."""
        stopped: list[int] = []
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda number, _frame: stopped.append(number))
        Keeper(lambda: bool(stopped)).run()
