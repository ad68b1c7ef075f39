"""manage.py load_market_history: the illustrative securities and their simulated prices, to the last close."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.core.actors import Actor
from apps.market.services.updates import bring_up_to_date


class Command(BaseCommand):
    """Add missing securities and closes; safe to run again. Prices are simulated and marked as such."""

    help = __doc__ or ""

    def handle(self, **_: Any) -> None:
        """Load."""
        load = bring_up_to_date(by=Actor.system("market.load_market_history"))
        if load is None:
            self.stdout.write("Prices are up to date.")
        else:
            self.stdout.write(f"{load.n_prices} simulated prices from {load.first_day} to {load.last_day}.")
