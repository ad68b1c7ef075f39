"""The frame of all tests: real servers, one clone of the template database per process, two firms, a fixed cast."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest

from tests import databases, servers
from tools.languages import catalogue

# what takes minutes goes first: then neither of two processes is left alone with it at the end
LONGEST_FIRST = (
    "tests/journeys/",
    "tests/faults/",
    "tests/config/embedded/",
    "tests/isolation/",
    "tests/languages/",
    "tests/passports/",
    "tests/apps/plans/",
    "tests/apps/portal/",
)

pytest_plugins = ["tests.cast", "tests.chat_server", "tests.days", "tests.live"]


def pytest_configure() -> None:
    """Compile the catalogues for a run that did not come through make."""
    catalogue.compile_stale()


def pytest_collection_finish() -> None:
    """Leave what is loaded to itself: the collector would walk all of Django again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order files by length; `--dist loadfile` keeps each with one process."""

    def place(item: pytest.Item) -> int:
        return next((at for at, start in enumerate(LONGEST_FIRST) if item.nodeid.startswith(start)), len(LONGEST_FIRST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def _servers() -> Iterator[None]:
    with servers.running():
        yield


@pytest.fixture(scope="session")
def django_db_setup(_servers: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Clone the template for this process; pytest-django asks for this name."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        template = databases.ensure_template()
        name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
        databases.clone(template, name)
        databases.use(name)
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        databases.use("postgres")
        databases.drop(name)
