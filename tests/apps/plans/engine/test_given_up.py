"""What living costs give up ends with what it is given up for: by hand, in plans without any chance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from apps.plans.engine.given_up import given_up
from apps.plans.engine.inputs import Boundary, Debt, Income, IncomeKind, ProjectionInputs, Spending
from apps.plans.engine.levers import with_debt_payment, with_extra_saving
from apps.plans.engine.life_events import LifeEvents, Thing
from apps.plans.engine.recommendations import measured_effect
from apps.plans.engine.schedules import contributions_of, demands_of, states_of
from tests.apps.plans.engine.households import NOMINAL, REAL, certain_assumptions, cube_of, family, saver

YEARS = 20
LOAN = Debt("loan", 1_200.0, 0.0, 100.0, "USD")


def worker(rate: float, saved_share: float = 0.0) -> ProjectionInputs:
    """One person who works to the end, earns more than enough, and pays a loan of twelve payments."""
    base = saver(certain_assumptions(rate), balance=10_000.0, years=YEARS)
    income = Income("pay", "ana", IncomeKind.TAX_FREE, 5_000.0, REAL, Boundary.PLAN_START, Boundary.HORIZON, "USD")
    return replace(
        base,
        adults=(replace(base.adults[0], retirement_date=date(2045, 1, 1)),),
        incomes=(income,),
        spending=Spending(3_000.0, 1.0, "USD"),
        debts=(LOAN,),
        surplus_saved_share=saved_share,
    )


def demand(inputs: ProjectionInputs, key: str = "living", *, drawn: bool = False):
    return next(item for item in demands_of(inputs, drawn=drawn) if item.key == key)


@pytest.mark.parametrize("saved_share", [0.0, 1.0])
def test_what_two_years_set_aside_is_worth_is_their_annuity(saved_share: float) -> None:
    plan = worker(0.05, saved_share)
    changed = with_extra_saving(plan, 1_218.0, "fund", date(2028, 1, 1))
    effect = measured_effect(plan, changed, cube_of(plan))
    monthly = 1.05 ** (1 / 12)
    paid = 1_218.0 * sum(monthly ** (12 * YEARS - month) for month in range(24))
    # paid at the start or the end of a month, and nothing else: 29,232 grow to 73,700 in twenty years
    assert paid / monthly - 1.0 <= effect.delta_median_terminal_real <= paid + 1.0


def test_after_the_end_both_plans_are_the_same() -> None:
    plan = family()
    changed = with_extra_saving(plan, 500.0, "savings", date(2028, 7, 1))
    now, then = demand(plan).real[0], demand(changed).real[0]
    assert (now[:24] - then[:24]).tolist() == pytest.approx([500.0] * 24)
    assert then[24:].tolist() == now[24:].tolist()
    schedule, _ = contributions_of(changed, states_of(changed, drawn=False))
    assert schedule[0, :, -1, 0].tolist() == [500.0] * 24 + [0.0] * (schedule.shape[1] - 24)


def test_saving_ends_with_the_owner_of_the_account_and_so_does_the_cut() -> None:
    # Ben stops in January 2045, Ana in April 2046: what he no longer puts aside is spent again.
    changed = with_extra_saving(family(), 500.0, "plan_ben")
    less = demand(family()).real[0] - demand(changed).real[0]
    ben, ana = (2045 - 2026) * 12 - 6, (2046 - 2026) * 12 - 3
    assert less[[0, ben - 1]].tolist() == pytest.approx([500.0, 500.0])
    assert not less[ben:].any()
    whole = demand(family()).real[0] - demand(with_extra_saving(family(), 500.0, "brokerage")).real[0]
    assert np.flatnonzero(whole)[-1] == ana - 1


def test_nobody_gives_up_more_than_is_spent() -> None:
    living = np.full((1, 12), 300.0)
    inputs = with_extra_saving(replace(worker(0.0), spending=Spending(300.0, 1.0, "USD")), 1_000.0, "fund")
    real, nominal = given_up(with_debt_payment(inputs, "loan", 100.0), ((240,),), living)
    assert real.tolist() == living.tolist()
    assert not nominal.any()


def test_a_payment_in_fixed_money_is_given_up_in_fixed_money() -> None:
    inputs = worker(0.0)
    line = replace(with_extra_saving(inputs, 50.0, "fund").contributions[0], growth=NOMINAL)
    real, nominal = given_up(replace(inputs, contributions=(line,)), ((240,),), np.full((1, 24), 3_000.0))
    assert not real.any()
    assert nominal.tolist() == [[50.0] * 24]


def test_a_debt_paid_faster_costs_living_only_while_it_runs() -> None:
    changed = with_debt_payment(worker(0.0), "loan", 250.0)
    # 350, 350, 350 and 150 instead of twelve times 100
    assert demand(changed, "debts").nominal[0][:5].tolist() == [350.0, 350.0, 350.0, 150.0, 0.0]
    assert (-demand(changed).nominal[0][:5]).tolist() == [250.0, 250.0, 250.0, 50.0, 0.0]
    assert demand(changed).real.tolist() == demand(worker(0.0)).real.tolist()


@pytest.mark.parametrize(("saved_share", "gain"), [(0.0, 0.0), (1.0, 600.0)])
def test_the_payment_that_ends_is_saved_only_as_the_plan_saves(saved_share: float, gain: float) -> None:
    # six payments of 200 instead of twelve of 100: six of 100 are no longer due, and no living cost stays lower
    plan = worker(0.0, saved_share)
    effect = measured_effect(plan, with_debt_payment(plan, "loan", 100.0), cube_of(plan))
    assert effect.delta_median_terminal_real == pytest.approx(gain, abs=0.01)


def test_a_sale_that_pays_the_debt_off_ends_what_is_given_up() -> None:
    home = Thing("home", 5_000.0, 0.0, 5_000.0, date(2026, 4, 1), 0.0, (0.0, 0.0), False, "loan", "", "USD")
    plan = replace(with_debt_payment(worker(0.0), "loan", 50.0), events=LifeEvents(things=(home,)))
    _, nominal = given_up(plan, ((240,),), np.full((1, 24), 3_000.0))
    assert nominal[0].tolist() == [50.0] * 3 + [0.0] * 21
