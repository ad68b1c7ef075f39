"""The day somebody stops working, from an age that people state."""

from __future__ import annotations

import datetime as dt

from apps.kernel.errors import InvalidInputError, gettext_noop

# an age that somebody could live to; what is asked for in a form is narrower
_OLDEST = 120
RETIRED_NOW = gettext_noop(
    "%(name)s has passed the age of %(age)s at which the plan lets work end: the plan counts on no work from its first "
    "month on."
)


def retirement_day(born: dt.date, age: int, name: str) -> dt.date:
    """Return the day on which somebody reaches an age; those born on a leap day do so on the first of March.

    Raises InvalidInputError for an age that nobody reaches, which older rows may hold.
    """
    if not 0 <= age <= _OLDEST:
        raise InvalidInputError(
            gettext_noop("%(name)s cannot retire at the age of %(age)s."),
            mend=gettext_noop("Correct the age at retirement, of the person or where the plan takes it differently."),
            field="retirement_age",
            name=name,
            age=age,
        )
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return dt.date(born.year + age, 3, 1)
