"""Calendar periods that fees are billed for."""

from __future__ import annotations

import datetime as dt

from apps.kernel.dates import DateSpan, months_after
from apps.kernel.errors import InvalidInputError, gettext_noop


def period_from(first_day: dt.date, periods_per_year: int) -> DateSpan:
    """Return the month, quarter, half or year that begins on the day. Raises InvalidInputError when none does."""
    if periods_per_year not in (1, 2, 4, 12):
        raise InvalidInputError(
            gettext_noop("Fees are billed once, twice, four or twelve times a year."), field="periods_per_year"
        )
    months = 12 // periods_per_year
    if first_day.day != 1 or (first_day.month - 1) % months:
        raise InvalidInputError(
            gettext_noop("No billing period begins on %(day)s."),
            mend=gettext_noop("Choose the first day of a month, quarter, half or year."),
            field="first_day",
            day=first_day,
        )
    return DateSpan(first_day, months_after(first_day, months) - dt.timedelta(days=1))


def period_before(span: DateSpan, periods_per_year: int) -> DateSpan:
    """Return the period that ends the day before."""
    return DateSpan(months_after(span.first, -12 // periods_per_year), span.first - dt.timedelta(days=1))
