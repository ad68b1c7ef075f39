"""Brings schemas up to date, as the migrator."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ProgrammingError
from django_tenants.utils import get_tenant_model

from apps.core.tenancy.building import build_tables
from apps.core.tenancy.connections import connection
from apps.core.tenancy.names import PUBLIC_SCHEMA
from apps.core.tenancy.roles import as_migrator, ensure_site_roles


def migrate_public() -> None:
    """Create the roles of the site, then build the public tables, or bring those that are there up to date."""
    ensure_site_roles()
    if _applied(PUBLIC_SCHEMA):
        _migrate(shared=True)
    else:
        build_tables(PUBLIC_SCHEMA)


def migrate_firm(schema: str) -> None:
    """Apply the firms' migrations to one schema, which exists already."""
    _migrate(tenant=True, schema_name=schema)


def migrate_what_lags() -> list[str]:
    """Bring the public schema and then every firm's up to date; return those that lagged behind."""
    lagging = []
    if pending(PUBLIC_SCHEMA):
        migrate_public()
        lagging.append(PUBLIC_SCHEMA)
    for schema in get_tenant_model().objects.values_list("schema_name", flat=True):
        # a firm whose provisioning has not finished has no schema yet; its own job makes it
        if _exists(schema) and pending(schema):
            migrate_firm(schema)
            lagging.append(schema)
    return lagging


def pending(schema: str) -> set[tuple[str, str]]:
    """Return the migrations that the schema lacks."""
    labels = {
        config.label
        for config in apps.get_app_configs()
        if config.name in (settings.SHARED_APPS if schema == PUBLIC_SCHEMA else settings.TENANT_APPS)
    }
    on_disk = {key for key in MigrationLoader(None).disk_migrations or {} if key[0] in labels}
    return on_disk - _applied(schema)


def _applied(schema: str) -> set[tuple[str, str]]:
    before = connection.tenant
    with as_migrator():
        connection.set_schema(schema, include_public=False)
        try:
            return set(MigrationRecorder(connection).applied_migrations())
        except ProgrammingError:
            return set()
        finally:
            connection.set_tenant(before)


def _exists(schema: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
        return cursor.fetchone() is not None


def _migrate(**options: Any) -> None:
    with as_migrator():
        call_command("migrate_schemas", interactive=False, verbosity=0, **options)
    connection.set_schema_to_public()
