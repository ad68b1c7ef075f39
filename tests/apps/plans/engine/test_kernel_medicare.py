"""Premiums of Medicare in the walk: by the income of two years before, equal to the exact rules on every path."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from apps.plans.engine.books import F_MEDICARE, FLOWS, INCOME_TWO_BEFORE, YEAR_STATES, balance_row
from apps.plans.engine.compiled import LANES
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.kernel_medicare import add_premiums
from apps.plans.engine.medicare import premiums
from apps.plans.engine.monte_carlo import simulate, success_probability
from apps.plans.engine.program import build_program
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import family, family_cube, insured, medicare_table
from tests.apps.plans.engine.reference_model import ReferenceModel


def retired() -> ProjectionInputs:
    """The family thirty years older: both insured from the start."""
    inputs = insured(family())
    adults = tuple(
        replace(
            adult,
            birth_date=adult.birth_date.replace(year=adult.birth_date.year - 28),
            retirement_date=date(2026, 7, 1),
        )
        for adult in inputs.adults
    )
    return replace(inputs, adults=adults, incomes=(), goals=inputs.goals[:1], contributions=())


@pytest.mark.parametrize("status", [FilingStatus.SINGLE, FilingStatus.MARRIED_JOINT, FilingStatus.MARRIED_SEPARATE])
def test_each_step_costs_what_the_table_says(status: FilingStatus) -> None:
    program = build_program(replace(retired(), filing_status=status))
    incomes = np.linspace(0.0, 800_000.0, LANES)
    incomes[1:12] = [
        109_000,
        109_000.01,
        137_000.01,
        205_000,
        218_000,
        218_001,
        391_000,
        390_999,
        500_000,
        749_999,
        750_000,
    ]
    rows = np.zeros((balance_row(program.mix.size) + 1, LANES))
    rows[YEAR_STATES], rows[INCOME_TWO_BEFORE] = 1.0, incomes
    due = np.zeros(LANES)
    add_premiums(program, rows, 1, np.ones(LANES), due)
    table = medicare_table()
    for lane, income in enumerate(incomes):
        told = premiums(table, status, Decimal(repr(float(income))))
        each = told.part_b + table.part_d_base + told.income_related
        assert due[lane] == pytest.approx(24 * float(each), abs=1e-6), income
    assert np.array_equal(rows[FLOWS + F_MEDICARE], due)


@pytest.mark.parametrize("path", [0, 17, 300])
def test_a_path_with_premiums_equals_the_plain_model(path: int) -> None:
    for inputs in (insured(family()), retired()):
        simulation = simulate(inputs, family_cube(), with_flows=True)
        twin = ReferenceModel(inputs, family_cube(), path).run()
        assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.05)
        assert simulation.recorded.flows[:, F_MEDICARE, path] == pytest.approx(twin.premiums, rel=1e-6, abs=0.05)
        assert max(twin.premiums) > 0.0


def test_the_first_two_years_go_by_the_incomes_before_the_plan() -> None:
    program = build_program(retired())
    assert program.incomes_before.tolist() == [260_000.0, 170_000.0]
    twin = ReferenceModel(retired(), family_cube(), 0).run()
    table = medicare_table()
    standard = float(table.part_b + table.part_d_base)
    # six months of two people on the first step of a couple, then a year on none
    assert twin.premiums[0] == pytest.approx(12 * (standard + 81.20 + 14.50))
    assert twin.premiums[1] == pytest.approx(24 * standard * twin.index_of[1])


def test_living_costs_that_hold_the_standard_premium_pay_only_what_income_adds() -> None:
    rich = retired()
    rich = replace(rich, accounts=tuple(replace(account, balance=6 * account.balance) for account in rich.accounts))
    assert rich.medicare is not None
    without = replace(rich, medicare=None)
    raised = replace(rich, medicare=replace(rich.medicare, charges_standard=False))
    assert build_program(without).premiums.shape[0] == 0
    plain, added, whole = (success_probability(inputs, family_cube()).value for inputs in (without, raised, rich))
    assert whole < added <= plain
