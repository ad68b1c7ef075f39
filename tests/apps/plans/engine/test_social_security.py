"""Social Security: published amounts come out of the formulas, and the formulas round as the law does."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.social_security import (
    BendPoints,
    SocialSecurityTable,
    average_indexed_earnings,
    bend_points,
    credit_amount,
    eligibility_year,
    exempt_amount,
    family_maximum,
    indexed_earnings,
    primary_insurance,
    quarters_of_coverage,
    social_security_table_from_mapping,
    with_raises,
)

FILE = Path(__file__).resolve().parents[4] / "apps" / "plans" / "reference" / "social_security.toml"
TABLE = social_security_table_from_mapping(tomllib.loads(FILE.read_text(encoding="utf-8")))
BORN_1959 = date(1959, 5, 20)


@pytest.mark.parametrize(
    ("year", "first", "second"), [(1979, 180, 1085), (2000, 531, 3202), (2012, 767, 4624), (2025, 1226, 7391)]
)
def test_published_bend_points_follow_from_average_wages(year: int, first: int, second: int):
    assert bend_points(TABLE, year) == BendPoints(Decimal(first), Decimal(second))


def test_the_published_maximum_of_2025_follows_from_its_average():
    """A worker who always earned the base and retires at 66 and 8 months has an average of 13,689."""
    told = primary_insurance(TABLE, 2025, Decimal(13_689))
    assert told.amount == Decimal("4020.9")
    assert told.parts == (Decimal("1103.40"), Decimal("1972.80"), Decimal("944.70"))


@pytest.mark.parametrize(("year", "amount"), [(1978, 250), (2009, 1090), (2024, 1730), (2025, 1810), (2026, 1890)])
def test_published_amounts_of_a_credit_follow_from_average_wages(year: int, amount: int):
    assert credit_amount(TABLE, year) == amount


def test_a_credit_does_not_fall_with_wages():
    """Wages fell from 2008 to 2009, which would have taken it from 1,120 to 1,100 in 2011."""
    assert credit_amount(TABLE, 2010) == credit_amount(TABLE, 2011) == 1_120


@pytest.mark.parametrize(
    ("year", "lower", "higher"),
    [
        (2000, 10_080, 17_000),
        (2002, 11_280, 30_000),
        (2003, 11_520, 30_720),
        (2011, 14_160, 37_680),
        (2018, 17_040, 45_360),
        (2025, 23_400, 62_160),
        (2026, 24_480, 65_160),
    ],
)
def test_published_exempt_amounts_follow_from_average_wages(year: int, lower: int, higher: int):
    assert exempt_amount(TABLE, year, reaches_full_age=False) == lower
    assert exempt_amount(TABLE, year, reaches_full_age=True) == higher


@pytest.mark.parametrize("year", range(1995, 2027))
def test_the_base_of_each_year_is_the_law_s_formula(year: int):
    """60,600 of 1994 by the wages of 1992, to 300 dollars, never falling while benefits are not raised (42 USC 430)."""
    raised = Decimal(60_600) * TABLE.wages(year - 2) / TABLE.wages(1992)
    by_formula = (raised / 300).quantize(Decimal(1)) * 300
    frozen = TABLE.cost_of_living[year - 1] == 0
    assert TABLE.base(year) == (TABLE.base(year - 1) if frozen else by_formula)


def test_earnings_are_capped_then_raised_to_the_wages_of_sixty_then_left():
    year = eligibility_year(BORN_1959) - 2
    assert year == 2019
    raised = indexed_earnings(TABLE, Decimal(200_000), 1990, year)
    assert raised == (Decimal(51_300) * Decimal("54099.99") / Decimal("21027.98")).quantize(Decimal("0.01"))
    assert indexed_earnings(TABLE, Decimal(200_000), 2020, year) == Decimal(137_700)


def test_the_best_35_years_count_and_missing_ones_count_as_nothing():
    same = {year: TABLE.wages(year) for year in range(1985, 2020)}
    assert average_indexed_earnings(TABLE, BORN_1959, same) == Decimal(4508)  # 54,099.99 / 12, to the dollar below
    more = same | {1984: Decimal(1)}
    assert average_indexed_earnings(TABLE, BORN_1959, more) == Decimal(4508)
    half = {year: earned for year, earned in same.items() if year < 2002}
    assert average_indexed_earnings(TABLE, BORN_1959, half) == Decimal(2189)  # 17 of 35 years


def test_somebody_born_on_new_year_s_day_counts_with_the_year_before():
    assert eligibility_year(date(1960, 1, 1)) == 2021
    assert eligibility_year(date(1960, 1, 2)) == 2022


def test_raises_are_rounded_down_each_december():
    """1,000.00 of 2021: 5.9 % gives 1,059.00, 8.7 % 1,151.13 and so 1,151.10, 3.2 % 1,187.93 and so 1,187.90."""
    assert with_raises(TABLE, Decimal(1000), 2021, 2023) == Decimal("1187.9")
    assert with_raises(TABLE, Decimal(1000), 2024, 2023) == Decimal(1000)


def test_the_family_maximum_has_four_rates():
    """2014: bends 1,042, 1,505 and 1,962; of 2,000: 1,563 + 1,259.36 + 612.38 + 66.50."""
    assert family_maximum(TABLE, 2014, Decimal(2000)) == Decimal("3501.2")


@given(st.integers(0, 20_000), st.integers(1979, 2026))
def test_more_earnings_never_pay_less_and_the_family_at_least_half_more(average: int, year: int):
    amount = primary_insurance(TABLE, year, Decimal(average)).amount
    assert amount <= primary_insurance(TABLE, year, Decimal(average + 1)).amount
    assert family_maximum(TABLE, year, amount) >= amount * Decimal("1.5") - Decimal("0.1")


def test_years_to_come_are_told_in_today_s_wages():
    ahead = TABLE.extended(2060)
    assert bend_points(ahead, 2055) == bend_points(ahead, 2026)
    grown = TABLE.extended(2060, Decimal("0.03"))
    assert bend_points(grown, 2055).first > 2 * bend_points(grown, 2026).first


def test_refusals_say_what_is_outside():
    with pytest.raises(InvalidInputError) as refused:
        bend_points(TABLE, 2027)
    assert "from 1951 to 2024" in str(refused.value)
    with pytest.raises(InvalidInputError):
        credit_amount(TABLE, 1977)
    with pytest.raises(InvalidInputError):
        exempt_amount(TABLE, 1999, reaches_full_age=False)
    with pytest.raises(InvalidInputError):
        quarters_of_coverage(TABLE, 2024, Decimal(-1))
    with pytest.raises(InvalidInputError):
        primary_insurance(TABLE, 2024, Decimal(-1))


def test_the_newest_wages_are_named():
    assert isinstance(TABLE, SocialSecurityTable)
    assert TABLE.newest_wages == 2024
