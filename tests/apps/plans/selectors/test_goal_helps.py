"""What helps a goal most reads as a sentence, each number of it with its passport, and is a click from being tried."""

from __future__ import annotations

import pytest

from apps.plans.engine.results import Estimate
from apps.plans.engine.what_if_results import GoalHelp, HelpCost
from apps.plans.selectors.figures import figures_in, written
from apps.plans.selectors.goal_helps import help_line

NAMES = {"ana": "Ana", "boat": "New boat"}


@pytest.mark.parametrize(
    ("lever", "value", "text", "query"),
    [
        ("retirement_age:ana", 66.0, "Ana works to the age of 66", "retirement_age%3Aana=66"),
        ("retirement_spending", 11_880.0, "living on $11,880 a month in retirement", "retirement_spending=11880"),
        ("extra_saving", 700.0, "saving $700 a month more than today", "extra_saving=700"),
        ("claim_age:ana", 68.0, "Ana claims Social Security at 68", "claim_age%3Aana=68"),
        ("goal_amount:boat", 36_000.0, "New boat at $36,000 a year", "goal_amount%3Aboat=36000"),
        ("goal_year:boat", 2050.0, "New boat from 2050 on", "goal_year%3Aboat=2050"),
        (
            "goal_accounts:boat",
            1.0,
            "income and other accounts pay for New boat too",
            "goal_accounts%3Aboat=1",
        ),
    ],
)
def test_each_step_reads_as_what_somebody_does(lever: str, value: float, text: str, query: str) -> None:
    told = GoalHelp("boat", lever, value, Estimate(0.71, 0.004, 8), Estimate(0.062, 0.002, 8))
    line = help_line(told, "USD", NAMES)
    assert written(line.text) == text
    assert line.query == query
    assert (line.success.text, line.change.text, line.error.text) == ("71.0%", "6.2", "0.20")
    assert {figure.key for figure in figures_in(line)} >= {
        "goal_help:boat:success",
        "goal_help:boat:change",
        "goal_help:boat:error",
    }


def test_what_a_step_costs_is_told_beside_it() -> None:
    cost = HelpCost(
        -12_345.0, Estimate(-0.012, 0.002, 8), Estimate(-30_400.0, 900.0, 8), "trip", Estimate(-0.05, 0.01, 8)
    )
    told = GoalHelp("boat", "goal_accounts:boat", 1.0, Estimate(0.71, 0.004, 8), Estimate(0.062, 0.002, 8), cost)
    line = help_line(told, "USD", {**NAMES, "trip": "Trip"}).cost
    assert line is not None
    assert line.hurt is not None
    assert (line.unpaid.text, line.plan.text, line.left.text) == ("−$12,345", "−1.2", "−$30,400")
    assert (line.hurt_name, line.hurt.text) == ("Trip", "−5.0")
    assert all(figure.key.startswith("goal_help:boat:") for figure in figures_in(line))
    calm = HelpCost(None, Estimate(0.0, 0.0, 8), Estimate(0.0, 0.0, 8))
    line = help_line(GoalHelp("boat", "extra_saving", 1.0, told.success, told.change, calm), "USD", NAMES).cost
    assert line is not None
    assert (line.hurt, line.unpaid.number) == (None, None)
