"""Caches that Django keeps for the whole process and that would carry one firm's ids into another."""

from typing import Any

from django.contrib.contenttypes.models import ContentTypeManager

from apps.core.tenancy.connections import connection


def keep_content_types_per_schema() -> None:
    """Key Django's ContentType cache by schema.

    The cache belongs to the process, so threads that serve two firms fill it for each other: with different
    ids per firm, guardian's grants and the admin log would point at another model. django-tenants empties the
    cache at each switch, which does not help threads.
    """

    def read(manager: Any) -> dict[str, Any]:
        by_schema: dict[str, dict[str, Any]] = manager.__dict__.setdefault("_by_schema", {})
        return by_schema.setdefault(connection.schema_name, {})

    def write(manager: Any, value: dict[str, Any]) -> None:
        """Swallow the assignment in the manager's constructor: the property above is the cache."""

    def clear(manager: Any) -> None:
        """Forget all schemas' ids, as tests and flush ask."""
        manager.__dict__.pop("_by_schema", None)

    ContentTypeManager._cache = property(read, write)  # type: ignore[attr-defined]  # noqa: SLF001
    ContentTypeManager.clear_cache = clear  # type: ignore[method-assign,assignment]
