"""Where the figures of a risk profile come from."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from apps.compliance.models import CapacityAssessment, RiskAssessment
from apps.compliance.selectors.words import all_told
from apps.core.field_words import field_words
from apps.kernel.errors import NotFoundError, gettext_noop


@dataclass(frozen=True, slots=True)
class Passport:
    """A figure's method, version, date and line by line trail."""

    title: str
    method: str
    version: str
    source: str
    as_of: str
    lines: tuple[str, ...]


def profile_passport(assessment: RiskAssessment, figure: str) -> Passport:
    """Return the passport of a figure: tolerance, profile (recommended, need), loss. Raises NotFoundError otherwise."""
    if figure == "tolerance" and assessment.submitted_at is not None:
        table = assessment.questionnaire
        return Passport(
            title=gettext("Tolerance of %(name)s") % {"name": str(assessment.person)},
            method=gettext("Sum of the published points of thirteen answers; the band of the sum gives the level."),
            version=table.version,
            source=table.source,
            as_of=f"{assessment.submitted_at:%Y-%m-%d}",
            lines=tuple(all_told(assessment.tolerance_trail)),
        )
    if assessment.levels is None or assessment.capacity is None or figure not in {"profile", "loss"}:
        raise NotFoundError(gettext_noop("There is no such figure."))
    table, capacity = assessment.levels, assessment.capacity
    if figure == "profile":
        return Passport(
            title=gettext("Recommended level of %(name)s") % {"name": str(assessment.person)},
            method=gettext("The lower of tolerance and capacity. A need above it never lifts it."),
            version=table.version,
            source=table.source,
            as_of=capacity.assessed_on.isoformat(),
            lines=tuple(all_told(assessment.profile_trail)),
        )
    outlook, year = table.content["outlook"], assessment.bad_year
    shown = {
        "share": year["equity_share"],
        "value": f"{year['value']} {year['currency']}",
        "first": outlook["first_year"],
        "last": outlook["last_year"],
    }
    return Passport(
        title=gettext("What a bad year means"),
        method=gettext("One year in twenty: mean − 1.645 × volatility of the mix. A named year: as it happened."),
        version=table.version,
        source=str(outlook["source"]),
        as_of=capacity.assessed_on.isoformat(),
        lines=(
            gettext("Share of equity at the recommended level: %(share)s, the rest in bonds.") % shown,
            gettext("Value of the portfolio: %(value)s.") % shown,
            gettext("Means, volatilities and correlation of %(first)s to %(last)s.") % shown,
        ),
    )


def capacity_passport(capacity: CapacityAssessment) -> Passport:
    """Return how a capacity score came about, with where each fact is from."""
    sources = [
        gettext("%(fact)s: %(source)s.") % {"fact": field_words(name), "source": source}
        for name, source in capacity.sources.items()
    ]
    return Passport(
        title=gettext("Capacity of the household"),
        method=gettext("Weighted mean of eight facts, each on published lines, then caps by the time money is needed."),
        version=capacity.table.version,
        source=capacity.table.source,
        as_of=capacity.assessed_on.isoformat(),
        lines=(*all_told(capacity.trail), *sources),
    )
