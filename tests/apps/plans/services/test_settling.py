"""After a new build: the night asks the first futures, jobs after it all of them, and what was told stays told."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.models import Job
from apps.plans import tasks
from apps.plans.engine.results import ENGINE_VERSION
from apps.plans.models import Plan, PlanAlert, PlanMeasurement, PlanMonitor, PlanStatus
from apps.plans.services import _nights
from apps.plans.services.settling import settle_plans
from tests.days import today
from tests.factories import plans

D = Decimal
BY = Actor.system("plans.settle_plans")


@pytest.fixture
def plan(ada: User) -> Plan:
    """A plan in force that an older build measured last."""
    plan = plans.in_force(ada)
    plans.night()
    PlanMonitor.objects.update(engine_version="older", accepted_by="older")
    return plan


def refused(*_: Any) -> None:
    raise AssertionError("all futures were asked")


def night(after: int = 1) -> PlanMonitor:
    plans.night(day=today() + dt.timedelta(days=after))
    return PlanMonitor.objects.get()


def test_a_build_that_moves_no_future_leaves_the_chance_and_says_less_surely(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = PlanMonitor.objects.get()
    monkeypatch.setattr(_nights, "baseline_of", refused)
    after = night()
    assert (after.engine_version, after.accepted_by) == (ENGINE_VERSION, "older")
    assert (after.reference, after.accepted_success) == (before.reference, before.accepted_success)
    assert bytes(after.outcomes) == bytes(after.accepted_outcomes) == bytes(before.outcomes)
    assert after.reference_error > before.reference_error
    assert PlanAlert.objects.count() == 0
    assert PlanMeasurement.objects.latest("day").success == before.reference


def test_what_a_build_moves_is_no_change_of_the_plan(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    before = PlanMonitor.objects.get()
    kept = bytearray(before.outcomes)
    # the older build let 64 futures more succeed, and those succeed no more
    places = [place for place, eight in enumerate(kept) if eight == 0xFF][:8]
    for place in places:
        kept[place] = 0
    PlanMonitor.objects.update(outcomes=bytes(kept), accepted_outcomes=bytes(kept))
    monkeypatch.setattr(_nights, "baseline_of", refused)
    after = night()
    assert len(places) == 8
    assert after.reference == before.reference + D(64) / 1024
    assert after.change == 0
    assert bytes(after.outcomes) == bytes(before.outcomes)
    assert after.accepted_success == before.accepted_success, "of all futures nobody has asked yet"
    assert PlanAlert.objects.count() == 0


def test_the_night_asks_for_all_futures_and_the_job_settles_once(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    before = PlanMonitor.objects.get()
    PlanMonitor.objects.update(accepted_success=D("0.1"), reference=D("0.1"))
    night()
    job = Job.objects.get(name=tasks.settle_plans.name)
    assert job.arguments == {"plan_ids": [plan.pk]}
    tasks.settle_plans.run(**job.arguments)
    after = PlanMonitor.objects.get()
    assert after.accepted_by == ENGINE_VERSION
    assert after.accepted_success == after.reference == before.accepted_success
    assert after.reference_error == before.reference_error
    monkeypatch.setattr(_nights, "baseline_of", refused)
    assert settle_plans(plan_ids=[plan.pk], by=BY) == 0
    night(2)
    assert Job.objects.filter(name=tasks.settle_plans.name).count() == 1


def test_what_was_told_stays_told_and_is_measured_on_all_futures_at_once(plan: Plan) -> None:
    PlanMonitor.objects.update(engine_version=ENGINE_VERSION)
    plans.balance(plan.household, "0.5")
    told = night()
    assert PlanAlert.objects.count() == 1
    assert settle_plans(plan_ids=[plan.pk], by=BY) == 1
    settled = PlanMonitor.objects.get()
    assert (settled.reference, bytes(settled.outcomes)) == (told.reference, bytes(told.outcomes))
    assert settled.accepted_by == ENGINE_VERSION
    PlanMonitor.objects.update(engine_version="older", accepted_by="older")
    assert night(2).accepted_by == ENGINE_VERSION
    assert PlanAlert.objects.count() == 1


def test_a_plan_no_longer_in_force_is_not_settled(plan: Plan) -> None:
    night()
    Plan.objects.update(status=PlanStatus.SUPERSEDED)
    assert settle_plans(plan_ids=[plan.pk], by=BY) == 0


def test_settling_outdates_no_measurement_that_runs_beside_it(plan: Plan) -> None:
    night()
    before = PlanMonitor.objects.get()
    assert settle_plans(plan_ids=[plan.pk], by=BY) == 1
    after = PlanMonitor.objects.get()
    assert after.accepted_by == ENGINE_VERSION != before.accepted_by
    assert after.updated_at == before.updated_at


def test_a_plan_that_cannot_be_run_keeps_no_other_waiting(
    plan: Plan, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = plans.in_force(ada, plans.household_with_facts(ada, name="Okonkwo"))
    plans.night()
    PlanMonitor.objects.update(engine_version=ENGINE_VERSION, accepted_by="older")
    again, broken = _nights.accepted_again, min(plan.pk, other.pk)

    def run(accepted: Any) -> Any:
        if accepted.plan_id == broken:
            raise ValueError("cannot be read")
        return again(accepted)

    monkeypatch.setattr(_nights, "accepted_again", run)
    with pytest.raises(ValueError, match="cannot be read"):
        settle_plans(plan_ids=[plan.pk, other.pk], by=BY)
    settled = dict(PlanMonitor.objects.values_list("plan", "accepted_by"))
    assert settled.pop(broken) == "older"
    assert set(settled.values()) == {ENGINE_VERSION}
