"""Rules of spending that a plan may state, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.spending_choices import PortfolioShare, RateGuardrails, SpendingRule, WealthGuardrails
from tests.apps.plans.engine.households import family


@pytest.mark.parametrize(("floor", "ceiling"), [(0.9, 0.8), (0.5, 0.9)])
def test_a_ceiling_below_the_floor_or_the_plan_is_refused(floor: float, ceiling: float) -> None:
    with pytest.raises(InvalidInputError) as told:
        SpendingRule(RateGuardrails(), floor, ceiling)
    assert told.value.field == "spending_rule.ceiling"
    assert told.value.mend


def test_figures_out_of_range_are_refused_at_their_field() -> None:
    with pytest.raises(InvalidInputError) as told:
        PortfolioShare(0.0)
    assert told.value.field == "spending_rule.share"
    with pytest.raises(InvalidInputError) as told:
        WealthGuardrails(2.0, 1.0, 0.8, 1.2)
    assert told.value.field == "spending_rule.below"
    with pytest.raises(InvalidInputError):
        RateGuardrails(upper=0.9)
    with pytest.raises(InvalidInputError):
        SpendingRule(RateGuardrails(), 1.1, 1.2)


def test_a_rule_needs_a_retirement_goal() -> None:
    with pytest.raises(InvalidInputError) as told:
        replace(family(), goals=(), spending_rule=SpendingRule(RateGuardrails(), 0.8, 1.2))
    assert told.value.field == "spending_rule"
