"""The books are filled once for all tests of this folder; what a test does to them is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.signals import template_rendered
from django_tenants.utils import tenant_context

from tests.cast import firm
from tests.passports.books import Books
from tests.passports.walk import Papers, Walk, browser_of


@pytest.fixture(scope="package")
def _walk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Walk]:
    papers = Papers()
    with django_db_blocker.unblock(), transaction.atomic():
        with tenant_context(firm("alpha")):
            template_rendered.connect(papers.note)
            books = Books()
            books.build()
            template_rendered.disconnect(papers.note)
            people = {"ada": books.ada, "paul": books.paul, "connie": books.connie, "client": books.client}
            made = Walk(books, {name: browser_of(user) for name, user in people.items()}, papers)
        yield made
        connection.set_schema_to_public()
        transaction.set_rollback(True)


@pytest.fixture
def walk(_walk: Walk) -> Iterator[Walk]:
    """The walk, inside the firm; what a test adds to the books is taken back."""
    with tenant_context(firm("alpha")), transaction.atomic():
        yield _walk
        transaction.set_rollback(True)
    connection.set_schema_to_public()
