"""Where the levels of a risk profile come from, as partners read it; text of the API is English."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from apps.compliance.models import MethodTable, RiskAssessment, RiskLevel
from apps.compliance.selectors.words import all_told

_METHODS = {
    "tolerance": "Sum of the published points of the answers; the band of the sum gives the level.",
    "capacity": "Weighted mean of facts, each on published lines, then caps by the time money is needed.",
    "need": "The lowest level whose mix is expected to bring the required return, the highest where none is.",
    "recommended": "The lower of tolerance and capacity. A need above it never lifts it.",
    "contradiction": "Two answers contradict each other when their points lie further apart than published.",
}


def level_body(level: int | None) -> dict[str, Any]:
    """Return a level with its name; None, which no answered assessment has, has none."""
    return {"level": level, "name": "" if level is None else str(RiskLevel(level).label).partition(" · ")[2]}


def origin_body(what: str, table: MethodTable, as_of: dt.date | None, lines: list[str]) -> dict[str, Any]:
    """Return the origin of a figure."""
    return {
        "method": _METHODS[what],
        "version": table.version,
        "source": table.source,
        "as_of": as_of,
        "lines": lines,
    }


def tolerance_origin(row: RiskAssessment, lines: list[str], what: str = "tolerance") -> dict[str, Any]:
    """Return the origin of what follows from the answers."""
    day = timezone.localdate(row.submitted_at) if row.submitted_at else None
    return origin_body(what, row.questionnaire, day, lines)


def profile_origin(what: str, row: RiskAssessment, table: MethodTable) -> dict[str, Any]:
    """Return the origin of what follows from tolerance and capacity together."""
    day = row.capacity.assessed_on if row.capacity else None
    return origin_body(what, table, day, all_told(row.profile_trail))
