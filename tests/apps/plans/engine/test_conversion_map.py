"""Ways of converting: what is on offer, what they are named, and what their years sum to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.plans.engine.conversion_choices import ConversionRule
from apps.plans.engine.conversion_map import (
    ConversionMap,
    ConversionYear,
    Way,
    WayTried,
    converters_of,
    planned_way,
    ways_of,
    with_way,
)
from tests.apps.plans.engine.households import conversion, converting, family, insured

FILL = Way(ConversionRule.FILL_BRACKET, 0.22)


def year(calendar_year: int, price: float, **told: float) -> ConversionYear:
    amounts = {"converted": 0.0, "taxes": 0.0, "medicare": 0.0, "required": 0.0, "deferred": 0.0, **told}
    return ConversionYear(calendar_year, (60,), price, **amounts)


TRIED = WayTried(
    FILL,
    (
        year(2026, 1.0, converted=1_000.0, taxes=200.0, deferred=900.0),
        year(2027, 2.0, taxes=400.0, medicare=50.0, required=80.0, deferred=600.0),
    ),
    left=1_600.0,
    end_price=2.0,
)


def test_medicares_steps_are_on_offer_where_the_plan_knows_its_premiums() -> None:
    brackets = ["none", "bracket-12", "bracket-22", "bracket-24"]
    assert [way.key for way in ways_of(family())] == brackets
    steps = [f"surcharge-{place}" for place in range(1, 6)]
    assert [way.key for way in ways_of(insured(family()))] == [*brackets, *steps]


def test_who_has_a_tax_deferred_account_converts() -> None:
    assert converters_of(family()) == ("ana", "ben")
    kept = tuple(account for account in family().accounts if account.key != "plan_ben")
    assert converters_of(replace(family(), accounts=kept)) == ("ana",)


@pytest.mark.parametrize("way", [Way(), FILL, Way(ConversionRule.BELOW_STEP, 2.0)])
def test_a_plan_with_a_way_has_that_way(way: Way) -> None:
    assert planned_way(with_way(insured(family()), "ana", way), "ana") == way
    assert planned_way(with_way(insured(family()), "ana", way), "ben") == Way()


def test_an_amount_a_year_is_no_way_on_offer() -> None:
    fixed = converting(family(), conversion("ana", ConversionRule.FIXED, 20_000.0))
    assert planned_way(fixed, "ana") is None
    assert with_way(fixed, "ana", Way()).conversions == ()


def test_sums_are_in_money_of_the_start() -> None:
    assert (TRIED.converted, TRIED.taxes, TRIED.medicare, TRIED.required) == (1_000.0, 400.0, 25.0, 40.0)
    assert TRIED.taxes_while_converting(2026, 2026) == 200.0


def test_what_is_left_bears_the_tax_on_its_tax_deferred_part() -> None:
    assert TRIED.left_after_tax(0.0) == 800.0
    assert TRIED.left_after_tax(0.25) == (1_600.0 - 0.25 * 600.0) / 2.0


def test_a_way_is_found_by_its_name() -> None:
    found = ConversionMap("ana", 2026, 2035, (TRIED,))
    assert found.of("bracket-22") is TRIED
    assert found.of("none") is None
