"""A trail for tests: sealed events, as a commit leaves them."""

from __future__ import annotations

from django.db import connection

from apps.core import audit
from apps.core.actors import Actor


def seal_now() -> None:
    """Fire the deferred triggers of the test's own transaction, as its commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def written(target, n: int = 3, *, by: Actor | None = None) -> None:
    """Write and seal some events."""
    for number in range(n):
        audit.record("tests.count", by=by or Actor.system("tests"), target=target, after={"n": number, "word": "é“"})
    seal_now()
