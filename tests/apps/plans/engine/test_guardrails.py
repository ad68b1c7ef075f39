"""Guardrails in dollars: at them the chance is at the bound, and the new spending is back at the target."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.plans.engine.guardrails import Corridor, corridor_around, guardrails_of, wealth_of, with_wealth
from apps.plans.engine.levers import retirement_spending, with_retirement_spending
from apps.plans.engine.runs import Runs
from tests.apps.plans.engine.households import family, family_cube

CORRIDOR = Corridor(lower=0.6, upper=0.95, target=0.85)


def test_at_a_guardrail_the_chance_is_at_its_bound_and_new_spending_brings_it_to_the_target() -> None:
    inputs, runs = family(), Runs(family_cube())
    rails = guardrails_of(inputs, runs, CORRIDOR)
    wealth = wealth_of(inputs)
    assert rails.below is not None
    assert rails.above is not None
    assert rails.below < wealth < rails.above
    at = with_wealth(inputs, rails.below / wealth)
    assert runs.of(at).success.value >= 0.6
    assert runs.of(with_wealth(inputs, rails.below / wealth - 0.01)).success.value < 0.6
    assert rails.spending_below is not None
    assert rails.spending_above is not None
    assert rails.spending_below < retirement_spending(inputs) < rails.spending_above
    assert runs.of(with_retirement_spending(at, rails.spending_below)).success.value >= 0.85


def test_a_plan_that_incomes_carry_has_no_lower_guardrail_and_a_sure_one_no_upper() -> None:
    easy = with_retirement_spending(family(), 0.0)
    easy = replace(easy, goals=easy.goals[:1], spending=replace(easy.spending, monthly_amount=0.0), debts=())
    rails = guardrails_of(easy, Runs(family_cube()), CORRIDOR)
    assert (rails.below, rails.spending_below, rails.above, rails.spending_above) == (None, None, None, None)


@pytest.mark.parametrize(
    ("success", "bounds"), [(0.85, (0.6, 0.95)), (0.55, (0.5, 0.95)), (0.97, (0.6, 0.99)), (0.995, (0.6, None))]
)
def test_the_corridor_opens_for_a_plan_that_was_accepted_outside_of_it(
    success: float, bounds: tuple[float, float | None]
) -> None:
    assert corridor_around(success, CORRIDOR) == (pytest.approx(bounds[0]), pytest.approx(bounds[1]))
