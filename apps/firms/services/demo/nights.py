"""What the demo firm's later jobs are asked for by: its books and trades, and its first night, at once."""

from __future__ import annotations

from apps.core import jobs
from apps.core.actors import Actor
from apps.core.models import Job
from apps.core.services import service

KEEP, TRADE = "portfolios.keep_values", "firms.trade_demo_firm"


@service
def ask_for_trades(*, by: Actor) -> None:
    """Have books kept and trades made; a second call asks for nothing."""
    if not Job.objects.filter(name=TRADE).exists():
        jobs.enqueue(TRADE, by=by, topic="firm:all")


@service
def ask_for_first_night(*, by: Actor) -> None:
    """Have the daily values of all accounts kept; a second call asks for nothing."""
    if not Job.objects.filter(name=KEEP).exists():
        jobs.enqueue(KEEP, by=by, topic="firm:all")
