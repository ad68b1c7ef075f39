"""Spans of days, and days a number of months apart."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from apps.kernel.errors import InvalidInputError, gettext_noop


def months_after(day: date, months: int) -> date:
    """Return the same day so many months on, or the last of a shorter month."""
    month = day.year * 12 + day.month - 1 + months
    year, place = divmod(month, 12)
    return date(year, place + 1, min(day.day, calendar.monthrange(year, place + 1)[1]))


def age_on(born: date, day: date) -> int:
    """Return the age in whole years; who is born on 29 February grows older on 1 March of other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True, order=True)
class DateSpan:
    """Days from `first` to `last`, both counted."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidInputError(
                gettext_noop("The period ends on %(last)s, before it begins on %(first)s."),
                mend=gettext_noop("Swap the dates or correct one of them."),
                first=self.first,
                last=self.last,
            )

    @classmethod
    def quarter(cls, year: int, quarter: int) -> DateSpan:
        """Return the calendar quarter 1 to 4."""
        if quarter not in (1, 2, 3, 4):
            raise InvalidInputError(gettext_noop("A quarter is 1, 2, 3 or 4."))
        first = date(year, 3 * quarter - 2, 1)
        after = date(year + 1, 1, 1) if quarter == 4 else date(year, 3 * quarter + 1, 1)
        return cls(first, after - timedelta(days=1))

    @property
    def days(self) -> int:
        """How many days, both ends counted."""
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=i) for i in range(self.days))

    def overlap(self, other: DateSpan) -> DateSpan | None:
        """Return the days in both, or None."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return DateSpan(first, last) if first <= last else None
