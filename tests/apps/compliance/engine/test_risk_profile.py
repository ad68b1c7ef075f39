import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from apps.compliance.engine.capacity import Capacity
from apps.compliance.engine.errors import RiskTableError
from apps.compliance.engine.risk_profile import (
    Binding,
    bad_year,
    mix_mean,
    mix_volatility,
    need_level,
    reconcile,
)
from apps.compliance.engine.tables import LEVELS, level_table_from_mapping
from apps.compliance.engine.tolerance import Contradiction, Tolerance
from tests.apps.compliance.engine.tables import content, level_table

levels = st.sampled_from(LEVELS)


def willing(level, *contradictions):
    return Tolerance(0, level, contradictions, ())


def able(level, *caps):
    return Capacity(Decimal(50), level, caps, ())


@given(levels, levels, st.none() | st.decimals("0", "0.2", places=4))
def test_the_recommendation_is_the_lower_whatever_the_need(tolerance, capacity, required):
    profile = reconcile(willing(tolerance), able(capacity), level_table(), required_return=required)
    assert profile.recommended_level == min(tolerance, capacity)
    expected = (
        Binding.BOTH if tolerance == capacity else Binding.TOLERANCE if tolerance < capacity else Binding.CAPACITY
    )
    assert profile.binding is expected


def test_a_wide_gap_and_a_high_need_are_to_be_talked_about():
    pair = Contradiction("fall_said_and_done", "fall_reaction", "past_fall", 1, 5)
    profile = reconcile(
        willing(6, pair), able(3, "needed_within_three_years"), level_table(), required_return=Decimal("0.10")
    )
    codes = [line.code for line in profile.disagreements]
    assert codes == ["willing_beyond_able", "need_beyond_limit", "answers_contradict", "capacity_capped"]
    assert "not the level of risk" in str(profile.disagreements[1])


def test_a_cautious_client_with_means_is_not_pushed():
    codes = [line.code for line in reconcile(willing(2), able(6), level_table()).disagreements]
    assert codes == ["able_beyond_willing"]


def test_levels_that_agree_leave_nothing_to_talk_about():
    profile = reconcile(willing(4), able(4), level_table())
    assert profile.disagreements == ()
    assert profile.need_level is None


def test_a_bad_year_is_the_fifth_percentile_of_a_normal_year():
    table = level_table()
    year = bad_year(0.5, table)
    expected = norm.ppf(0.05, loc=mix_mean(0.5, table.outlook), scale=mix_volatility(0.5, table.outlook))
    assert math.isclose(year.p05_return, expected, rel_tol=1e-12)


def test_2008_is_told_as_it_happened():
    table = level_table()
    assert dict(bad_year(1.0, table).stresses)["2008"] == pytest.approx(-0.3655)
    assert dict(bad_year(0.5, table).stresses)["2008"] == pytest.approx((-0.3655 - 0.0354) / 2)


@given(levels, levels)
def test_a_higher_level_loses_more_in_2008(first, second):
    table = level_table()
    losses = [
        dict(bad_year(table.of(level).max_equity_share, table).stresses)["2008"] for level in sorted((first, second))
    ]
    assert losses[0] >= losses[1]


def test_volatility_bounds_are_the_mix_rounded_up_to_half_a_per_cent():
    table = level_table()
    for row in table.levels[1:]:
        mix = mix_volatility(row.max_equity_share, table.outlook)
        assert row.max_volatility == pytest.approx(math.ceil(mix * 200) / 200), row


def test_the_need_is_the_lowest_level_that_earns_it():
    table = level_table()
    assert need_level(Decimal("0.05"), table) == 1
    assert need_level(Decimal("0.0935"), table) == 5
    assert need_level(Decimal("0.4"), table) == 7


def test_a_level_table_must_rise():
    broken = content("risk_levels_2026_1")
    broken["levels"][3]["max_equity_share"] = 0.2
    with pytest.raises(RiskTableError, match="max_equity_share"):
        level_table_from_mapping(broken)
