"""The tables of a new schema in one go: what the migrations would end with, made from the models as they are now.

Applying a hundred migrations to an empty schema renders the state of all models again and again (a minute and more
for a product of this size; this takes about a second). A new schema has no rows to carry over, so its tables are
created from the models, the statements that migrations hold beside the models (triggers, grants) are run, and all
migrations are recorded as applied. tests/isolation/test_building.py compares the result with a schema that was
migrated step by step.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import transaction
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from apps.core.tenancy.connections import connection
from apps.core.tenancy.names import PUBLIC_SCHEMA
from apps.core.tenancy.roles import as_migrator


def build_tables(schema: str) -> None:
    """Fill an empty schema, whole or not at all; its role and grants exist already (roles.create_firm_schema)."""
    before = connection.tenant
    with as_migrator():
        connection.set_schema(schema)
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(_table_statements(is_public=schema == PUBLIC_SCHEMA))
                _run_what_stands_beside_the_models(is_public=schema == PUBLIC_SCHEMA)
                _record_all_as_applied()
                emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
        finally:
            connection.set_tenant(before)


def _apps_of(*, is_public: bool) -> Iterator[Any]:
    names = settings.SHARED_APPS if is_public else settings.TENANT_APPS
    return (config for config in apps.get_app_configs() if config.name in names)


@cache
def _table_statements(*, is_public: bool) -> str:
    """Return the statements that create every table, unqualified: the search path says whose they are."""
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        for config in _apps_of(is_public=is_public):
            for model in config.get_models(include_auto_created=False):
                if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                    editor.create_model(model)
        editor.create_model(MigrationRecorder(connection).Migration)
    return "\n".join(editor.collected_sql)


@cache
def _migrations() -> list[Migration]:
    """Return all migrations in the order of their dependencies.

    Those of apps without tables in a schema count as applied there too, as `migrate_schemas` records them.
    """
    loader = MigrationLoader(None)
    plan: dict[tuple[str, str], None] = {}
    for leaf in sorted(loader.graph.leaf_nodes()):
        plan |= dict.fromkeys(loader.graph.forwards_plan(leaf))
    return [loader.graph.nodes[key] for key in plan]


def _run_what_stands_beside_the_models(*, is_public: bool) -> None:
    """Run our own migrations' SQL and functions; those of libraries move rows, and there are none."""
    ours = {config.label for config in _apps_of(is_public=is_public) if config.name.startswith("apps.")}
    state = ProjectState()
    state.__dict__["apps"] = apps  # what a migration's function is handed: the models as they are now
    with connection.schema_editor(atomic=False) as editor:
        for migration in _migrations():
            for operation in migration.operations if migration.app_label in ours else []:
                if isinstance(operation, RunSQL | RunPython):
                    operation.database_forwards(migration.app_label, editor, state, state)


def _record_all_as_applied() -> None:
    applied = [MigrationRecorder.Migration(app=migration.app_label, name=migration.name) for migration in _migrations()]
    MigrationRecorder.Migration.objects.bulk_create(applied)
