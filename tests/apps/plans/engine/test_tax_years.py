"""The tax map: the walk's own years, computed again by the exact functions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.plans.engine.inputs import Boundary, Income, IncomeKind
from apps.plans.engine.medicare import income_step
from apps.plans.engine.tax_map import TaxYear
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.tax_years import SteadyPath, steady_path, tax_years, year_facts
from apps.plans.engine.taxes import federal_tax
from tests.apps.plans.engine.households import NOMINAL, claiming, family, insured

INPUTS = insured(claiming(family()))


@pytest.fixture(scope="module")
def path() -> SteadyPath:
    return steady_path(INPUTS)


@pytest.fixture(scope="module")
def years(path: SteadyPath) -> tuple[TaxYear, ...]:
    return tax_years(INPUTS, path)


def test_every_year_is_taxed_as_the_simulation_taxed_it(years: tuple[TaxYear, ...]) -> None:
    assert [each.calendar_year for each in years] == list(range(2026, 2074))
    assert years[0].months == 6
    for each in years:
        assert each.taxes.federal == pytest.approx(each.taxes.walked, abs=0.01)
    assert max(each.taxes.federal for each in years) > 50_000


def test_the_parts_of_income_make_the_adjusted_gross_income(years: tuple[TaxYear, ...]) -> None:
    for each in years:
        of = each.income
        whole = of.wages - of.pre_tax + of.pensions + of.withdrawn + of.taxable_benefits + of.investment + of.gains
        assert whole == pytest.approx(each.agi, abs=0.01)
        assert of.required <= of.withdrawn + 0.01
        assert of.taxable_benefits <= 0.85 * of.benefits + 0.01
    assert any(each.income.required > 0 for each in years)
    assert any(each.income.pensions > 0 for each in years)


def test_the_room_of_a_bracket_ends_where_the_next_begins(years: tuple[TaxYear, ...], path: SteadyPath) -> None:
    seen = set()
    for place, each in enumerate(years):
        law, facts = year_facts(INPUTS, path, place)
        tax, rates = federal_tax(law, facts), law.ordinary_rates
        bounds = law.of(facts.status).ordinary_upper_bounds
        ordinary = tax.taxable_income - tax.preferential
        seen.add(each.standing.bracket)
        if each.standing.bracket == 0.0:
            assert ordinary == 0
            continue
        at = [float(rate) for rate in rates].index(each.standing.bracket)
        assert (bounds[at - 1] if at else 0) < ordinary <= bounds[at]
        room = Decimal(repr(each.standing.room))
        more = [federal_tax(law, replace(facts, ordinary=facts.ordinary + room + step)) for step in (0, 1)]
        assert more[0].taxable_income - more[0].preferential <= bounds[at]
        assert more[1].taxable_income - more[1].preferential > bounds[at]
    assert {0.0, 0.1, 0.12, 0.22} <= seen


def test_medicares_step_goes_by_the_income_of_two_years_before(years: tuple[TaxYear, ...]) -> None:
    by_year = {each.calendar_year: each for each in years}
    # Ben is 65 in November 2044, two years after the first year with a step to come
    assert by_year[2041].standing.next_step is None
    assert by_year[2043].standing.step is None
    for year in range(2044, 2072):
        assert by_year[year].standing.step == by_year[year - 2].standing.next_step
    assert any(each.standing.step for each in years)
    table, each = INPUTS.medicare.table, by_year[2060]
    level = Decimal(repr(by_year[2062].price))
    income = Decimal(repr(each.agi))
    room = Decimal(repr(each.standing.step_room))
    status = FilingStatus.MARRIED_JOINT
    assert income_step(table, status, (income + room - 1) / level) == each.standing.next_step
    assert income_step(table, status, (income + room + 1) / level) == each.standing.next_step + 1


def test_a_plan_without_medicare_has_no_steps() -> None:
    told = tax_years(replace(INPUTS, medicare=None))
    assert all(each.standing.step is each.standing.next_step is each.standing.step_room is None for each in told)


def test_a_high_income_has_no_room_above_the_last_bracket() -> None:
    rich = Income("more", "ana", IncomeKind.SALARY, 250_000.0, NOMINAL, Boundary.PLAN_START, Boundary.RETIREMENT, "USD")
    told = tax_years(replace(INPUTS, incomes=(*INPUTS.incomes, rich)))
    assert (told[1].standing.bracket, told[1].standing.room) == (0.37, None)
    assert told[1].standing.gains_rate == 0.2
    assert told[1].taxes.niit > 0
    assert told[1].taxes.federal == pytest.approx(told[1].taxes.walked, abs=0.05)
