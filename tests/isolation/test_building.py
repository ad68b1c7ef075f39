"""A schema built from the models is the one that all migrations, applied one by one, end with."""

import re

import pytest
from django.core.management import call_command
from django.db import connection

from apps.core.tenancy.building import build_tables
from apps.core.tenancy.migrating import pending
from apps.core.tenancy.roles import as_migrator, create_firm_schema, drop_firm_schema

COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, character_maximum_length, numeric_precision, numeric_scale,
       is_identity
FROM information_schema.columns WHERE table_schema = %s
"""
CONSTRAINTS = """
SELECT c.relname, k.contype::text, pg_get_constraintdef(k.oid) FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s
"""
INDEXES = "SELECT tablename, regexp_replace(indexdef, '^.* ON ', '') FROM pg_indexes WHERE schemaname = %s"
TRIGGERS = """
SELECT c.relname, t.tgname, t.tgdeferrable, t.tginitdeferred, p.proname, p.prosecdef FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid
WHERE n.nspname = %s AND NOT t.tgisinternal
"""
FUNCTIONS = """
SELECT p.proname, pg_get_function_identity_arguments(p.oid), p.prosrc, p.prosecdef, p.proconfig, p.provolatile
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = %s
"""
RULES = "SELECT tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies WHERE schemaname = %s"
SEQUENCES = "SELECT sequencename, data_type, start_value, increment_by FROM pg_sequences WHERE schemaname = %s"
GRANTS = """
SELECT c.relname, a.privilege_type FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
LATERAL aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
WHERE n.nspname = %s AND r.rolname LIKE '%%firm\\_%%'
"""
# Django's migrations number this join table of its own by the project's kind of key, its models by that of the app;
# nothing names its rows
OF_DJANGO = {
    ("columns", "auth_group_permissions", "id"),
    ("sequences", "auth_group_permissions_id_seq"),
}
QUERIES = {
    "columns": COLUMNS,
    "constraints": CONSTRAINTS,
    "indexes": INDEXES,
    "triggers": TRIGGERS,
    "functions": FUNCTIONS,
    "rules": RULES,
    "sequences": SEQUENCES,
    "grants": GRANTS,
}


def picture(schema: str) -> set[tuple[str, ...]]:
    """Read what the schema holds, without its own name."""
    own_name = re.compile(rf"\b{schema}\b\.?")
    found: set[tuple[str, ...]] = set()
    with as_migrator(), connection.cursor() as cursor:
        for what, query in QUERIES.items():
            cursor.execute(query, [schema])
            found |= {(what, *(own_name.sub("", str(part)) for part in row)) for row in cursor.fetchall()}
    return {row for row in found if row[:2] not in OF_DJANGO and row[:3] not in OF_DJANGO}


@pytest.fixture
def unblocked(django_db_setup, django_db_blocker):
    """Open the database without a transaction of the test: both schemas are committed, and dropped by hand."""
    with django_db_blocker.unblock():
        yield


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_what_is_built_equals_what_is_migrated(unblocked):
    connection.set_schema_to_public()
    try:
        create_firm_schema("built")
        build_tables("built")
        create_firm_schema("migrated")
        with as_migrator():
            call_command("migrate_schemas", tenant=True, schema_name="migrated", interactive=False, verbosity=0)
        connection.set_schema_to_public()
        assert pending("built") == pending("migrated") == set()
        built, migrated = picture("built"), picture("migrated")
        assert {row[0] for row in built} >= {"columns", "constraints", "indexes", "triggers", "functions", "grants"}
        only = {"built": sorted(built - migrated), "migrated": sorted(migrated - built)}
        assert only == {"built": [], "migrated": []}, "\n".join(f"{key}: {row}" for key in only for row in only[key])
    finally:
        connection.set_schema_to_public()
        drop_firm_schema("built")
        drop_firm_schema("migrated")
