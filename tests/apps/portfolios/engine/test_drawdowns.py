from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.drawdowns import (
    calmar_ratio,
    drawdown_series,
    drawdowns,
    longest_recovery,
    martin_ratio,
    max_drawdown,
    pain_index,
    pain_ratio,
    rolling_max_drawdown,
    ulcer_index,
)

RETURNS = st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=40)
FIRST = date(2025, 1, 1)


def days(n):
    return [FIRST + timedelta(days=place) for place in range(n)]


@given(RETURNS)
def test_the_deepest_fall_is_that_of_all_pairs_of_days(returns):
    wealth = np.concatenate([[1.0], np.cumprod(1 + np.array(returns))])
    worst = min(wealth[j] / wealth[i] - 1 for i in range(len(wealth)) for j in range(i, len(wealth)))
    assert max_drawdown(returns).value == pytest.approx(worst, abs=1e-12)
    assert rolling_max_drawdown(returns, len(returns))[0] == pytest.approx(worst, abs=1e-12)
    falls = drawdowns(days(len(wealth)), wealth)
    assert min((fall.depth for fall in falls), default=0.0) == pytest.approx(worst, abs=1e-12)
    assert 0 <= pain_index(returns).value <= ulcer_index(returns).value + 1e-12 <= -worst + 2e-12


def test_each_fall_has_its_peak_trough_and_recovery():
    falls = drawdowns(days(9), [100, 90, 95, 100, 110, 80, 85, 110, 105])
    assert [(fall.depth, fall.peak.day, fall.trough.day) for fall in falls] == [
        (pytest.approx(-0.1), 1, 2), (pytest.approx(-30 / 110), 5, 6), (pytest.approx(-5 / 110), 8, 9)
    ]  # fmt: skip
    assert [fall.recovered and fall.recovered.day for fall in falls] == [4, 8, None]
    assert falls[2].days_to_recover is None
    assert longest_recovery(days(9), [100, 90, 95, 100, 110, 80, 85, 110, 105]).trough.day in {2, 6}


def test_a_rise_has_no_drawdown_and_no_ratio():
    assert max_drawdown([0.1, 0.2]).value == 0
    assert list(drawdown_series([0.1, 0.2])) == [0, 0]
    assert longest_recovery(days(2), [1, 2]) is None
    for found in (calmar_ratio([0.1], 12), martin_ratio([0.1], 0, 12), pain_ratio([0.1], 0, 12)):
        assert found.value is None
        assert "peak" in found.reason


def test_ratios_worked_by_hand():
    returns = [-0.1, 0.0]
    annual = 0.9**6 - 1
    assert calmar_ratio(returns, 12).value == pytest.approx(annual / 0.1)
    assert martin_ratio(returns, 0.02, 12).value == pytest.approx((annual - 0.02) / 0.1)
    assert pain_ratio(returns, 0.02, 12).value == pytest.approx((annual - 0.02) / 0.1)


def test_nothing_is_computed_from_nothing():
    assert max_drawdown([]).value is pain_index([]).value is ulcer_index([]).value is None
    with pytest.raises(InvalidInputError, match="window"):
        rolling_max_drawdown([0.1], 2)
    for values in ([1.0], [1.0, 0.0], [1.0, float("nan")]):
        with pytest.raises(InvalidInputError, match="value above zero"):
            drawdowns(days(2), values)
