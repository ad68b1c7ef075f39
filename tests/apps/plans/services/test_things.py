"""Businesses and other things on their way into the engine."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.money.selectors.facts import PropertyFact
from apps.plans.engine.life_events import Thing
from apps.plans.services._things import things_of
from tests.apps.plans.services.test_mapping import facts, question

DAY = dt.date(2026, 11, 1)
SALE = dt.date(2036, 9, 1)


def business(**changed: object) -> PropertyFact:
    told = {
        "key": "b", "kind": "business", "name": "Shop", "value": Decimal("900000.005"), "as_of": DAY,
        "annual_growth": Decimal("0.03"), "cost": Decimal(120_000), "selling_cost": Decimal("0.05"),
    }  # fmt: skip
    return PropertyFact(**{**told, **changed})  # type: ignore[arg-type]


def told(**changed: object) -> tuple[Thing, list[str]]:
    (thing,), caveats = things_of(facts(properties=(business(**changed),)), ["loan"], DAY, 0.025)
    return thing, [message % params for message, params in caveats]


def test_a_sale_in_parts_reaches_the_engine_and_the_plan_says_what_it_took() -> None:
    thing, said = told(sells_on=SALE, sold_share=Decimal("0.6"), instalments=5, debt_key="loan")
    assert (thing.value, thing.cost, thing.sold_share, thing.instalments) == (900_000.01, 120_000.0, 0.6, 5)
    assert (thing.sale_day, thing.debt, thing.is_active, thing.is_investment) == (SALE, "loan", True, True)
    assert [sentence.split(" ")[0] for sentence in said] == ["“Shop”", "The", "The", "What"]
    assert "equal yearly parts" in said[1]
    assert "free of the tax on net investment income" in said[2]


def test_a_passive_owner_bears_the_tax_on_net_investment_income() -> None:
    thing, said = told(sells_on=SALE, is_passive=True)
    assert not thing.is_active
    assert any("bears the tax" in sentence for sentence in said)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "No sale of the business “Shop” is told"),
        ({"kept_until_death": True}, "is kept until death"),
        ({"sells_on": dt.date(2026, 10, 31)}, "it is taken as kept"),
    ],
)
def test_what_is_not_sold_pays_for_nothing_and_the_plan_says_so(changed: dict[str, object], said: str) -> None:
    thing, sentences = told(**changed)
    assert thing.sale_day is None
    (sentence,) = sentences
    assert said in sentence


def test_a_sale_of_the_past_brings_the_parts_that_are_still_to_come() -> None:
    sold = {"sells_on": dt.date(2024, 11, 1), "instalments": 5, "debt_key": "loan"}
    thing, said = told(**sold, instalment_rate=Decimal("0.045"))
    assert (thing.sale_day, thing.instalments, thing.note_rate, thing.debt) == (dt.date(2024, 11, 1), 5, 0.045, "")
    # two years at 3 %: what the price of then would have grown to, of which the engine takes the price of then
    assert thing.value == pytest.approx(900_000.01 * 1.03**2)
    assert "was sold on 2024-11-01: what of the price is still to come counts" in said[0]
    assert "4.50 % a year on what is still to be paid" in said[1]
    assert not any("taken as kept" in sentence for sentence in said)
    # told two years before the sale: the value has grown to it
    sooner, _ = told(**sold, as_of=dt.date(2022, 11, 1))
    assert sooner.value == pytest.approx(900_000.01 * 1.03**4)


def test_a_sale_whose_last_part_has_come_is_taken_as_kept() -> None:
    thing, (sentence,) = told(sells_on=dt.date(2020, 11, 1), instalments=5)
    assert thing.sale_day is None
    assert "it is taken as kept" in sentence


def test_growth_that_nobody_states_is_expected_inflation_and_named() -> None:
    thing, said = told(annual_growth=None)
    assert thing.annual_growth == 0.025
    assert "rises with expected inflation" in said[0]


def test_other_real_estate_is_no_business_of_its_owner() -> None:
    thing, said = told(kind="real_estate", sells_on=SALE)
    assert (thing.is_active, thing.is_investment) == (False, True)
    assert len(said) == 1
    assert told(kind="vehicle")[1] == []


def test_the_whole_question_holds_the_business() -> None:
    found = question(facts(properties=(business(sells_on=SALE),)))
    assert [thing.key for thing in found.question.inputs.events.things] == ["b"]
    assert found.names["b"] == "Shop"
