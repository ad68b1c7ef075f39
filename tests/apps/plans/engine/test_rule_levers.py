"""Rules as one number each: what they plan, where they open an account, and how they are taken out again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.plans.engine.inputs import GoalKind, TaxTreatment
from apps.plans.engine.ira_choices import IraGifts, IraPool
from apps.plans.engine.rule_levers import (
    bracket_of,
    floor_of,
    gifts_of,
    has_something_to_convert,
    highest_bracket,
    step_of,
    with_conversions,
    with_conversions_below,
    with_ira_gifts,
    with_roth_account,
    with_spending_floor,
    with_spending_rule,
)
from apps.plans.engine.spending_choices import PortfolioShare, SpendingRule
from tests.apps.plans.engine.households import family, insured


@pytest.mark.parametrize(("percent", "rate"), [(10.0, 0.1), (11.9, 0.1), (12.0, 0.12), (23.0, 0.22), (35.0, 0.35)])
def test_the_highest_bracket_that_is_not_above_is_filled(percent: float, rate: float) -> None:
    found = with_conversions(family(), "ana", percent).conversions[0]
    assert found.value == rate
    # from the year of retirement to the one before distributions are required of those born in 1981, at 75
    assert (found.first_year, found.last_year, found.target) == (2046, 2055, "roth")


def test_below_the_lowest_bracket_nothing_is_converted() -> None:
    some = with_conversions(family(), "ana", 22.0)
    assert bracket_of(some, "ana") == 22.0
    assert with_conversions(some, "ana", 9.0).conversions == ()
    assert bracket_of(family(), "ana") == 0.0
    assert highest_bracket(family()) == 35.0


def test_who_has_no_roth_account_is_given_one_with_nothing_in_it() -> None:
    inputs = with_conversions(family(), "ben", 12.0)
    opened = inputs.accounts[-1]
    assert (opened.key, opened.treatment, opened.balance) == ("roth:ben", TaxTreatment.TAX_FREE, 0.0)
    assert opened.allocation == family().accounts[2].allocation
    assert with_roth_account(inputs, "ben") == inputs


def test_who_has_nothing_deferred_has_nothing_to_convert() -> None:
    inputs = family()
    kept = tuple(item for item in inputs.accounts if item.key != "plan_ben")
    without = replace(inputs, accounts=kept)
    assert [has_something_to_convert(without, adult) for adult in without.adults] == [True, False]


def test_a_floor_is_a_rule_and_the_whole_plan_is_none() -> None:
    bending = with_spending_floor(family(), 70.0)
    assert bending.spending_rule is not None
    assert floor_of(bending) == 70.0
    assert with_spending_floor(bending, 100.0) == family()
    assert floor_of(family()) == 100.0


def test_a_floor_keeps_the_rule_that_the_plan_has() -> None:
    shared = with_spending_rule(family(), SpendingRule(PortfolioShare(0.04), 0.8, 1.5))
    assert with_spending_floor(shared, 60.0).spending_rule == SpendingRule(PortfolioShare(0.04), 0.6, 1.5)


def test_without_a_retirement_goal_living_costs_are_what_is_planned() -> None:
    inputs = with_spending_floor(replace(family(), goals=()), 80.0)
    (goal,) = inputs.goals
    assert goal.kind is GoalKind.RETIREMENT
    assert goal.annual_amount == pytest.approx(12 * 6_800.0)


def test_conversions_stay_below_a_surcharge_or_fill_a_bracket_not_both() -> None:
    below = with_conversions_below(insured(family()), "ana", 2)
    assert (step_of(below, "ana"), bracket_of(below, "ana")) == (2.0, 0.0)
    filled = with_conversions(below, "ana", 22.0)
    assert (step_of(filled, "ana"), bracket_of(filled, "ana"), len(filled.conversions)) == (0.0, 22.0, 1)
    assert with_conversions_below(filled, "ana", 0).conversions == ()


def test_iras_pay_the_gifts_of_the_household_and_no_more() -> None:
    pools = (IraPool("ana", ("plan_ana",), 0.0, "USD"),)
    giving = replace(family(), ira_pools=pools, ira_gifts=IraGifts(0.0, 12_000.0, 111_000.0, "USD"))
    moved = with_ira_gifts(giving, 8_000.0)
    assert moved.ira_gifts is not None
    assert moved.ira_gifts.annual_amount == 8_000.0
    assert with_ira_gifts(giving, 50_000.0).ira_gifts == replace(moved.ira_gifts, annual_amount=12_000.0)
    assert with_ira_gifts(moved, 0.0) == giving


def test_without_an_ira_or_gifts_there_is_nothing_to_move() -> None:
    gifts = IraGifts(0.0, 12_000.0, 111_000.0, "USD")
    without = replace(family(), ira_gifts=gifts)
    assert gifts_of(without) is None
    assert with_ira_gifts(without, 5_000.0) == without
    pools = (IraPool("ana", ("plan_ana",), 0.0, "USD"),)
    assert gifts_of(replace(family(), ira_pools=pools)) is None
    assert gifts_of(replace(without, ira_pools=pools)) == gifts
