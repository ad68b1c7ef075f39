"""What a start has done already for this very code and database, so that the next one need not ask Django again.

The marks lie in the database itself, in a schema that no role but the migrator may use: data that are moved away,
restored or made anew take their marks along. They only save time; /health/ still tells of migrations that lag.
"""

from __future__ import annotations

import hashlib
import os
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from config import env
from config.embedded.errors import LaunchError

TABLES_CODE = ("apps/*/migrations/*.py", "apps/core/tenancy/*.py", "config/settings/*.py")
DEMO_CODE = (
    *TABLES_CODE,
    "apps/firms/services/demo/*.py",
    "apps/firms/services/provisioning.py",
    "apps/firms/management/commands/seed_demo.py",
)
# what the code reads of the environment that changes tables or the text of the demo's welcome
VARIABLES = ("DJANGO_SETTINGS_MODULE", "STEWARD_ROLE_PREFIX", "STEWARD_BASE_DOMAIN", "STEWARD_SCHEME",
             "STEWARD_PUBLIC_PORT")  # fmt: skip
_DEMO_SCHEMA = "harbor"


class Marks:
    """The marks of one database, as the migrator."""

    def __init__(self, url: str, prefix: str, *facts: object) -> None:
        self.url, self.migrator, self.facts = url, f"{prefix}_migrator", facts

    def tables_are_built(self) -> bool:
        """Say whether migrate_all has run for these migrations on these schemas in their present state."""
        with self._database() as database:
            return _read(database, "tables") == self._tables(database)

    def note_tables(self) -> None:
        """Note that migrate_all has run."""
        with self._database() as database:
            _write(database, "tables", self._tables(database))

    def demo_is_filled(self) -> bool:
        """Say whether seed_demo has run with this code and address, and no household of the demo is gone since."""
        with self._database() as database:
            code, _, count = _read(database, "demo").partition(" ")
            return code == self._code(DEMO_CODE) and _households(database) >= int(count)

    def note_demo(self) -> None:
        """Note that seed_demo has run."""
        with self._database() as database:
            _write(database, "demo", f"{self._code(DEMO_CODE)} {_households(database)}")

    @contextmanager
    def _database(self) -> Iterator[psycopg.Connection]:
        try:
            with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as database:
                database.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(self.migrator)))
                database.execute("SET client_min_messages TO warning")
                database.execute("CREATE SCHEMA IF NOT EXISTS _start")
                database.execute("CREATE TABLE IF NOT EXISTS _start.marks (name text PRIMARY KEY, value text NOT NULL)")
                yield database
        except psycopg.Error as broken:
            reason = (str(broken).strip().splitlines() or [type(broken).__name__])[0]
            raise LaunchError(
                f"The database does not tell what was done at earlier starts: {reason}.",
                f"The login needs the role {self.migrator}, and that one the right to create schemas.",
            ) from broken

    def _tables(self, database: psycopg.Connection) -> str:
        return _digest([self._code(TABLES_CODE), *_schemas(database)])

    def _code(self, patterns: Iterable[str]) -> str:
        """Digest the files, the releases of all installed packages (they bring migrations too) and the variables."""
        paths = sorted({path for pattern in patterns for path in env.ROOT.glob(pattern)})
        files = [f"{path.relative_to(env.ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths]
        packages = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
        variables = [f"{name}={os.environ.get(name, '')}" for name in VARIABLES]
        return _digest([*files, *packages, *variables, *self.facts])


def _digest(facts: Iterable[object]) -> str:
    return hashlib.sha256("\n".join(str(fact) for fact in facts).encode()).hexdigest()


_READABLE = """
    SELECT nspname,
           coalesce(has_schema_privilege(space.oid, 'USAGE') AND has_table_privilege(class.oid, 'SELECT'), false)
    FROM pg_namespace AS space
    LEFT JOIN pg_class AS class ON relnamespace = space.oid AND relname = %s AND relkind = 'r'
    WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', '_start')
    ORDER BY nspname
"""


def _schemas(database: psycopg.Connection) -> list[str]:
    """Return every schema with how many migrations it has and the number of the last one."""
    told = []
    for schema, has_table in database.execute(_READABLE, ["django_migrations"]).fetchall():
        counted: tuple[object, ...] | None = None
        if has_table:
            table = sql.Identifier(schema, "django_migrations")
            counted = database.execute(sql.SQL("SELECT count(*), max(id) FROM {}").format(table)).fetchone()
        told.append(f"{schema} {counted}")
    return told


def _households(database: psycopg.Connection) -> int:
    """Return how many households of the demo are there; -1 where its firm is not."""
    found = database.execute(_READABLE, ["clients_household"]).fetchall()
    if (_DEMO_SCHEMA, True) not in found:
        return -1
    table = sql.Identifier(_DEMO_SCHEMA, "clients_household")
    counted = database.execute(sql.SQL("SELECT count(*) FROM {} WHERE external_id <> ''").format(table)).fetchone()
    return int(counted[0]) if counted else -1


def _read(database: psycopg.Connection, name: str) -> str:
    row = database.execute("SELECT value FROM _start.marks WHERE name = %s", [name]).fetchone()
    return str(row[0]) if row else ""


def _write(database: psycopg.Connection, name: str, value: str) -> None:
    database.execute(
        "INSERT INTO _start.marks VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [name, value],
    )
