"""A rule laid out: its figures, and the two demands that the retirement goal becomes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.plans.engine.program import build_program
from apps.plans.engine.schedules import demands_of
from apps.plans.engine.spending_choices import PortfolioShare, RateGuardrails, SpendingRule, WealthGuardrails
from tests.apps.plans.engine.households import family

INFINITY = float("inf")


def test_a_plan_without_a_rule_has_none() -> None:
    assert build_program(family()).spending.rule.size == 0


@pytest.mark.parametrize(
    ("step", "figures"),
    [
        (RateGuardrails(), [0, 0.7, 1.3, 1.2, 0.8, 0.1, 0.1, 15, INFINITY]),
        (PortfolioShare(0.05), [1, 0.7, 1.3, 0.05, 0.025, 0.05, 0, 0, 0]),
        (WealthGuardrails(1.0, 2.0, 0.8, 1.2), [2, 0.7, 1.3, 1.0, 2.0, 0.8, 1.2, 0, 0]),
    ],
)
def test_a_rule_is_a_row_of_figures(step: RateGuardrails | PortfolioShare, figures: list[float]) -> None:
    inputs = replace(family(), spending_rule=SpendingRule(step, 0.7, 1.3))
    assert build_program(inputs).spending.rule.tolist() == figures


def test_the_floor_is_essential_and_what_comes_on_top_is_paid_later() -> None:
    inputs = replace(family(), spending_rule=SpendingRule(RateGuardrails(), 0.7, 1.3))
    demands = demands_of(inputs)
    assert [demand.key for demand in demands] == [
        "living",
        "debts",
        "retirement",
        "retirement:above_floor",
        "college",
        "boat",
    ]
    whole = demands_of(family())[2].real
    assert demands[2].real == pytest.approx(0.7 * whole)
    assert (demands[3].real == whole).all()
    assert build_program(inputs).spending.above_floor == 3
