"""Goals with accounts of their own, that wait or are cut: equal to the plain model, and worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.plans.engine.books import NEVER, empty_record, keeping_balances, keeping_given
from apps.plans.engine.compiled import LANES
from apps.plans.engine.goal_choices import ANY_MEANS, GoalMeans
from apps.plans.engine.growth import grown
from apps.plans.engine.inputs import Account, Goal, GoalKind, GoalPriority, ProjectionInputs, TaxTreatment
from apps.plans.engine.kernel import simulate_blocks
from apps.plans.engine.lives import months_lived
from apps.plans.engine.means_program import FLEXIBLE
from apps.plans.engine.monte_carlo import Simulation, project, simulate, simulate_lifetimes, span_of
from apps.plans.engine.program import build_program
from tests.apps.plans.engine.households import (
    account,
    any_household,
    certain_assumptions,
    claiming,
    conversion,
    converting,
    cube_of,
    family,
    family_cube,
    insured,
    saver,
)
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.apps.plans.engine.test_lives import mortal
from tests.depth import examples

PATHS = (0, 101, 333, 511)


def meant(inputs: ProjectionInputs, **means: GoalMeans) -> ProjectionInputs:
    """The household with means for goals by their keys."""
    return replace(inputs, goals=tuple(replace(goal, means=means.get(goal.key, ANY_MEANS)) for goal in inputs.goals))


def family_of_goals() -> ProjectionInputs:
    """The family with a second study, a trip of three years, and goals large enough to fall short."""
    base = family()
    college_2 = replace(base.goals[1], key="college_2", annual_amount=45_000.0, start=date(2036, 9, 1))
    trip = replace(base.goals[2], key="trip", annual_amount=60_000.0, start=date(2038, 5, 1), years=3)
    boat = replace(base.goals[2], annual_amount=300_000.0, start=date(2034, 6, 1))
    second = account("college_2", TaxTreatment.EDUCATION, 50_000.0, mix=(("equity", 1.0),), owner="")
    return replace(
        base,
        accounts=(*base.accounts, second),
        goals=(base.goals[0], replace(base.goals[1], annual_amount=40_000.0), boat, college_2, trip),
    )


CASES = {
    "own first": {"boat": GoalMeans(("brokerage",)), "college": GoalMeans(("college",))},
    "only": {"boat": GoalMeans(("brokerage",), only=True), "college_2": GoalMeans(("college_2",), only=True)},
    "waits": {"boat": GoalMeans(wait_years=6), "trip": GoalMeans(("roth",), only=True, wait_years=30)},
    "cut": {"boat": GoalMeans(("savings",), only=True, least_share=0.05), "trip": GoalMeans(least_share=0.5)},
    "both": {
        "boat": GoalMeans(("brokerage", "savings"), only=True, wait_years=4, least_share=0.6),
        "college": GoalMeans(("college", "savings"), only=True, least_share=0.3),
        "college_2": GoalMeans(("college_2",), wait_years=1, least_share=0.05),
    },
    "retirement keeps": {"retirement": GoalMeans(("plan_ben", "roth", "plan_ana"))},
}


def found_in(simulation: Simulation, path: int) -> dict[str, int]:
    return {
        demand.key: int(simulation.recorded.failed[place, path])
        for place, demand in enumerate(simulation.demands)
        if simulation.recorded.failed[place, path] >= 0
    }


def equals_the_plain_model(
    inputs: ProjectionInputs, path: int, simulation: Simulation, deaths: tuple[int, ...] | None = None
) -> None:
    twin = ReferenceModel(inputs, family_cube(), path, deaths).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.05)
    assert found_in(simulation, path) == twin.books.failed
    means = build_program(inputs).means
    for place, demand in enumerate(simulation.demands):
        flexible = int(means.goals[place, FLEXIBLE])
        if flexible >= 0:
            waited, part = simulation.recorded.given[2 * flexible : 2 * flexible + 2, path]
            assert waited == twin.waited.get(demand.key, 0)
            assert part == pytest.approx(twin.least_paid.get(demand.key, 1.0), abs=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_a_family_with_means_equals_the_plain_model(case: str) -> None:
    inputs = meant(family_of_goals(), **CASES[case])
    simulation = simulate(inputs, family_cube(), with_flows=False)
    for path in PATHS:
        equals_the_plain_model(inputs, path, simulation)


def test_the_cases_do_wait_and_do_cut() -> None:
    waits = simulate(meant(family_of_goals(), **CASES["waits"]), family_cube(), with_flows=False).recorded.given
    cuts = simulate(meant(family_of_goals(), **CASES["cut"]), family_cube(), with_flows=False).recorded.given
    assert {0.0, 1.0, 2.0} <= set(waits[2])
    assert waits[1].min() == 1.0
    assert ((cuts[1] > 0.05) & (cuts[1] < 1.0)).any()
    assert not cuts[0].any()


def any_means(dice: Random, inputs: ProjectionInputs) -> ProjectionInputs:
    """The household with drawn means for each goal."""
    told = {}
    for goal in inputs.goals:
        fits = [
            item.key
            for item in inputs.accounts
            if item.treatment is not TaxTreatment.EDUCATION or goal.kind is GoalKind.EDUCATION
        ]
        own = tuple(dice.sample(fits, dice.choice([0, 1, 1, 2])))
        if goal.kind is GoalKind.RETIREMENT:
            told[goal.key] = GoalMeans(own)
            continue
        wait = dice.choice([None, 0, 2, 12])
        least = dice.choice([None, 1.0, 0.7, 0.1])
        told[goal.key] = GoalMeans(own, only=bool(own) and dice.random() < 0.5, wait_years=wait, least_share=least)
    return meant(inputs, **told)


@given(dice=st.randoms(use_true_random=False), path=st.integers(0, 511))
@settings(deadline=None, max_examples=examples(16))
def test_any_household_with_means_equals_the_plain_model(dice: Random, path: int) -> None:
    inputs = any_household(dice)
    if dice.random() < 0.5:
        inputs = insured(inputs)
    if dice.random() < 0.3:
        inputs = converting(inputs, conversion())
    inputs = any_means(dice, replace(inputs, goals=(*inputs.goals, family_of_goals().goals[4])))
    if not any(goal.means.accounts or goal.means.gives_way for goal in inputs.goals):
        inputs = meant(inputs, boat=GoalMeans(("savings",)))
    equals_the_plain_model(inputs, path, simulate(inputs, family_cube(), with_flows=False))


@given(dice=st.randoms(use_true_random=False), path=st.integers(0, 511))
@settings(deadline=None, max_examples=examples(8))
def test_drawn_lives_with_means_equal_the_plain_model(dice: Random, path: int) -> None:
    inputs = meant(mortal(claiming(family_of_goals())), **CASES[dice.choice([*CASES])])
    deaths = tuple(int(month) for month in months_lived(inputs)[:, path])
    equals_the_plain_model(inputs, path, simulate_lifetimes(inputs, family_cube()), deaths)


def with_savings(*accounts: tuple[str, TaxTreatment, float], goal: Goal) -> ProjectionInputs:
    """One person, no markets, no income, no costs: what is there and what is wanted."""
    base = saver(certain_assumptions(0.0), balance=0.0, years=20)
    held = tuple(
        Account(key, "ana", treatment, balance, balance, (("fund", 1.0),), 0.0, "USD")
        for key, treatment, balance in accounts
    )
    return replace(
        base,
        accounts=held,
        withdrawal_order=(TaxTreatment.CASH, TaxTreatment.TAX_FREE),
        surplus_account=held[0].key,
        goals=(goal,),
    )


CABIN = Goal("cabin", GoalKind.HOME, GoalPriority.ASPIRATIONAL, 30_000.0, date(2030, 6, 1), 1, "USD")
CASH, ROTH = ("cash", TaxTreatment.CASH, 100_000.0), ("roth", TaxTreatment.TAX_FREE, 20_000.0)


def left(inputs: ProjectionInputs) -> list[float]:
    """What each account holds at the end."""
    program, cube = build_program(inputs), cube_of(inputs)
    kept = keeping_balances(empty_record(20, program.demands.shape[2], 1, with_flows=False), len(inputs.accounts))
    growth = grown(program.weights, cube.factors, span_of(program))
    simulate_blocks(program, growth, np.empty((1, 0, LANES), dtype=np.int32), 0, kept)
    return [round(float(value), 2) for value in kept.balances[-1, :, 0]]


def test_its_own_account_pays_first_and_the_others_the_rest() -> None:
    inputs = with_savings(CASH, ROTH, goal=replace(CABIN, means=GoalMeans(("roth",))))
    assert left(inputs) == [90_000.0, 0.0]
    assert left(with_savings(CASH, ROTH, goal=CABIN)) == [70_000.0, 20_000.0]


def test_nothing_else_pays_where_its_own_accounts_alone_may() -> None:
    inputs = with_savings(CASH, ROTH, goal=replace(CABIN, means=GoalMeans(("roth",), only=True)))
    assert left(inputs) == [100_000.0, 0.0]
    assert project(inputs, cube_of(inputs)).goals[-1].success.value == 0.0


def test_what_is_kept_for_a_goal_pays_other_things_last_and_is_free_afterwards() -> None:
    kept = replace(CABIN, means=GoalMeans(("cash",)))
    car = replace(CABIN, key="car", annual_amount=15_000.0, start=date(2028, 1, 1))
    tour = replace(car, key="tour", start=date(2032, 1, 1))
    inputs = with_savings(CASH, ROTH, goal=kept)
    # the car is bought from what is not kept, 15,000; the cabin takes 30,000 of the cash; then cash pays first again
    assert left(replace(inputs, goals=(kept, car, tour))) == [55_000.0, 5_000.0]
    # and a car too dear for that takes what is kept rather than fail
    dear = replace(car, annual_amount=45_000.0)
    assert left(replace(inputs, goals=(kept, dear))) == [45_000.0, 0.0]


def test_a_part_that_is_enough_is_no_failure_and_nothing_is_missing() -> None:
    goal = replace(CABIN, means=GoalMeans(("roth",), only=True, least_share=0.6))
    inputs = with_savings(CASH, ROTH, goal=goal)
    found = project(inputs, cube_of(inputs))
    outcome = found.goals[-1]
    assert outcome.success.value == 1.0
    assert outcome.given is not None
    assert outcome.given.smaller.value == 1.0
    assert outcome.given.part == pytest.approx(2 / 3)
    assert sum(flow.goals for flow in found.expected_flows) == pytest.approx(20_000.0)
    assert sum(flow.shortfall for flow in found.expected_flows) == 0.0


def test_a_goal_waits_until_the_money_is_there() -> None:
    goal = replace(CABIN, means=GoalMeans(("roth",), only=True, wait_years=10))
    base = with_savings(CASH, ROTH, goal=goal)
    inputs = replace(base, assumptions=certain_assumptions(0.10))
    # 20,000 at 10 % a year on 1 June 2030: 20,000 * 1.1^(53/12) = 30,466 > 30,000 a month before; so no year is waited
    soon = project(inputs, cube_of(inputs)).goals[-1]
    assert soon.given is not None
    assert soon.given.as_wished.value == 1.0
    # at 7 % the sum is there after 1.07^(78/12) = 1.552, not after 1.07^(66/12) = 1.451: two years later
    slow = replace(base, assumptions=certain_assumptions(0.07))
    later = project(slow, cube_of(slow)).goals[-1]
    assert later.given is not None
    assert (later.given.later.value, later.given.years_later) == (1.0, 2.0)


@pytest.mark.parametrize(("died", "failed"), [(40, NEVER), (60, 53), (66, 53), (90, NEVER)])
def test_who_dies_while_a_goal_waits_has_not_met_it(died: int, failed: int) -> None:
    # due in month 53 and, with the money there two years later, paid in month 77
    goal = replace(CABIN, means=GoalMeans(("roth",), only=True, wait_years=10))
    inputs = replace(with_savings(CASH, ROTH, goal=goal), assumptions=certain_assumptions(0.07))
    program, cube = build_program(inputs, drawn=True), cube_of(inputs)
    n_demands = program.demands.shape[2]
    kept = keeping_given(empty_record(20, n_demands, 1, with_flows=False), 2)
    growth = grown(program.weights, cube.factors, span_of(program))
    simulate_blocks(program, growth, np.full((1, 1, LANES), died, dtype=np.int32), 0, kept)
    assert kept.failed[n_demands - 1, 0] == failed


def test_what_fails_after_waiting_tells_what_is_unpaid_of_the_whole() -> None:
    goal = replace(CABIN, years=3, means=GoalMeans(("roth",), only=True, wait_years=2))
    inputs = with_savings(CASH, ROTH, goal=goal)
    outcome = project(inputs, cube_of(inputs)).goals[-1]
    assert outcome.success.value == 0.0
    assert outcome.first_shortfall_year == 2032
    assert outcome.unpaid == 90_000.0
