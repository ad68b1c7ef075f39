"""A database of its own for tests whose rows must be committed: provisioning makes schemas and runs in workers."""

import os
import uuid
from collections.abc import Iterator

import pytest
from django.db import connection

from tests import databases


@pytest.fixture
def committed(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Use a fresh clone of the template, outside any transaction of the test."""
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        name = f"committed_{os.getpid()}_{uuid.uuid4().hex[:6]}"
        databases.clone(databases.ensure_template(), name)
        databases.use(name)
        try:
            yield
        finally:
            databases.use(before)
            databases.drop(name)
