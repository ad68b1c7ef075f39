"""Several pieces of advice lived through at once; one by itself does what it was measured to do."""

from dataclasses import replace
from random import Random

import pytest

from apps.plans.engine.advice_facts import AdviceFacts, PlanKind, SavingPlan
from apps.plans.engine.limits import limits_tables_from_mapping
from apps.plans.engine.policy import AdvicePolicy, RiskLimit
from apps.plans.engine.recommendations import recommend
from apps.plans.selectors.run_values import RunInputs
from apps.plans.services._levers import Change
from apps.plans.services._together import measured_together
from tests.apps.plans.engine.households import APPS, any_household, claiming, cube_of, family, read_toml
from tests.factories import plans

FACTS = AdviceFacts(
    limits_tables_from_mapping(read_toml(APPS / "plans" / "reference" / "retirement_limits.toml"))[2026],
    (SavingPlan("plan_ana", "ana", PlanKind.WORKPLACE),),
    None,
    None,
)
POLICY = AdvicePolicy(
    target=0.9,
    saving_account="brokerage",
    max_savings_rate=0.6,
    latest_retirement_age=70,
    risk_limit=RiskLimit("balanced", 0.13, 0.7, (), ()),
    debt_payment=300.0,
    emergency_months=6,
    emergency_fill_months=24,
    facts=FACTS,
)


def small(inputs):
    return claiming(replace(inputs, simulation=family(256, 4).simulation))


@pytest.mark.parametrize("seed", [3, 5])
def test_each_piece_of_advice_of_a_drawn_household_by_itself_has_its_own_effect(seed):
    inputs = small(any_household(Random(seed)))  # noqa: S311 - households, not secrets
    advice = recommend(inputs, cube_of(inputs), POLICY).recommendations
    measurable = [item for item in advice if item.effect]
    assert len(measurable) > 2
    for item in measurable:
        found = measured_together(RunInputs(inputs, POLICY), [item.changes], plans.silent)
        assert (found.effect, found.overlaps) == (item.effect, ()), item.key
    assert all(item.changes == {} for item in advice if item.effect is None)


def test_adjusted_advice_counts_with_its_value_and_what_is_above_the_law_is_named():
    inputs = small(family())
    question = RunInputs(inputs, POLICY)
    room = Change("contribution_room:plan_ana", "contribution_room", 100.0, {})
    later = Change("retire_later", "retirement_date", 12.0, {})
    within = measured_together(question, [room, later], plans.silent)
    assert (within.overlaps, within.over_limits) == ((), ())
    more = Change("contribution_room:plan_ana", "contribution_room", 5_000.0, {})
    above = measured_together(question, [more, later], plans.silent)
    assert above.over_limits == ("plan_ana",)
    assert above.effect.success_after != within.effect.success_after
