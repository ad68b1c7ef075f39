from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.billing.engine.schedules import annual_fee, cliff_drop, slices_of
from apps.billing.engine.terms import ScheduleKind
from tests.apps.billing.engine.builders import TIERS

values = st.fractions(0, 10**8)


@pytest.mark.parametrize(
    ("kind", "value", "fee"),
    [
        (ScheduleKind.GRADUATED, 1_000_000, 8750),
        (ScheduleKind.GRADUATED, 3_200_000, 22_250),
        (ScheduleKind.CLIFF, 1_000_000, 7500),
        (ScheduleKind.CLIFF, 500_000, 5000),
        (ScheduleKind.CLIFF, 2_000_001, Fraction(2_000_001, 200)),
    ],
)
def test_published_fees_are_reproduced(kind, value, fee):
    assert annual_fee(kind, TIERS, Fraction(value)) == fee


def test_a_value_at_the_edge_belongs_to_the_lower_tier():
    assert [part.tier.clause for part in slices_of(ScheduleKind.GRADUATED, TIERS, Fraction(500_000))] == ["4.1(a)"]
    assert [part.tier.clause for part in slices_of(ScheduleKind.CLIFF, TIERS, Fraction(500_000))] == ["4.1(a)"]


@pytest.mark.parametrize("value", [0, -1])
def test_nothing_has_no_slices(value):
    assert slices_of(ScheduleKind.GRADUATED, TIERS, Fraction(value)) == ()


@given(values)
def test_the_slices_add_up_to_the_value(value):
    for kind in (ScheduleKind.GRADUATED, ScheduleKind.CLIFF):
        assert sum((part.value for part in slices_of(kind, TIERS, value)), Fraction(0)) == value


@given(values, values)
def test_a_graduated_fee_rises_with_the_value_and_two_halves_cost_no_less(one, other):
    graduated = ScheduleKind.GRADUATED
    fee = annual_fee(graduated, TIERS, one + other)
    assert fee >= annual_fee(graduated, TIERS, one)
    assert fee <= annual_fee(graduated, TIERS, one) + annual_fee(graduated, TIERS, other)


def test_a_cliff_names_the_edge_that_was_dearer():
    assert cliff_drop(TIERS, Fraction(600_000)) == (500_000, 5000)
    assert cliff_drop(TIERS, Fraction(700_000)) is None
    assert cliff_drop(TIERS, Fraction(2_500_000)) == (2_000_000, 15_000)
