import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.kernel.flows import FlowTiming
from apps.portfolios.engine.returns import (
    DietzPeriod,
    annualised,
    average_capital,
    irr,
    modified_dietz,
    modified_irr,
    net_present_value,
    xirr,
)


def test_the_same_months_modified_dietz_and_money_weighted_returns_are_positive():
    month = DietzPeriod(10_000, 63_000, ((15, 50_000),), 30)
    assert modified_dietz(month).value == pytest.approx(0.0857, abs=5e-5)
    flows = [(date(2025, 1, 1), -10_000.0), (date(2025, 7, 1), -50_000.0), (date(2025, 12, 31), 63_000.0)]
    assert xirr(flows).value == pytest.approx(0.0869, abs=5e-5)


@pytest.mark.parametrize(
    ("timing", "capital"),
    [(FlowTiming.END_OF_DAY, 110), (FlowTiming.START_OF_DAY, 112), (FlowTiming.IN_START_OUT_END, 114)],
)
def test_a_flow_weighs_by_when_it_counts(timing, capital):
    # 100 comes in with 15 of 25 days left and 50 leaves at the same time
    assert average_capital(80, [(10, 100), (10, -50)], 25, timing) == pytest.approx(capital)


def test_a_month_without_capital_has_no_return():
    found = modified_dietz(DietzPeriod(0, 100, (), 30))
    assert (found.value, found.reason) == (None, "The average capital is zero or less.")


def test_a_period_of_no_days_is_refused():
    with pytest.raises(InvalidInputError):
        modified_dietz(DietzPeriod(1, 1, (), 0))


def test_only_more_than_a_year_is_annualised():
    assert annualised(0.21, 730).value == pytest.approx(0.10)
    assert annualised(0.21, 365).value is None
    assert annualised(-1, 730).value is None


@pytest.mark.parametrize("flows", [[], [(date(2026, 1, 1), 1.0)], [(date(2026, 1, 1), -1.0), (date(2026, 2, 1), 0.0)]])
def test_flows_that_point_one_way_have_no_rate(flows):
    found = xirr(flows)
    assert found.value is None
    assert found.reason


def test_of_two_rates_the_one_near_the_simple_return_is_meant():
    # solved by 10 % and by 20 %; the flows lose 20, so that the lower one continues their simple return
    assert irr([0, 1, 2], [-1000, 2300, -1320]).value == pytest.approx(0.10)


def test_flows_that_lose_in_total_get_the_rate_that_says_so():
    # solved by -40 % and by 50 %; 10 and 9 came back of 21
    assert irr([0, 1, 2], [10, -21, 9]).value == pytest.approx(-0.40)


def test_the_first_flow_counts_in_full_or_one_period_away():
    assert net_present_value(0.10, [-100, 110]) == pytest.approx(0)
    assert net_present_value(0.10, [110], first_period=1) == pytest.approx(100)
    with pytest.raises(InvalidInputError):
        net_present_value(-1, [1])


def test_what_comes_back_is_put_aside_at_a_rate_of_its_own():
    assert modified_irr([-100, 50, 60], 0.10, 0.20).value == pytest.approx(math.sqrt(1.2) - 1)
    assert modified_irr([50, 60], 0.10, 0.20).value is None


def test_the_first_flow_need_not_be_the_earliest():
    assert xirr([(date(2026, 1, 1), 110.0), (date(2025, 1, 1), -100.0)]).value == pytest.approx(0.10)


paths = st.lists(st.floats(-0.2, 0.2), min_size=1, max_size=30)


@given(st.floats(-0.9, 3), st.lists(st.tuples(st.integers(0, 3000), st.floats(1, 1e5)), min_size=1, max_size=12))
def test_the_rate_of_flows_that_grew_at_one_rate_is_that_rate(rate, deposits):
    start, last = date(2015, 1, 1), 3650
    grown = sum(amount * (1 + rate) ** ((last - after) / 365) for after, amount in deposits)
    flows = [(start + timedelta(days=after), -amount) for after, amount in deposits]
    found = xirr([*flows, (start + timedelta(days=last), grown)])
    assert found.value == pytest.approx(rate, abs=1e-7)
