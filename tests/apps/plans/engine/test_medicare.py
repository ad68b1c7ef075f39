"""Premiums of Medicare: the published steps, and where they begin."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.kernel.errors import DomainError
from apps.plans.engine.medicare import (
    MedicareTable,
    income_step,
    medicare_table_from_mapping,
    premiums,
    room_to_next_step,
)
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import APPS, read_toml

SINGLE, JOINT, SEPARATE = FilingStatus.SINGLE, FilingStatus.MARRIED_JOINT, FilingStatus.MARRIED_SEPARATE


def table(year: int) -> MedicareTable:
    return medicare_table_from_mapping(read_toml(APPS / "plans" / "reference" / f"medicare_{year}.toml"))


TABLE = table(2026)


@pytest.mark.parametrize(
    ("magi", "part_b", "part_d"),
    [
        (109_000, "202.90", "0"),
        (109_001, "284.10", "14.50"),
        (137_001, "405.80", "37.50"),
        (171_001, "527.50", "60.40"),
        (205_001, "649.20", "83.30"),
        (499_999, "649.20", "83.30"),
        (500_000, "689.90", "91.00"),
    ],
)
def test_the_published_steps_of_2026(magi: int, part_b: str, part_d: str):
    told = premiums(TABLE, SINGLE, Decimal(magi))
    assert told.part_b + told.part_b_surcharge == Decimal(part_b)
    assert told.part_d_surcharge == Decimal(part_d)


@pytest.mark.parametrize("year", [2025, 2026])
def test_each_step_is_the_law_s_share_of_the_cost(year: int):
    """The premium is a quarter of the cost, the steps 35, 50, 65, 80 and 85 % of it, to the dime (1395r(i)(3))."""
    each = table(year)
    for share, surcharge in zip(("0.35", "0.5", "0.65", "0.8", "0.85"), each.part_b_surcharges, strict=True):
        assert abs(4 * each.part_b * Decimal(share) - each.part_b - surcharge) <= Decimal("0.2")


def test_couples_have_double_the_bounds_but_for_the_last():
    assert income_step(TABLE, JOINT, Decimal(218_000)) == 0
    assert income_step(TABLE, JOINT, Decimal(218_001)) == 1
    assert income_step(TABLE, JOINT, Decimal(750_000)) == 5
    assert income_step(TABLE, FilingStatus.SURVIVING_SPOUSE, Decimal(218_000)) == 4


def test_who_files_apart_goes_from_nothing_to_the_fourth_step():
    assert income_step(TABLE, SEPARATE, Decimal(109_000)) == 0
    assert income_step(TABLE, SEPARATE, Decimal(109_001)) == 4
    assert income_step(TABLE, SEPARATE, Decimal(391_000)) == 5
    assert income_step(TABLE, SEPARATE, Decimal(120_000), lives_with_spouse=False) == 1


def test_the_room_to_the_next_step_is_told():
    assert room_to_next_step(TABLE, SINGLE, Decimal(100_000)) == Decimal(9_000)
    assert room_to_next_step(TABLE, SINGLE, Decimal(109_001)) == Decimal(27_999)
    assert room_to_next_step(TABLE, SINGLE, Decimal(400_000)) == Decimal("99999.99")
    assert room_to_next_step(TABLE, SINGLE, Decimal(500_000)) is None
    for magi in (Decimal(100_000), Decimal(400_000)):
        room = room_to_next_step(TABLE, SINGLE, magi)
        assert room is not None
        here = income_step(TABLE, SINGLE, magi)
        assert income_step(TABLE, SINGLE, magi + room) == here
        assert income_step(TABLE, SINGLE, magi + room + Decimal("0.01")) == here + 1


def test_steps_that_do_not_rise_are_refused():
    with pytest.raises(DomainError) as refused:
        replace(TABLE, bounds={**TABLE.bounds, SINGLE: (Decimal(2), Decimal(1))})
    assert refused.value.field == "bounds.single"
