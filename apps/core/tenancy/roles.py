"""Roles and grants: what PostgreSQL itself refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django_tenants.utils import quote_schema_name as quoted

from apps.core.tenancy.connections import connection
from apps.core.tenancy.names import PUBLIC_SCHEMA, firms_role, migrator_role, role_for


@contextmanager
def as_migrator() -> Iterator[None]:
    """Own the tables for the length of a block: migrations and provisioning only."""
    with connection.owner():
        yield


def _create_role(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {quoted(name)} NOLOGIN")
        cursor.execute("SELECT session_user")
        (login,) = cursor.fetchone()
        # the login may become the role but holds none of its rights by itself
        cursor.execute(f"GRANT {quoted(name)} TO {quoted(login)} WITH INHERIT FALSE, SET TRUE")


def ensure_site_roles() -> None:
    """Create the role of the public site and the group of firms, with their grants on the public schema."""
    with as_migrator(), connection.cursor() as cursor:
        site = role_for(PUBLIC_SCHEMA)
        _create_role(site)
        _create_role(firms_role())
        cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted(site)}, {quoted(firms_role())}")
        _grant_rows(PUBLIC_SCHEMA, site)


def create_firm_schema(schema: str) -> None:
    """Create an empty schema with its role: rows may be changed, tables may not."""
    with as_migrator(), connection.cursor() as cursor:
        role = role_for(schema)
        _create_role(role)
        cursor.execute(f"GRANT {quoted(firms_role())} TO {quoted(role)} WITH INHERIT TRUE, SET FALSE")
        cursor.execute(f"CREATE SCHEMA {quoted(schema)}")
        cursor.execute(f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {quoted(role)}")
        _grant_rows(schema, role)


def hold_schema(schema: str) -> None:
    """Wait until nobody else builds or drops the schema, and keep others waiting until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [f"{schema}.schema"])


def drop_firm_schema(schema: str) -> None:
    """Remove a schema with all in it; an absent one is no error, so that a retry starts clean.

    Whoever builds it at this moment ends first: of a schema that is dropped no half comes back. Its grants and default
    privileges go with it. The role stays: it belongs to the server, other databases may use it.
    """
    with transaction.atomic(), as_migrator(), connection.cursor() as cursor:
        hold_schema(schema)
        cursor.execute(f"DROP SCHEMA IF EXISTS {quoted(schema)} CASCADE")


def _grant_rows(schema: str, role: str) -> None:
    """Grant rows of all tables, present and to come."""
    where, who, owner = quoted(schema), quoted(role), quoted(migrator_role())
    rows, numbers = "SELECT, INSERT, UPDATE, DELETE ON", "USAGE, SELECT ON"
    with connection.cursor() as cursor:
        for what in (f"{rows} ALL TABLES", f"{numbers} ALL SEQUENCES"):
            cursor.execute(f"GRANT {what} IN SCHEMA {where} TO {who}")
        for what in (f"{rows} TABLES", f"{numbers} SEQUENCES"):
            cursor.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {where} GRANT {what} TO {who}")
