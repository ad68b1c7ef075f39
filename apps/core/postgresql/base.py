"""The database backend: every connection takes the schema *and* the role of whom it serves, or refuses.

The stock backend of django-tenants swallows a failed SET and goes on with the old path; here whatever goes
wrong is raised. See docs/adr/0002-schema-gates-and-roles.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db.utils import InternalError
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantsDatabaseWrapper
from django_tenants.utils import quote_schema_name

from apps.core.tenancy.names import role_of


class DatabaseWrapper(TenantsDatabaseWrapper):
    """Sets search path and role together, in one round trip, before the first statement after a switch."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.as_owner = False
        super().__init__(*args, **kwargs)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Forget what the last connection was set to."""
        self.search_path_set_schemas = None
        return super().get_new_connection(conn_params)

    def _handle_search_path(self, cursor: Any = None) -> None:  # noqa: ARG002 - the signature of the parent
        if self.search_path_set_schemas:
            return
        paths = self._get_cursor_search_paths()
        quoted = ",".join(quote_schema_name(path) for path in paths)
        try:
            # a raw cursor: Django's own would come back here
            with self.wrap_database_errors, psycopg.Cursor(self.connection) as raw:
                raw.execute(f"SET search_path = {quoted}; SET ROLE {quote_schema_name(role_of(self))}")
        except InternalError as refused:
            if not isinstance(refused.__cause__, psycopg.errors.InFailedSqlTransaction):
                raise
            return  # only a rollback can follow, and it clears the marker; any other error propagates
        self.search_path_set_schemas = paths

    @contextmanager
    def owner(self) -> Iterator[None]:
        """Act as the migrator: for migrations and provisioning only, never in a request."""
        before, self.as_owner = self.as_owner, True
        self.search_path_set_schemas = None
        try:
            yield
        finally:
            self.as_owner = before
            self.search_path_set_schemas = None
