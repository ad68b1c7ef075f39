"""Form 8606 and gifts from IRAs in the walk: every year equal to the plain model, which uses the exact rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.plans.engine.books import F_CONVERTED, F_GIVEN, F_RECOVERED, F_REQUIRED, F_TAXES
from apps.plans.engine.conversion_choices import ConversionRule
from apps.plans.engine.inputs import Goal, ProjectionInputs, TaxTreatment
from apps.plans.engine.ira_choices import IraGifts, IraPool
from apps.plans.engine.lives import months_lived
from apps.plans.engine.monte_carlo import Simulation, simulate, simulate_lifetimes
from tests.apps.plans.engine.households import any_household, conversion, converting, family, family_cube, insured
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.apps.plans.engine.test_lives import mortal
from tests.depth import examples


def with_basis(inputs: ProjectionInputs, *basis: float) -> ProjectionInputs:
    owners = zip(("ana", "ben"), basis, strict=True)
    return replace(
        inputs, ira_pools=tuple(IraPool(owner, (f"plan_{owner}",), amount, "USD") for owner, amount in owners)
    )


def giving(inputs: ProjectionInputs, a_year: float, limit: float = 111_000.0) -> ProjectionInputs:
    return replace(inputs, ira_gifts=IraGifts(a_year, a_year, limit, "USD"))


def after_tax_savings(inputs: ProjectionInputs) -> ProjectionInputs:
    lines = tuple(replace(item, is_deductible=item.key != "own") for item in inputs.contributions)
    return replace(inputs, contributions=lines)


def retired(inputs: ProjectionInputs, goals: tuple[Goal, ...] | None = None) -> ProjectionInputs:
    """Both at 71 and 73 years, without work, so that all that concerns IRAs happens in the first years."""
    births = (date(1955, 3, 9), date(1953, 11, 2))
    adults = tuple(
        replace(adult, birth_date=born, retirement_date=date(2026, 7, 1))
        for adult, born in zip(inputs.adults, births, strict=True)
    )
    incomes = tuple(item for item in inputs.incomes if item.key in {"ss_ana", "ss_ben", "pension"})
    begun = tuple(replace(item, start=date(2026, 7, 1)) if item.key != "pension" else item for item in incomes)
    goals = tuple(goal for goal in inputs.goals if goal.key == "retirement") if goals is None else goals
    return replace(inputs, adults=adults, incomes=begun, goals=goals, contributions=())


def equals_the_plain_model(inputs: ProjectionInputs, path: int) -> tuple[ReferenceModel, Simulation]:
    simulation = simulate(inputs, family_cube(), with_flows=True)
    twin = ReferenceModel(inputs, family_cube(), path).run()
    flows = simulation.recorded.flows[:, :, path]
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.05)
    assert flows[:, F_TAXES] == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)
    assert flows[:, F_CONVERTED] == pytest.approx(twin.converted, rel=1e-6, abs=0.05)
    assert flows[:, F_RECOVERED] == pytest.approx(twin.recovered, rel=1e-6, abs=0.05)
    assert flows[:, F_GIVEN] == pytest.approx(twin.gifts[:-1], rel=1e-6, abs=0.05)
    return twin, simulation


@pytest.mark.parametrize("path", [0, 300])
def test_after_tax_money_comes_back_pro_rata_and_is_not_taxed(path: int) -> None:
    inputs = with_basis(retired(family()), 90_000.0, 20_000.0)
    twin, _ = equals_the_plain_model(inputs, path)
    plain = ReferenceModel(replace(inputs, ira_pools=()), family_cube(), path).run()
    assert 0.0 < sum(twin.recovered) <= 110_000.0
    assert sum(twin.taxes) < sum(plain.taxes)
    left = sum(twin.books.after_tax.values())
    assert left + sum(twin.recovered) == pytest.approx(110_000.0, abs=0.01)


def test_a_first_year_of_form_8606_is_what_the_form_gives_by_hand() -> None:
    inputs = with_basis(retired(family()), 0.0, 60_000.0)
    twin = ReferenceModel(inputs, family_cube(), 0)
    twin.n_months = 6
    twin.run()
    # what the law requires of half a year: of 180,000 over 26.5, the divisor of the age of 73
    required = 0.5 * 180_000.0 / 26.5
    held = twin.books.balance["plan_ben"]
    assert twin.recovered[0] == pytest.approx(required * 60_000.0 / (held + required), rel=1e-6)


def test_the_additional_tax_of_the_young_spares_what_was_taxed_before() -> None:
    poor = replace(
        family(),
        accounts=tuple(
            replace(item, balance=0.0 if item.treatment in (TaxTreatment.CASH, TaxTreatment.TAXABLE) else item.balance)
            for item in family().accounts
        ),
        spending=replace(family().spending, monthly_amount=16_000.0),
    )
    twin, _ = equals_the_plain_model(with_basis(poor, 200_000.0, 0.0), 0)
    plain = ReferenceModel(poor, family_cube(), 0).run()
    assert twin.recovered[0] > 1_000.0
    assert twin.taxes[0] < plain.taxes[0] - 0.1 * twin.recovered[0]


@pytest.mark.parametrize("path", [0, 300])
def test_room_in_a_bracket_is_for_what_is_taxed_of_a_conversion(path: int) -> None:
    plans = (
        conversion("ana", ConversionRule.FILL_BRACKET, 0.22),
        conversion("ben", ConversionRule.FIXED, 30_000.0, (2026, 2052)),
    )
    inputs = converting(insured(family()), *plans)
    twin, _ = equals_the_plain_model(with_basis(inputs, 200_000.0, 20_000.0), path)
    plain = ReferenceModel(inputs, family_cube(), path).run()
    assert sum(twin.recovered) > 100_000.0
    # in the first years of the room, before the account with the larger conversions is empty
    assert all(twin.converted[year] > plain.converted[year] + 10_000.0 for year in (20, 21))


def test_savings_that_are_not_deducted_become_basis() -> None:
    inputs = after_tax_savings(with_basis(family(), 0.0, 0.0))
    twin, _ = equals_the_plain_model(inputs, 0)
    assert sum(twin.recovered) > 100_000.0


@pytest.mark.parametrize("path", [0, 300])
def test_gifts_from_iras_are_no_income_and_count_towards_what_is_required(path: int) -> None:
    rich = replace(retired(family()), surplus_saved_share=1.0)
    accounts = tuple(
        replace(item, balance=2_000_000.0 if item.key in {"plan_ana", "brokerage"} else item.balance)
        for item in rich.accounts
    )
    rich = with_basis(replace(rich, accounts=accounts), 0.0, 0.0)
    twin, simulation = equals_the_plain_model(giving(rich, 24_000.0), path)
    plain = simulate(rich, family_cube(), with_flows=True)
    assert twin.gifts[1] == pytest.approx(24_000.0, rel=0.05)
    # the first year in which Ana, born in 1955, must take something out
    of_2028 = simulation.recorded.flows[2, :, path], plain.recorded.flows[2, :, path]
    assert of_2028[0][F_REQUIRED] == pytest.approx(of_2028[1][F_REQUIRED] - twin.gifts[2], rel=0.05)
    assert of_2028[0][F_TAXES] < of_2028[1][F_TAXES] - 2_000.0


def test_gifts_stop_at_the_limit_and_spare_the_basis() -> None:
    inputs = giving(with_basis(retired(family()), 200_000.0, 20_000.0), 80_000.0, 15_000.0)
    twin, _ = equals_the_plain_model(inputs, 0)
    # half a year, half the limit of each; then both limits, risen with prices
    assert twin.gifts[0] == pytest.approx(15_000.0)
    assert twin.gifts[1] == pytest.approx(30_000.0 * twin.index_of[1])


def test_late_contributions_make_as_much_of_later_gifts_taxable() -> None:
    base = retired(family())
    paid = tuple(
        replace(item, end=date(2030, 1, 1), monthly_amount=600.0)
        for item in family().contributions
        if item.key == "own"
    )
    inputs = giving(with_basis(replace(base, contributions=paid), 0.0, 0.0), 6_000.0)
    equals_the_plain_model(inputs, 0)
    begun = ReferenceModel(inputs, family_cube(), 0)
    begun.n_months = 5
    begun.run()
    # the first gift comes before the first contribution; then each is taxed, and 100 a month are not used up
    assert begun.books.given["ana"] == pytest.approx(500.0, rel=0.01)
    assert begun.books.ordinary == pytest.approx(4 * 500.0 + 5 * 600.0, rel=0.02)
    assert begun.books.late["ana"] == pytest.approx(5 * 600.0 - 4 * 500.0, rel=0.02)
    without = replace(inputs, contributions=tuple(replace(item, is_deductible=False) for item in paid))
    equals_the_plain_model(without, 0)


@given(dice=st.randoms(use_true_random=False), path=st.integers(0, 511))
@settings(deadline=None, max_examples=examples(8))
def test_any_household_with_basis_and_gifts_equals_the_plain_model(dice: Random, path: int) -> None:
    inputs = any_household(dice)
    if dice.random() < 0.5:
        inputs = replace(retired(inputs), contributions=inputs.contributions)
    inputs = with_basis(inputs, dice.choice((0.0, 40_000.0, 900_000.0)), dice.uniform(0.0, 100_000.0))
    if dice.random() < 0.6:
        inputs = giving(inputs, dice.uniform(0.0, 60_000.0), dice.choice((10_000.0, 111_000.0)))
    if dice.random() < 0.5:
        inputs = after_tax_savings(inputs)
    if dice.random() < 0.6:
        years = (2026, dice.randint(2026, 2060))
        inputs = converting(
            insured(inputs),
            conversion("ana", ConversionRule.FILL_BRACKET, dice.choice((0.12, 0.24)), years),
            conversion("ben", ConversionRule.FIXED, 20_000.0, years),
        )
    equals_the_plain_model(inputs, path)


@pytest.mark.parametrize("path", [5, 101, 511])
def test_who_is_left_alone_inherits_the_basis(path: int) -> None:
    plain = converting(family(), conversion("ana", value=0.22), conversion("ben", value=0.22))
    inputs = mortal(giving(with_basis(plain, 90_000.0, 20_000.0), 12_000.0))
    simulation = simulate_lifetimes(inputs, family_cube())
    deaths = tuple(int(month) for month in months_lived(inputs)[:, path])
    twin = ReferenceModel(inputs, family_cube(), path, deaths).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.05)


def test_pools_without_basis_change_no_bit() -> None:
    before = simulate(family(), family_cube(), with_flows=False).recorded
    told = with_basis(family(), 0.0, 0.0)
    assert np.array_equal(simulate(told, family_cube(), with_flows=False).recorded.wealth, before.wealth)
