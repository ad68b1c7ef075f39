"""What a night measures with, and what it finds of a plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.tax_tables import TaxTable
from apps.plans.models import MonitoringRules, Plan, PlanMonitor


@dataclass(frozen=True, slots=True)
class Tonight:
    """What all plans of a night are measured with."""

    day: dt.date
    assumptions: AssumptionSet
    tax_table: TaxTable
    rules: MonitoringRules


@dataclass(slots=True)
class Finding:
    """What was found of a plan; `holding` are the kinds that were told before and still hold.

    `measured` are the fields of its measurement, `alerts` those of each new alert by kind, `over` the kinds that no
    longer hold. `problem` says why it could not be measured.
    """

    plan: Plan
    monitor: PlanMonitor
    holding: frozenset[str] = frozenset()
    measured: dict[str, Any] = field(default_factory=dict)
    alerts: dict[str, dict[str, Any]] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)
    problem: str = ""
