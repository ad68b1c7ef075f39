import math
import statistics

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.portfolios.engine.dispersion import (
    bernardo_ledoit_ratio,
    d_ratio,
    downside_deviation,
    downside_frequency,
    downside_potential,
    kurtosis,
    kurtosis_of_sample,
    mean_absolute_deviation,
    omega_ratio,
    skewness,
    skewness_of_sample,
    upside_frequency,
    upside_potential,
    upside_potential_ratio,
    upside_risk,
    volatility,
    volatility_of_period,
)

RETURNS = st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=60)
MONTHS = [0.02, -0.01, 0.03, -0.02, 0.0]


@given(RETURNS)
def test_volatility_is_the_standard_deviation_of_the_library(returns):
    assert volatility(returns, 12).value == pytest.approx(statistics.stdev(returns) * math.sqrt(12), abs=1e-9)


@given(RETURNS, st.floats(-0.1, 0.1))
def test_both_sides_of_a_line_make_the_whole(returns, least):
    above, below = upside_potential(returns, least).value, downside_potential(returns, least).value
    assert above - below == pytest.approx(statistics.fmean(returns) - least, abs=1e-9)
    squares = upside_risk(returns, least).value ** 2 + downside_deviation(returns, least, 1).value ** 2
    assert squares == pytest.approx(statistics.fmean([(each - least) ** 2 for each in returns]), abs=1e-9)
    touching = sum(each == least for each in returns) / len(returns)
    assert upside_frequency(returns, least).value + downside_frequency(returns, least).value == pytest.approx(
        1 - touching
    )


@given(RETURNS)
def test_a_mirrored_series_leans_the_other_way(returns):
    assume(max(returns) - min(returns) > 1e-3)
    mirrored = [-each for each in returns]
    assert skewness(mirrored).value == pytest.approx(-skewness(returns).value, abs=1e-6)
    assert kurtosis(mirrored).value == pytest.approx(kurtosis(returns).value, rel=1e-6)


def test_figures_worked_by_hand():
    assert downside_deviation(MONTHS, 0.0, 12).value == pytest.approx(math.sqrt(0.0005 / 5) * math.sqrt(12))
    assert omega_ratio(MONTHS, 0.0).value == bernardo_ledoit_ratio(MONTHS).value == pytest.approx(5 / 3)
    assert d_ratio(MONTHS).value == pytest.approx((2 * 0.03) / (2 * 0.05))
    assert mean_absolute_deviation(MONTHS).value == pytest.approx(0.0168)
    assert upside_potential_ratio(MONTHS, 0.0).value == pytest.approx(0.01 / math.sqrt(0.0001))
    assert skewness([1, 1, 4]).value == pytest.approx(1 / math.sqrt(2))
    assert skewness_of_sample([1, 1, 4]).value == pytest.approx(math.sqrt(3))
    assert kurtosis([0.1, -0.1]).value == pytest.approx(1)
    assert volatility_of_period([math.expm1(0.1), math.expm1(-0.1)]).value == pytest.approx(0.2)


def test_what_cannot_be_computed_is_none_with_its_reason():
    for found in (
        volatility([0.1], 12), volatility_of_period([0.1, -1]), downside_deviation([], 0, 12), skewness([0.1]),
        kurtosis([0.1, 0.1]), kurtosis_of_sample([0.1, 0.2, 0.3]), skewness_of_sample([0.1, 0.1, 0.1]),
        omega_ratio([0.1], 0), upside_potential_ratio([0.1], 0), d_ratio([-0.1]), mean_absolute_deviation([]),
        kurtosis_of_sample([0.1] * 5), skewness_of_sample([0.1]), upside_frequency([], 0), upside_risk([], 0),
        downside_frequency([], 0), upside_potential([], 0), downside_potential([], 0),
    ):  # fmt: skip
        assert found.value is None
        assert found.reason
