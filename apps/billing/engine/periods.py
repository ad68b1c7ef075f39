"""Which part of a year the billed days are."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from apps.billing.engine.results import DayCount
from apps.billing.engine.terms import PeriodFraction
from apps.kernel.dates import DateSpan


def day_counts(method: PeriodFraction, days: DateSpan, period: DateSpan, periods_per_year: int) -> tuple[DayCount, ...]:
    """Return the days as parts of a year: their sum is the fraction of the annual fee that falls to them.

    Under `DIVIDE` a whole period is 1 / `periods_per_year` and a part of it counts by its days in `period`.
    """
    if method is PeriodFraction.DIVIDE:
        return (DayCount(days.days, periods_per_year * period.days),)
    if method is PeriodFraction.ACTUAL_365:
        return (DayCount(days.days, 365),)
    counts = []
    for year in range(days.first.year, days.last.year + 1):
        part = days.overlap(DateSpan(date(year, 1, 1), date(year, 12, 31)))
        if part is not None:
            counts.append(DayCount(part.days, 366 if calendar.isleap(year) else 365))
    return tuple(counts)


def year_fraction(parts: Sequence[DayCount]) -> Fraction:
    """Add the parts of a year."""
    return sum((Fraction(part.days, part.denominator) for part in parts), Fraction(0))


def managed_days(span: DateSpan, funded_on: date | None, closed_on: date | None) -> DateSpan | None:
    """Return the days of the span on which an account was managed, or None."""
    first = max(span.first, funded_on) if funded_on else span.first
    last = min(span.last, closed_on) if closed_on else span.last
    return DateSpan(first, last) if first <= last else None


def month_ends(span: DateSpan) -> list[date]:
    """Return the last days of months that lie in the span."""
    return [day for day in span if (day + timedelta(days=1)).day == 1]
