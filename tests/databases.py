"""One migrated template database with two firms, cloned for each test process."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path

import psycopg
from psycopg import sql

from config.embedded.database import add_vectors
from config.env import ROOT
from tests import servers

# Beta's ids begin elsewhere: equal ids would hide what crosses firms
SHIFT = 1_000_000


def digest() -> str:
    """Return a digest of all that the template is made of."""
    files = sorted(ROOT.glob("apps/*/migrations/*.py")) + sorted(ROOT.glob("apps/*/reference/*.toml"))
    files += [ROOT / "requirements" / "base.txt", ROOT / "config" / "settings" / "base.py", Path(__file__)]
    files += sorted((ROOT / "apps" / "core" / "tenancy").glob("*.py"))
    total = hashlib.sha256()
    for path in files:
        total.update(path.read_bytes())
    return total.hexdigest()[:12]


def admin() -> psycopg.Connection:
    """Connect as who may create databases."""
    url = os.environ.get("DATABASE_URL") if servers.given() else servers.LAYOUT.postgres_url("postgres", "postgres")
    return psycopg.connect(url or "", autocommit=True)


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def ensure_template() -> str:
    """Return the name of the template; the first process that needs it builds it, the others wait."""
    name = f"tpl_{digest()}"
    lock = servers.LAYOUT.home / "template.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle, admin() as connection:
        fcntl.flock(handle, fcntl.LOCK_EX)
        row = connection.execute("SELECT datallowconn FROM pg_database WHERE datname = %s", [name]).fetchone()
        if row is not None and row[0] is False:
            return name
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(name), sql.Identifier(f"{servers.ROLE_PREFIX}_migrator")
            )
        )
        with psycopg.connect(connection.info.dsn, dbname=name, autocommit=True) as inside:
            add_vectors(inside)
        _use(name)
        _fill()
        _use(None)
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
    return name


def clone(template: str, name: str) -> None:
    """Copy the template; an older database of that name goes."""
    with admin() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY wal_log").format(
                sql.Identifier(name), sql.Identifier(f"{servers.ROLE_PREFIX}_migrator"), sql.Identifier(template)
            )
        )


def drop(name: str) -> None:
    """Remove a clone."""
    with admin() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def use(name: str) -> None:
    """Point Django at the database."""
    _use(name)


def _use(name: str | None) -> None:
    from django.conf import settings
    from django.db import connection

    connection.close()
    settings.DATABASES["default"]["NAME"] = name or "postgres"
    connection.settings_dict["NAME"] = name or "postgres"
    connection.set_schema_to_public()


def _fill() -> None:
    from apps.core.actors import Actor
    from apps.core.tenancy.migrating import migrate_public
    from apps.firms.services.provisioning import build_schema, create_firm, open_firm

    by = Actor.system("tests.template")
    migrate_public()
    for schema, legal_name in (("alpha", "Alpha Advisory LLC"), ("beta", "Beta Wealth LLC")):
        firm = create_firm(schema=schema, legal_name=legal_name, by=by)
        build_schema(schema)
        if schema == "beta":
            _shift(schema)
        open_firm(firm=firm, by=by)


def _shift(schema: str) -> None:
    """Move the ids that a new schema holds, and all to come, away from those of the other firm."""
    from django.db import connection, transaction

    with connection.owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'SET search_path = "{schema}"')
        cursor.execute(f"UPDATE auth_permission SET id = id + {SHIFT}, content_type_id = content_type_id + {SHIFT}")
        cursor.execute(f"UPDATE django_content_type SET id = id + {SHIFT}")
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = %s", [schema])
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER SEQUENCE "{schema}"."{name}" RESTART WITH {2 * SHIFT}')
    connection.search_path_set_schemas = None
