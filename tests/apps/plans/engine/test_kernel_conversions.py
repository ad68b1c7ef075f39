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
from apps.plans.engine.conversion_room import room
from apps.plans.engine.conversions import room_in_bracket, room_to_step
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.engine.life_events import LifeEvents
from apps.plans.engine.lives import months_lived
from apps.plans.engine.monte_carlo import simulate, simulate_lifetimes
from apps.plans.engine.tax_deductions import Payments
from apps.plans.engine.tax_law import BOUNDS, HAS_SENIOR, N_FACTS, SENIORS, STATUSES, law_arrays
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.tax_years import steady_path, tax_years
from apps.plans.engine.taxes import TaxFacts
from apps.plans.engine.yearly_payments import PaymentKind, YearlyPayment
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
from tests.apps.plans.engine.test_kernel_deductions import HOME, deducting
from tests.apps.plans.engine.test_lives import mortal
from tests.apps.plans.engine.test_state_tables import shipped
from tests.depth import examples

NO_GIFT = YearlyPayment("none", PaymentKind.GIFT, 0.0, None, None, True, "USD")
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


def found(
    status: FilingStatus,
    amounts: tuple[int, int, int],
    facts: np.ndarray,
    bound: tuple[float, bool],
    paid: tuple[float, ...] = (0.0,) * 5,
) -> float:
    ordinary, benefits, gains = map(float, amounts)
    return float(room(LAW[STATUSES.index(status)], facts, 1.0, (ordinary + gains, benefits, gains), bound, paid))


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
    status=st.sampled_from(FilingStatus),
    amounts=st.tuples(AMOUNT, st.integers(0, 90_000), AMOUNT),
    paid=st.tuples(*(st.integers(0, 120_000) for _ in range(5))),
    place=st.integers(0, 5),
)
@settings(max_examples=examples(60))
def test_what_fits_beside_itemised_payments_is_what_the_exact_rule_finds(
    status: FilingStatus, amounts: tuple[int, int, int], paid: tuple[int, ...], place: int
) -> None:
    told, facts = year_of(status, amounts, 1)
    state, gifts, costs, interest, carried = map(Decimal, paid)
    exact = room_in_bracket(
        TABLE, replace(told, payments=Payments(state, interest, gifts, costs, carried)), TABLE.ordinary_rates[place]
    )
    bound = LAW[STATUSES.index(status), BOUNDS + place]
    # where the deduction changes, a search by halves may stand on either side of it
    assert found(status, amounts, facts, (bound, False), tuple(map(float, paid))) == pytest.approx(
        float(exact), abs=0.011
    )


def test_interest_makes_room_by_what_it_exceeds_the_standard_deduction_by() -> None:
    # joint, 2026: 100,800 at 12 % and 32,200; 50,000 of interest leave 17,800 more room
    _, facts = year_of(FilingStatus.MARRIED_JOINT, (60_000, 0, 0), 0)
    bound = (LAW[STATUSES.index(FilingStatus.MARRIED_JOINT), BOUNDS + 1], False)
    standard = found(FilingStatus.MARRIED_JOINT, (60_000, 0, 0), facts, bound)
    assert standard == pytest.approx(100_800 + 32_200 - 60_000)
    itemised = found(FilingStatus.MARRIED_JOINT, (60_000, 0, 0), facts, bound, (0.0, 0.0, 0.0, 50_000.0, 0.0))
    assert itemised == pytest.approx(standard + 50_000 - 32_200)
    # gifts of 3,000 beside the standard deduction: 2,000 count
    given = found(FilingStatus.MARRIED_JOINT, (60_000, 0, 0), facts, bound, (0.0, 3_000.0, 0.0, 0.0, 0.0))
    assert given == pytest.approx(standard + 2_000)


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


@pytest.mark.parametrize("path", [0, 300])
def test_every_year_of_a_household_that_itemises_equals_the_plain_model(path: int) -> None:
    plans = (conversion("ana", value=0.22, years=(2026, 2055)), conversion("ben", value=0.12, years=(2040, 2062)))
    twin = equals_the_plain_model(converting(deducting(), *plans), path)
    plain = ReferenceModel(converting(deducting(family(), NO_GIFT), *plans), family_cube(), path).run()
    # gifts make room for more, while there is something to convert
    assert all(more > less + 5_000.0 for more, less in zip(twin.converted[:2], plain.converted[:2], strict=True))


def test_a_states_tax_and_that_on_property_make_room_where_they_are_itemised() -> None:
    inputs = converting(family(), conversion(value=0.24, years=(2027, 2029)))
    rich = tuple(replace(item, monthly_amount=2.4 * item.monthly_amount) for item in inputs.incomes)
    home = LifeEvents(things=(replace(HOME, property_tax=6_000.0, sale_day=None, debt=""),))
    inputs = replace(inputs, incomes=rich, events=home, state_table=shipped().of("CA"))
    path = steady_path(inputs)
    years = tax_years(inputs, path)
    for each in years[:4]:
        assert each.taxes.federal == pytest.approx(each.taxes.walked, abs=0.05)
    # the first whole year, in which there is enough to convert and the state's tax exceeds the standard deduction
    assert years[1].deductions.is_itemised
    assert years[1].standing.bracket == 0.24
    # what the conversion itself adds to the state's tax leaves a little more room, unless the cap has it
    assert years[1].standing.room < 0.1 * years[1].income.converted


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
