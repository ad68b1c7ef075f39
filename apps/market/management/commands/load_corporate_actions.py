"""manage.py load_corporate_actions FILE: keep the corporate actions of a provider's CSV file for all firms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.actors import Actor
from apps.kernel.errors import DomainError
from apps.market.management.files import text_of
from apps.market.services.actions import FileActions, take_actions


class Command(BaseCommand):
    """Add or correct actions; safe to run again. One bad line keeps the whole file out."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, file: Path, **_: Any) -> None:
        """Load."""
        provider = FileActions(text_of(file), file.name)
        try:
            kept = take_actions(provider=provider, by=Actor.system("market.load_corporate_actions"))
        except DomainError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{len(kept)} corporate actions are new or corrected.")
