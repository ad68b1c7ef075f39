"""The months of a plan: where a date, a retirement or a last birthday falls, counted from the start."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.inputs import Adult, Boundary, ProjectionInputs, When


def month_of(day: date, start: date) -> int:
    """Months from the month of ``start`` to the month of ``day``; negative before it."""
    return (day.year - start.year) * 12 + day.month - start.month


def month_later(day: date, months: int) -> date:
    """The first of the month that lies ``months`` later: plans count in months."""
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


def age_in_months(adult: Adult, start: date, month: int) -> int:
    """Completed months of life at the first of plan month ``month``, to the month."""
    return month - month_of(adult.birth_date, start)


def last_month_of(adult: Adult, start: date) -> int:
    """The month in which the adult reaches the horizon age: the plan no longer counts on them from there."""
    return month_of(adult.birth_date, start) + adult.horizon_age * 12


def retirement_month_of(adult: Adult, start: date) -> int:
    """The first month without work; 0 for one who has retired already."""
    return max(0, month_of(adult.retirement_date, start))


def first_year_months(start: date) -> int:
    """Months of the first calendar year: twelve only for a plan that starts in January."""
    return 13 - start.month


def first_month_of_year(year: int, start: date) -> int:
    """The month in which calendar year ``year`` of the plan begins; 0 is the year of the start."""
    return 0 if year == 0 else first_year_months(start) + 12 * (year - 1)


def year_of(month: int, start: date) -> int:
    """Which calendar year of the plan a month lies in; 0 is the year of the start."""
    return (month + start.month - 1) // 12


def calendar_years(n_months: int, start: date) -> NDArray[np.int64]:
    """Which calendar year of the plan each month lies in, (n_months,), as `year_of` has it."""
    years: NDArray[np.int64] = (np.arange(n_months, dtype=np.int64) + (start.month - 1)) // 12
    return years


def horizon_months(adults: tuple[Adult, ...], start: date) -> int:
    """Length of the plan: to the December that ends the calendar year of the last horizon age of any adult."""
    last = max(last_month_of(adult, start) for adult in adults)
    return first_month_of_year(max(1, year_of(last - 1, start) + 1), start)


def household_retirement_month(inputs: ProjectionInputs) -> int:
    """The month in which the last working adult has retired."""
    return max(retirement_month_of(adult, inputs.start_date) for adult in inputs.adults)


def resolve(when: When, owner: str, inputs: ProjectionInputs) -> int:
    """Turn a date or a boundary into a month; a boundary of ``""`` is the household's."""
    if when is Boundary.PLAN_START:
        return 0
    if when is Boundary.HORIZON:
        return horizon_months(inputs.adults, inputs.start_date)
    if isinstance(when, date):
        return month_of(when, inputs.start_date)
    for adult in inputs.adults:
        if adult.key == owner:
            return retirement_month_of(adult, inputs.start_date)
    return household_retirement_month(inputs)


def until_of(inputs: ProjectionInputs, adult: Adult) -> int:
    """Return the month up to which what an adult takes out is early."""
    return max(0, inputs.tax_table.early_withdrawal_age_months - age_in_months(adult, inputs.start_date, 0))
