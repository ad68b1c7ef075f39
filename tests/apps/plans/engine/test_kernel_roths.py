"""Layers of Roth accounts in the walk: every year equal to the plain model, which uses the exact rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.plans.engine.books import F_CONVERTED, F_ROTH, F_TAXES
from apps.plans.engine.conversion_choices import ConversionRule
from apps.plans.engine.inputs import Contribution, ProjectionInputs, TaxTreatment
from apps.plans.engine.lives import months_lived
from apps.plans.engine.monte_carlo import Simulation, simulate, simulate_lifetimes
from apps.plans.engine.roth_choices import RothKind, RothPool
from tests.apps.plans.engine.households import REAL, account, any_household, conversion, converting, family, family_cube
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.apps.plans.engine.test_kernel_iras import after_tax_savings, with_basis
from tests.apps.plans.engine.test_lives import mortal
from tests.apps.plans.engine.test_roth_choices import pool
from tests.depth import examples

ROTH_FIRST = (TaxTreatment.TAX_FREE, TaxTreatment.CASH, TaxTreatment.TAXABLE, TaxTreatment.TAX_DEFERRED)


def layered(inputs: ProjectionInputs, *pools: RothPool) -> ProjectionInputs:
    """The household with a Roth IRA of Ana's, a Roth account at work of Ben's, and what is told of both."""
    of_ben = account("roth_work", TaxTreatment.TAX_FREE, 40_000.0, owner="ben")
    told = pools or (
        pool("ana", "roth", contributions=20_000.0, conversions=((2024, 12_000.0, 2_000.0), (2019, 5_000.0, 0.0))),
        pool("ben", "roth_work", kind=RothKind.PLAN, contributions=25_000.0, first_year=2024),
        pool("ben", first_year=None, contributions=0.0),
    )
    return replace(inputs, accounts=(*inputs.accounts, of_ben), roth_pools=told)


def drawing(inputs: ProjectionInputs, monthly: float = 16_000.0) -> ProjectionInputs:
    """The household spends more than it earns, out of Roth accounts first."""
    spending = replace(inputs.spending, monthly_amount=monthly)
    return replace(inputs, withdrawal_order=ROTH_FIRST, spending=spending)


def saving_into_roths(inputs: ProjectionInputs) -> ProjectionInputs:
    lines = (
        Contribution("to_roth", "roth", 500.0, REAL, date(2026, 7, 1), date(2040, 1, 1), False, "USD"),
        Contribution("to_work", "roth_work", 300.0, REAL, date(2026, 7, 1), date(2035, 1, 1), False, "USD"),
    )
    return replace(inputs, contributions=(*inputs.contributions, *lines))


def equals_the_plain_model(inputs: ProjectionInputs, path: int) -> tuple[ReferenceModel, Simulation]:
    simulation = simulate(inputs, family_cube(), with_flows=True)
    twin = ReferenceModel(inputs, family_cube(), path).run()
    flows = simulation.recorded.flows[:, :, path]
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.05)
    assert flows[:, F_TAXES] == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)
    assert flows[:, F_CONVERTED] == pytest.approx(twin.converted, rel=1e-6, abs=0.05)
    assert flows[:, F_ROTH] == pytest.approx(twin.roth_income, rel=1e-6, abs=0.05)
    return twin, simulation


@pytest.mark.parametrize("path", [0, 300])
def test_early_withdrawals_use_up_contributions_and_conversions_before_earnings_are_taxed(path: int) -> None:
    inputs = drawing(layered(family()))
    twin, _ = equals_the_plain_model(inputs, path)
    plain = ReferenceModel(replace(inputs, roth_pools=()), family_cube(), path).run()
    assert sum(twin.roth_income) > 10_000.0
    assert sum(twin.taxes) > sum(plain.taxes) + 0.1 * sum(twin.roth_income)


class Noting(ReferenceModel):
    """The plain model, which tells what came out of Roth accounts in all."""

    of_ana = 0.0

    def _take_from_roth(self, account: str, amount: float, month: int) -> None:
        self.of_ana += amount if account == "roth" else 0.0
        super()._take_from_roth(account, amount, month)


def test_the_first_year_of_a_withdrawal_is_what_the_law_gives_by_hand() -> None:
    own = (pool("ana", "roth", contributions=20_000.0, conversions=((2024, 12_000.0, 2_000.0),)),)
    inputs = drawing(replace(layered(family()), roth_pools=own, incomes=()))
    twin = Noting(inputs, family_cube(), 0)
    twin.n_months = 6
    twin.run()
    # half a year empties both Roth accounts, of which only that of Ana, who is 45, has layers
    assert twin.books.balance["roth"] == twin.books.balance["roth_work"] == 0.0
    assert twin.of_ana > 50_000.0
    (income,) = twin.roth_income
    # less what was paid in and converted
    assert income == pytest.approx(twin.of_ana - 34_000.0)


def test_what_is_saved_into_roths_comes_out_untaxed() -> None:
    inputs = saving_into_roths(drawing(layered(family()), 11_000.0))
    twin, _ = equals_the_plain_model(inputs, 0)
    none_told = tuple(replace(each, contributions=0.0, conversions=()) for each in inputs.roth_pools)
    poorer = ReferenceModel(replace(inputs, roth_pools=none_told), family_cube(), 0).run()
    assert sum(poorer.roth_income) > sum(twin.roth_income) + 20_000.0


@pytest.mark.parametrize("path", [0, 300])
def test_the_plans_own_conversions_are_layers_of_their_year(path: int) -> None:
    plans = (
        conversion("ana", ConversionRule.FIXED, 20_000.0, (2026, 2035)),
        conversion("ben", ConversionRule.FILL_BRACKET, 0.12, (2030, 2050)),
    )
    inputs = drawing(with_basis(converting(layered(family()), *plans), 100_000.0, 0.0), 14_000.0)
    twin, simulation = equals_the_plain_model(inputs, path)
    free = simulate(replace(inputs, roth_pools=()), family_cube(), with_flows=True)
    # the additional tax on what was converted a few years before
    assert simulation.recorded.flows[:6, F_TAXES, path].sum() > free.recorded.flows[:6, F_TAXES, path].sum() + 500.0
    assert sum(twin.roth_income[:6]) < 60_000.0


def test_from_59_and_a_half_on_nothing_is_taxed_once_the_five_years_are_over() -> None:
    adults = (
        replace(family().adults[0], birth_date=date(1967, 3, 9), retirement_date=date(2026, 7, 1)),
        replace(family().adults[1], birth_date=date(1960, 3, 9), retirement_date=date(2026, 7, 1)),
    )
    rich = tuple(replace(item, balance=10.0 * item.balance) for item in family().accounts)
    inputs = drawing(layered(replace(family(), adults=adults, accounts=rich, goals=(), incomes=())), 9_000.0)
    twin, _ = equals_the_plain_model(inputs, 0)
    # of Ana's 600,000, qualified from September 2026 on, two months of 2026 come from what was paid in
    assert twin.roth_income[0] == 0.0
    assert not any(twin.roth_income[3:])
    late = tuple(replace(each, first_year=2025 if each.first_year else None) for each in inputs.roth_pools)
    taxed, _ = equals_the_plain_model(replace(inputs, roth_pools=late), 0)
    assert taxed.roth_income[1] > 10_000.0
    assert not any(taxed.roth_income[5:])


@pytest.mark.parametrize("path", [5, 101, 511])
def test_who_is_left_alone_has_the_layers_of_both(path: int) -> None:
    plans = (conversion("ana", value=0.22, years=(2027, 2040)), conversion("ben", value=0.22, years=(2027, 2040)))
    inputs = mortal(drawing(saving_into_roths(converting(layered(family()), *plans)), 13_000.0))
    simulation = simulate_lifetimes(inputs, family_cube())
    deaths = tuple(int(month) for month in months_lived(inputs)[:, path])
    twin = ReferenceModel(inputs, family_cube(), path, deaths).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.05)


def test_a_young_death_leaves_the_layers_and_the_earlier_five_years() -> None:
    inputs = drawing(layered(family()), 9_000.0)
    short = (replace(inputs.adults[0], horizon_age=48), inputs.adults[1])
    twin, _ = equals_the_plain_model(replace(inputs, adults=short), 0)
    assert ("ben", RothKind.IRA) in twin.roth_paid
    assert ("ana", RothKind.IRA) not in twin.roth_paid


@given(dice=st.randoms(use_true_random=False), path=st.integers(0, 511))
@settings(deadline=None, max_examples=examples(10))
def test_any_household_with_roth_layers_equals_the_plain_model(dice: Random, path: int) -> None:
    inputs = layered(any_household(dice))
    told = tuple(
        replace(
            each,
            first_year=dice.choice((None, 2010, 2023, 2026)),
            contributions=dice.uniform(0.0, 150_000.0),
            conversions=()
            if each.kind is RothKind.PLAN
            else tuple(
                (year, dice.uniform(0.0, 40_000.0), dice.uniform(0.0, 9_000.0))
                for year in range(2020, 2027)
                if dice.random() < 0.5
            ),
        )
        for each in inputs.roth_pools
    )
    inputs = replace(inputs, roth_pools=told)
    if dice.random() < 0.5:
        inputs = saving_into_roths(inputs)
    if dice.random() < 0.4:
        inputs = after_tax_savings(with_basis(inputs, 30_000.0, 0.0))
    if dice.random() < 0.6:
        years = (2026, dice.randint(2026, 2060))
        inputs = converting(
            inputs,
            conversion("ana", ConversionRule.FILL_BRACKET, dice.choice((0.12, 0.24)), years),
            conversion("ben", ConversionRule.FIXED, 20_000.0, years),
        )
    if dice.random() < 0.5:
        inputs = replace(inputs, withdrawal_order=ROTH_FIRST)
    equals_the_plain_model(inputs, path)


def test_pools_that_nothing_can_be_taxed_of_change_no_bit() -> None:
    adults = tuple(replace(adult, birth_date=date(1960, 3, 9)) for adult in family().adults)
    plain = replace(family(), adults=adults)
    told = replace(plain, roth_pools=(pool("ana", "roth", first_year=2015),))
    before = simulate(plain, family_cube(), with_flows=False).recorded
    assert np.array_equal(simulate(told, family_cube(), with_flows=False).recorded.wealth, before.wealth)
