"""The income by which IRAs are limited, against the map of the plan's own walk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apps.plans.engine.advice_facts import AdviceFacts, PlanKind, SavingPlan
from apps.plans.engine.inputs import ProjectionInputs
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
