import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.dispersion import kurtosis, skewness
from apps.portfolios.engine.value_at_risk import (
    cornish_fisher_cvar,
    cornish_fisher_var,
    gaussian_cvar,
    gaussian_var,
    historical_cvar,
    historical_var,
)

RETURNS = st.lists(st.floats(-0.5, 0.5), min_size=5, max_size=60).filter(lambda found: np.ptp(found) > 1e-3)
# leans left and has fat tails, a little: the expansion holds
SKEWED = [0.02, 0.01, 0.015, -0.03, 0.012, 0.018, -0.005, 0.008, 0.022, -0.012, 0.005, 0.016]


@given(RETURNS, st.sampled_from([0.9, 0.95, 0.99]))
def test_the_shortfall_is_never_better_than_the_value_at_risk(returns, confidence):
    for var, cvar in (
        (historical_var, historical_cvar),
        (gaussian_var, gaussian_cvar),
        (cornish_fisher_var, cornish_fisher_cvar),
    ):
        assert cvar(returns, confidence).value <= var(returns, confidence).value + 1e-12


def test_the_gaussian_figures_are_those_of_the_textbook():
    returns = [0.1, -0.1]  # mean 0, standard deviation 0.1
    assert gaussian_var(returns, 0.95).value == pytest.approx(-0.1644854, abs=1e-7)
    assert gaussian_cvar(returns, 0.95).value == pytest.approx(-0.2062713, abs=1e-7)


def test_the_expansion_of_a_normal_shape_is_gaussian():
    # skewness 0 and kurtosis 3: two points far out, many in the middle
    returns = [-1 / 2, 1 / 2, 0.0, 0.0, 0.0, 0.0]
    assert skewness(returns).value == pytest.approx(0)
    assert kurtosis(returns).value == pytest.approx(3)
    assert cornish_fisher_var(returns, 0.95).value == pytest.approx(gaussian_var(returns, 0.95).value)
    assert cornish_fisher_cvar(returns, 0.95).value == pytest.approx(gaussian_cvar(returns, 0.95).value)


def test_the_shortfall_of_the_expansion_is_the_integral_over_its_density():
    confidence, tail = 0.95, 0.05
    mean, sd = float(np.mean(SKEWED)), float(np.std(SKEWED))
    s, k = skewness(SKEWED).value, kurtosis(SKEWED).value - 3
    cutoff = (cornish_fisher_var(SKEWED, confidence).value - mean) / sd

    def weighted(x):
        bent = 1 + k / 24 * (x**4 - 6 * x**2 + 3) + s / 6 * (x**3 - 3 * x)
        bent += s**2 / 72 * (x**6 - 15 * x**4 + 45 * x**2 - 15)
        return x * bent * math.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)

    expected = mean + sd * quad(weighted, -12, cutoff)[0] / tail
    assert cornish_fisher_cvar(SKEWED, confidence).value == pytest.approx(expected, rel=1e-6)


def test_too_few_observations_and_no_confidence():
    for method in (gaussian_var, gaussian_cvar, cornish_fisher_var, cornish_fisher_cvar):
        assert method([0.1], 0.95).value is None
        with pytest.raises(InvalidInputError, match="confidence"):
            method(SKEWED, 1.0)
    assert historical_var([], 0.95).value is historical_cvar([], 0.95).value is None
    with pytest.raises(InvalidInputError):
        historical_var(SKEWED, 1.5)
