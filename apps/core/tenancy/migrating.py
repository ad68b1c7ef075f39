"""Brings schemas up to date, as the migrator."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db import connection
from django_tenants.utils import get_tenant_model

from apps.core.tenancy.names import PUBLIC_SCHEMA
from apps.core.tenancy.roles import as_migrator, ensure_site_roles


def migrate_public() -> None:
    """Create the roles of the site, then apply the shared migrations."""
    ensure_site_roles()
    _migrate(shared=True)


def migrate_firm(schema: str) -> None:
    """Apply the firms' migrations to one schema, which exists already."""
    _migrate(tenant=True, schema_name=schema)


def migrate_everything() -> list[str]:
    """Bring the public schema and then every firm's up to date; return the schemas."""
    migrate_public()
    schemas = list(get_tenant_model().objects.values_list("schema_name", flat=True))
    for schema in schemas:
        migrate_firm(schema)
    return [PUBLIC_SCHEMA, *schemas]


def _migrate(**options: Any) -> None:
    with as_migrator():
        call_command("migrate_schemas", interactive=False, verbosity=0, **options)
    connection.set_schema_to_public()
