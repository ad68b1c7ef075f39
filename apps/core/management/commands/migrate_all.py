"""manage.py migrate_all: roles, shared tables, every firm's tables."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.core.tenancy.migrating import migrate_what_lags


class Command(BaseCommand):
    """Bring every schema up to date as the migrator role; safe to run again."""

    help = __doc__ or ""

    def handle(self, **_: Any) -> None:
        """Migrate what lags behind."""
        lagging = migrate_what_lags()
        self.stdout.write(f"Migrated: {', '.join(lagging)}." if lagging else "Every schema was up to date.")
