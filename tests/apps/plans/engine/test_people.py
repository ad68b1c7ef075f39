"""Who can be planned for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.inputs import MAX_HORIZON_YEARS
from apps.plans.engine.people import check_people
from tests.apps.plans.engine.households import family

START = date(2026, 7, 1)
(ANA, BEN) = family().adults


def refused_at(*adults: object, most_years: int = MAX_HORIZON_YEARS) -> str | None:
    with pytest.raises(InvalidInputError) as refused:
        check_people(adults, START, most_years)  # type: ignore[arg-type]
    assert refused.value.mend
    return refused.value.field


def test_who_lives_and_is_younger_than_the_age_of_the_plan_is_taken() -> None:
    check_people((ANA, BEN), START, MAX_HORIZON_YEARS)


def test_who_is_not_born_as_the_plan_starts_is_refused() -> None:
    check_people((replace(ANA, birth_date=date(2026, 6, 30)),), START, MAX_HORIZON_YEARS)
    assert refused_at(replace(ANA, birth_date=START)) == "adults[ana].birth_date"


def test_a_plan_of_too_many_years_is_refused() -> None:
    # 1979 and 90 years: 43 years from 2026
    check_people((BEN,), START, 43)
    assert refused_at(BEN, most_years=42) == "adults[ben].birth_date"


def test_a_plan_that_is_over_as_it_starts_is_refused() -> None:
    # 47 in November 2026, after the start; 45 in March
    check_people((ANA, replace(BEN, horizon_age=47)), START, MAX_HORIZON_YEARS)
    assert refused_at(replace(ANA, horizon_age=45), BEN) == "adults[ana].horizon_age"
