"""Which migrations belong to which schema."""

from __future__ import annotations

import hashlib

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader


def _labels(names: list[str]) -> set[str]:
    return {config.label for config in apps.get_app_configs() if config.name in names}


def shared_migrations(loader: MigrationLoader) -> set[tuple[str, str]]:
    """Return the migrations of the public schema."""
    labels = _labels(settings.SHARED_APPS)
    return {key for key in loader.disk_migrations or {} if key[0] in labels}


def migrations_digest() -> str:
    """Return a digest of the names of all migrations on disk: it changes when there is something to apply."""
    loader = MigrationLoader(None, ignore_no_initial=True)
    names = sorted(f"{app}.{name}" for app, name in loader.disk_migrations or {})
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
