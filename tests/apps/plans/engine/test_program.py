"""Schedules by hand: loans, growth, benefits, the order of payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.engine.inputs import GoalPriority, Growth
from apps.plans.engine.program import build_program, debt_payments, demands_of, growing
from apps.plans.engine.tax_kernel import STATUSES
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import family


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


def test_an_amount_rises_once_a_year_within_its_months() -> None:
    """The first of four years has nine months: the first January is month 9."""
    years = (np.arange(45) + 3) // 12
    real, nominal = growing(100.0, Growth(0.02, inflation_linked=False), (6, 30), years)
    assert not real.any()
    assert nominal[5] == 0.0
    assert nominal[8] == 100.0
    assert nominal[9] == pytest.approx(102.0)
    assert nominal[29] == pytest.approx(104.04)
    assert nominal[30] == 0.0


def test_accounts_with_the_same_allocation_share_a_mix() -> None:
    program = build_program(family())
    assert program.weights.shape == (3, 3)
    assert len({int(program.mix[place]) for place in range(4)}) == 1


def test_essential_demands_are_paid_before_wishes() -> None:
    priorities = [demand.priority for demand in demands_of(family())]
    assert priorities == sorted(priorities, key=list(GoalPriority).index)
    assert [demand.key for demand in demands_of(family())][:3] == ["living", "debts", "retirement"]


def test_a_survivor_files_as_a_single_person() -> None:
    facts = build_program(family()).year_facts
    assert STATUSES[facts[0, 0]] is FilingStatus.MARRIED_JOINT
    # Ben reaches 90 in November 2069: the couple files together for that year.
    assert STATUSES[facts[43, 0]] is FilingStatus.MARRIED_JOINT
    assert STATUSES[facts[44, 0]] is FilingStatus.SINGLE
    assert facts[0, 2] == 1
    assert facts[3, 2] == 0


def test_people_of_65_are_counted_in_the_year_they_reach_it() -> None:
    facts = build_program(family()).year_facts
    seniors = [int(count) for count in facts[:, 1]]
    # Ben turns 65 in November 2044, Ana in March 2046.
    assert seniors[17:21] == [0, 1, 1, 2]


def test_who_is_born_on_new_year_s_day_is_65_the_year_before() -> None:
    ana, ben = family().adults
    for born, year in ((date(1981, 1, 1), 2045), (date(1981, 1, 2), 2046)):
        facts = build_program(replace(family(), adults=(replace(ana, birth_date=born), ben))).year_facts
        assert int(np.flatnonzero(facts[:, 1] == 2)[0]) == year - 2026


def test_the_law_of_a_short_first_year_is_its_part_of_a_year() -> None:
    """Six months: the standard deduction is half of 32,200, the rates are the same."""
    program = build_program(family())
    joint = STATUSES.index(FilingStatus.MARRIED_JOINT)
    assert program.first_year == 6
    assert program.law[0, joint, 0] == pytest.approx(16_100)
    assert program.law[1, joint, 0] == pytest.approx(32_200)
    assert program.law[0, joint, -7:] == pytest.approx(program.law[1, joint, -7:])


def test_untaxed_accounts_pay_no_yearly_tax() -> None:
    program = build_program(family())
    taxed = program.rates[:, 1:].sum(axis=1) > 0.0
    assert taxed.tolist() == [True, False, False, False, False, True]


def test_without_a_retirement_goal_living_costs_go_on() -> None:
    plain = replace(family(), goals=())
    living = demands_of(plain)[0]
    assert living.real[400] == 6_800.0
