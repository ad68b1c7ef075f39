"""The rules that a version of a plan states, on their way into the engine."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from apps.clients.models import Person
from apps.money.selectors.facts import HouseholdFacts, PersonFact
from apps.plans.models import CONVERTING, Goal, GoalKind, GoalPriority, Override, OverrideKind, Plan
from apps.plans.selectors.plan_rules import PUBLISHED
from apps.plans.services._mapping import Mapped, mapped
from tests.apps.plans.services.test_mapping import ANA, account, facts, question_situation


def ruled(given_facts: HouseholdFacts, *rows: tuple[OverrideKind, str]) -> Mapped:
    """The question of a plan that states rules; those of a person are Ana's."""
    overrides = [
        Override(
            kind=kind,
            value=Decimal(value),
            person=Person(public_id=ANA, first_name="Ana") if kind in CONVERTING else None,
        )
        for kind, value in rows
    ]
    return mapped(replace(question_situation(given_facts), overrides=overrides))


def spending_by_a_rule(*goals: Goal) -> Mapped:
    plan = Plan(spending_rule={"kind": "rate", **PUBLISHED, "floor": "0.75", "by": "Ada", "on": "2026-11-02"})
    return mapped(replace(question_situation(facts()), plan=plan, goals=goals))


def test_a_plan_may_state_a_rule_of_spending() -> None:
    goal = Goal(
        kind=GoalKind.RETIREMENT, name="Retirement", annual_amount=Decimal(60_000), priority=GoalPriority.ESSENTIAL
    )
    rule = spending_by_a_rule(goal).question.inputs.spending_rule
    assert rule is not None
    assert (rule.floor, rule.ceiling) == (0.75, 1.25)


def test_a_rule_without_a_retirement_goal_does_nothing_and_says_so() -> None:
    found = spending_by_a_rule()
    assert found.question.inputs.spending_rule is None
    assert any("does nothing" in caveat["message"] for caveat in found.caveats)


def test_a_plan_may_state_a_bracket_to_fill() -> None:
    given = facts(accounts=(account(treatment="tax_deferred"),))
    (plan,) = ruled(given, (OverrideKind.ROTH_BRACKET, "22")).question.inputs.conversions
    assert (plan.value, plan.first_year, plan.target) == (0.22, 2045, f"roth:{ANA}")


def test_a_plan_may_stay_below_a_surcharge_of_medicare() -> None:
    given = facts(accounts=(account(treatment="tax_deferred"),))
    (plan,) = ruled(given, (OverrideKind.ROTH_STEP, "2")).question.inputs.conversions
    assert (plan.rule, plan.value) == ("below_step", 1.0)


def test_without_entries_nothing_is_ruled() -> None:
    inputs = ruled(facts()).question.inputs
    assert (inputs.spending_rule, inputs.conversions) == (None, ())


def test_who_has_nothing_to_convert_is_told_so() -> None:
    told = ruled(facts(), (OverrideKind.ROTH_BRACKET, "22"))
    assert told.question.inputs.conversions == ()
    assert any("to convert from" in caveat["message"] for caveat in told.caveats)


def test_who_decides_no_longer_converts_nothing() -> None:
    eve = PersonFact(ANA, "Ana", "other", dt.date(1980, 2, 29), 65)
    head = replace(eve, person_id=eve.person_id.__class__(int=7), relationship="head")
    given = facts(people=(head, eve), accounts=(account(treatment="tax_deferred"),))
    assert ruled(given, (OverrideKind.ROTH_BRACKET, "22")).question.inputs.conversions == ()


def test_a_plan_may_let_iras_pay_the_gifts_of_the_household() -> None:
    ira = account(treatment="tax_deferred", registration="traditional_ira")
    spending = replace(facts().spending, giving=Decimal(500))
    given = facts(accounts=(ira,), spending=spending)
    gifts = ruled(given).question.inputs.ira_gifts
    assert (gifts.annual_amount, gifts.household_amount, gifts.yearly_limit) == (0.0, 6_000.0, 111_000.0)
    found = ruled(given, (OverrideKind.IRA_GIFTS, "4000"))
    assert found.question.inputs.ira_gifts.annual_amount == 4_000.0
    assert any("paid by traditional IRAs" in caveat["message"] for caveat in found.caveats)
    most = ruled(given, (OverrideKind.IRA_GIFTS, "9000"))
    assert most.question.inputs.ira_gifts.annual_amount == 6_000.0
    assert any("no more than" in caveat["message"] for caveat in most.caveats)


def test_gifts_from_iras_without_an_ira_or_stated_gifts_are_said() -> None:
    nothing = ruled(facts(), (OverrideKind.IRA_GIFTS, "4000"))
    assert nothing.question.inputs.ira_gifts is None
    assert any("Nobody has a traditional IRA" in caveat["message"] for caveat in nothing.caveats)
    ira = account(treatment="tax_deferred", registration="traditional_ira")
    assumed = ruled(facts(accounts=(ira,)), (OverrideKind.IRA_GIFTS, "4000"))
    assert assumed.question.inputs.ira_gifts.household_amount == 4_000.0
    assert any("part of its living costs" in caveat["message"] for caveat in assumed.caveats)
