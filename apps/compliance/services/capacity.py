"""A household's capacity to bear losses, assessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.compliance.engine.capacity import CapacityFacts, score_capacity
from apps.compliance.engine.tables import capacity_table_from_mapping
from apps.compliance.models import CapacityAssessment, MethodKind, RiskAssessment
from apps.compliance.services import _mapping
from apps.compliance.services._reconciling import RECONCILED, reconcile_with_capacity
from apps.compliance.services.method_tables import method_in_force
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop

__all__ = ["CapacityFacts", "CapacityInputs", "assess_capacity"]


@dataclass(frozen=True, slots=True)
class CapacityInputs:
    """All that an assessment of capacity rests on. `sources` names for each fact where it came from."""

    facts: CapacityFacts
    portfolio_value: Decimal
    required_return: Decimal | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@service
def assess_capacity(*, household: Household, inputs: CapacityInputs, by: Actor) -> CapacityAssessment:
    """Score the household's capacity and bring every answered, not yet reviewed profile up to date with it.

    Raises CapacityFactError for an impossible fact, InvalidInputError for a negative portfolio or a required return
    outside −20% to 50%.
    """
    _check(inputs)
    today = firm_today()
    table = method_in_force(kind=MethodKind.CAPACITY, on=today, by=by)
    scored = score_capacity(inputs.facts, capacity_table_from_mapping(table.content))
    row = CapacityAssessment(
        household=household,
        table=table,
        facts=_mapping.facts_text(inputs.facts),
        sources=dict(inputs.sources),
        portfolio_value=inputs.portfolio_value,
        currency=household.currency,
        required_return=inputs.required_return,
        score=scored.score,
        level=scored.level,
        caps=list(scored.caps),
        trail=_mapping.lines(scored.trail),
        assessed_on=today,
        assessed_by=by.key,
        note=inputs.note,
    )
    row.full_clean()
    row.save()
    audit.record(
        "compliance.assess_capacity",
        by=by,
        target=row,
        after={**row.facts, "score": str(row.score), "level": row.level, "caps": row.caps, "method": table.version},
        reason=inputs.note,
    )
    # a review fixes the figures it was made on; until then a profile follows the newest capacity
    waiting = (
        RiskAssessment.objects.select_for_update(of=("self",)).to_review().filter(household=household, review=None)
    )
    for assessment in waiting:
        reconcile_with_capacity(assessment, by)
        assessment.save(update_fields=list(RECONCILED))
    realtime.publish(f"household:{household.public_id}", "risk.capacity_assessed", capacity=str(row.public_id))
    return row


def _check(inputs: CapacityInputs) -> None:
    if not inputs.portfolio_value.is_finite() or inputs.portfolio_value < 0:
        raise InvalidInputError(gettext_noop("A portfolio's value cannot be negative."), field="portfolio_value")
    required = inputs.required_return
    if required is not None and not Decimal("-0.2") <= required <= Decimal("0.5"):
        raise InvalidInputError(
            gettext_noop("The required return lies outside −20% to 50% a year."),
            mend=gettext_noop("Give it as a percentage a year, before inflation is taken off."),
            field="required_return",
        )
