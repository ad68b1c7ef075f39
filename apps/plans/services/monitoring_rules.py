"""What the firm calls a drift, and who hears of a guardrail."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.plans.models import MonitoringRules
from apps.plans.selectors.monitoring_rules import monitoring_rules
from apps.plans.services._checks import checked


@dataclass(frozen=True, slots=True)
class MonitoringTerms:
    """From which change of the chance on a drift is told, the corridor of guardrails, and whether clients are told."""

    drift: Decimal
    lower: Decimal
    upper: Decimal
    tells_clients: bool


@service
def set_monitoring_rules(*, terms: MonitoringTerms, by: Actor) -> MonitoringRules:
    """Set how plans in force are watched from now on; guardrails that were given to clients stay as they are.

    Raises InvalidInputError for a number that cannot be.
    """
    before = audit.snapshot(monitoring_rules())
    row = MonitoringRules(**asdict(terms), set_by=by.label[:200])
    checked(row)
    row.save()
    audit.record("plans.set_monitoring_rules", by=by, target=row, before=before, after=audit.snapshot(row))
    return row
