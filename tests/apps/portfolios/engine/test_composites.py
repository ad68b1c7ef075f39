"""Composites: asset-weighted months, spread of the accounts of a whole year, deviation of three years."""

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.composites import composite_returns, composite_span, three_year_deviation

NAN = float("nan")


def test_a_month_is_weighted_by_the_values_at_its_beginning():
    openings = np.array([[100.0, 300.0], [110.0, 300.0]])
    returns = np.array([[0.10, 0.02], [0.00, NAN]])
    assert composite_returns(openings, returns) == pytest.approx([0.04, 0.0])


def test_a_month_without_members_has_no_return_and_breaks_the_chain():
    openings, returns = np.array([[100.0], [0.0]]), np.array([[0.01], [NAN]])
    assert np.isnan(composite_returns(openings, returns)[1])
    found = composite_span(openings, returns)
    assert found.total.value is None
    assert found.n_accounts == 0
    assert composite_span(np.zeros((0, 0)), np.zeros((0, 0))).total.value is None


def test_the_spread_needs_six_accounts_of_the_whole_year():
    openings = np.full((12, 7), 100.0)
    returns = np.tile(np.linspace(0.001, 0.007, 7), (12, 1))
    returns[3, 0] = NAN
    found = composite_span(openings, returns)
    own = (1 + returns[0, 1:]) ** 12 - 1
    assert found.n_accounts == 6
    assert found.dispersion.value == pytest.approx(np.std(own))
    assert "six" in composite_span(openings[:, :5], returns[:, :5]).dispersion.reason


def test_the_deviation_needs_three_years():
    months = np.random.default_rng(5).normal(0.005, 0.03, 40)
    assert three_year_deviation(months).value == pytest.approx(np.std(months[-36:], ddof=1) * 12**0.5)
    assert three_year_deviation(months[:35]).value is None


def test_parts_of_different_sizes_are_refused():
    with pytest.raises(InvalidInputError):
        composite_returns(np.zeros((2, 2)), np.zeros((2, 3)))
