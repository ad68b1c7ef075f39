"""Prepares a database for Steward: the login, the migrator, the database itself. Run by whoever may create roles."""

from __future__ import annotations

import psycopg
from psycopg import sql

from config.embedded.errors import LaunchError
from config.env import DatabaseAddress


def prepare(admin_url: str, *, database: str, login: str, prefix: str) -> None:
    """Create what is missing (PostgreSQL 16 or newer): the database, and `<prefix>_migrator`, which owns it.

    The login may become the migrator but owns nothing and inherits nothing: each use takes a role first.
    """
    migrator = f"{prefix}_migrator"
    with psycopg.connect(admin_url, autocommit=True, connect_timeout=5) as admin:
        _refuse_old(admin)
        _role(admin, login, "LOGIN NOINHERIT")
        _role(admin, migrator, "NOLOGIN CREATEROLE")
        admin.execute(
            sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
                sql.Identifier(migrator), sql.Identifier(login)
            )
        )
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is None:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(database), sql.Identifier(migrator)
                )
            )
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
        admin.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), sql.Identifier(login))
        )
    with psycopg.connect(admin_url, dbname=database, autocommit=True, connect_timeout=5) as inside:
        add_vectors(inside)


def add_vectors(admin: psycopg.Connection) -> None:
    """Create pgvector in the public schema, where the server has it: plans alike are found by it, nothing else is.

    Only a superuser may create it; without it that one help says that it is not available.
    """
    found = admin.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'").fetchone()
    if found is not None:
        admin.execute("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public")


def prepare_given(address: DatabaseAddress, *, url: str, prefix: str) -> None:
    """Prepare a database that somebody else runs (DATABASE_URL): its login becomes ours.

    Where the login may not create roles, the one line names the two statements that an administrator runs once.
    """
    migrator = f"{prefix}_migrator"
    with _given(url) as given:
        _refuse_old(given)
        row = given.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone()
        found = given.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [migrator]).fetchone()
        if found is None and not (row and any(row)):
            raise LaunchError(
                f"The login {address.user} may not create roles, and the role {migrator} does not exist.",
                f"Let an administrator run once: CREATE ROLE {migrator} CREATEROLE; GRANT {migrator} TO {address.user}"
                f" WITH INHERIT FALSE, SET TRUE; ALTER DATABASE {address.name} OWNER TO {migrator};",
            )
        if found is None:
            _role(given, migrator, "NOLOGIN CREATEROLE")
            names = {"migrator": sql.Identifier(migrator), "database": sql.Identifier(address.name)}
            given.execute(sql.SQL("GRANT {migrator} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(**names))
            given.execute(sql.SQL("ALTER DATABASE {database} OWNER TO {migrator}").format(**names))
            given.execute(sql.SQL("GRANT CREATE, USAGE ON SCHEMA public TO {migrator}").format(**names))


def _given(url: str) -> psycopg.Connection:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=5)
    except psycopg.Error as away:
        reason = (str(away).strip().splitlines() or ["no reason given"])[0]
        raise LaunchError(
            f"The database of DATABASE_URL does not answer: {reason}.",
            "Start it, mend the address, or unset DATABASE_URL to use the embedded one.",
        ) from away


def _refuse_old(connection: psycopg.Connection) -> None:
    if connection.info.server_version < 160000:
        raise LaunchError(
            f"PostgreSQL {connection.info.server_version // 10000} is too old.", "Steward needs 16 or newer."
        )


def _role(admin: psycopg.Connection, name: str, attributes: str) -> None:
    if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None:
        admin.execute(sql.SQL("CREATE ROLE {} " + attributes).format(sql.Identifier(name)))
