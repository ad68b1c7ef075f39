"""Background work of clients."""

from __future__ import annotations

from apps.clients.services.import_jobs import run_import
from apps.core.jobs import LeasedTask, job


@job("clients.apply_import")
def apply_import(_task: LeasedTask, batch_id: int, user_id: int | None, origin: dict[str, str]) -> None:
    """Take a checked file in."""
    run_import(batch_id=batch_id, user_id=user_id, origin=origin)
