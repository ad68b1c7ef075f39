"""The plan with several pieces of advice at once, from what each changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import pytest

from apps.plans.engine.advice_facts import AdviceFacts, PlanKind, SavingPlaces, SavingPlan
from apps.plans.engine.conversion_choices import ConversionPlan, ConversionRule
from apps.plans.engine.inputs import Account, ProjectionInputs, TaxTreatment
from apps.plans.engine.joint_changes import changes_of, joined, over_the_limits, with_the_others_mix
from apps.plans.engine.levers import (
    with_allocation,
    with_debt_payment,
    with_extra_saving,
    with_retirement_spending,
)
from apps.plans.engine.limits import limits_tables_from_mapping
from apps.plans.engine.retirement_levers import with_retirement_delay
from apps.plans.engine.saving_places import with_more_saved
from tests.apps.plans.engine.households import APPS, any_household, claiming, family, read_toml

Lever = Callable[[ProjectionInputs], ProjectionInputs]
MIX = (("equity", 0.3), ("bonds", 0.7))


def claim(owner: str, age: int) -> Lever:
    def moved(inputs: ProjectionInputs) -> ProjectionInputs:
        claims = (replace(each, claim_age=age) if each.owner == owner else each for each in inputs.claims)
        return replace(inputs, claims=tuple(claims))

    return moved


def converting(inputs: ProjectionInputs) -> ProjectionInputs:
    like = next(each for each in inputs.accounts if each.treatment is TaxTreatment.TAX_DEFERRED)
    roth = replace(like, key="roth:ben", owner="ben", treatment=TaxTreatment.TAX_FREE, balance=0.0, cost_basis=0.0)
    plan = ConversionPlan("ben", roth.key, ConversionRule.FILL_BRACKET, 0.22, 2040, 2044, inputs.currency)
    return replace(inputs, accounts=(*inputs.accounts, roth), conversions=(plan,))


def without_a_wish(inputs: ProjectionInputs) -> ProjectionInputs:
    return replace(inputs, goals=inputs.goals[:-1])


def other_order(inputs: ProjectionInputs) -> ProjectionInputs:
    return replace(inputs, withdrawal_order=inputs.withdrawal_order[::-1])


def levers(dice: Random) -> dict[str, Lever]:
    """What advice moves, one thing each; of those that change the same, one is given."""
    amount = round(dice.uniform(50.0, 2_000.0), 2)
    return {
        "save": lambda inputs: with_more_saved(inputs, amount, SavingPlaces("brokerage", None)),
        "room": lambda inputs: with_extra_saving(inputs, 2.0 * amount, inputs.accounts[0].key),
        "fund": lambda inputs: with_extra_saving(inputs, amount, inputs.accounts[0].key, date(2031, 5, 1)),
        "spend": lambda inputs: with_retirement_spending(inputs, amount),
        "delay": lambda inputs: with_retirement_delay(inputs, dice.randint(1, 40), SavingPlaces("brokerage", None)),
        "debt": lambda inputs: with_debt_payment(inputs, "car", amount),
        "mix": lambda inputs: with_allocation(inputs, MIX),
        "order": other_order,
        "wish": without_a_wish,
        "claim": claim("ana", 70 * 12),
        "other_claim": claim("ben", 62 * 12),
        "convert": converting,
    }


def household(dice: Random) -> ProjectionInputs:
    return claiming(any_household(dice))


@pytest.mark.parametrize("seed", range(12))
def test_one_change_by_itself_gives_its_plan_again_through_json(seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - drawn households
    base = household(dice)
    for name, lever in levers(dice).items():
        changed = lever(base)
        told = json.loads(json.dumps(changes_of(base, changed)))
        assert told, name
        assert joined(base, [told]).content == joined(changed, []).content, name


@pytest.mark.parametrize("seed", range(12))
def test_changes_of_different_things_all_count_in_any_order(seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - drawn households
    base, told = household(dice), levers(dice)
    changes = [changes_of(base, lever(base)) for lever in told.values()]
    in_order = joined(base, changes)
    dice.shuffle(changes)
    assert joined(base, changes) == in_order
    assert in_order.overlaps == ()
    content = in_order.content
    assert [row["claim_age"] for row in content["claims"]] == [70 * 12, 62 * 12]
    assert len(content["contributions"]) == len(base.contributions) + 3
    assert len({row["key"] for row in content["contributions"]}) == len(content["contributions"])
    assert content["accounts"][-1]["key"] == "roth:ben"
    assert len(content["goals"]) == len(base.goals) - 1


def test_nothing_changed_is_no_change_and_leaves_the_plan_as_it_is() -> None:
    base = family()
    assert changes_of(base, replace(base)) == {}
    assert joined(base, [{}, {}]).content == joined(base, []).content


def test_amounts_that_two_raise_are_raised_by_both() -> None:
    base = family()
    before = next(debt for debt in base.debts if debt.key == "car")
    changes = [changes_of(base, with_debt_payment(base, "car", extra)) for extra in (100.0, 100.0, 50.0)]
    found = joined(base, changes)
    row = next(row for row in found.content["debts"] if row["key"] == "car")
    assert row["monthly_payment"] == pytest.approx(before.monthly_payment + 250.0)
    assert row["from_living"] == pytest.approx(250.0)
    assert found.overlaps == ()


def test_of_a_value_that_two_set_the_later_stands_and_both_are_told() -> None:
    base = family()
    more, less = (changes_of(base, with_retirement_spending(base, amount)) for amount in (9_000.0, 4_000.0))
    delay = changes_of(base, with_retirement_delay(base, 12, SavingPlaces("brokerage", None)))
    found = joined(base, [more, delay, less])
    assert found.overlaps == ((0, 2),)
    assert found.content["goals"][0]["annual_amount"] == 48_000.0
    assert joined(base, [less, more]).content["goals"][0]["annual_amount"] == 108_000.0
    assert joined(base, [less, less]).overlaps == ()


def test_what_one_takes_out_and_another_changes_goes_by_the_later() -> None:
    base = family()
    cheaper = replace(base, goals=(*base.goals[:-1], replace(base.goals[-1], annual_amount=1.0)))
    out, change = changes_of(base, without_a_wish(base)), changes_of(base, cheaper)
    assert len(joined(base, [change, out]).content["goals"]) == len(base.goals) - 1
    kept = joined(base, [out, change])
    assert kept.content["goals"][-1]["annual_amount"] == 1.0
    assert kept.overlaps == ((0, 1),)


def test_rows_in_another_order_are_told_whole() -> None:
    base = family()
    turned = replace(base, accounts=base.accounts[::-1])
    told = changes_of(base, turned)
    assert set(told["fields"]["accounts"]) == {"to"}
    assert joined(base, [told]).content == joined(turned, []).content
    both = joined(base, [changes_of(base, with_allocation(base, MIX)), told])
    assert both.overlaps == ((0, 1),)
    assert both.content == joined(turned, []).content


def opened(base: ProjectionInputs, balance: float = 0.0) -> ProjectionInputs:
    like = next(each for each in base.accounts if each.treatment is TaxTreatment.TAXABLE)
    new: Account = replace(like, key="opened", balance=balance, cost_basis=0.0)
    return replace(base, accounts=(*base.accounts, new))


def test_an_account_that_two_open_is_opened_once() -> None:
    base = family()
    same, other = changes_of(base, opened(base)), changes_of(base, opened(base, 5.0))
    twice = joined(base, [same, same])
    assert twice == joined(base, [same])
    found = joined(base, [same, other])
    assert found.overlaps == ((0, 1),)
    assert [row["balance"] for row in found.content["accounts"] if row["key"] == "opened"] == [5.0]


def test_an_account_that_is_opened_gets_the_mix_to_which_the_others_move() -> None:
    base = family()
    together = opened(with_allocation(base, MIX))
    together = replace(
        together, accounts=(*together.accounts[:-1], replace(together.accounts[-1], allocation=(("equity", 1.0),)))
    )
    found = with_the_others_mix(base, together)
    assert found.accounts[-1].allocation == MIX
    assert found.accounts[:-1] == together.accounts[:-1]
    kept = opened(base)
    assert with_the_others_mix(base, kept) is kept


def test_accounts_that_get_more_than_the_law_allows_together_are_named() -> None:
    base = family()
    account = next(each for each in base.accounts if each.treatment is TaxTreatment.TAX_DEFERRED)
    tables = limits_tables_from_mapping(read_toml(APPS / "plans" / "reference" / "retirement_limits.toml"))
    plans = (SavingPlan(account.key, account.owner, PlanKind.WORKPLACE),)
    facts = AdviceFacts(tables[2026], plans, None, None)
    once, twice = (with_extra_saving(base, amount, account.key) for amount in (100.0, 9_000.0))
    assert over_the_limits(base, once, facts) == ()
    assert over_the_limits(base, twice, facts) == (account.key,)
    assert over_the_limits(twice, twice, facts) == ()
    assert over_the_limits(base, twice, None) == ()
