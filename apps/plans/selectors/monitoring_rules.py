"""What the firm calls a drift, and between which chances a plan is left alone."""

from __future__ import annotations

from decimal import Decimal

from apps.plans.models import MonitoringRules

DEFAULTS = {"drift": Decimal("0.03"), "lower": Decimal("0.70"), "upper": Decimal("0.95"), "tells_clients": False}


def monitoring_rules() -> MonitoringRules:
    """Return the firm's rules; those that Steward begins with are not saved."""
    return MonitoringRules.objects.order_by("-id").first() or MonitoringRules(**DEFAULTS)
