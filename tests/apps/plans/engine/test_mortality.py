"""Lives by the published table: shares of the living, and the same life from the same number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import DomainError
from apps.plans.engine.mortality import (
    LifeTable,
    Sex,
    age_reached,
    last_survivor,
    life_expectancy,
    life_table_from_mapping,
    months_of_death,
)
from tests.apps.plans.engine.households import APPS, read_toml

CONTENT = read_toml(APPS / "plans" / "reference" / "mortality_2022.toml")
TABLE = life_table_from_mapping(CONTENT)


def test_the_published_expectation_of_life_follows():
    """Trustees Report 2025: 74.74 years for men at birth, 80.18 for women."""
    assert life_expectancy(TABLE.survival(Sex.MALE, 0, 2022)) == pytest.approx(74.74, abs=0.01)
    assert life_expectancy(TABLE.survival(Sex.FEMALE, 0, 2022)) == pytest.approx(80.18, abs=0.01)


def test_a_constant_rate_of_death_has_its_closed_form():
    even = LifeTable("even", 2022, "made", np.full(200, 0.1), np.full(200, 0.1))
    survival = even.survival(Sex.MALE, 0, 2022)
    assert survival[:4] == pytest.approx([1.0, 0.9, 0.81, 0.729])
    assert life_expectancy(survival) == pytest.approx(0.5 + 0.9 / 0.1, abs=1e-6)


def test_who_is_neither_told_lives_between_both():
    ages = {sex: life_expectancy(TABLE.survival(sex, 65, 2022)) for sex in Sex}
    assert ages[Sex.MALE] < ages[Sex.UNKNOWN] < ages[Sex.FEMALE]


def test_improvement_lengthens_lives_and_counts_from_the_year_of_the_table():
    better = life_table_from_mapping(CONTENT, improvement=0.01)
    assert better.yearly(Sex.MALE, 65, 2022)[0] == TABLE.yearly(Sex.MALE, 65, 2022)[0]
    assert better.yearly(Sex.MALE, 65, 2032)[0] == pytest.approx(TABLE.male[65] * 0.99**10)
    assert life_expectancy(better.survival(Sex.MALE, 65, 2026)) > life_expectancy(TABLE.survival(Sex.MALE, 65, 2026))
    assert better.survival(Sex.MALE, 65, 2026)[-1] == 0.0


def test_one_of_two_outlives_each():
    first, second = TABLE.survival(Sex.MALE, 70, 2022), TABLE.survival(Sex.FEMALE, 62, 2022)
    both = last_survivor(first, second)
    assert both.size == second.size
    assert (both >= second).all()
    assert both[20] == pytest.approx(1 - (1 - first[20]) * (1 - second[20]))


def test_the_planning_age_is_the_last_that_so_many_reach():
    survival = TABLE.survival(Sex.FEMALE, 65, 2022)
    age = age_reached(survival, 65, 0.25)
    assert survival[age - 65] >= 0.25 > survival[age - 64]


@given(st.integers(20, 110), st.integers(0, 11))
def test_months_of_death_have_the_distribution_of_the_table(age: int, months: int):
    survival = TABLE.survival(Sex.MALE, age, 2022)
    uniforms = (np.arange(20_000) + 0.5) / 20_000
    died = months_of_death(survival, months, uniforms)
    assert (np.diff(died) >= 0).all()
    assert died[0] >= 0
    alive_now = np.interp(months / 12, np.arange(survival.size), survival)
    for years in (1, 5, 10):
        if years < survival.size:
            until = 12 * years - months
            expected = 1.0 - survival[years] / alive_now
            assert (died < until).mean() == pytest.approx(expected, abs=1e-4)


def test_the_same_number_gives_the_same_life_and_nobody_outlives_the_table():
    survival = TABLE.survival(Sex.FEMALE, 60, 2022)
    last = np.nextafter(1.0, 0.0)
    assert (
        months_of_death(survival, 3, np.array([0.5, 0.5, last])).tolist()[:2]
        == [int(months_of_death(survival, 3, np.array([0.5]))[0])] * 2
    )
    assert months_of_death(survival, 3, np.array([last]))[0] < 12 * (survival.size - 1)


def test_what_cannot_be_is_refused():
    with pytest.raises(DomainError):
        LifeTable("short", 2022, "made", np.full(50, 0.1), np.full(50, 0.1))
    with pytest.raises(DomainError):
        LifeTable("none", 2022, "made", np.zeros(120), np.full(120, 0.1))
    with pytest.raises(DomainError) as refused:
        TABLE.survival(Sex.MALE, 140, 2022)
    assert refused.value.field == "age"
