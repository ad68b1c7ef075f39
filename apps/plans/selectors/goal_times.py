"""Whether a goal falls into its plan: what of one under way is left, and what lies before or after the plan."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.utils.translation import gettext

from apps.clients.models import Relationship
from apps.kernel.errors import gettext_noop
from apps.plans.models import Plan

# where nobody's day of birth is known
_FAR = 120
AFTER_END = gettext_noop(
    "“%(name)s” begins in %(year)s, after the end of the plan: it is not counted, and no chance is given for it."
)
COSTS_NOTHING = gettext_noop("“%(name)s” has no amount: it is not counted, and no chance is given for it.")
OVER = gettext_noop("“%(name)s” is over: its last year has passed, and the plan does not count it.")
UNDER_WAY = gettext_noop("“%(name)s” is under way: the plan counts what is left of it, from %(day)s on.")

# a name that nobody typed, as the first readers of a text and a night's draft keep it
UNTYPED = gettext_noop("Retirement")


def goal_name(name: str) -> str:
    """Return a goal's name, in the reader's language where nobody typed it."""
    return gettext(name) if name == UNTYPED else name


class Left(NamedTuple):
    """What of a goal is still to come: from when on, and how many of its yearly payments; none where it is over."""

    starts_on: dt.date
    years: int


def left_of(starts_on: dt.date, years: int, start: dt.date) -> Left:
    """Return what of a goal is left from the month of ``start`` on; its payments fall due a year apart."""
    behind = 12 * (start.year - starts_on.year) + start.month - starts_on.month
    passed = max(0, -(-behind // 12))
    if not passed:
        return Left(starts_on, years)
    day = starts_on.replace(day=1) if (starts_on.month, starts_on.day) == (2, 29) else starts_on
    return Left(day.replace(year=day.year + passed), max(0, years - passed))


def last_year_of(plan: Plan, day: dt.date) -> int:
    """Return the last calendar year of a plan that starts on a day: in it its last adult reaches the plan's age."""
    adults = plan.household.people.filter(relationship__in=[Relationship.HEAD, Relationship.PARTNER])
    births = [born for born in adults.values_list("date_of_birth", flat=True) if born is not None]
    if not births:
        return day.year + _FAR
    # who is born in January reaches it as the year before ends
    return max(day.year, *(born.year + plan.horizon_age - (born.month == 1) for born in births))
