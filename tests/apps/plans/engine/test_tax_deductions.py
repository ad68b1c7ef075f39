"""Itemised deductions, worked by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.tax_deductions import (
    Payments,
    charity_deduction,
    charity_without_itemising,
    gifts_carried,
    itemised_deduction,
    medical_deduction,
    salt_deduction,
)
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import tax_table

SINGLE, JOINT = FilingStatus.SINGLE, FilingStatus.MARRIED_JOINT
D = Decimal


def test_state_taxes_are_capped_and_the_cap_shrinks_to_its_floor() -> None:
    table = tax_table(2026)
    assert salt_deduction(table, JOINT, D(50_000), D(100_000), 2026) == 40_400
    assert salt_deduction(table, JOINT, D(50_000), D(600_000), 2026) == D("11900.00")
    assert salt_deduction(table, JOINT, D(50_000), D(1_000_000), 2026) == 10_000
    assert salt_deduction(tax_table(2024), FilingStatus.MARRIED_SEPARATE, D(50_000), D(1), 2024) == 5_000


def test_the_cap_of_state_taxes_rises_to_2029_and_falls_back_after_it() -> None:
    assert salt_deduction(tax_table(2025), JOINT, D(50_000), D(1), 2026) == 40_400
    assert salt_deduction(tax_table(2026), JOINT, D(50_000), D(1), 2027) == D("40804.00")
    assert salt_deduction(tax_table(2026), JOINT, D(50_000), D(1), 2030) == 10_000


def test_medical_costs_count_above_their_floor() -> None:
    assert medical_deduction(tax_table(2026), D(10_000), D(100_000)) == D(2_500)
    assert medical_deduction(tax_table(2026), D(7_000), D(100_000)) == 0
    assert medical_deduction(tax_table(2026), D(7_000), D(-3_000)) == 7_000


def test_gifts_are_limited_and_from_2026_on_have_a_floor() -> None:
    assert charity_deduction(tax_table(2025), D(10_000), D(100_000)) == 10_000
    assert charity_deduction(tax_table(2026), D(10_000), D(100_000)) == D(9_500)
    assert charity_deduction(tax_table(2026), D(400), D(100_000)) == 0
    # 60 % of income, and then the floor.
    assert charity_deduction(tax_table(2026), D(90_000), D(100_000)) == D(59_500)


def test_gifts_above_the_limit_are_carried_on_for_five_years_the_oldest_first() -> None:
    # Pub. 526: 250,000 in cash with an income of 100,000: 60,000 in the year, 190,000 above it, and from 2026 on the
    # 500 that the floor took (IRC 170(d)(1)(C))
    none = (D(0),) * 5
    assert gifts_carried(tax_table(2025), D(250_000), none, D(100_000))[0] == 190_000
    left = gifts_carried(tax_table(2026), D(250_000), none, D(100_000))
    assert left == (D("190500.000"), 0, 0, 0, 0)
    # 20,000 are given in the next year, which leaves room for 40,000; none of it is above the limit
    left = gifts_carried(tax_table(2026), D(20_000), left, D(100_000))
    assert left == (0, D(150_500), 0, 0, 0)
    for year in range(3):
        left = gifts_carried(tax_table(2026), D(0), left, D(30_000))
        assert left[2 + year] == D(150_500) - 18_000 * (year + 1)
    # the fifth year is the last
    assert gifts_carried(tax_table(2026), D(0), left, D(30_000)) == none


def test_older_gifts_come_before_newer_ones_and_no_income_leaves_no_room() -> None:
    carried = (D(5_000), D(0), D(0), D(4_000), D(1_000))
    assert gifts_carried(tax_table(2025), D(0), carried, D(5_000)) == (0, 5_000, 0, 0, 2_000)
    assert gifts_carried(tax_table(2025), D(700), carried, D(-5_000)) == (700, 5_000, 0, 0, 4_000)


def test_what_is_carried_on_counts_only_where_it_is_itemised() -> None:
    paid = Payments(charity=D(500), charity_carried=D(30_000))
    assert itemised_deduction(tax_table(2025), JOINT, paid, D(40_000), D(40_000), 2025).charity == 24_000
    assert charity_without_itemising(tax_table(2026), JOINT, paid.charity) == 500


def test_gifts_without_itemising_from_2026_on() -> None:
    assert charity_without_itemising(tax_table(2025), JOINT, D(5_000)) == 0
    assert charity_without_itemising(tax_table(2026), JOINT, D(5_000)) == 2_000
    assert charity_without_itemising(tax_table(2026), SINGLE, D(300)) == 300


def test_the_highest_bracket_takes_two_37ths_of_the_smaller_of_deduction_and_income_in_it() -> None:
    paid = Payments(mortgage_interest=D(37_000))
    far = itemised_deduction(tax_table(2026), SINGLE, paid, D(2_000_000), D(2_000_000), 2026)
    assert far.reduction == pytest.approx(2_000)
    assert far.total == pytest.approx(35_000)
    near = itemised_deduction(tax_table(2026), SINGLE, paid, D(659_100), D(659_100), 2026)
    assert near.reduction == pytest.approx(1_000)
    assert itemised_deduction(tax_table(2025), SINGLE, paid, D(2_000_000), D(2_000_000), 2025).reduction == 0


def test_a_negative_payment_is_refused_by_its_name() -> None:
    with pytest.raises(InvalidInputError) as refused:
        Payments(charity=D(-1))
    assert refused.value.field == "charity"
