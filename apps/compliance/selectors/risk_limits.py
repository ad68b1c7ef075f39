"""What the risk profiles of a household allow: for plans and portfolios."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext

from apps.clients.models import Household, Person
from apps.compliance.models import AssessmentKind, CapacityAssessment, MethodTable, RiskAssessment


@dataclass(frozen=True, slots=True)
class RiskLimit:
    """The most that the household's joint money may hold. Shares and volatilities are proportions.

    `sources` are the public ids of the profiles it rests on, the one that binds first. `is_stale` says that one is past
    its date, belongs to one adult of two, or that the household's capacity has fallen below it since; `reasons` says
    which. Advice given on a stale limit is an item of the exception report.
    """

    level: int
    max_equity_share: float
    max_volatility: float
    sources: tuple[UUID, ...]
    table_version: str
    is_stale: bool
    reasons: tuple[str, ...]


def risk_limit(household: Household, on: dt.date) -> RiskLimit | None:
    """Return the limit on a day: of a joint profile, otherwise the lowest of the adults'; None when nobody has one."""
    in_force = list(
        RiskAssessment.objects.in_force().filter(household=household).select_related("review", "levels", "person")
    )
    if not in_force:
        return None
    joint = [each for each in in_force if each.kind == AssessmentKind.JOINT]
    # the profile that binds comes first; it also says which version of the table the limit is read from
    used = sorted(joint or in_force, key=lambda each: each.review.accepted_level)
    bound = used[0]
    level = bound.review.accepted_level
    row = _row(bound.levels, level)
    reasons = _doubts(household, used, level, on)
    return RiskLimit(
        level=level,
        max_equity_share=float(row["max_equity_share"]),
        max_volatility=float(row["max_volatility"]),
        sources=tuple(each.public_id for each in used),
        table_version=bound.levels.version if bound.levels else "",
        is_stale=bool(reasons),
        reasons=tuple(reasons),
    )


def _row(table: MethodTable | None, level: int) -> dict[str, float]:
    rows: list[dict[str, float]] = table.content["levels"] if table else []
    return next(row for row in rows if row["level"] == level)


def _doubts(household: Household, used: list[RiskAssessment], level: int, on: dt.date) -> list[str]:
    found = [
        gettext("The profile of %(name)s is past its date.") % {"name": str(each.person)}
        for each in used
        if each.is_stale_on(on)
    ]
    if not any(each.kind == AssessmentKind.JOINT for each in used):
        known = {each.person_id for each in used}
        adults = Person.objects.filter(household=household).adults()
        found += [
            gettext("%(name)s has no profile in force.") % {"name": str(adult)}
            for adult in adults
            if adult.pk not in known
        ]
    newest = CapacityAssessment.objects.filter(household=household).order_by("-id").first()
    exceptional = any(each.review.is_exception for each in used)
    if newest is not None and newest.level < level and not exceptional:
        found.append(gettext("The household's capacity has fallen below the accepted level."))
    return found
