"""The one place where names that belong to a firm are made: roles, cache keys, folders, groups."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings

from apps.core.tenancy.connections import connection
from apps.kernel.errors import DomainError, gettext_noop

PUBLIC_SCHEMA = "public"
_SCHEMA = re.compile(r"^[a-z][a-z0-9_]{0,47}$")


class NoFirmError(DomainError):
    """Code that needs a firm ran outside of one: a forgotten scope is an error, not an empty page."""

    code = "no_firm"
    status = 500


def current_schema() -> str:
    """Return the schema that the connection of this thread serves."""
    return str(connection.schema_name)


def require_firm() -> str:
    """Return the firm's schema; raise NoFirmError on the public one."""
    schema = current_schema()
    if schema == PUBLIC_SCHEMA:
        raise NoFirmError(
            gettext_noop("This needs a firm, and none is entered."),
            mend=gettext_noop("Enter one at a gate: host, task header or --firm."),
        )
    return schema


def is_schema_name(name: str) -> bool:
    """Say whether a firm's schema may bear this name."""
    return (
        bool(_SCHEMA.match(name)) and not name.startswith("pg_") and name not in {PUBLIC_SCHEMA, "information_schema"}
    )


def role_for(schema: str) -> str:
    """Return the database role that may read this schema and no other firm's."""
    return f"{settings.DATABASE_ROLE_PREFIX}_{'site' if schema == PUBLIC_SCHEMA else 'firm_' + schema}"


def migrator_role() -> str:
    """Return the role that owns every table and serves no request."""
    return f"{settings.DATABASE_ROLE_PREFIX}_migrator"


def firms_role() -> str:
    """Return the group of all firms' roles: it carries the read-only grants on shared market data."""
    return f"{settings.DATABASE_ROLE_PREFIX}_firms"


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """KEY_FUNCTION of the caches: firms never share a key."""
    return f"{current_schema()}:{key_prefix}:{version}:{key}"


def group_name(kind: str, key: object) -> str:
    """Return the channel group for one thing of the current firm; Channels allows 100 ASCII characters."""
    return f"{require_firm()}.{kind}.{key}"[:99]


def role_of(connection_wrapper: Any) -> str:
    """Return the role that this connection must take for what it serves now."""
    return migrator_role() if connection_wrapper.as_owner else role_for(connection_wrapper.schema_name)
