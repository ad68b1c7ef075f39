"""Tasks of market."""

from __future__ import annotations

from celery import shared_task

from apps.core.actors import Actor
from apps.market.services.updates import bring_up_to_date


@shared_task(name="market.bring_up_to_date")
def market_up_to_date() -> int:
    """Continue prices to the last close, in the public schema; beat asks for it every hour."""
    load = bring_up_to_date(by=Actor.system("market.bring_up_to_date"))
    return load.n_prices if load else 0
