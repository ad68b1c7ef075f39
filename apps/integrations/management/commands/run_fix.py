"""manage.py run_fix --firm <schema> --connection <name>: keep a FIX session until it is taken out of use or stopped."""

from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.core.actors import Actor
from apps.core.tenancy.commands import FirmCommand
from apps.integrations.models import FixConnection
from apps.integrations.services.fix_runner import FixRunner


class Command(FirmCommand):
    """One process for each connection; a second one for the same session is refused."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the connection."""
        super().add_arguments(parser)
        parser.add_argument("--connection", required=True, help="The name of the connection in the settings.")

    def handle_firm(self, firm: Any, *_args: Any, **options: Any) -> None:  # noqa: ARG002 - the frame hands it over
        """Keep the session; SIGTERM and SIGINT log out in good order."""
        row = FixConnection.objects.filter(name=options["connection"]).first()
        if row is None:
            raise CommandError(f"There is no FIX connection “{options['connection']}”.")
        stopped: list[int] = []
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda number, _frame: stopped.append(number))
        FixRunner(row, Actor.system("run_fix")).run(
            lambda: bool(stopped) or not FixConnection.objects.filter(pk=row.pk, is_active=True).exists()
        )
