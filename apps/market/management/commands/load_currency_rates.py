"""manage.py load_currency_rates FILE: keep the rates of exchange of a file for all firms, or correct some."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.actors import Actor
from apps.kernel.errors import DomainError
from apps.market.management.files import text_of
from apps.market.services.rates import FileRates, take_rates


class Command(BaseCommand):
    """Add or correct rates; safe to run again. One bad line keeps the whole file out."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, whose currency it is in, who tells it, and from which day on it counts."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--base", default="EUR", type=str.upper)
        parser.add_argument("--source", default="")
        parser.add_argument("--since", type=dt.date.fromisoformat, default=dt.date.min)

    def handle(self, *_args: Any, file: Path, base: str, source: str, since: dt.date, **_: Any) -> None:
        """Load."""
        provider = FileRates(text_of(file), source or file.name, base, since)
        try:
            taken = take_rates(provider=provider, by=Actor.system("market.load_currency_rates"))
        except DomainError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{taken.n_rates} rates of exchange are new or corrected.")
        if taken.failed:
            raise CommandError("; ".join(f"{'/'.join(pair)}: {why}" for pair, why in taken.failed))
