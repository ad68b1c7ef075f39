"""Tolerance and capacity brought together on an assessment."""

from __future__ import annotations

from apps.accounts.models import FirmProfile
from apps.accounts.selectors.firm_days import firm_today
from apps.compliance.engine.risk_profile import reconcile
from apps.compliance.engine.tables import level_table_from_mapping
from apps.compliance.models import CapacityAssessment, MethodKind, RiskAssessment
from apps.compliance.services import _mapping
from apps.compliance.services.method_tables import method_in_force
from apps.core.actors import Actor
from apps.kernel.money import Money

RECONCILED = (
    "capacity",
    "levels",
    "need_level",
    "recommended_level",
    "binding",
    "disagreements",
    "bad_year",
    "profile_trail",
    "updated_at",
)


def reconcile_with_capacity(assessment: RiskAssessment, by: Actor) -> bool:
    """Fill in what follows from the household's newest capacity; False when it has not been assessed. Saves nothing."""
    capacity = CapacityAssessment.objects.filter(household_id=assessment.household_id).order_by("-id").first()
    if capacity is None:
        return False
    table = method_in_force(kind=MethodKind.LEVELS, on=firm_today(), by=by)
    profile = reconcile(
        _mapping.tolerance_of(assessment),
        _mapping.capacity_of(capacity),
        level_table_from_mapping(table.content),
        required_return=capacity.required_return,
    )
    assessment.capacity, assessment.levels = capacity, table
    assessment.need_level, assessment.recommended_level = profile.need_level, profile.recommended_level
    assessment.binding = profile.binding
    assessment.disagreements = _mapping.lines(profile.disagreements)
    assessment.profile_trail = _mapping.lines(profile.trail)
    value = Money(capacity.portfolio_value, capacity.currency)
    assessment.bad_year = _mapping.bad_year_content(profile.bad_year, value, FirmProfile.current().rounding)
    return True
