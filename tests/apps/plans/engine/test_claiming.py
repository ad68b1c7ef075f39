"""What a claim pays: the law's fractions at each age, and the rules between people."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.claiming import (
    Claim,
    Relative,
    SurvivorBase,
    age_after_withholding,
    child_original,
    claiming_factor,
    credits_in_pay,
    divorced_spouse_is_entitled,
    first_claim_age,
    full_retirement_age,
    month_of_age,
    spouse_excess,
    survivor_base,
    survivor_benefit,
    survivor_full_age,
    withheld_for_earnings,
    within_family_maximum,
    worker_benefit,
)
from tests.apps.plans.engine.test_social_security import TABLE

BORN_1960 = date(1960, 6, 15)


@pytest.mark.parametrize(
    ("year", "years", "months"),
    [
        (1937, 65, 0),
        (1938, 65, 2),
        (1942, 65, 10),
        (1943, 66, 0),
        (1954, 66, 0),
        (1955, 66, 2),
        (1959, 66, 10),
        (1960, 67, 0),
        (1990, 67, 0),
    ],
)
def test_full_retirement_age_by_year_of_birth(year: int, years: int, months: int):
    assert full_retirement_age(year) == 12 * years + months
    assert survivor_full_age(year + 2) == 12 * years + months


@pytest.mark.parametrize(
    ("months", "factor"), [(-60, "0.7"), (-36, "0.8"), (-12, "0.9333333"), (0, "1"), (12, "1.08"), (36, "1.24")]
)
def test_the_published_fractions(months: int, factor: str):
    assert round(claiming_factor(months), 7) == Decimal(factor)


def test_waiting_was_worth_less_to_the_older():
    assert claiming_factor(12, 1938) == Decimal("1.065")
    assert claiming_factor(12, 1940) == Decimal("1.07")
    assert claiming_factor(12, 1942) == Decimal("1.075")
    assert claiming_factor(12, 1936) == Decimal("1.06")


@given(st.integers(744, 839), st.integers(100, 500_000))
def test_waiting_a_month_never_pays_less(age: int, dimes: int):
    amount = Decimal(dimes) / 10
    assert worker_benefit(Claim(amount, BORN_1960, age)) <= worker_benefit(Claim(amount, BORN_1960, age + 1))


def test_a_claim_lies_between_62_and_70():
    for age in (743, 841):
        with pytest.raises(InvalidInputError) as refused:
            Claim(Decimal(1000), BORN_1960, age)
        assert refused.value.field == "claim_age"


def test_ages_are_attained_on_the_day_before_the_birthday():
    assert month_of_age(date(1960, 4, 1), 804) == (2027, 3)
    assert month_of_age(date(1960, 4, 2), 804) == (2027, 4)
    assert month_of_age(date(1960, 1, 1), 0) == (1959, 12)


def test_who_is_born_on_the_second_is_paid_from_the_month_of_62():
    assert first_claim_age(date(1964, 4, 2)) == 744
    assert first_claim_age(date(1964, 4, 1)) == 745
    assert first_claim_age(date(1964, 4, 20)) == 745


def test_months_of_waiting_count_from_the_next_january_and_at_seventy_at_once():
    """Full age in June 2027, claim at 68 in June 2028: of twelve months seven count until December."""
    claim = Claim(Decimal(2000), BORN_1960, 68 * 12)
    assert credits_in_pay(claim, 2028) == 7
    assert credits_in_pay(claim, 2029) == 12
    assert credits_in_pay(Claim(Decimal(2000), BORN_1960, 70 * 12), 2030) == 36
    assert credits_in_pay(Claim(Decimal(2000), BORN_1960, 64 * 12), 2024) == 0


def test_a_spouse_is_paid_what_half_of_the_other_s_amount_is_more():
    assert spouse_excess(Decimal(3000), Decimal(1000), 0) == 500
    assert spouse_excess(Decimal(3000), Decimal(1000), 36) == 375
    assert spouse_excess(Decimal(3000), Decimal(1000), 60) == 325
    assert spouse_excess(Decimal(3000), Decimal(1600), 0) == 0
    assert spouse_excess(Decimal(3000), Decimal(1000), -24) == 500


def test_a_survivor_gets_the_credits_of_waiting():
    assert survivor_base(Decimal(3000), 1950, 12) == SurvivorBase(Decimal("3240.0"))


def test_after_an_early_claim_a_survivor_gets_what_the_worker_had_but_at_least_82_and_a_half_percent():
    early, later = Claim(Decimal(2000), BORN_1960, 744), Claim(Decimal(2000), BORN_1960, 792)
    assert survivor_base(Decimal(2000), 1960, 0, early) == SurvivorBase(Decimal("2000.0"), Decimal("1650.0"))
    assert survivor_base(Decimal(2000), 1960, 0, later) == SurvivorBase(Decimal("2000.0"), Decimal(1866))
    assert survivor_benefit(survivor_base(Decimal(2000), 1960, 0, early), 1962, 804) == 1650
    # at 60 the reduction of the survivor is the larger one
    assert survivor_benefit(survivor_base(Decimal(2000), 1960, 0, later), 1962, 720) == 1430


def test_a_survivor_s_benefit_begins_at_sixty():
    with pytest.raises(InvalidInputError):
        survivor_benefit(SurvivorBase(Decimal(1000)), 1960, 719)


def test_somebody_divorced_needs_ten_years_of_marriage():
    ten, two = Decimal(10), Decimal(2)
    assert divorced_spouse_is_entitled(ten, is_married_again=False, years_apart=two)
    assert not divorced_spouse_is_entitled(Decimal("9.9"), is_married_again=False, years_apart=two)
    assert not divorced_spouse_is_entitled(ten, is_married_again=True, years_apart=two)
    assert not divorced_spouse_is_entitled(ten, is_married_again=False, years_apart=Decimal(1))


def test_earnings_withhold_a_half_or_a_third_of_what_lies_above():
    benefits = Decimal(24_000)
    earned = Decimal(33_400)
    assert withheld_for_earnings(TABLE, 2025, earned, benefits, reaches_full_age=False) == 5_000
    assert withheld_for_earnings(TABLE, 2025, Decimal(71_160), benefits, reaches_full_age=True) == 3_000
    assert withheld_for_earnings(TABLE, 2025, Decimal(500_000), benefits, reaches_full_age=False) == benefits


def test_withheld_months_are_given_back_at_full_age():
    assert age_after_withholding(744, 10, 804) == 754
    assert age_after_withholding(800, 10, 804) == 804
    assert age_after_withholding(820, 10, 804) == 820


def test_all_are_cut_alike_when_the_maximum_is_too_small():
    child = Relative(Decimal(500))
    assert within_family_maximum([child, child], Decimal(500)) == (Decimal(250), Decimal(250))
    assert within_family_maximum([child, child], Decimal(2000)) == (Decimal(500), Decimal(500))


def test_what_a_spouse_with_a_benefit_of_one_s_own_leaves_goes_to_the_children():
    """Each would be cut to 100; the spouse has 160 of one's own, so that the children share 300."""
    spouse, child = Relative(Decimal(200), Decimal(160)), Relative(Decimal(200))
    assert within_family_maximum([spouse, child, child], Decimal(300)) == (0, Decimal(150), Decimal(150))


@given(
    st.lists(st.tuples(st.integers(1, 9_999), st.integers(0, 9_999)), min_size=1, max_size=6), st.integers(0, 20_000)
)
def test_no_family_is_paid_beyond_the_maximum_and_nobody_beyond_the_original(
    facts: list[tuple[int, int]], available: int
):
    relatives = [Relative(Decimal(original), Decimal(own)) for original, own in facts]
    paid = within_family_maximum(relatives, Decimal(available))
    assert sum(paid) <= available
    assert all(0 <= amount <= each.original for amount, each in zip(paid, relatives, strict=True))


def test_children_have_half_and_after_a_death_three_quarters():
    assert child_original(Decimal("1001.9"), is_survivor=False) == Decimal("500.9")
    assert child_original(Decimal("1001.9"), is_survivor=True) == Decimal("751.4")
