from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.compliance.engine.capacity import HIGHEST, check_facts, points_of, score_capacity
from apps.compliance.engine.errors import CapacityFactError, RiskTableError
from apps.compliance.engine.tables import capacity_table_from_mapping
from tests.apps.compliance.engine.tables import capacity_table, content, facts


def test_a_household_is_scored_as_by_hand():
    # 15 years 75×25, 25 years 87.5×10, coverage 75×15, stable 75×10, funded 65×20, debt 80×8, two dependants 60×5,
    # half of net worth 60×7; sum of products over 100
    scored = score_capacity(facts(), capacity_table())
    assert scored.score == Decimal("72.9")  # 72.85, half up
    assert (scored.level, scored.caps) == (6, ())


@pytest.mark.parametrize(("fact", "points"), [("0", "0"), ("2", "10"), ("3", "15"), ("4", "22.5"), ("40", "100")])
def test_points_lie_on_the_lines_between_the_knots(fact, points):
    factor = capacity_table().factors[0]
    assert points_of(factor, Decimal(fact)) == Decimal(points)


def test_money_needed_within_a_year_means_cash():
    scored = score_capacity(facts(years_to_first_withdrawal="0.5"), capacity_table())
    assert scored.level == 1
    assert scored.caps == ("needed_within_a_year", "needed_within_three_years")


def test_money_needed_within_three_years_caps_at_a_fifth_in_shares():
    scored = score_capacity(facts(years_to_first_withdrawal="2", funded_ratio="1.5"), capacity_table())
    assert (scored.level, scored.caps) == (2, ("needed_within_three_years",))


def test_underfunded_goals_soon_due_are_never_high_capacity():
    rich = facts(years_to_first_withdrawal="4", funded_ratio="0.6", withdrawal_years="30", liquidity_coverage="3")
    scored = score_capacity(replace(rich, income_stability=Decimal(3), dependants=Decimal(0)), capacity_table())
    assert scored.level <= 4
    assert "underfunded_and_short" in scored.caps


@pytest.mark.parametrize(
    ("name", "value"),
    [("dependants", "-1"), ("net_worth_share", "1.2"), ("funded_ratio", "NaN"), ("income_stability", "4")],
)
def test_an_impossible_fact_is_refused_and_named(name, value):
    with pytest.raises(CapacityFactError) as refused:
        check_facts(facts(**{name: value}))
    assert refused.value.field == name


@st.composite
def any_facts(draw):
    return facts(
        **{name: str(draw(st.decimals(0, highest, places=2, allow_nan=False))) for name, highest in HIGHEST.items()}
    )


@given(any_facts())
def test_the_trail_makes_the_score(household):
    scored = score_capacity(household, capacity_table())
    assert 0 <= scored.score <= 100
    made = [line for line in scored.trail if line.code.startswith("fact:")]
    again = sum(Decimal(line.params["points"]) * Decimal(line.params["weight"]) for line in made) / 100
    assert abs(again - scored.score) <= Decimal("0.11")
    assert all(str(line) for line in scored.trail)


@given(any_facts(), st.sampled_from(["years_to_first_withdrawal", "liquidity_coverage", "funded_ratio"]))
def test_more_time_or_money_never_lowers_capacity(household, name):
    better = replace(household, **{name: HIGHEST[name]})
    assert score_capacity(better, capacity_table()).level >= score_capacity(household, capacity_table()).level


def test_weights_must_sum_to_a_hundred():
    broken = content("risk_capacity_2026_1")
    broken["factors"].pop()
    with pytest.raises(RiskTableError, match="sum to 100"):
        capacity_table_from_mapping(broken)
