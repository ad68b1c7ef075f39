import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.portfolios.engine.market_model import (
    alpha_of_period,
    appraisal_ratio,
    beta,
    beta_bear,
    beta_bull,
    correlation,
    down_capture,
    fama_beta,
    information_ratio,
    information_ratio_of_period,
    jensen_alpha,
    m_squared,
    sharpe_ratio,
    sharpe_ratio_geometric,
    sortino_ratio,
    specific_risk,
    systematic_risk,
    tracking_error,
    treynor_ratio,
    up_capture,
)
from apps.portfolios.engine.series import annual_return

MARKET = [0.03, -0.02, 0.01, 0.04, -0.05, 0.02]
OURS = [0.02, -0.01, 0.02, 0.05, -0.06, 0.01]
PAIRS = st.lists(st.tuples(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3)), min_size=4, max_size=40)


@given(PAIRS)
def test_the_market_line_is_that_of_least_squares(pairs):
    ours, market = (np.array(side) for side in zip(*pairs, strict=True))
    assume(np.ptp(market) > 1e-2)
    slope, intercept = np.polyfit(market, ours, 1)
    assert beta(ours, market).value == pytest.approx(slope, abs=1e-6)
    assert alpha_of_period(ours, market).value == pytest.approx(intercept, abs=1e-6)


@given(PAIRS)
def test_risk_squared_is_systematic_and_specific_risk_squared(pairs):
    ours, market = (np.array(side) for side in zip(*pairs, strict=True))
    assume(np.ptp(market) > 1e-2)
    parts = systematic_risk(ours, market, 12).value ** 2 + specific_risk(ours, market, 12).value ** 2
    assert parts == pytest.approx(12 * np.var(ours), abs=1e-9)


def test_the_market_beside_itself():
    assert beta(MARKET, MARKET, 0.001).value == pytest.approx(1)
    assert alpha_of_period(MARKET, MARKET, 0.001).value == pytest.approx(0)
    assert correlation(MARKET, MARKET).value == fama_beta(MARKET, MARKET).value == pytest.approx(1)
    assert up_capture(MARKET, MARKET, 12).value == down_capture(MARKET, MARKET, 12).value == pytest.approx(1)
    assert jensen_alpha(MARKET, MARKET, 0.02, 12).value == pytest.approx(0)
    assert m_squared(MARKET, MARKET, 0.02, 12).value == pytest.approx(annual_return(MARKET, 12).value)
    assert tracking_error(MARKET, MARKET, 12).value == 0
    assert information_ratio(MARKET, MARKET, 12).value is None


def test_twice_the_market_has_twice_the_beta_whichever_way_it_goes():
    twice = [2 * each for each in MARKET]
    for slope in (beta, beta_bull, beta_bear):
        assert slope(twice, MARKET).value == pytest.approx(2)
    # the leverage earns nothing by itself: at the market's risk the return is the market's, but for compounding
    assert sharpe_ratio(twice, 0.0, 12).value == pytest.approx(sharpe_ratio(MARKET, 0.0, 12).value)


def test_ratios_worked_by_hand():
    mean, spread = np.mean(OURS), np.std(OURS, ddof=1)
    annual = annual_return(OURS, 12).value
    assert sharpe_ratio(OURS, 0.002, 12).value == pytest.approx((mean - 0.002) / spread * math.sqrt(12))
    assert sharpe_ratio_geometric(OURS, 0.02, 12).value == pytest.approx((annual - 0.02) / (spread * math.sqrt(12)))
    below = math.sqrt((0.01**2 + 0.06**2) / 6)
    assert sortino_ratio(OURS, 0.0, 12).value == pytest.approx(mean * 12 / (below * math.sqrt(12)))
    active = np.array(OURS) - np.array(MARKET)
    assert information_ratio_of_period(OURS, MARKET).value == pytest.approx(active.mean() / np.std(active, ddof=1))
    theirs = annual_return(MARKET, 12).value
    assert information_ratio(OURS, MARKET, 12).value == pytest.approx(
        (annual - theirs) / (np.std(active, ddof=1) * math.sqrt(12))
    )
    assert treynor_ratio(OURS, MARKET, 0.0, 12).value == pytest.approx(annual / beta(OURS, MARKET).value)
    assert appraisal_ratio(OURS, MARKET, 0.0, 12).value == pytest.approx(
        jensen_alpha(OURS, MARKET, 0.0, 12).value / specific_risk(OURS, MARKET, 12).value
    )


def test_what_cannot_be_computed_is_none_never_infinite():
    flat = [0.01] * 4
    for found in (
        sharpe_ratio(flat, 0.0, 12), sharpe_ratio([0.1], 0.0, 12), sortino_ratio(flat, 0.0, 12), beta(OURS[:4], flat),
        sortino_ratio([0.1], 0.0, 12), alpha_of_period(OURS[:4], flat), specific_risk(OURS[:4], flat, 12),
        systematic_risk(OURS[:4], flat, 12), fama_beta(OURS[:4], flat), correlation(flat, OURS[:4]),
        m_squared(flat, OURS[:4], 0, 12), up_capture(OURS[:4], [-0.1] * 4, 12), down_capture(OURS[:4], flat, 12),
        beta_bull(OURS[:4], [-0.1] * 4), jensen_alpha(OURS[:4], flat, 0, 12), treynor_ratio(OURS[:4], flat, 0, 12),
        information_ratio_of_period([0.1], [0.1]), tracking_error([0.1], [0.1], 12), fama_beta([0.1], [0.1]),
        correlation([0.1], [0.1]), m_squared([0.1], [0.1], 0, 12), beta([0.1], [0.1]),
    ):  # fmt: skip
        assert found.value is None
        assert found.reason
