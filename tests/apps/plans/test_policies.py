from decimal import Decimal

import pytest

from apps.plans.models import Plan, PlanStatus, PlanStep, ProjectionRun, Recommendation, StepStatus
from apps.plans.policies import (
    STEP_MOVES,
    TRANSITIONS,
    agreed_on,
    alternatives,
    can_change,
    can_move,
    can_move_step,
    is_given_to_client,
    is_told_together,
    needs_risk_limit,
    reaches_alone,
    waits_together,
)


def way(before, after):
    return Recommendation(proposal={"effect": {"success_before": before, "success_after": after}})


def test_ways_replace_each_other_where_each_reaches_the_target_alone():
    one, two, short, none = way(0.7, 0.85), way(0.7, 0.846), way(0.7, 0.8), Recommendation(proposal={"effect": None})
    target = Decimal("0.85")
    assert alternatives([one, short, two, none], target) == [one, two]
    assert alternatives([one, short, none], target) == []
    assert not reaches_alone(way(0.9, 0.95), target)


def test_a_set_of_advice_is_told_from_another_by_what_was_taken_and_by_its_values():
    open_one, taken = Recommendation(decision="open"), Recommendation(decision="accepted")
    changed = Recommendation(decision="adjusted", adjusted_value=Decimal("50.0000"))
    assert agreed_on([open_one, taken, changed]) == [[str(taken.public_id), ""], [str(changed.public_id), "50"]]
    run = ProjectionRun(accepted_together={"taken": agreed_on([taken]), "state": "measured"})
    assert is_told_together(run, [open_one, taken])
    assert waits_together(run, [taken, changed])
    assert not waits_together(ProjectionRun(), [open_one])
    assert waits_together(ProjectionRun(), [taken])
    older = ProjectionRun(accepted_together=None)
    assert not waits_together(older, [taken])
    assert not is_told_together(older, [taken])


def test_every_status_has_its_steps_and_none_leads_out_of_the_life_of_a_plan():
    assert set(TRANSITIONS) == set(PlanStatus.values)
    assert all(steps <= set(PlanStatus.values) for steps in TRANSITIONS.values())
    assert TRANSITIONS[PlanStatus.SUPERSEDED] == frozenset()


@pytest.mark.parametrize("status", PlanStatus.values)
def test_what_the_client_has_does_not_change(status):
    plan = Plan(status=status)
    assert not (can_change(plan) and is_given_to_client(plan))


def test_into_force_a_plan_comes_from_the_client_only():
    assert [s for s in PlanStatus.values if can_move(Plan(status=s), PlanStatus.IN_FORCE)] == [PlanStatus.PUBLISHED]


def test_only_given_advice_about_the_allocation_needs_a_risk_limit():
    assert needs_risk_limit(Recommendation(kind="allocation", decision="open"))
    assert not needs_risk_limit(Recommendation(kind="allocation", decision="declined"))
    assert not needs_risk_limit(Recommendation(kind="savings", decision="open"))


def test_a_closed_step_is_only_taken_up_again():
    assert set(STEP_MOVES) == set(StepStatus.values)
    for closed in (StepStatus.DONE, StepStatus.DROPPED):
        assert [to for to in StepStatus.values if can_move_step(PlanStep(status=closed), to)] == [StepStatus.OPEN]
