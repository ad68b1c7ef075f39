"""Rules of spending in the walk: each step is the exact rule's, every path the plain model's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.plans.engine.inputs import Boundary, Goal, GoalKind, GoalPriority, ProjectionInputs
from apps.plans.engine.kernel_spending import share_of, stay_within
from apps.plans.engine.life_events import LifeEvents
from apps.plans.engine.lives import months_lived
from apps.plans.engine.monte_carlo import simulate, simulate_lifetimes
from apps.plans.engine.pot import is_pot
from apps.plans.engine.program import build_program
from apps.plans.engine.schedules import demands_of, states_of
from apps.plans.engine.spending_choices import PortfolioShare, RateGuardrails, SpendingRule, WealthGuardrails
from apps.plans.engine.spending_program import spending_of
from apps.plans.engine.spending_rules import (
    GuytonKlinger,
    ShareOfPortfolio,
    YearPassed,
    guyton_klinger_step,
    share_step,
)
from tests.apps.plans.engine.households import (
    any_household,
    claiming,
    family,
    family_cube,
    saver,
    simple_assumptions,
    with_retirement_budget,
)
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.apps.plans.engine.test_life_events import AUNT, BONUS, COMMUTE, EVERYTHING, HOME, QUIETER, TRAVEL
from tests.apps.plans.engine.test_lives import mortal
from tests.depth import examples

STEPS = (
    RateGuardrails(),
    RateGuardrails(1.1, 0.9, 0.2, 0.05, 5, 0.02),
    PortfolioShare(0.05),
    WealthGuardrails(1_000_000.0, 3_000_000.0, 0.8, 1.2),
)
AMOUNT = st.floats(0.0, 5e6)


def ruled(inputs: ProjectionInputs, step: PortfolioShare | WealthGuardrails | RateGuardrails) -> ProjectionInputs:
    return replace(inputs, spending_rule=SpendingRule(step, 0.7, 1.4))


def row_of(step: PortfolioShare | RateGuardrails) -> np.ndarray:
    inputs = ruled(family(), step)
    return spending_of(inputs, demands_of(inputs), states_of(inputs, drawn=False)).rule


@given(AMOUNT, AMOUNT, st.floats(-0.1, 0.3), st.floats(-0.9, 1.0), st.integers(1, 60))
def test_guardrails_of_a_rate_move_the_draw_as_the_exact_rule_does(
    spent: float, portfolio: float, inflation: float, market: float, left: int
) -> None:
    for step in STEPS[:2]:
        assert isinstance(step, RateGuardrails)
        rule = GuytonKlinger(
            0.05, step.upper, step.lower, step.cut, step.raised, step.protected_years, step.inflation_cap
        )
        exact = guyton_klinger_step(rule, YearPassed(spent, portfolio, inflation, market, left)).amount
        draw = spent * (1.0 + inflation)
        found = stay_within(row_of(step), draw, (portfolio, 0.05, inflation, market, float(left)))
        assert found == pytest.approx(exact, rel=1e-9, abs=0.001)


@given(AMOUNT, AMOUNT, st.floats(-0.1, 0.3))
def test_a_share_moves_the_draw_as_the_exact_rule_does(spent: float, portfolio: float, inflation: float) -> None:
    exact = share_step(ShareOfPortfolio(0.05, 0.025, 0.05), YearPassed(spent, portfolio, inflation, 0.0, 9)).amount
    found = share_of(row_of(PortfolioShare(0.05)), spent * (1.0 + inflation), portfolio)
    assert found == pytest.approx(exact, rel=1e-9, abs=0.001)


def equals_the_plain_model(inputs: ProjectionInputs, path: int) -> ReferenceModel:
    recorded = simulate(inputs, family_cube(), with_flows=True).recorded
    twin = ReferenceModel(inputs, family_cube(), path).run()
    assert recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.05)
    assert recorded.spending[:, path] == pytest.approx(twin.spent[:-1], rel=1e-6, abs=0.05)
    return twin


@pytest.mark.parametrize("path", [0, 17, 300])
@pytest.mark.parametrize("step", STEPS)
def test_every_year_of_a_path_equals_the_plain_model(
    step: PortfolioShare | WealthGuardrails | RateGuardrails, path: int
) -> None:
    twin = equals_the_plain_model(ruled(family(), step), path)
    assert max(twin.spent) > 0.0


@given(dice=st.randoms(use_true_random=False), path=st.integers(0, 511))
@settings(deadline=None, max_examples=examples(6))
def test_any_household_with_a_rule_equals_the_plain_model(dice: Random, path: int) -> None:
    equals_the_plain_model(ruled(any_household(dice), dice.choice(STEPS)), path)


@pytest.mark.parametrize("path", [5, 101, 511])
def test_a_path_with_its_deaths_equals_the_plain_model(path: int) -> None:
    inputs = mortal(claiming(ruled(family(), RateGuardrails())))
    simulation = simulate_lifetimes(inputs, family_cube())
    deaths = tuple(int(month) for month in months_lived(inputs)[:, path])
    twin = ReferenceModel(inputs, family_cube(), path, deaths).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.05)


@pytest.mark.parametrize("step", STEPS)
def test_phases_move_what_is_planned_and_what_comes_once_is_nothing_to_live_on(
    step: PortfolioShare | WealthGuardrails | RateGuardrails,
) -> None:
    # in a January each, after both have retired
    events = LifeEvents(
        (TRAVEL, QUIETER, COMMUTE),
        (replace(AUNT, day=date(2050, 1, 10)), replace(BONUS, day=date(2051, 1, 1))),
        (replace(HOME, sale_day=date(2049, 1, 1)),),
    )
    equals_the_plain_model(replace(ruled(family(), step), events=events), 17)


def test_what_comes_once_is_told_apart_from_the_incomes() -> None:
    inputs = replace(ruled(family(), RateGuardrails()), events=EVERYTHING)
    once = build_program(inputs).spending.once
    real, nominal = once[0, :, 0, 0], once[0, :, 0, 1]
    # the aunt's 180,000 come in March 2034; the bonus in December 2029, the flat and the home are nominal
    assert real.sum() == real[92] == 180_000.0
    assert nominal[41] == 40_000.0
    assert nominal[55] == pytest.approx(200_000.0 * 0.94)
    assert np.count_nonzero(nominal) == 3


def test_who_bends_under_strain_fails_less_often() -> None:
    strained = with_retirement_budget(family(), 140_000.0)
    stiff = simulate(strained, family_cube(), with_flows=False).success().value
    bending = simulate(ruled(strained, RateGuardrails()), family_cube(), with_flows=False).success().value
    assert bending > stiff + 0.03


def test_a_rule_that_cannot_move_changes_no_failure() -> None:
    inputs = family()
    rigid = replace(inputs, spending_rule=SpendingRule(WealthGuardrails(0.0, 1e12, 1.0, 1.0), 1.0, 1.0))
    before, after = (simulate(each, family_cube(), with_flows=False) for each in (inputs, rigid))
    assert np.array_equal(before.succeeded(), after.succeeded())


def test_a_pot_with_a_rule_goes_the_whole_way() -> None:
    inputs = saver(simple_assumptions(), balance=1.0, years=20)
    goal = Goal("ret", GoalKind.RETIREMENT, GoalPriority.ESSENTIAL, 1.0, Boundary.RETIREMENT, 0, "USD")
    inputs = replace(inputs, goals=(goal,))
    assert is_pot(build_program(inputs))
    assert not is_pot(build_program(ruled(inputs, RateGuardrails())))
