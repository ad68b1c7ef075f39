"""Capacity and need of a plan, held against closed forms on plans without chance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.plans.engine.inputs import Boundary, Goal, GoalKind, GoalPriority, ProjectionInputs
from apps.plans.engine.plan_capacity import HIGHEST, LOWEST, plan_capacity, required_return
from tests.apps.plans.engine.households import certain_assumptions, family, saver, with_retirement_budget


def pot(balance: float, a_year: float, years: int = 20, rate: float = 0.0) -> ProjectionInputs:
    """A pot that pays the same each month from now on, untaxed, without inflation."""
    goal = Goal("living", GoalKind.RETIREMENT, GoalPriority.ESSENTIAL, a_year, Boundary.RETIREMENT, 0, "USD")
    return replace(saver(certain_assumptions(rate), balance=balance, years=years), goals=(goal,))


def lasts(balance: float, a_month: float, months: int, rate: float) -> bool:
    for _ in range(months):
        balance = balance * (1.0 + rate) ** (1 / 12) - a_month
    return balance >= 0.0


@pytest.mark.parametrize(("balance", "a_year"), [(200_000.0, 12_000.0), (150_000.0, 12_000.0), (90_000.0, 12_000.0)])
def test_the_return_that_a_pot_needs_is_that_of_its_annuity(balance: float, a_year: float) -> None:
    found = required_return(pot(balance, a_year))
    assert LOWEST < found < HIGHEST
    assert lasts(balance, a_year / 12, 240, found + 1e-4)
    assert not lasts(balance, a_year / 12, 240, found - 1e-4)


def test_who_has_enough_needs_no_return_and_who_never_has_enough_the_most_that_is_told() -> None:
    assert required_return(pot(250_000.0, 12_000.0)) == LOWEST
    assert required_return(pot(20_000.0, 12_000.0)) == HIGHEST


def test_a_pot_without_interest_is_funded_by_what_it_holds_over_what_it_pays() -> None:
    told = plan_capacity(pot(120_000.0, 12_000.0))
    assert told.funded_ratio == pytest.approx(0.5, abs=1e-6)
    assert (told.years_to_first_withdrawal, told.withdrawal_years) == (0.0, 20.0)


def test_the_ratio_counts_at_the_rate_without_risk() -> None:
    """An annuity of 12,000 a year over 20 years, paid through each year, at 3 %."""
    due = sum(12_000.0 / 1.03 ** (year + 0.5) for year in range(20))
    told = plan_capacity(pot(120_000.0, 12_000.0, rate=0.03))
    assert told.funded_ratio == pytest.approx(120_000.0 / due, rel=1e-6)


def test_money_that_pays_nothing_has_no_ratio() -> None:
    told = plan_capacity(saver(certain_assumptions(), balance=1_000.0, years=10))
    assert (told.funded_ratio, told.withdrawal_years, told.required_return) == (None, 0.0, LOWEST)
    assert told.years_to_first_withdrawal == 10.0


def test_a_family_draws_on_its_savings_once_it_has_retired_and_needs_more_to_spend_more() -> None:
    modest, rich = (plan_capacity(with_retirement_budget(family(), budget)) for budget in (100_000.0, 140_000.0))
    assert 0.0 < modest.required_return < rich.required_return < HIGHEST
    assert modest.funded_ratio is not None
    assert rich.funded_ratio is not None
    assert modest.funded_ratio > rich.funded_ratio
    retired = max(adult.retirement_date for adult in family().adults)
    assert rich.years_to_first_withdrawal <= (retired - date(2026, 1, 1)).days / 365.25 + 1
    assert rich.withdrawal_years > 20
