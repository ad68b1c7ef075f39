"""What the firm calls an opportunity."""

from __future__ import annotations

from decimal import Decimal

from apps.portfolios.models import WatchRules
from apps.portfolios.selectors.cash_needs import SOON

DEFAULTS = {"harvest_amount": Decimal(500), "harvest_share": Decimal("0.05"), "needs_within_days": SOON.days}


def watch_rules() -> WatchRules:
    """Return the firm's rules; those that Steward begins with are not saved."""
    return WatchRules.objects.order_by("-id").first() or WatchRules(**DEFAULTS)
