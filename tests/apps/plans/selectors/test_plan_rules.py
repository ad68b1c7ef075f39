"""The rules of a plan in words and figures."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import pytest

from apps.clients.models import Household
from apps.plans.engine.conversion_choices import ConversionPlan, ConversionRule
from apps.plans.engine.results import SpendingOutlook, SpendingYear
from apps.plans.engine.spending_choices import PortfolioShare, RateGuardrails, SpendingRule, WealthGuardrails
from apps.plans.models import Plan
from apps.plans.selectors.overview_builders import Found
from apps.plans.selectors.plan_rules import (
    PUBLISHED,
    PlanRules,
    conversion_texts,
    plan_rules,
    rule_words,
    spending_part,
    stated_rule,
    stated_words,
)
from apps.plans.selectors.run_values import RunInputs
from tests.apps.plans.engine.households import conversion, converting, family, insured

OUTLOOK = SpendingOutlook(
    floor=0.7,
    ceiling=1.25,
    years=(SpendingYear(2047, 118_000.0, (90_000.0, 100_000.0, 118_000.0, 130_000.0, 147_500.0)),),
    worst_cut=0.3,
    cut_share=0.45,
)


def found(outlook: SpendingOutlook | None = None, *plans: ConversionPlan) -> Found:
    run: Any = SimpleNamespace(names={"ana": "Ana", "ben": "Ben"}, facts_as_of=dt.date(2026, 7, 1))
    result: Any = SimpleNamespace(projection=SimpleNamespace(spending=outlook))
    question = RunInputs(converting(insured(family()), *plans), cast("Any", None))
    return Found(cast("Any", None), run, question, result)


@pytest.mark.parametrize(
    ("rule", "value", "text"),
    [
        (ConversionRule.FILL_BRACKET, 0.22, "as much as fits the tax bracket of 22%"),
        (ConversionRule.BELOW_STEP, 1, "up to step 1 of Medicare premiums"),
        (ConversionRule.FIXED, 20_000.0, "20,000"),
    ],
)
def test_conversions_are_said_with_whose_they_are_and_when(rule: ConversionRule, value: float, text: str) -> None:
    (said,) = conversion_texts(found(None, conversion("ana", rule, value)))
    assert said.startswith("Ana converts")
    assert text in said.replace("\N{NO-BREAK SPACE}", "")
    assert "from 2046 to 2055" in said


def test_a_rule_is_shown_with_its_deepest_cut_and_its_band() -> None:
    part = spending_part(found(OUTLOOK))
    assert part is not None
    assert (part.floor.value, part.worst_cut.value, part.cut_share.value) == (0.7, 0.3, 0.45)
    assert part.chart["series"][1]["values"] == [118_000.0]
    assert part.chart["bands"][0]["low"] == [90_000.0]


def test_a_plan_without_rules_has_nothing_to_say() -> None:
    assert plan_rules(found()) == PlanRules(None, (), ())


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (RateGuardrails(), "more than 20% higher, the draw is cut by 10%, but not in the last 15 years"),
        (PortfolioShare(0.045), "Each January 4.5% of the savings is drawn"),
        (WealthGuardrails(900_000.0, 2e6, 0.9, 1.1), "at $900,000 or less, spending goes to 90% of what is planned"),
    ],
)
def test_a_rule_is_said_in_words_with_its_bounds(step: Any, text: str) -> None:
    said, bounds = rule_words(SpendingRule(step, 0.75, 1.2), "USD")
    assert text in said
    assert "never falls below 75% of what is planned and never rises above 120%" in bounds


def test_a_version_says_its_rule_before_it_is_generated() -> None:
    plan = Plan(spending_rule={"kind": "rate", **PUBLISHED, "by": "Ada", "on": "2026-11-02"})
    plan.household = cast("Any", Household(currency="USD"))
    assert stated_words(plan) == rule_words(cast("SpendingRule", stated_rule(plan)), "USD")
    assert stated_words(Plan()) == ("Spending in retirement is taken to stay the same, in money of today.",)
