"""The income by which IRAs are limited, against the map of the plan's own walk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apps.plans.engine.advice_facts import AdviceFacts, PlanKind, SavingPlan
from apps.plans.engine.grants import OPTIONS, EquityGrant, GrantKind
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.life_events import NO_EVENTS, LifeEvents, Thing, Windfall
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.tax_years import steady_path, tax_years
from apps.plans.engine.walked_income import modified_income, with_walked_income
from tests.apps.plans.engine.households import family
from tests.apps.plans.engine.test_limits import TABLES

FACTS = AdviceFacts(TABLES[2026], (SavingPlan("roth", "ana", PlanKind.ROTH_IRA),), None, None)
POLICY = AdvicePolicy(0.85, "brokerage", 0.6, 72, None, 0.0, 6, 24, FACTS)


def started(month: int) -> ProjectionInputs:
    return replace(family(), start_date=date(2026, month, 1))


@pytest.mark.parametrize("month", [1, 12])
def test_it_is_that_of_the_tax_map_in_money_of_the_start(month: int) -> None:
    inputs = started(month)
    path = steady_path(inputs)
    first, second, *_ = tax_years(inputs, path)
    told = float(modified_income(inputs, FACTS))
    assert first.income.investment > 0.0
    if month == 1:
        assert told == pytest.approx(first.agi, rel=1e-6)
    else:
        # one month of the year would be a twelfth of it: the first whole one counts
        assert told >= second.agi / second.price * (1 - 1e-6)
        assert told == pytest.approx(second.agi / second.price, rel=0.05)


def with_events(month: int, events: LifeEvents = NO_EVENTS) -> float:
    return float(modified_income(replace(started(month), events=events), FACTS))


@pytest.mark.parametrize("kind", list(GrantKind))
def test_equity_that_vests_in_a_part_of_a_year_counts_once(kind: GrantKind) -> None:
    tranches = ((date(2026, 12, 15), 625.0 if kind in OPTIONS else 600.0),)
    strike = 4.0 if kind in OPTIONS else 0.0
    discount = 0.15 if kind is GrantKind.PURCHASES else 0.0
    grant = EquityGrant("g", "ben", kind, tranches, 100.0, strike, discount, "equity", "", None, None, "USD")
    whole = with_events(1, LifeEvents(grants=(grant,)))
    usual = with_events(1)
    # the shares rise till then
    assert whole - usual == pytest.approx(9_000.0 if discount else 60_000.0, rel=0.1)
    for month in (11, 12):
        assert with_events(month, LifeEvents(grants=(grant,))) == pytest.approx(whole, rel=0.03)
        assert with_events(month) == pytest.approx(usual, rel=0.03)


@pytest.mark.parametrize("is_real", [True, False])
def test_money_that_comes_in_a_part_of_a_year_counts_once(is_real: bool) -> None:
    windfall = Windfall("w", "", 50_000.0, is_real, date(2026, 12, 10), True, "", "USD")
    whole = with_events(1, LifeEvents(windfalls=(windfall,)))
    assert whole - with_events(1) == pytest.approx(50_000.0, rel=0.03)
    for month in (11, 12):
        assert with_events(month, LifeEvents(windfalls=(windfall,))) == pytest.approx(whole, rel=0.03)


def test_a_sale_in_a_part_of_a_year_counts_once_with_the_interest_of_its_buyer() -> None:
    sold = Thing("land", 200_000.0, 0.0, 120_000.0, date(2026, 12, 10), 0.0, (0.0, 0.0), True, "", "", "USD")
    on_terms = replace(sold, sale_day=date(2025, 12, 10), instalments=4, note_rate=0.06)
    for thing in (sold, on_terms):
        whole = with_events(1, LifeEvents(things=(thing,)))
        # of the gain of 80,000; of the instalment a quarter of it, and 6% on the 150,000 that were owed
        assert whole - with_events(1) == pytest.approx(80_000.0 if thing is sold else 29_000.0, rel=0.05)
        assert with_events(12, LifeEvents(things=(thing,))) == pytest.approx(whole, rel=0.03)


def test_what_an_ira_deducts_counts_and_what_is_deferred_at_work_does_not() -> None:
    at_work = replace(FACTS, plans=(SavingPlan("plan_ana", "ana", PlanKind.WORKPLACE),))
    in_ira = replace(FACTS, plans=(SavingPlan("plan_ana", "ana", PlanKind.TRADITIONAL_IRA),))
    more = modified_income(started(1), in_ira) - modified_income(started(1), at_work)
    assert more == Decimal("10800.0")


def test_it_is_walked_once_and_only_where_a_limit_asks_for_it() -> None:
    told = with_walked_income(POLICY, started(1))
    assert told.facts is not None
    assert told.facts.income == pytest.approx(float(modified_income(started(1), FACTS)), abs=0.01)
    assert with_walked_income(told, started(12)) is told
    for facts in (None, replace(FACTS, limits=None), replace(FACTS, plans=())):
        assert with_walked_income(replace(POLICY, facts=facts), started(1)).facts == facts
