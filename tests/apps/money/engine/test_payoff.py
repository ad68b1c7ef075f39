"""Plans to pay debts off: closed forms, a case by hand, and what every plan must keep."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.money.engine import time_value as tv
from apps.money.engine.payoff import Debt, Strategy, compare, pay_off, payoff

D = Decimal
FIRST = date(2026, 1, 31)
CARD = Debt("card", D(3000), D("0.24"), D(90))
CAR = Debt("car", D(1000), D("0.06"), D(50))
BOTH = (CAR, CARD)


@st.composite
def households(draw):
    debts = []
    for place in range(draw(st.integers(1, 5))):
        balance = draw(st.decimals(D(10), D(50_000), places=2))
        rate = draw(st.decimals(D(0), D("0.36"), places=4))
        minimum = draw(st.decimals(D(0), max(D("0.01"), round(balance / 20, 2)), places=2))
        debts.append(Debt(f"debt {place}", balance, rate, minimum))
    least = sum(debt.minimum for debt in debts)
    charged = sum(round(debt.balance * debt.annual_rate / 12, 2) for debt in debts)
    return debts, max(least, charged) + draw(st.decimals(D(20), D(2000), places=2))


@given(household=households())
def test_every_plan_repays_all_to_the_cent_and_the_avalanche_costs_the_least(household):
    debts, budget = household
    plans = [pay_off(debts, budget, FIRST, strategy) for strategy in Strategy if strategy is not Strategy.MINIMUMS]
    for plan in plans:
        if plan.months is None:
            assert plan.never
            continue
        assert sum(month.paid for month in plan.course) == sum(debt.balance for debt in debts) + plan.interest
        assert [end.paid - end.interest for end in plan.ends] == [debt.balance for debt in debts]
        assert all(month.paid == budget for month in plan.course[:-1])
        assert plan.course[-1].paid <= budget
        assert not any(plan.course[-1].owed)
        assert max(end.months for end in plan.ends) == plan.months == len(plan.course)
        # rounding to the cent may cost half a cent a debt and month, and its interest
        assert plans[0].interest <= plan.interest + len(debts) * plan.months * D("0.05")


@given(
    balance=st.integers(100, 50_000), rate=st.integers(1, 400), share=st.floats(1.05, 10), months=st.integers(2, 200)
)
def test_one_debt_is_gone_when_the_closed_form_says(balance, rate, share, months):
    annual = rate / 1000
    payment = round(max(balance * annual / 12 * share, balance / months), 2)
    exact = tv.nper(annual / 12, -payment, balance)
    plan = payoff(D(balance), D(rate) / 1000, D(str(payment)), FIRST)
    rounded = 0.001 + 0.005 * tv.fv(annual / 12, exact, -1) / payment  # half a cent a month, with its interest
    assert math.ceil(exact - rounded) <= plan.months <= math.ceil(exact + rounded)


def test_a_plan_by_hand():
    """Two months of a budget of 1,000 by avalanche, as docs/engine/debts.md has them."""
    plan = pay_off(BOTH, D(1000), FIRST, Strategy.AVALANCHE)
    first, second = plan.course[:2]
    # interest 5.00 and 60.00; the car 50, the card 90 and the 860 that are left
    assert (first.interest, first.owed) == (D("65.00"), (D("955.00"), D("2110.00")))
    # interest 4.78 (4.775) and 42.20
    assert (second.interest, second.owed) == (D("46.98"), (D("909.78"), D("1202.20")))
    assert [month.due for month in plan.course[:2]] == [date(2026, 1, 31), date(2026, 2, 28)]


def test_the_freed_minimum_goes_to_the_next_debt():
    plan = pay_off(BOTH, D(140), FIRST, Strategy.SNOWBALL)
    car, card = plan.ends
    assert car.months < card.months == plan.months
    after = plan.course[car.months]
    before = plan.course[car.months - 1]
    charged = round(before.owed[1] * D("0.02"), 2)
    assert before.owed[1] + charged - after.owed[1] == 140  # 90 before


def test_each_strategy_begins_where_it_says():
    by = {plan.strategy: plan for plan in compare(BOTH, D(500), FIRST).plans}
    assert by[Strategy.AVALANCHE].course[0].owed[0] == D(955)
    assert by[Strategy.SNOWBALL].course[0].owed == (D(595), D(2970))
    assert by[Strategy.OWN].course == by[Strategy.SNOWBALL].course  # the car is given first
    assert pay_off(BOTH[::-1], D(500), FIRST, Strategy.OWN).course[0].owed == (D(2610), D(955))


def test_what_a_plan_saves_against_the_minimums():
    side = compare(BOTH, D(200), FIRST)
    avalanche = side.plans[0]
    assert side.minimums.interest > avalanche.interest
    assert side.saved(avalanche) == side.minimums.interest - avalanche.interest
    assert side.minimums.months == max(
        payoff(debt.balance, debt.annual_rate, debt.minimum, FIRST).months for debt in BOTH
    )


@pytest.mark.parametrize("payment", [D(200), D(150), D(0)])
def test_a_payment_that_is_no_more_than_the_interest_never_ends_and_says_so(payment):
    plan = payoff(D(10_000), D("0.24"), payment, FIRST)
    assert (plan.months, plan.interest, plan.ends_on, plan.course, plan.never) == (None, None, None, (), ("",))
    assert plan.ends[0].grows == (payment < 200)


def test_a_debt_may_grow_at_first_and_still_be_paid():
    growing = replace(CARD, minimum=D(10))
    plan = pay_off((CAR, growing), D(150), FIRST, Strategy.SNOWBALL)
    assert plan.ends[1].grows
    assert plan.months is not None
    assert compare((CAR, growing), D(150), FIRST).saved(plan) is None  # the minimums alone never end


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Debt("a", D(0), D(0), D(1)),
        lambda: Debt("a", D("NaN"), D(0), D(1)),
        lambda: Debt("a", D(1), D(-1), D(1)),
        lambda: Debt("a", D(1), D("NaN"), D(1)),
        lambda: Debt("a", D(1), D(0), D(-1)),
        lambda: pay_off([], D(1), FIRST, Strategy.OWN),
        lambda: pay_off([CAR, CAR], D(1000), FIRST, Strategy.OWN),
        lambda: pay_off(BOTH, D(139), FIRST, Strategy.OWN),
        lambda: pay_off(BOTH, D("140.001"), FIRST, Strategy.OWN),
        lambda: payoff(D(100), D(0), D(-1), FIRST),
        lambda: payoff(D(100), D(0), D("NaN"), FIRST),
        lambda: pay_off(BOTH, D(140), date(9999, 1, 1), Strategy.OWN),
    ],
)
def test_what_cannot_be_planned_is_refused(ask):
    with pytest.raises(InvalidInputError):
        ask()
