"""Where the figures of a risk profile come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext

from apps.compliance.models import CapacityAssessment, MethodTable, RiskAssessment
from apps.compliance.selectors.profiles import losses_of
from apps.compliance.selectors.risk_limits import risk_limit
from apps.compliance.selectors.words import all_told
from apps.core.field_words import field_words
from apps.core.passports import Amount, Passport, PassportLine
from apps.kernel.errors import NotFoundError, gettext_noop


def profile_passport(assessment: RiskAssessment, figure: str, on: dt.date) -> Passport:
    """Return the passport of a figure: tolerance, profile (recommended, need, accepted), loss, or limit on a day.

    Raises NotFoundError for another, and for one that the profile does not have yet.
    """
    if figure == "tolerance" and assessment.submitted_at is not None:
        return Passport(
            title=gettext("Tolerance of %(name)s") % {"name": str(assessment.person)},
            value=Amount(assessment.tolerance_level, "count"),
            method=gettext("Sum of the published points of thirteen answers; the band of the sum gives the level."),
            version=assessment.questionnaire.version,
            source=assessment.questionnaire.source,
            as_of=timezone.localdate(assessment.submitted_at),
            lines=_sentences(all_told(assessment.tolerance_trail)),
        )
    if figure == "limit":
        return _limit_passport(assessment, on)
    table, capacity = assessment.levels, assessment.capacity
    if table is None or capacity is None or figure not in {"profile", "loss"}:
        raise NotFoundError(gettext_noop("There is no such figure."))
    made = _level_passport if figure == "profile" else _loss_passport
    return made(assessment, table, capacity)


def _sentences(told: Iterable[str]) -> tuple[PassportLine, ...]:
    return tuple(PassportLine(sentence, "", None) for sentence in told)


def _level_passport(assessment: RiskAssessment, table: MethodTable, capacity: CapacityAssessment) -> Passport:
    review = getattr(assessment, "review", None)
    levels = [
        (gettext("Tolerance"), assessment.tolerance_level),
        (gettext("Capacity"), capacity.level),
        (gettext("Need"), assessment.need_level),
        (gettext("Accepted"), review.accepted_level if review else None),
    ]
    return Passport(
        title=gettext("Recommended level of %(name)s") % {"name": str(assessment.person)},
        value=Amount(assessment.recommended_level, "count"),
        method=gettext("The lower of tolerance and capacity. A need above it never lifts it."),
        version=table.version,
        source=table.source,
        as_of=capacity.assessed_on,
        lines=(
            *(PassportLine(label, "", Amount(level, "count")) for label, level in levels if level is not None),
            *_sentences(all_told(assessment.profile_trail)),
        ),
    )


def _loss_passport(assessment: RiskAssessment, table: MethodTable, capacity: CapacityAssessment) -> Passport:
    outlook, year = table.content["outlook"], assessment.bad_year
    period = {"first": outlook["first_year"], "last": outlook["last_year"]}
    losses = losses_of(year)
    worth = Amount.of_money(Decimal(str(year["value"])), year["currency"])
    return Passport(
        title=gettext("What a bad year means"),
        value=Amount(losses[0].amount, "money", "exact") if losses else Amount(None),
        method=gettext("One year in twenty: mean − 1.645 × volatility of the mix. A named year: as it happened."),
        version=table.version,
        source=str(outlook["source"]),
        basis=gettext("Before fees and taxes."),
        as_of=capacity.assessed_on,
        lines=(
            PassportLine(
                gettext("Share of equity at the recommended level"),
                gettext("the rest in bonds"),
                Amount(Decimal(str(year["equity_share"])), "percent", "0"),
            ),
            PassportLine(gettext("Value of the portfolio"), "", worth),
            *(
                PassportLine(
                    gettext("One year in twenty, or worse")
                    if loss.code == "p05"
                    else gettext("A year like %(year)s") % {"year": loss.code},
                    "",
                    Amount(loss.amount, "money", "exact"),
                    ((gettext("Share"), Amount(loss.proportion, "percent", "1")),),
                )
                for loss in losses
            ),
        ),
        notes=(gettext("Means, volatilities and correlation of %(first)s to %(last)s.") % period,),
    )


def _limit_passport(assessment: RiskAssessment, on: dt.date) -> Passport:
    limit = risk_limit(assessment.household, on)
    if limit is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    return Passport(
        title=gettext("Risk limit of the household"),
        value=Amount(limit.level, "count"),
        method=gettext("The lowest accepted level of the adults' profiles in force; a joint profile goes before them."),
        version=limit.table_version,
        source=gettext("The risk profiles of the household"),
        as_of=on,
        lines=(
            PassportLine(gettext("Equity at most"), "", Amount(limit.max_equity_share, "percent", "0")),
            PassportLine(gettext("Volatility at most, a year"), "", Amount(limit.max_volatility, "percent", "1")),
        ),
        notes=limit.reasons,
    )


def capacity_passport(capacity: CapacityAssessment) -> Passport:
    """Return how a capacity score came about, with where each fact is from."""
    sources = [
        gettext("%(fact)s: %(source)s.") % {"fact": field_words(name), "source": source}
        for name, source in capacity.sources.items()
    ]
    return Passport(
        title=gettext("Capacity of the household"),
        value=Amount(capacity.score, "quantity", "1"),
        method=gettext("Weighted mean of eight facts, each on published lines, then caps by the time money is needed."),
        version=capacity.table.version,
        source=capacity.table.source,
        as_of=capacity.assessed_on,
        lines=(
            PassportLine(gettext("Level of 7"), "", Amount(capacity.level, "count")),
            PassportLine(
                gettext("Portfolio"),
                gettext("as taken for the assessment"),
                Amount.of_money(capacity.portfolio_value, capacity.currency),
            ),
            *_sentences((*all_told(capacity.trail), *sources)),
        ),
    )
