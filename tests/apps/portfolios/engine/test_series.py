from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.series import (
    annual_return,
    as_series,
    compound_annual_growth,
    cumulative_return,
    is_flat,
    paired,
    return_since,
    returns_of_prices,
)

RETURNS = st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=60)


@pytest.mark.parametrize("wrong", [[0.1, float("nan")], [float("inf")], [-1.01], [[0.1]]])
def test_what_is_no_return_is_refused(wrong):
    with pytest.raises(InvalidInputError):
        as_series(wrong)


def test_series_of_different_periods_are_refused_and_one_number_stands_for_all():
    with pytest.raises(InvalidInputError, match="same periods"):
        paired([0.1, 0.2], [0.1, 0.2, 0.3])
    assert list(paired([0.1, 0.2], 0.05)[1]) == [0.05, 0.05]


def test_the_dust_of_floating_point_is_no_spread():
    assert is_flat(as_series([0.01 + 1e-16, 0.01, 0.01 - 1e-16]))
    assert not is_flat(as_series([0.01, 0.0100001]))


@given(RETURNS)
def test_prices_give_back_their_returns(returns):
    prices = [100.0]
    for each in returns:
        prices.append(prices[-1] * (1 + each))
    assert returns_of_prices(prices) == pytest.approx(returns, abs=1e-9)
    assert cumulative_return(returns).value == pytest.approx(prices[-1] / 100 - 1, abs=1e-9)


def test_twelve_months_of_one_per_cent():
    assert annual_return([0.01] * 12, 12).value == pytest.approx(1.01**12 - 1)
    assert annual_return([0.01] * 6, 12).value == pytest.approx(1.01**12 - 1)
    assert annual_return([], 12).value is cumulative_return([]).value is None


@pytest.mark.parametrize("prices", [[1.0, 0.0], [1.0, -2.0], [1.0, float("nan")]])
def test_a_price_of_nothing_is_refused(prices):
    with pytest.raises(InvalidInputError, match="price"):
        returns_of_prices(prices)


def test_growth_needs_values_and_time():
    assert compound_annual_growth(100, 121, 2).value == pytest.approx(0.1)
    for first, last, years in [(0, 1, 1), (1, 0, 1), (1, 1, 0)]:
        assert compound_annual_growth(first, last, years).value is None


def test_a_month_to_date_counts_from_the_close_of_the_month_before():
    days = [date(2025, 1, 30), date(2025, 1, 31), date(2025, 2, 3), date(2025, 2, 28)]
    prices = [100.0, 110.0, 120.0, 121.0]
    assert return_since(days, prices, date(2025, 2, 1), date(2025, 2, 28)).value == pytest.approx(0.1)
    assert return_since(days, prices, date(2025, 2, 1), date(2025, 2, 27)).value == pytest.approx(120 / 110 - 1)
    assert return_since(days, prices, date(2025, 1, 1), date(2025, 2, 28)).value is None
