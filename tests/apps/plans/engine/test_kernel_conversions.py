"""Conversions in the walk: as much as the exact rules find, and every path equal to the plain model."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.plans.engine.books import F_CONVERTED, F_TAXES
from apps.plans.engine.conversion_choices import ConversionRule
from apps.plans.engine.conversions import room_in_bracket, room_to_step
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.engine.kernel_conversions import room
from apps.plans.engine.lives import months_lived
from apps.plans.engine.monte_carlo import simulate, simulate_lifetimes
from apps.plans.engine.tax_law import BOUNDS, HAS_SENIOR, N_FACTS, SENIORS, STATUSES, law_arrays
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.taxes import TaxFacts
from tests.apps.plans.engine.households import (
    any_household,
    conversion,
    converting,
    family,
    family_cube,
    insured,
    medicare_table,
    tax_table,
)
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.apps.plans.engine.test_lives import mortal
from tests.depth import examples

TABLE = tax_table(2026)
LAW = law_arrays(TABLE)
AMOUNT = st.integers(0, 400_000)


def year_of(status: FilingStatus, amounts: tuple[int, int, int], seniors: int) -> tuple[TaxFacts, np.ndarray]:
    """A return and the facts of the walk for it; ``amounts``: ordinary income, benefits, gains."""
    ordinary, benefits, gains = map(Decimal, amounts)
    nothing = Decimal(0)
    told = TaxFacts(
        status=status,
        calendar_year=2026,
        wages=(),
        pre_tax=nothing,
        ordinary=ordinary,
        interest=nothing,
        qualified_dividends=nothing,
        long_term_gain=gains,
        benefits=benefits,
        early_withdrawals=nothing,
        seniors=seniors,
        loss_carried=nothing,
    )
    facts = np.zeros(N_FACTS, dtype=np.int64)
    facts[SENIORS], facts[HAS_SENIOR] = seniors, 1
    return told, facts


def found(status: FilingStatus, amounts: tuple[int, int, int], facts: np.ndarray, bound: tuple[float, bool]) -> float:
    ordinary, benefits, gains = map(float, amounts)
    return float(room(LAW[STATUSES.index(status)], facts, 1.0, (ordinary + gains, benefits, gains), bound))


@given(
    status=st.sampled_from(FilingStatus),
    amounts=st.tuples(AMOUNT, st.integers(0, 90_000), AMOUNT),
    seniors=st.integers(0, 2),
    place=st.integers(0, 5),
)
@settings(max_examples=examples(60))
def test_what_fits_into_a_bracket_is_what_the_exact_rule_finds(
    status: FilingStatus, amounts: tuple[int, int, int], seniors: int, place: int
) -> None:
    told, facts = year_of(status, amounts, seniors)
    exact = room_in_bracket(TABLE, told, TABLE.ordinary_rates[place])
    bound = LAW[STATUSES.index(status), BOUNDS + place]
    assert found(status, amounts, facts, (bound, False)) == pytest.approx(float(exact), abs=0.001)


@given(
    amounts=st.tuples(AMOUNT, st.integers(0, 90_000), AMOUNT),
    seniors=st.integers(0, 2),
    step=st.integers(0, 3),
)
@settings(max_examples=examples(40))
def test_what_stays_below_a_step_of_medicare_is_what_the_exact_rule_finds(
    amounts: tuple[int, int, int], seniors: int, step: int
) -> None:
    status = FilingStatus.MARRIED_JOINT
    told, facts = year_of(status, amounts, seniors)
    exact = room_to_step(TABLE, medicare_table(), told, step)
    assert exact is not None
    bound = float(medicare_table().bounds[status][step])
    assert found(status, amounts, facts, (bound, True)) == pytest.approx(float(exact), abs=0.001)


def equals_the_plain_model(inputs: ProjectionInputs, path: int) -> ReferenceModel:
    simulation = simulate(inputs, family_cube(), with_flows=True)
    twin = ReferenceModel(inputs, family_cube(), path).run()
    flows = simulation.recorded.flows
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.05)
    assert flows[:, F_TAXES, path] == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)
    assert flows[:, F_CONVERTED, path] == pytest.approx(twin.converted, rel=1e-6, abs=0.05)
    return twin


@pytest.mark.parametrize("path", [0, 300])
@pytest.mark.parametrize(
    ("rule", "value"),
    [(ConversionRule.FILL_BRACKET, 0.22), (ConversionRule.BELOW_STEP, 0), (ConversionRule.FIXED, 30_000.0)],
)
def test_every_year_of_a_converting_household_equals_the_plain_model(
    rule: ConversionRule, value: float, path: int
) -> None:
    plans = (conversion("ana", rule, value), conversion("ben", rule, value, (2026, 2052)))
    twin = equals_the_plain_model(converting(insured(family()), *plans), path)
    assert sum(twin.converted) > 100_000.0


def test_where_nothing_else_is_left_the_tax_is_withheld_from_what_is_converted() -> None:
    poor = replace(
        family(),
        accounts=tuple(
            replace(item, balance=0.0 if item.treatment in (TaxTreatment.CASH, TaxTreatment.TAXABLE) else item.balance)
            for item in family().accounts
        ),
        surplus_saved_share=0.0,
        surplus_account="roth",
        adults=tuple(replace(adult, retirement_date=date(2026, 7, 1)) for adult in family().adults),
        goals=(),
        incomes=(),
        contributions=(),
        spending=replace(family().spending, monthly_amount=0.0),
        debts=(),
    )
    inputs = converting(poor, conversion("ana", ConversionRule.FIXED, 60_000.0, (2026, 2026)))
    equals_the_plain_model(inputs, 0)
    twin = ReferenceModel(inputs, family_cube(), 0)
    twin.n_months = 6
    twin.run()
    # half a year: 30,000 are converted, 16,100 of them free by the deduction; the tax and a tenth of what is withheld
    taxed = 30_000.0 - 32_200.0 / 2
    tax = 0.1 * 12_400.0 + 0.12 * (taxed - 12_400.0)
    assert twin.taxes[0] == pytest.approx(tax + 0.1 * tax / 0.9, abs=0.01)
    roth = twin.books.basis["roth"] - poor.accounts[3].cost_basis
    assert roth == pytest.approx(30_000.0 - tax / 0.9, abs=0.01)


@given(dice=st.randoms(use_true_random=False), path=st.integers(0, 511))
@settings(deadline=None, max_examples=examples(6))
def test_any_converting_household_equals_the_plain_model(dice: Random, path: int) -> None:
    rules = {ConversionRule.FILL_BRACKET: (0.1, 0.12, 0.24), ConversionRule.BELOW_STEP: (0, 1, 3, 4)}
    plans = []
    for owner in ("ana", "ben"):
        rule = dice.choice(list(ConversionRule))
        value = dice.choice(rules.get(rule, (5_000.0, 400_000.0)))
        first = dice.randint(2020, 2060)
        plans.append(conversion(owner, rule, value, (first, max(2026, first + dice.randint(0, 20)))))
    inputs = converting(insured(any_household(dice)), *plans)
    equals_the_plain_model(inputs, path)


@pytest.mark.parametrize("path", [5, 101, 511])
def test_who_has_died_converts_nothing(path: int) -> None:
    inputs = mortal(converting(family(), conversion("ana", value=0.22), conversion("ben", value=0.22)))
    simulation = simulate_lifetimes(inputs, family_cube())
    deaths = tuple(int(month) for month in months_lived(inputs)[:, path])
    twin = ReferenceModel(inputs, family_cube(), path, deaths).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.05)


def test_a_window_without_conversions_changes_no_bit() -> None:
    before = simulate(converting(family()), family_cube(), with_flows=False).recorded
    late = converting(family(), conversion(years=(2090, 2100)))
    assert np.array_equal(simulate(late, family_cube(), with_flows=False).recorded.wealth, before.wealth)
