"""The demo firm's first night, asked for at once: its pages need not wait for its clock."""

from __future__ import annotations

from apps.core import jobs
from apps.core.actors import Actor
from apps.core.models import Job
from apps.core.services import service

KEEP = "portfolios.keep_values"


@service
def ask_for_first_night(*, by: Actor) -> None:
    """Have the daily values of all accounts kept; a second call asks for nothing."""
    if not Job.objects.filter(name=KEEP).exists():
        jobs.enqueue(KEEP, by=by, topic="firm:all")
