"""Keeps the FIX sessions of all firms: each in a thread, begun within seconds of being taken into use."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog
from django.db import DatabaseError, close_old_connections
from django.db import connection as database
from django_tenants.utils import get_tenant_model, tenant_context

from apps.core.actors import Actor
from apps.core.everywhere import everywhere
from apps.core.tenancy.names import current_schema
from apps.integrations.models import FixConnection
from apps.integrations.services.fix_runner import FixRunner

log = structlog.get_logger(__name__)

LOOK_SECONDS, AGAIN_SECONDS, _POLL = 10.0, 30.0, 0.2


@dataclass(frozen=True, slots=True)
class Kept:
    """A session of a firm."""

    schema: str
    connection_id: int


def sessions_in_use() -> set[Kept]:
    """Return the sessions in use of every open firm."""
    found: set[Kept] = set()

    def look() -> int:
        rows = FixConnection.objects.filter(is_active=True).values_list("pk", flat=True)
        found.update(Kept(current_schema(), pk) for pk in rows)
        return len(rows)

    everywhere("keep_fix", look)
    return found


def keep_session(kept: Kept, until: Callable[[], bool]) -> None:
    """Keep one session until it is taken out of use or `until` says so; on a database connection of its own."""
    firm = get_tenant_model().objects.get(schema_name=kept.schema)
    with tenant_context(firm):
        row = FixConnection.objects.get(pk=kept.connection_id)
        FixRunner(row, Actor.system("keep_fix")).run(
            lambda: until() or not FixConnection.objects.filter(pk=row.pk, is_active=True).exists()
        )


class Keeper:
    """Begins what is in use, and again what ended by a fault, not sooner than after a while."""

    def __init__(
        self,
        until: Callable[[], bool],
        keep: Callable[[Kept, Callable[[], bool]], None] = keep_session,
        in_use: Callable[[], Iterable[Kept]] = sessions_in_use,
    ) -> None:
        self.until, self.keep, self.in_use = until, keep, in_use
        self.threads: dict[Kept, threading.Thread] = {}
        self._not_before: dict[Kept, float] = {}

    def run(self, look_seconds: float = LOOK_SECONDS) -> None:
        """Keep all until told to stop, then let each log out."""
        while not self.until():
            self.look()
            again = time.monotonic() + look_seconds
            while not self.until() and time.monotonic() < again:
                time.sleep(_POLL)
        for thread in self.threads.values():
            thread.join()

    def look(self) -> None:
        """Begin the sessions in use that nobody keeps; without a database, look again later."""
        try:
            close_old_connections()
            wanted = set(self.in_use())
        except DatabaseError:
            log.exception("fix.keeper_without_database")
            database.close()
            return
        now = time.monotonic()
        self.threads = {kept: thread for kept, thread in self.threads.items() if thread.is_alive()}
        for kept in wanted - self.threads.keys():
            if now < self._not_before.get(kept, 0.0):
                continue
            thread = threading.Thread(
                target=self._guarded, args=(kept,), name=f"fix {kept.schema} {kept.connection_id}"
            )
            self.threads[kept] = thread
            thread.start()

    def _guarded(self, kept: Kept) -> None:
        """Keep a session; what it dies of is told and is not the others'."""
        try:
            self.keep(kept, self.until)
        except Exception:
            log.exception("fix.session_ended", firm=kept.schema, connection=kept.connection_id)
            self._not_before[kept] = time.monotonic() + AGAIN_SECONDS
        finally:
            database.close()
