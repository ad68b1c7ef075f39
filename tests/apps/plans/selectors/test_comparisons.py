"""Versions side by side: what differs is told, the rule of spending in words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from apps.plans.selectors.comparisons import comparison
from apps.plans.selectors.figures import Figure
from apps.plans.selectors.overviews import PlanOverview


def version(number: int, success: float, words: tuple[str, ...] = ()) -> PlanOverview:
    def share(value: float) -> Figure:
        return Figure(value, "percent", "success", "Chance of success")

    told: Any = SimpleNamespace(
        version=number,
        success=share(success),
        success_error=share(0.001),
        wealth_at_end=share(0.5),
        wealth_at_end_poor=share(0.1),
        savings=None,
        goals=(),
        choices=(SimpleNamespace(label="Success aimed for", figure=share(0.85)),),
        overrides=(),
        rules=SimpleNamespace(words=words),
    )
    return cast("PlanOverview", told)


def test_a_rule_of_spending_in_one_version_is_told_beside_its_absence_in_the_other() -> None:
    found = comparison(version(1, 0.8), version(2, 0.9, ("Spending is cut by a tenth.", "Never below the floor.")))
    assert found.spending == (
        (1, ("Spending in retirement is taken to stay the same, in money of today.",)),
        (2, ("Spending is cut by a tenth.", "Never below the floor.")),
    )


def test_the_same_rule_in_both_versions_is_no_difference() -> None:
    assert comparison(version(1, 0.8), version(2, 0.9)).spending == ()
    assert comparison(version(1, 0.8, ("A rule.",)), version(2, 0.9, ("A rule.",))).spending == ()


def test_what_is_written_differently_differs() -> None:
    found = comparison(version(1, 0.8), version(2, 0.9))
    assert {line.label: line.differs for line in found.results}["Chance of success"]
    assert not any(line.differs for line in found.inputs)
