"""Rows and engine values; the one place where money meets proportions.

A loss is the exact portfolio value times the engine's proportion, rounded to six places, then to the cent by the firm's
rule: it is a picture of a bad year, not an entry of a ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from apps.compliance.engine.capacity import Capacity, CapacityFacts
from apps.compliance.engine.risk_profile import BadYear
from apps.compliance.engine.tables import Questionnaire, questionnaire_from_mapping
from apps.compliance.engine.tolerance import Contradiction, Tolerance
from apps.compliance.engine.trail import Line
from apps.compliance.models import CapacityAssessment, RiskAssessment
from apps.kernel.money import Money, RoundingRule

PLACES = Decimal("0.000001")


def lines(found: Iterable[Line]) -> list[dict[str, Any]]:
    """Return lines as they are stored."""
    return [dict(line.as_mapping()) for line in found]


def questionnaire_of(assessment: RiskAssessment) -> Questionnaire:
    """Return the version that the answers were given to."""
    return questionnaire_from_mapping(assessment.questionnaire.content)


def contradictions(found: Iterable[Contradiction]) -> list[dict[str, Any]]:
    """Return contradictions as they are stored."""
    return [{"code": each.code, "first": each.first, "second": each.second} for each in found]


def tolerance_of(assessment: RiskAssessment) -> Tolerance:
    """Return what was scored when the answers were submitted."""
    return Tolerance(
        score=assessment.tolerance_score or 0,
        level=assessment.tolerance_level or 0,
        contradictions=tuple(
            Contradiction(each["code"], each["first"], each["second"], 0, 0) for each in assessment.contradictions
        ),
        trail=(),
    )


def capacity_of(row: CapacityAssessment) -> Capacity:
    """Return the assessment as the engine sees it."""
    return Capacity(score=row.score, level=row.level, caps=tuple(row.caps), trail=())


def facts_text(facts: CapacityFacts) -> dict[str, str]:
    """Return the facts as exact text."""
    return {name: f"{getattr(facts, name):f}" for name in CapacityFacts.__slots__}


def bad_year_content(year: BadYear, value: Money, rule: str) -> dict[str, Any]:
    """Return what a bad year means in currency, as it is stored with the profile."""

    def loss(proportion: float) -> str:
        exact = Decimal(repr(proportion)).quantize(PLACES)
        return f"{(value * exact).rounded(RoundingRule(rule)).amount:f}"

    return {
        "equity_share": f"{year.equity_share:.2f}",
        "value": f"{value.amount:f}",
        "currency": value.currency,
        "p05_return": f"{year.p05_return:.6f}",
        "p05_amount": loss(year.p05_return),
        "stresses": [{"code": code, "return": f"{part:.6f}", "amount": loss(part)} for code, part in year.stresses],
    }
