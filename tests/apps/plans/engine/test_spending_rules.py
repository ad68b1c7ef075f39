"""Rules of spending, a year at a time, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import DomainError
from apps.plans.engine.spending_rules import (
    DollarGuardrails,
    GuytonKlinger,
    ShareOfPortfolio,
    Spending,
    SpendingStep,
    YearPassed,
    guardrail_step,
    guyton_klinger_step,
    share_step,
)

RULE = GuytonKlinger(0.05)


def year(portfolio: float, *, market: float = 0.05, inflation: float = 0.03, left: int = 25) -> YearPassed:
    return YearPassed(spent=50_000, portfolio=portfolio, inflation=inflation, market=market, years_left=left)


def test_a_usual_year_keeps_up_with_prices():
    assert guyton_klinger_step(RULE, year(1_050_000)) == Spending(51_500.0, SpendingStep.INFLATION)


def test_after_a_loss_there_is_no_raise_while_the_rate_is_above_the_first():
    assert guyton_klinger_step(RULE, year(1_000_000, market=-0.01)) == Spending(50_000, SpendingStep.FREEZE)
    assert guyton_klinger_step(RULE, year(1_040_000, market=-0.01)).step is SpendingStep.INFLATION


def test_above_the_upper_bound_a_tenth_is_cut_but_for_the_last_fifteen_years():
    assert guyton_klinger_step(RULE, year(800_000)) == Spending(pytest.approx(46_350), SpendingStep.CUT)
    assert guyton_klinger_step(RULE, year(800_000, left=15)).step is SpendingStep.INFLATION


def test_below_the_lower_bound_a_tenth_is_added():
    assert guyton_klinger_step(RULE, year(1_400_000)) == Spending(pytest.approx(56_650), SpendingStep.RAISE)


def test_the_raise_for_inflation_may_be_capped():
    capped = GuytonKlinger(0.05, inflation_cap=0.06)
    assert guyton_klinger_step(capped, year(1_100_000, inflation=0.1)).amount == pytest.approx(53_000)


def test_nothing_left_is_nothing_to_spend():
    assert guyton_klinger_step(RULE, year(0.0)) == Spending(0.0, SpendingStep.CUT)


@given(st.floats(0, 1e7), st.floats(-0.9, 1), st.floats(-0.1, 0.5), st.integers(0, 40))
def test_spending_moves_by_inflation_and_a_tenth_at_most(portfolio: float, market: float, inflation: float, left: int):
    told = guyton_klinger_step(RULE, year(portfolio, market=market, inflation=inflation, left=left))
    if portfolio > 0:
        low, high = sorted((50_000.0, 50_000 * (1 + inflation)))
        assert 0.9 * low * (1 - 1e-12) <= told.amount <= 1.1 * high * (1 + 1e-12)


def test_a_share_of_the_portfolio_moves_within_its_bounds():
    rule = ShareOfPortfolio(share=0.05, floor=0.025, ceiling=0.05)
    assert share_step(rule, year(1_020_000)).amount == pytest.approx(51_000)
    assert share_step(rule, year(500_000)).amount == pytest.approx(51_500 * 0.975)
    assert share_step(rule, year(2_000_000)).amount == pytest.approx(51_500 * 1.05)
    assert share_step(rule, year(10_000)).amount == 10_000


def test_guardrails_in_dollars_change_spending_when_they_are_passed():
    rails = DollarGuardrails(below=800_000, above=1_500_000, spending_below=44_000, spending_above=58_000)
    assert guardrail_step(rails, year(800_000)) == Spending(44_000, SpendingStep.CUT)
    assert guardrail_step(rails, year(1_500_000)) == Spending(58_000, SpendingStep.RAISE)
    assert guardrail_step(rails, year(1_000_000)) == Spending(51_500.0, SpendingStep.INFLATION)


def test_what_cannot_be_is_refused():
    with pytest.raises(DomainError):
        GuytonKlinger(0.0)
    with pytest.raises(DomainError):
        year(-1)
    with pytest.raises(DomainError):
        year(float("nan"))
    with pytest.raises(DomainError):
        DollarGuardrails(below=2, above=1, spending_below=1, spending_above=1)
