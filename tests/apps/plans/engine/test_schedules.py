"""Schedules by hand: loans, growth, benefits, the order of payment, who lives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.engine.inputs import GoalPriority
from apps.plans.engine.schedules import (
    benefits_of,
    contributions_of,
    debt_payments,
    demands_of,
    incomes_of,
    states_of,
)
from tests.apps.plans.engine.households import claiming, family


def test_a_loan_of_12_000_at_6_percent_ends_after_12_level_payments() -> None:
    due = debt_payments(12_000.0, 0.06, 1032.80, 24)
    assert np.count_nonzero(due) == 12
    assert due[11] == pytest.approx(1032.75, abs=0.5)
    assert np.all(due[12:] == 0.0)


@given(balance=st.floats(1, 1e6), rate=st.floats(0.0, 0.3), factor=st.floats(1.05, 20.0), n_months=st.integers(1, 360))
def test_payments_never_exceed_the_level_and_repay_no_more_than_is_owed(
    balance: float, rate: float, factor: float, n_months: int
) -> None:
    payment = factor * balance * max(rate / 12, 1e-3)
    due = debt_payments(balance, rate, payment, n_months)
    worth = sum(amount / (1 + rate / 12) ** (month + 1) for month, amount in enumerate(due))
    assert np.all(due <= payment + 1e-9)
    assert worth <= balance * (1 + 1e-9)


def test_essential_demands_are_paid_before_wishes() -> None:
    priorities = [demand.priority for demand in demands_of(family())]
    assert priorities == sorted(priorities, key=list(GoalPriority).index)
    assert [demand.key for demand in demands_of(family())][:3] == ["living", "debts", "retirement"]


def test_without_a_retirement_goal_living_costs_go_on() -> None:
    plain = replace(family(), goals=())
    living = demands_of(plain)[0]
    assert living.real[0, 400] == 6_800.0


def test_each_state_knows_who_earns_and_who_claims() -> None:
    inputs = claiming(family())
    claimed = benefits_of(inputs)
    assert claimed is not None
    both, ana, ben = (incomes_of(inputs, ends, claimed) for ends in states_of(inputs, drawn=True))
    assert both[0, :2, 0].tolist() == [8_500.0, 5_500.0]
    assert ana[0, :2, 0].tolist() == [8_500.0, 0.0]
    assert ben[0, :2, 0].tolist() == [0.0, 5_500.0]
    # a survivor's benefit depends on the month of the death: alone, only the own one is in the schedule
    assert np.array_equal(ana[:, 2, 0], claimed.own[0])
    assert np.array_equal(ben[:, 2, 0], claimed.own[1])
    assert both[-1, 2, 0] == pytest.approx(claimed.own[:, -1].sum() + claimed.beside[:, -1].sum())


def test_contributions_end_with_their_owner() -> None:
    schedule, lines = contributions_of(family(), states_of(family(), drawn=True))
    assert schedule[:, 0, 0, 0].tolist() == [900.0, 900.0, 0.0]
    assert schedule[:, 0, 2, 1].tolist() == [250.0, 250.0, 250.0]
    assert lines[0].tolist() == [1, 1, 1]


def test_a_survivor_spends_the_stated_share_and_debts_go_on() -> None:
    living, debts, *_ = demands_of(family(), drawn=True)
    assert living.real[:, 0] == pytest.approx([6_800.0, 4_760.0, 4_760.0])
    assert debts.nominal[:, 0].tolist() == [2_520.0] * 3
