"""The short way gives the bits of the whole kernel, and is taken only where it may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.plans.engine.books import NEVER, Recorded, empty_record
from apps.plans.engine.compiled import LANES
from apps.plans.engine.growth import grown
from apps.plans.engine.inputs import (
    Account,
    Boundary,
    Contribution,
    Debt,
    Goal,
    GoalKind,
    GoalPriority,
    Growth,
    ProjectionInputs,
    Spending,
    TaxTreatment,
)
from apps.plans.engine.kernel import simulate_blocks
from apps.plans.engine.monte_carlo import simulate, span_of
from apps.plans.engine.pot import is_pot, simulate_pots
from apps.plans.engine.program import Program, build_program
from tests.apps.plans.engine.households import REAL, cube_of, family, saver, simple_assumptions
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.depth import examples

AMOUNT = st.floats(0.0, 9_000.0)
ASSUMPTIONS = simple_assumptions()
CUBE = cube_of(saver(ASSUMPTIONS, balance=1.0, years=30, n_paths=80, n_batches=4))


def pot(balance: float, paid: tuple[float, float], spent: float, goal: float, fee: float) -> ProjectionInputs:
    """One untaxed account of three classes, paid into until 2036, that pays for living, a debt and a wish."""
    inputs = saver(ASSUMPTIONS, balance=balance, years=30, n_paths=80, n_batches=4)
    mix = (("equity", 0.5), ("bonds", 0.3), ("cash", 0.2))

    def line(key: str, amount: float, growth: Growth) -> Contribution:
        return Contribution(key, "fund", amount, growth, Boundary.PLAN_START, date(2036, 1, 1), True, "USD")

    return replace(
        inputs,
        accounts=(Account("fund", "ana", TaxTreatment.TAX_FREE, balance, balance, mix, fee, "USD"),),
        contributions=(line("real", paid[0], REAL), line("nominal", paid[1], Growth(0.025, inflation_linked=False))),
        spending=Spending(spent, 1.0, "USD"),
        debts=(Debt("loan", 20_000.0, 0.05, 400.0, "USD"),),
        goals=(Goal("wish", GoalKind.HOME, GoalPriority.ASPIRATIONAL, goal, date(2040, 5, 1), 3, "USD"),),
    )


def recorded(program: Program, n_paths: int) -> Recorded:
    return empty_record(program.year_facts.shape[1], program.demands.shape[2], n_paths, with_flows=False)


@given(balance=st.floats(0.0, 1e6), paid=st.tuples(AMOUNT, AMOUNT), spent=AMOUNT, goal=AMOUNT, fee=st.floats(0.0, 0.02))
@settings(deadline=None, max_examples=examples(60))
def test_the_short_way_gives_the_bits_of_the_whole_kernel(
    balance: float, paid: tuple[float, float], spent: float, goal: float, fee: float
) -> None:
    program = build_program(pot(balance, paid, spent, goal, fee))
    assert is_pot(program)
    growth = grown(program.weights, CUBE.factors, span_of(program))
    short, whole = recorded(program, 80), recorded(program, 80)
    simulate_pots(program, growth, 0, short)
    simulate_blocks(program, growth, np.empty((growth.shape[0], 0, LANES), dtype=np.int32), 0, whole)
    assert np.array_equal(short.wealth, whole.wealth)
    assert np.array_equal(short.failed, whole.failed)


@pytest.mark.parametrize(("path", "month"), [(0, 1), (41, 7), (79, 12)])
def test_a_pot_equals_the_plain_model_to_the_cent(path: int, month: int) -> None:
    inputs = replace(pot(200_000.0, (500.0, 700.0), 2_500.0, 30_000.0, 0.01), start_date=date(2026, month, 1))
    simulation = simulate(inputs, CUBE, with_flows=False)
    twin = ReferenceModel(inputs, CUBE, path).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)
    for place, demand in enumerate(simulation.demands):
        assert simulation.recorded.failed[place, path] == twin.books.failed.get(demand.key, NEVER)


def test_what_is_taxed_earned_or_kept_for_education_takes_the_whole_way() -> None:
    plain = pot(1e5, (100.0, 0.0), 100.0, 0.0, 0.0)
    assert is_pot(build_program(plain))
    (fund,), (line, *_) = plain.accounts, plain.contributions
    for treatment in (TaxTreatment.TAXABLE, TaxTreatment.TAX_DEFERRED, TaxTreatment.CASH, TaxTreatment.EDUCATION):
        taxed = replace(plain, accounts=(replace(fund, treatment=treatment),), withdrawal_order=(TaxTreatment.CASH,))
        assert not is_pot(build_program(taxed))
    assert not is_pot(build_program(replace(plain, withdrawal_order=())))
    assert not is_pot(build_program(replace(plain, contributions=(replace(line, by_employer=False),))))
    assert not is_pot(build_program(replace(plain, accounts=(fund, replace(fund, key="other")))))
    salary = replace(family().incomes[0], owner="ana")
    assert not is_pot(build_program(replace(plain, incomes=(salary,), adults=family().adults[:1])))
