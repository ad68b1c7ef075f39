"""Advice to use the room of contributions: what is left of a limit, in whole dollars a month."""

from __future__ import annotations

from dataclasses import replace

from apps.plans.engine.advice_citations import uncited
from apps.plans.engine.advice_facts import AdviceFacts, PlanKind, SavingPlan
from apps.plans.engine.advice_retirement_texts import NOT_PUBLISHED
from apps.plans.engine.advice_room import room_advice
from apps.plans.engine.inputs import Boundary, Contribution, IncomeKind
from apps.plans.engine.limits import carried_on
from apps.plans.engine.policy import AdvicePolicy
from tests.apps.plans.engine.households import REAL, family
from tests.apps.plans.engine.test_limits import TABLES

PLANS = (
    SavingPlan("plan_ana", "ana", PlanKind.WORKPLACE),
    SavingPlan("plan_ben", "ben", PlanKind.WORKPLACE),
    SavingPlan("roth", "ana", PlanKind.ROTH_IRA),
)
FACTS = AdviceFacts(TABLES[2026], PLANS, None, None)
POLICY = AdvicePolicy(0.85, "brokerage", 0.6, 72, None, 0.0, 6, 24, FACTS)


def test_advice_pays_what_is_left_over_a_year_and_states_nothing_else() -> None:
    advice = {item.key: item for item in room_advice(family(), POLICY)}
    ana = advice["contribution_room:plan_ana"]
    facts = dict(ana.facts)
    # 13,700 a year is 1,141.67 a month: whole dollars, so that twelve stay below
    assert facts["monthly_extra"] == 1_141.0
    assert ana.changed is not None
    assert ana.changed.contributions[-1].account == "plan_ana"
    title, reason, actions = ana.texts
    for text in (title, reason, *actions):
        assert uncited(text, facts.values()) == ()


def test_a_limit_that_is_not_published_yet_is_said_to_be_carried_forward() -> None:
    def actions(facts: AdviceFacts) -> list[str]:
        item = room_advice(family(), replace(POLICY, facts=facts))[0]
        for said in item.texts[2]:
            assert uncited(said, dict(item.facts).values()) == ()
        return [said.message for said in item.texts[2]]

    assert NOT_PUBLISHED not in actions(FACTS)
    assert actions(replace(FACTS, limits=carried_on(TABLES[2026], 2027, 0.02)))[-1] == NOT_PUBLISHED


def test_the_most_that_the_firm_lets_people_save_bounds_it() -> None:
    tight = replace(POLICY, max_savings_rate=0.1)
    # 10 % of 14,000 less the 1,150 that are saved
    assert {dict(item.facts)["monthly_extra"] for item in room_advice(family(), tight)} == {250.0}
    assert room_advice(family(), replace(POLICY, max_savings_rate=0.05)) == []


def test_without_a_table_facts_or_a_salary_nothing_is_told() -> None:
    assert room_advice(family(), replace(POLICY, facts=None)) == []
    assert room_advice(family(), replace(POLICY, facts=replace(FACTS, limits=None))) == []
    idle = replace(family(), incomes=tuple(item for item in family().incomes if item.kind is not IncomeKind.SALARY))
    assert room_advice(idle, POLICY) == []


def test_twelve_payments_never_come_to_more_than_the_law_allows() -> None:
    """2,250 of room is 187.50 a month: 188 would be 2,256, an excess contribution."""
    into = Contribution("roth", "roth", 437.50, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, False, "USD")
    facts = replace(FACTS, plans=PLANS[2:], income=100_000.0)
    inputs = replace(family(), contributions=(*family().contributions, into))
    (item,) = room_advice(inputs, replace(POLICY, facts=facts))
    assert (dict(item.facts)["room"], dict(item.facts)["monthly_extra"]) == (2_250.0, 187.0)


def test_a_roth_ira_is_not_advised_where_the_income_of_the_walk_rules_it_out() -> None:
    """Salaries of 168,000 allow it; with what is earned on investments the span for joint filers has ended."""
    facts = replace(FACTS, plans=PLANS[2:])
    assert [item.key for item in room_advice(family(), replace(POLICY, facts=facts))] == ["contribution_room:roth"]
    assert room_advice(family(), replace(POLICY, facts=replace(facts, income=252_000.0))) == []
