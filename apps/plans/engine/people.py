"""Whether the people of a plan can be planned for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from apps.kernel.errors import InvalidInputError, gettext_noop

if TYPE_CHECKING:
    from apps.plans.engine.inputs import Adult


def check_people(adults: Sequence[Adult], start: date, most_years: int) -> None:
    """Refuse who is not born as the plan starts, a plan of more than ``most_years``, and one that is over already."""
    for adult in adults:
        end_year = adult.birth_date.year + adult.horizon_age
        if adult.birth_date >= start or end_year - start.year > most_years:
            raise InvalidInputError(
                gettext_noop("The birth date or horizon age of “%(key)s” is out of range."),
                mend=gettext_noop("Correct the date; a plan covers at most 120 years."),
                field=f"adults[{adult.key}].birth_date",
                key=adult.key,
            )
        if (end_year, adult.birth_date.month) <= (start.year, start.month):
            raise InvalidInputError(
                gettext_noop("The plan starts after “%(key)s” has reached the age it is made for."),
                mend=gettext_noop("Raise the horizon age."),
                field=f"adults[{adult.key}].horizon_age",
                key=adult.key,
            )
