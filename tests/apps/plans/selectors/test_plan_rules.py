"""The rules of a plan in words and figures."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import pytest

from apps.plans.engine.conversion_choices import ConversionPlan, ConversionRule
from apps.plans.engine.results import SpendingOutlook, SpendingYear
from apps.plans.selectors.overview_builders import Found
from apps.plans.selectors.plan_rules import PlanRules, conversion_texts, plan_rules, spending_part
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
    assert plan_rules(found()) == PlanRules(None, ())
