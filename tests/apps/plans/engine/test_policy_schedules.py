"""Cover as months: in force, paid, and what it costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from apps.plans.engine.cover_in_force import month_paid, paid_at_horizon
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.policy_schedules import payouts_of, premiums_of
from apps.plans.engine.schedules import demands_of, states_of
from tests.apps.plans.engine.households import family
from tests.apps.plans.engine.test_life_policies import OWN, TERM, WHOLE, covered

MONTHS = 570


def living(inputs: ProjectionInputs, *, drawn: bool = False) -> tuple[np.ndarray, np.ndarray]:
    found = next(demand for demand in demands_of(inputs, drawn=drawn) if demand.key == "living")
    return found.real, found.nominal


def test_a_death_is_paid_for_as_the_last_month_lived_ends() -> None:
    assert (month_paid(200), month_paid(0)) == (199, 0)
    inputs = covered()
    ben = inputs.adults[1]
    amount, month = paid_at_horizon(inputs, ben)
    # at 90, in November 2069
    assert (amount, month) == (250_000.0, 520 - 1)
    certain = payouts_of(inputs, drawn=False)
    assert certain.shape == (1, MONTHS)
    assert certain[0, month] == 250_000.0
    assert certain.sum() == 250_000.0 + 90_000.0
    drawn = payouts_of(inputs, drawn=True)
    assert drawn[:, 221].tolist() == [690_000.0, 400_000.0]
    assert drawn[:, 222].tolist() == [690_000.0, 250_000.0]


def test_a_plan_without_cover_pays_nothing_for_it() -> None:
    assert payouts_of(family(), drawn=True).shape == (0, MONTHS)
    assert payouts_of(covered(None, replace(TERM, benefit=0.0)), drawn=False).shape == (0, MONTHS)


def test_premiums_stop_with_the_cover_and_with_the_life() -> None:
    inputs = covered()
    states = states_of(inputs, drawn=True)
    stopped, besides = premiums_of(inputs, states, MONTHS)
    # both, Ana alone, Ben alone
    assert stopped[:, 235].tolist() == [0.0, 0.0, 55.0]
    assert stopped[:, 236].tolist() == [55.0, 55.0, 55.0]
    assert besides[:, 100].tolist() == [OWN.monthly_premium + WHOLE.monthly_premium, 75.0, 210.0]


def test_living_costs_fall_by_a_premium_they_held_and_others_come_on_top() -> None:
    no_goal = replace(covered(), goals=())
    real, nominal = living(no_goal)
    assert real[0, 235] - real[0, 236] == 55.0
    assert (nominal[0, 0], nominal[0, 520], nominal[0, 569]) == (285.0, 75.0, 0.0)
    # a survivor spends the part of living costs that hold no premium any more
    alone, _ = living(no_goal, drawn=True)
    assert alone[2, 100] == np.float64((6_800.0 - 55.0) * 0.7)
    # what is wished for in retirement is stated for itself
    wished = next(demand for demand in demands_of(covered()) if demand.key == "retirement")
    assert wished.real[0, 300] == 118_000.0 / 12.0
