"""Events of life as months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from apps.plans.engine.event_schedules import (
    gain_of,
    living_moves,
    owed_in,
    payoffs,
    phase_costs,
    phase_months,
    receipts_of,
    value_in,
    worth_of,
)
from apps.plans.engine.inputs import Debt, ProjectionInputs
from apps.plans.engine.life_events import LifeEvents
from apps.plans.engine.ownership import Ownership
from apps.plans.engine.schedules import contributions_of, debt_payments, demands_of, incomes_of, states_of
from tests.apps.plans.engine.households import family
from tests.apps.plans.engine.test_life_events import (
    AUNT,
    BONUS,
    CHILDCARE,
    COMMUTE,
    EVERYTHING,
    FLAT,
    HOME,
    QUIETER,
    TRAVEL,
)

MONTHS = 576


def household(events: LifeEvents = EVERYTHING) -> ProjectionInputs:
    return replace(family(), events=events)


def test_phases_begin_and_end_with_their_day_their_years_or_the_plan() -> None:
    inputs = household()
    assert phase_months(CHILDCARE, inputs, MONTHS) == slice(0, 70)
    assert phase_months(QUIETER, inputs, MONTHS) == slice(306, MONTHS)
    # the last of both retires in April 2046
    assert phase_months(TRAVEL, inputs, MONTHS) == slice(237, 237 + 120)


def test_a_phase_of_retirement_does_not_begin_anew_with_each_plan_of_somebody_retired() -> None:
    inputs = family()
    adults = tuple(replace(adult, retirement_date=date(2020, 7, 1)) for adult in inputs.adults)
    retired = replace(inputs, adults=adults, events=LifeEvents((TRAVEL,)))
    assert phase_months(TRAVEL, retired, MONTHS) == slice(0, 120 - 72)


def test_shares_add_up_and_what_is_saved_is_taken_off_living_costs() -> None:
    both = household(LifeEvents((QUIETER, replace(QUIETER, key="more", share=0.1), COMMUTE)))
    factor, less = living_moves(both, MONTHS)
    assert factor[305] == 1.0
    assert factor[306] == pytest.approx(0.9)
    assert less[221] == 0.0
    assert less[222] == 250.0
    living = next(demand for demand in demands_of(both) if demand.key == "retirement")
    assert living.real[0, 306] == pytest.approx(118_000.0 / 12.0 * 0.9 - 250.0)


def test_living_costs_never_fall_below_nothing() -> None:
    inputs = household(LifeEvents((replace(COMMUTE, start=None, monthly_amount=-9_000.0),)))
    assert next(demand for demand in demands_of(inputs) if demand.key == "living").real.min() == 0.0


def test_a_phase_is_a_demand_of_its_own_with_its_priority() -> None:
    demands = {demand.key: demand for demand in demands_of(household())}
    assert demands["childcare"].priority == "essential"
    assert demands["travel"].priority == "important"
    assert demands["childcare"].real[0, 69:71].tolist() == [1_500.0, 0.0]
    assert phase_costs(COMMUTE, household(), MONTHS).sum() == 0.0
    assert "quieter" not in demands


def test_a_windfall_comes_while_whose_it_is_lives() -> None:
    inputs = household(LifeEvents(windfalls=(AUNT, BONUS)))
    both, first, second = states_of(inputs, drawn=True)
    assert [receipt.kept for receipt in receipts_of(inputs, both, MONTHS)] == [180_000.0, 40_000.0]
    assert [receipt.kept for receipt in receipts_of(inputs, first, MONTHS)] == [0.0, 40_000.0]
    assert [receipt.kept for receipt in receipts_of(inputs, second, MONTHS)] == [180_000.0, 40_000.0]
    incomes = incomes_of(inputs, both, None)
    assert incomes[92, 4, 0] == 180_000.0
    assert incomes[41, 3, 1] == 40_000.0
    schedule, lines = contributions_of(inputs, (both, first, second))
    assert lines[3:].tolist() == [[0, 1, 0], [0, 1, 0]]
    assert schedule[:, 92, 3, 0].tolist() == [180_000.0, 0.0, 180_000.0]


def test_what_has_come_already_does_not_come_again() -> None:
    inputs = household(LifeEvents(windfalls=(replace(AUNT, day=date(2026, 5, 1)),)))
    (receipt,) = receipts_of(inputs, (MONTHS, MONTHS), MONTHS)
    assert receipt.kept == receipt.free == 0.0


def test_a_couple_excludes_more_than_who_is_alone_and_a_survivor_for_two_years() -> None:
    inputs = household(LifeEvents(things=(HOME,)))
    month = payoffs(inputs)["mortgage"]
    gain = float(gain_of(HOME, month, exclusion=0.0).taxed)
    assert gain == pytest.approx(value_in(HOME, month) * 0.94 - 260_000.0)

    def taxed(*ends: int) -> float:
        return receipts_of(inputs, ends, MONTHS)[0].gain

    assert taxed(MONTHS, MONTHS) == pytest.approx(gain - 500_000.0)

    def stepped(death: int) -> float:
        return (value_in(HOME, death) - 260_000.0) / 2.0

    assert taxed(MONTHS, month - 23) == pytest.approx(max(0.0, gain - stepped(month - 23) - 500_000.0))
    assert taxed(MONTHS, month - 24) == pytest.approx(gain - stepped(month - 24) - 250_000.0)
    # of drawn lives the month of the death is not known
    assert taxed(MONTHS, 0) == pytest.approx(gain - 250_000.0)


def test_half_of_a_thing_of_both_costs_what_it_was_worth_when_one_dies_and_all_of_community_property() -> None:
    """A flat bought for 200,000 that stands at 500,000: the half of who dies counts as bought for 250,000."""
    flat = replace(HOME, value=500_000.0, cost=200_000.0, annual_growth=0.0, selling_cost=0.0, exclusion=(0.0, 0.0))
    inputs = household(LifeEvents(things=(flat,)))
    of_both = replace(inputs, ownership=Ownership(is_community=True))
    sold = payoffs(inputs)["mortgage"]

    def taxed(asked: ProjectionInputs, death: int) -> float:
        return receipts_of(asked, (MONTHS, death), MONTHS)[0].gain

    assert taxed(inputs, sold + 1) == pytest.approx(300_000.0)
    assert taxed(inputs, sold) == pytest.approx(150_000.0)
    assert taxed(of_both, sold) == pytest.approx(0.0)
    # bought for more than it is worth: the cost falls, and a loss that counts with it
    under = household(LifeEvents(things=(replace(flat, cost=900_000.0, is_investment=True),)))
    assert taxed(under, sold + 1) == pytest.approx(-400_000.0)
    assert taxed(under, sold) == pytest.approx(-200_000.0)


def test_a_sale_pays_the_debt_off_and_keeps_the_rest() -> None:
    inputs = household(LifeEvents(things=(replace(HOME, sale_day=date(2030, 1, 1)),)))
    mortgage = inputs.debts[0]
    paid = debt_payments(mortgage.balance, mortgage.annual_rate, mortgage.monthly_payment, MONTHS, 42)
    assert paid[41] == 2_100.0
    assert paid[42] == pytest.approx(owed_in(mortgage, 42))
    assert not paid[43:].any()
    (receipt,) = receipts_of(inputs, (MONTHS, MONTHS), MONTHS)
    assert receipt.kept == pytest.approx(value_in(inputs.events.things[0], 42) * 0.94 - paid[42])
    due = next(demand for demand in demands_of(inputs) if demand.key == "debts").nominal[0]
    assert due[42] == pytest.approx(paid[42] + debt_payments(15_000.0, 0.079, 420.0, MONTHS)[42])


def test_a_house_that_is_worth_less_than_its_debt_leaves_nothing_to_keep() -> None:
    under = replace(HOME, value=100_000.0, annual_growth=0.0, sale_day=date(2027, 1, 1))
    inputs = household(LifeEvents(things=(under,)))
    (receipt,) = receipts_of(inputs, (MONTHS, MONTHS), MONTHS)
    assert receipt.kept == 0.0
    assert receipt.free + receipt.gain == pytest.approx(94_000.0, rel=1e-3)


def test_what_is_owed_is_never_negative() -> None:
    assert owed_in(Debt("car", 1_000.0, 0.05, 600.0, "USD"), 12) == 0.0


def test_without_events_the_schedules_are_the_same_bits() -> None:
    plain, empty = family(), household(LifeEvents())
    for ours, theirs in zip(demands_of(empty), demands_of(plain), strict=True):
        assert np.array_equal(ours.real, theirs.real)
    assert contributions_of(empty, states_of(empty, drawn=True))[1].shape == (3, 3)


def test_a_price_in_parts_spreads_the_gain_and_a_loss_counts_at_once() -> None:
    month = 42
    shop = replace(FLAT, value=900_000.0, cost=300_000.0, sale_day=date(2030, 1, 1), instalments=4, debt="mortgage")
    inputs = household(LifeEvents(things=(shop,)))
    paid = receipts_of(inputs, (MONTHS, MONTHS), MONTHS)
    assert [receipt.month for receipt in paid] == [month, month + 12, month + 24, month + 36]
    assert [receipt.gain for receipt in paid] == pytest.approx([(846_000.0 - 300_000.0) / 4] * 4)
    assert sum(receipt.gain + receipt.free for receipt in paid) == pytest.approx(846_000.0)
    # the first part does not suffice for the debt: the accounts pay what is missing
    assert paid[0].kept == pytest.approx(max(0.0, 846_000.0 / 4 - owed_in(inputs.debts[0], month)))
    assert paid[1].kept == pytest.approx(846_000.0 / 4)
    loss = receipts_of(household(LifeEvents(things=(replace(shop, cost=1_000_000.0),))), (MONTHS, MONTHS), MONTHS)
    assert [receipt.gain for receipt in loss] == pytest.approx([-154_000.0, 0.0, 0.0, 0.0])
    # who dies before the last part leaves it to nobody here
    assert [receipt.kept > 0.0 for receipt in receipts_of(inputs, (month + 13, 0), MONTHS)][2:] == [False, False]


def test_what_is_left_of_a_thing_is_the_part_kept_and_what_is_owed_of_the_price() -> None:
    shop = replace(FLAT, value=100_000.0, sale_day=date(2030, 1, 1), sold_share=0.5, instalments=2)
    start = household().start_date
    assert worth_of(shop, 42, start) == 100_000.0
    assert worth_of(shop, 43, start) == pytest.approx(50_000.0 + 0.5 * 50_000.0 * 0.94)
    assert worth_of(shop, 55, start) == pytest.approx(50_000.0)
    assert worth_of(replace(shop, sale_day=None), 300, start) == 100_000.0


def test_a_buyer_pays_interest_on_what_of_the_price_is_still_owed() -> None:
    shop = replace(FLAT, value=900_000.0, cost=300_000.0, sale_day=date(2030, 1, 1), instalments=3, note_rate=0.06)
    paid = receipts_of(household(LifeEvents(things=(shop,))), (MONTHS, MONTHS), MONTHS)
    # the price, not what the sale leaves: two thirds of it, then one
    assert [receipt.interest for receipt in paid] == pytest.approx([0.0, 36_000.0, 18_000.0])
    assert [receipt.kept for receipt in paid] == pytest.approx([282_000.0, 318_000.0, 300_000.0])
    assert sum(receipt.gain + receipt.free for receipt in paid) == pytest.approx(846_000.0)


def test_a_sale_before_the_plan_brings_the_parts_that_are_to_come() -> None:
    # the plan begins in July 2026; four parts from 2024 on, the price of then by the growth of a tenth
    shop = replace(FLAT, value=121_000.0, annual_growth=0.1, cost=0.0, sale_day=date(2024, 7, 1), instalments=4)
    paid = receipts_of(household(LifeEvents(things=(shop,))), (MONTHS, MONTHS), MONTHS)
    assert [(receipt.month, round(receipt.kept)) for receipt in paid] == [(0, 0), (0, 0), (0, 23_500), (12, 23_500)]
    assert paid[3].gain == pytest.approx(23_500.0)
    start = household().start_date
    assert worth_of(shop, 1, start) == pytest.approx(23_500.0)
    assert worth_of(shop, 13, start) == 0.0
