"""Figures of risk over observations: the engine's own functions, with a reason where there is none."""

from datetime import date, timedelta

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine import dispersion, market_model
from apps.portfolios.engine.risk_figures import (
    NO_BENCHMARK,
    NO_RISK_FREE,
    NOT_DAILY,
    TOO_SHORT,
    UNDER_A_YEAR,
    UNDER_TWELVE_MONTHS,
    Frequency,
    Measure,
    Observations,
    deepest_fall,
    linked_between,
    month_ends,
    risk_figures,
)

START = date(2024, 12, 31)
DICE = np.random.default_rng(3)


def observed(n, frequency=Frequency.MONTHLY, **parts):
    step = 30 if frequency is Frequency.MONTHLY else 1
    ends = tuple(START + timedelta(days=step * k) for k in range(n + 1))
    told = {"returns": DICE.normal(0.005, 0.03, n), "benchmark": None, "risk_free": None, **parts}
    return Observations(frequency=frequency, ends=ends, **told)


def test_each_figure_is_that_of_the_published_formula():
    ours, theirs, free = DICE.normal(0.006, 0.03, 36), DICE.normal(0.005, 0.03, 36), np.full(36, 0.002)
    found = risk_figures(observed(36, returns=ours, benchmark=theirs, risk_free=free))
    assert found[Measure.VOLATILITY].value == dispersion.volatility(ours, 12).value
    assert found[Measure.SHARPE].value == market_model.sharpe_ratio(ours, free, 12).value
    assert found[Measure.BETA].value == market_model.beta(ours, theirs, free).value
    assert found[Measure.TRACKING_ERROR].value == pytest.approx(np.std(ours - theirs, ddof=1) * 12**0.5)
    assert found[Measure.VAR].value == pytest.approx(np.quantile(ours, 0.05))
    assert found[Measure.CVAR].value <= found[Measure.VAR].value < 0
    assert all(found[measure].value is not None for measure in Measure)


def test_without_benchmark_or_rate_the_figures_that_need_them_say_so():
    found = risk_figures(observed(24))
    assert found[Measure.BETA].reason == NO_BENCHMARK
    assert found[Measure.SHARPE].reason == NO_RISK_FREE
    assert found[Measure.VOLATILITY].value is not None
    beside = risk_figures(observed(24, benchmark=DICE.normal(0, 0.03, 24)))
    assert beside[Measure.BETA].reason == beside[Measure.ALPHA].reason == NO_RISK_FREE


def test_too_few_observations_are_no_figure():
    assert {each.reason for each in risk_figures(observed(10)).values()} == {TOO_SHORT}
    assert {each.reason for each in risk_figures(observed(59, Frequency.DAILY)).values()} == {TOO_SHORT}


def test_prices_that_are_not_daily_make_no_daily_figure():
    sparse = Observations(
        Frequency.DAILY, tuple(START + timedelta(days=7 * k) for k in range(101)), DICE.normal(0, 0.01, 100), None, None
    )
    assert {each.reason for each in risk_figures(sparse).values()} == {NOT_DAILY}


def test_less_than_a_year_is_not_brought_to_a_year():
    some = observed(100, Frequency.DAILY, benchmark=DICE.normal(0, 0.01, 100), risk_free=np.zeros(100))
    found = risk_figures(some)
    assert found[Measure.ALPHA].reason == found[Measure.INFORMATION_RATIO].reason == UNDER_A_YEAR
    assert found[Measure.TRACKING_ERROR].value > 0
    # from the 20th to the 20th a year later there are eleven whole months
    eleven = risk_figures(observed(11, benchmark=DICE.normal(0, 0.03, 11), risk_free=np.zeros(11)))
    assert eleven[Measure.ALPHA].reason == UNDER_TWELVE_MONTHS


def test_days_are_linked_into_whole_months():
    first, last = date(2025, 1, 15), date(2025, 4, 10)
    ends = month_ends(first, last)
    assert ends == (date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31))
    assert month_ends(date(2025, 1, 1), last)[0] == date(2024, 12, 31)
    daily = np.full((last - first).days + 1, 0.001)
    assert linked_between(first, daily, ends) == pytest.approx([1.001**28 - 1, 1.001**31 - 1])
    with pytest.raises(InvalidInputError):
        linked_between(first, daily, (first, date(2026, 1, 1)))


def test_the_deepest_fall_has_its_days():
    some = Observations(
        Frequency.DAILY,
        tuple(START + timedelta(days=k) for k in range(5)),
        np.array([0.1, -0.2, 0.1, 0.2]),
        None,
        None,
    )
    fall = deepest_fall(some)
    assert fall.depth == pytest.approx(-0.2)
    assert [fall.peak, fall.trough, fall.recovered] == [START + timedelta(days=k) for k in (1, 2, 4)]
    assert deepest_fall(observed(0)) is None
