"""What earlier starts have done is believed for the same code on the same database, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from config import env
from config.embedded.errors import LaunchError
from config.embedded.marks import Marks
from tests import databases, servers

NAME = "start_marks"


@pytest.fixture(scope="module", autouse=True)
def _servers() -> Iterator[None]:
    with servers.running():
        yield


def _run(statement: str, database: str = NAME) -> None:
    with psycopg.connect(servers.LAYOUT.postgres_url(database, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(statement))


def _build(migrations: int) -> None:
    _run("DROP TABLE IF EXISTS public.django_migrations; CREATE TABLE public.django_migrations (id serial)")
    _run(f"INSERT INTO public.django_migrations SELECT FROM generate_series(1, {migrations})")
    _run(f"ALTER TABLE public.django_migrations OWNER TO {servers.ROLE_PREFIX}_migrator")


@pytest.fixture
def marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Marks]:
    """The marks of a small database and a small project."""
    folder = tmp_path / "apps" / "clients" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_initial.py").write_text("first")
    monkeypatch.setattr(env, "ROOT", tmp_path)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME))
    with databases.admin() as admin:
        admin.execute(drop)
        admin.execute(f"CREATE DATABASE {NAME} OWNER {servers.ROLE_PREFIX}_migrator TEMPLATE template0".encode())
    _build(3)
    yield Marks(servers.LAYOUT.postgres_url(NAME, "steward"), servers.ROLE_PREFIX)
    with databases.admin() as admin:
        admin.execute(drop)


def test_tables_are_believed_once_they_were_built(marks: Marks) -> None:
    assert not marks.tables_are_built()
    marks.note_tables()
    assert marks.tables_are_built()


def _new_migration() -> None:
    (env.ROOT / "apps" / "clients" / "migrations" / "0002_second.py").write_text("second")


def _changed_migration() -> None:
    (env.ROOT / "apps" / "clients" / "migrations" / "0001_initial.py").write_text("changed")


@pytest.mark.parametrize(
    "change",
    [
        _new_migration,
        _changed_migration,
        lambda: _run("CREATE SCHEMA harbor"),
        lambda: _build(2),
        lambda: _run("DELETE FROM public.django_migrations WHERE id = 2"),
        lambda: _run("DROP TABLE public.django_migrations"),
    ],
    ids=["new migration", "changed migration", "new schema", "older data", "unapplied", "no tables"],
)
def test_whatever_changes_since_is_migrated_again(marks: Marks, change: Callable[[], None]) -> None:
    marks.note_tables()
    change()
    assert not marks.tables_are_built()


def test_other_settings_are_migrated_again(marks: Marks, monkeypatch: pytest.MonkeyPatch) -> None:
    marks.note_tables()
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings.production")
    assert not marks.tables_are_built()


def test_another_release_of_a_package_is_migrated_again(marks: Marks, monkeypatch: pytest.MonkeyPatch) -> None:
    marks.note_tables()
    packages = env.ROOT / "packages"
    (packages / "django_guardian-99.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(packages))
    assert not marks.tables_are_built()


def _demo(households: int) -> None:
    _run(
        "DROP SCHEMA IF EXISTS harbor CASCADE; CREATE SCHEMA harbor;"
        " CREATE TABLE harbor.clients_household (external_id text)"
    )
    _run(f"INSERT INTO harbor.clients_household SELECT 'demo-' || n FROM generate_series(1, {households}) n")
    for what in ("SCHEMA harbor", "TABLE harbor.clients_household"):
        _run(f"ALTER {what} OWNER TO {servers.ROLE_PREFIX}_migrator")


@pytest.mark.parametrize(("later", "is_filled"), [(3, True), (40, True), (2, False)])
def test_the_demo_is_filled_until_a_household_is_gone(marks: Marks, later: int, is_filled: bool) -> None:
    assert not marks.demo_is_filled()
    _demo(3)
    marks.note_demo()
    _demo(later)
    assert marks.demo_is_filled() is is_filled


def test_the_demo_of_another_address_is_filled_again(marks: Marks) -> None:
    _demo(3)
    marks.note_demo()
    assert not Marks(marks.url, servers.ROLE_PREFIX, "port", 9000).demo_is_filled()


def test_a_demo_whose_firm_is_gone_is_filled_again(marks: Marks) -> None:
    _demo(3)
    marks.note_demo()
    _run("DROP SCHEMA harbor CASCADE")
    assert not marks.demo_is_filled()


def test_only_the_migrator_reads_and_writes_marks(marks: Marks) -> None:
    marks.note_tables()
    with psycopg.connect(marks.url) as login, pytest.raises(psycopg.errors.InsufficientPrivilege):
        login.execute("SELECT * FROM _start.marks")


def test_a_login_without_the_migrator_gets_one_line(marks: Marks) -> None:
    with pytest.raises(LaunchError, match=r"role .nobody_migrator. does not exist.*needs the role nobody_migrator"):
        Marks(marks.url, "nobody").tables_are_built()
