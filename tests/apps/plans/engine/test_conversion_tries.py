"""Each way of converting walked: equal to the tax map of the same plan, to the account's own balance and to the law."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.plans.engine.conversion_choices import ConversionRule
from apps.plans.engine.conversion_map import ConversionMap, Way, with_way
from apps.plans.engine.conversion_tries import conversion_map, tried
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.scenarios import expected_cube
from apps.plans.engine.tax_years import steady_path, tax_years
from tests.apps.plans.engine.households import family, insured


@pytest.fixture(scope="module")
def plan() -> ProjectionInputs:
    return insured(family())


@pytest.fixture(scope="module")
def found(plan: ProjectionInputs) -> ConversionMap:
    return conversion_map(plan, "ana")


def test_the_first_way_converts_nothing_and_every_other_does(found: ConversionMap) -> None:
    assert found.ways[0].converted == 0.0
    assert all(way.converted > 100_000.0 for way in found.ways[1:])
    assert all(
        year.converted == 0.0
        for way in found.ways
        for year in way.years
        if not found.first_year <= year.calendar_year <= found.last_year
    )


def test_taxes_and_conversions_are_those_of_the_tax_map(plan: ProjectionInputs, found: ConversionMap) -> None:
    way = found.of("bracket-22")
    assert way is not None
    for year, mapped in zip(way.years, tax_years(with_way(plan, "ana", way.way)), strict=True):
        assert year.converted == pytest.approx(mapped.income.converted)
        assert year.taxes == pytest.approx(mapped.taxes.walked + mapped.taxes.state, abs=0.02)
        assert year.medicare == pytest.approx(mapped.taxes.medicare)


def test_all_balances_are_the_wealth_and_nothing_deferred_is_what_nobody_holds(plan: ProjectionInputs) -> None:
    path = steady_path(plan)
    assert path.recorded.balances[:, :, 0].sum(axis=1) == pytest.approx(path.recorded.wealth[:, 0])
    free = tuple(account for account in plan.accounts if account.treatment is not TaxTreatment.TAX_DEFERRED)
    kept = tuple(item for item in plan.contributions if item.account in {account.key for account in free})
    without = tried(replace(plan, accounts=free, contributions=kept), "ana", Way())
    assert [year.deferred for year in without.years] == [0.0] * len(without.years)
    assert without.required == 0.0


def test_required_is_the_balance_before_over_the_divisor(plan: ProjectionInputs, found: ConversionMap) -> None:
    """Ben, born in 1979, must begin in 2054 at 75, where the divisor is 24.6; Ana, born in 1981, not yet."""
    place, required = next((place, year) for place, year in enumerate(found.ways[0].years) if year.required > 0.0)
    assert required.calendar_year == 2054
    keys = [account.key for account in plan.accounts]
    held = steady_path(plan).recorded.balances[place, keys.index("plan_ben"), 0]
    assert required.required == pytest.approx(held / 24.6, abs=0.01)


def test_converting_leaves_less_to_be_required_later(found: ConversionMap) -> None:
    nothing, low, high = (found.of(key) for key in ("none", "bracket-12", "bracket-24"))
    assert nothing is not None
    assert low is not None
    assert high is not None
    assert high.converted > low.converted
    assert high.required < low.required < nothing.required
    assert low.taxes_while_converting(found.first_year, found.last_year) > nothing.taxes_while_converting(
        found.first_year, found.last_year
    )


def test_what_is_left_is_what_the_projection_leaves(plan: ProjectionInputs) -> None:
    way = Way(ConversionRule.BELOW_STEP, 0.0)
    moved = with_way(plan, "ana", way)
    walked = steady_path(moved)
    one = tried(plan, "ana", way)
    cube = expected_cube(plan.assumptions, 12 * len(one.years))
    simulated = simulate(replace(moved, simulation=cube.spec), cube, with_flows=False)
    assert one.left == pytest.approx(walked.recorded.wealth[-1, 0])
    assert one.left == pytest.approx(simulated.recorded.wealth[-1, 0])
