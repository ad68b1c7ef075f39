"""Payments that may be deducted in the walk: every year equal to the plain model and to the exact return."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest

from apps.plans.engine.books import (
    F_SPENDING,
    F_TAXES,
    FIRST_ALONE,
    GIFTS_CARRIED,
    INCOME_TWO_BEFORE,
    PAID,
    STATES,
    YEAR_STATES,
)
from apps.plans.engine.compiled import LANES
from apps.plans.engine.inputs import Debt, ProjectionInputs
from apps.plans.engine.kernel_deductions import carry_gifts, clear_paid, note_paid, paid_in_all, relieve
from apps.plans.engine.life_events import LifeEvents, Thing
from apps.plans.engine.lives import months_lived
from apps.plans.engine.monte_carlo import simulate, simulate_lifetimes
from apps.plans.engine.program import Program, build_program
from apps.plans.engine.tax_lanes import _before_credits, credits_of, from_work, gross_income
from apps.plans.engine.tax_law import BENEFITS, CHILDREN, GAINS, INTEREST, ORDINARY, OTHERS, QUALIFIED, STATUS, WAGES_1
from apps.plans.engine.tax_years import steady_path, tax_years
from apps.plans.engine.yearly_payments import GIFTS, GIFTS_IN_COSTS, PROPERTY_TAX, PaymentKind, YearlyPayment
from tests.apps.plans.engine.households import any_household, family, family_cube, insured
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.apps.plans.engine.test_kernel_years import opened
from tests.apps.plans.engine.test_lives import mortal
from tests.apps.plans.engine.test_state_tables import shipped

HOME = Thing(
    "home", 900_000.0, 0.03, 300_000.0, date(2050, 5, 1), 0.06, (250_000.0, 500_000.0), False, "mortgage", "", "USD",
    property_tax=11_000.0,
)  # fmt: skip
GIVEN = YearlyPayment("church", PaymentKind.GIFT, 15_000.0, None, 2040, False, "USD")
HELD = YearlyPayment("usual", PaymentKind.GIFT, 1_500.0, None, None, True, "USD")
LARGE = YearlyPayment("fund", PaymentKind.GIFT, 500_000.0, 2028, 2028, False, "USD")
YEARLY = YearlyPayment("yearly", PaymentKind.GIFT, 100_000.0, 2030, 2044, False, "USD")
CARE = YearlyPayment("care", PaymentKind.MEDICAL, 30_000.0, 2060, None, False, "USD")


def deducting(inputs: ProjectionInputs | None = None, *payments: YearlyPayment) -> ProjectionInputs:
    """The household with a home, a large loan on it and an older one, gifts, care, and premiums in its living costs."""
    inputs = inputs or family()
    loans = (
        Debt("mortgage", 820_000.0, 0.055, 5_200.0, "USD", home_limit=750_000.0),
        Debt("older", 60_000.0, 0.04, 900.0, "USD", home_limit=1_000_000.0),
    )
    events = LifeEvents(things=(HOME,), payments=payments or (GIVEN, HELD, CARE))
    debts = (*loans, *(debt for debt in inputs.debts if debt.key != "mortgage"))
    return insured(replace(inputs, debts=debts, events=events), charges_standard=False)


@pytest.mark.parametrize("path", [0, 300])
def test_every_year_equals_the_plain_model_to_the_cent(path: int) -> None:
    inputs, cube = deducting(), family_cube()
    simulation = simulate(inputs, cube, with_flows=True)
    twin = ReferenceModel(inputs, cube, path).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)
    assert simulation.recorded.flows[:, F_TAXES, path] == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)


def test_a_plan_that_asks_for_no_premiums_has_none_to_deduct() -> None:
    inputs, cube = replace(deducting(), medicare=None), family_cube()
    twin = ReferenceModel(inputs, cube, 5).run()
    assert simulate(inputs, cube, with_flows=False).recorded.wealth[:, 5] == pytest.approx(twin.wealth, abs=0.01)


def saved_on(program: Program, books: np.ndarray, year: int, level: float, of_state: float, lane: int) -> float:
    """What payments save on one lane, by the tax of that lane with them and without."""
    facts = program.year_facts[0, year]
    law, agi = program.law[min(year, 1), facts[STATUS]], gross_income(program.law[1, facts[STATUS]], books, lane)
    paid = paid_in_all(program, books, (0, year), lane, level, of_state)
    taxes = []
    for told in ((0.0,) * 5, paid):
        income = (agi, books[QUALIFIED, lane] + max(0.0, books[GAINS, lane]))
        tax = _before_credits(law, facts, level, income, told)
        if facts[CHILDREN] + facts[OTHERS] > 0:
            earned, payroll = from_work(law, level, books, lane)
            tax -= credits_of(law, facts, level, (agi, tax, earned, payroll))
        taxes.append(tax)
    return max(0.0, taxes[0] - taxes[1])


@pytest.mark.parametrize("children", [0, 3])
@pytest.mark.parametrize("year", [1, 3, 30, 45])
def test_payments_save_on_all_lanes_what_they_save_on_each(year: int, children: int) -> None:
    dice = np.random.default_rng(100 * year + children)
    program = build_program(deducting(), drawn=True)
    program.year_facts[0, year, CHILDREN] = children
    seen = 0
    for most in (20_000.0, 90_000.0, 400_000.0, 2_000_000.0):
        books = opened(program)
        books[YEAR_STATES, : LANES - 4] = 1.0
        books[[WAGES_1, ORDINARY, INTEREST, QUALIFIED, GAINS]] = dice.uniform(0.0, most, (5, LANES))
        books[GAINS] *= dice.random(LANES) < 0.5
        books[BENEFITS] = dice.uniform(0.0, 90_000.0, LANES)
        books[PAID : PAID + 4] = dice.uniform(0.0, 0.2 * most, (4, LANES)) * (dice.random((4, LANES)) < 0.6)
        books[GIFTS_CARRIED : GIFTS_CARRIED + 5] = dice.uniform(0.0, most, (5, LANES)) * (dice.random(LANES) < 0.2)
        books[INCOME_TWO_BEFORE] = dice.uniform(0.0, 900_000.0, LANES)
        levels, of_state, saved = dice.uniform(0.8, 4.0, LANES), dice.uniform(0.0, 0.1 * most, LANES), np.empty(LANES)
        told = [saved_on(program, books, year, levels[lane], of_state[lane], lane) for lane in range(LANES - 4)]
        found = relieve(program, books, (0, year), levels, (of_state, saved))
        assert saved[: LANES - 4] == pytest.approx(told, abs=1e-5)
        assert not saved[LANES - 4 :].any()
        assert found == saved.any()
        seen += np.count_nonzero(saved)
    assert seen > 50


@pytest.mark.parametrize("path", [0, 300])
def test_gifts_above_the_limit_are_carried_on_as_the_plain_model_does(path: int) -> None:
    inputs, cube = deducting(None, HELD, LARGE, YEARLY, CARE), family_cube()
    simulation = simulate(inputs, cube, with_flows=True)
    twin = ReferenceModel(inputs, cube, path).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)
    assert simulation.recorded.flows[:, F_TAXES, path] == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)


def test_the_exact_return_deducts_what_is_carried_on() -> None:
    inputs = deducting(None, LARGE)
    years = {each.calendar_year: each for each in tax_years(inputs, steady_path(inputs))}
    for each in years.values():
        assert each.taxes.federal == pytest.approx(each.taxes.walked, abs=0.05)
    given, then, next_ = years[2028].deductions.paid[2], years[2028], years[2029]
    # what the floor took in the year of the excess is carried on with it
    assert then.deductions.charity == pytest.approx(0.595 * then.agi, abs=0.1)
    assert next_.deductions.carried == pytest.approx(given - 0.6 * then.agi + 0.005 * then.agi, abs=0.1)
    assert next_.deductions.charity == pytest.approx(0.595 * next_.agi, abs=0.1)
    assert years[2030].deductions.carried == pytest.approx(next_.deductions.carried - 0.6 * next_.agi, abs=0.1)
    assert not any(years[year].deductions.carried for year in (2028, 2034))


def test_the_oldest_come_after_the_gifts_of_the_year_and_fall_away_after_five() -> None:
    program = build_program(deducting(None, GIVEN), drawn=True)
    books = opened(program)
    books[YEAR_STATES, :2] = 1.0
    books[ORDINARY, :3] = 100_000.0
    books[PAID + GIFTS, 0], books[PAID + GIFTS, 1:3] = 20_000.0, 70_000.0
    books[GIFTS_CARRIED : GIFTS_CARRIED + 5, :3] = np.array([[1.0], [2.0], [3.0], [30.0], [20.0]]) * 1_000.0
    carry_gifts(program, books, 1)
    rows = books[GIFTS_CARRIED : GIFTS_CARRIED + 5]
    # 40,000 of room: all of five years ago, 20,000 of the year after; what is left of that is in its last year now
    assert rows[:, 0].tolist() == [0.0, 1_000.0, 2_000.0, 3_000.0, 10_000.0]
    # no room: 10,000 above and 500 of the floor are new, the oldest are lost
    assert rows[:, 1].tolist() == [10_500.0, 1_000.0, 2_000.0, 3_000.0, 30_000.0]
    assert rows[:, 2].tolist() == [1_000.0, 2_000.0, 3_000.0, 30_000.0, 20_000.0]


@pytest.mark.parametrize("seed", [1, 4, 9])
def test_drawn_households_with_drawn_lives_equal_the_plain_model_to_the_cent(seed: int) -> None:
    dice, cube = Random(seed), family_cube()  # noqa: S311 - households, not secrets
    drawn_payments = [
        YearlyPayment(
            str(place),
            dice.choice(list(PaymentKind)),
            dice.uniform(0.0, 90_000.0),
            dice.choice([None, dice.randint(2026, 2050)]),
            dice.choice([None, dice.randint(2050, 2080)]),
            dice.random() < 0.5,
            "USD",
        )
        for place in range(3)
    ]
    inputs = deducting(any_household(dice), *drawn_payments)
    home = replace(HOME, property_tax=dice.uniform(0.0, 60_000.0), sold_share=dice.uniform(0.1, 1.0))
    incomes = tuple(
        replace(item, monthly_amount=dice.uniform(0.5, 6.0) * item.monthly_amount) for item in inputs.incomes
    )
    inputs = mortal(replace(inputs, incomes=incomes, events=replace(inputs.events, things=(home,))))
    deaths, drawn = months_lived(inputs), simulate_lifetimes(inputs, cube)
    for path in (int(np.argmin(deaths.min(axis=0))), dice.randrange(512)):
        twin = ReferenceModel(inputs, cube, path, (int(deaths[0, path]), int(deaths[1, path]))).run()
        assert drawn.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.01)


@pytest.mark.parametrize(("code", "raised"), [("CA", 1.0), ("CA", 5.0), ("OR", 2.0), ("AL", 2.0), ("TX", 1.0)])
def test_the_exact_return_deducts_the_states_tax_as_the_walk_does(code: str, raised: float) -> None:
    inputs = deducting()
    incomes = tuple(replace(item, monthly_amount=raised * item.monthly_amount) for item in inputs.incomes)
    inputs = replace(inputs, incomes=incomes, state_table=shipped().of(code))
    years = tax_years(inputs, steady_path(inputs))
    for each in years:
        assert each.taxes.federal == pytest.approx(each.taxes.walked, abs=0.05)
    assert any(each.deductions.is_itemised for each in years)
    assert any(not each.deductions.is_itemised for each in years)
    for each in years:
        of = each.deductions
        lines = of.state_and_local + of.mortgage_interest + of.charity + of.medical - of.reduction
        assert each.deduction == pytest.approx(lines + of.standard + of.given + of.senior, abs=0.01)


def test_a_states_tax_alone_is_itemised_where_it_exceeds_the_standard_deduction() -> None:
    rich = replace(family(), state_table=shipped().of("CA"))
    rich = replace(
        rich, incomes=tuple(replace(item, monthly_amount=2.9 * item.monthly_amount) for item in rich.incomes)
    )
    years = tax_years(rich)
    # the cap of 2027 is 40,400 raised by 1 %; from 2030 on it is 10,000, below any standard deduction
    assert years[1].deductions.is_itemised
    assert 32_200 < years[1].deductions.state_and_local <= 40_804
    assert not any(each.deductions.is_itemised for each in years if each.calendar_year >= 2030)
    for each in years:
        assert each.taxes.federal == pytest.approx(each.taxes.walked, abs=0.05)


def test_a_plan_that_states_nothing_is_walked_bit_by_bit_as_one_without_its_home() -> None:
    cube, bare = family_cube(), family()
    owning = replace(bare, events=LifeEvents(things=(replace(HOME, property_tax=0.0, sale_day=None, debt=""),)))
    walked = [simulate(inputs, cube, with_flows=False).recorded.wealth for inputs in (bare, owning)]
    assert np.array_equal(*walked)


def test_gifts_besides_the_living_costs_leave_and_save_tax() -> None:
    cube, bare = family_cube(), deducting(None, HELD)
    giving = deducting(None, HELD, GIVEN)
    flows = [simulate(inputs, cube, with_flows=True).recorded.flows for inputs in (bare, giving)]
    # 2027: 15,000 more are spent, at 22 or 24 % less tax; nothing in 2041
    spent, taxes = (flows[1][1, place] - flows[0][1, place] for place in (F_SPENDING, F_TAXES))
    assert spent == pytest.approx(15_000.0, rel=0.1)
    assert (taxes < -2_000.0).all()
    assert flows[1][15, F_SPENDING] == pytest.approx(flows[0][15, F_SPENDING], rel=1e-4)


def test_a_month_is_noted_at_its_prices_and_cleared_at_the_years_end() -> None:
    program = build_program(deducting(), drawn=True)
    rows = opened(program)
    rows[STATES, 0] = 1.0
    rows[STATES + FIRST_ALONE, 1] = 1.0
    note_paid(program, 0, np.full(LANES, 2.0, dtype=np.float32), rows)
    assert rows[PAID + PROPERTY_TAX, :3] == pytest.approx([2 * 11_000 / 12, 2 * 11_000 / 12, 0.0])
    assert rows[PAID + GIFTS, :3] == pytest.approx([2_500.0, 2_500.0, 0.0])
    # of what the living costs hold a survivor gives their share
    assert rows[PAID + GIFTS_IN_COSTS, :2] == pytest.approx([250.0, 0.7 * 250.0])
    clear_paid(program, rows)
    assert not rows[PAID : PAID + 4].any()
