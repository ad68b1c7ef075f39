"""The night of plans in force: what it tells, once; what it survives."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.models import AuditEvent, Job, JobState
from apps.core.templatetags.formats import date_text
from apps.money.models import ExpenseLine, IncomeSource
from apps.money.selectors.situations import household_facts
from apps.plans.models import (
    AlertKind,
    AlertState,
    Plan,
    PlanAlert,
    PlanMeasurement,
    PlanMonitor,
    PlanStatus,
)
from apps.plans.selectors.monitoring import monitoring_of, told_figure
from apps.plans.services import _nights, monitoring
from apps.plans.services.errors import RunInProgressError, StatusNotPossibleError
from apps.plans.services.monitoring import ask_for_monitoring, fallen, monitor_plans, request_measurement, start_night
from apps.plans.services.monitoring_rules import MonitoringTerms, set_monitoring_rules
from tests.days import today
from tests.factories import plans

D = Decimal
BY = Actor.system("plans.monitor_plans")


@pytest.fixture
def plan(ada: User) -> Plan:
    return plans.in_force(ada)


def kinds() -> list[str]:
    return sorted(PlanAlert.objects.standing().values_list("kind", flat=True))


def test_a_night_without_change_raises_nothing_and_says_what_was_accepted(plan: Plan) -> None:
    assert plans.night() == 1
    assert plans.night(day=today() + dt.timedelta(days=1)) == 1
    assert kinds() == []
    first, second = PlanMeasurement.objects.order_by("day")
    assert plan.published_run is not None
    assert first.success == second.success == plan.published_run.success
    assert first.wealth == D(420_000)
    assert PlanMonitor.objects.get().measured_on == second.day


def test_a_fall_of_the_market_is_told_once_with_its_cause_its_dollars_and_what_to_do(plan: Plan) -> None:
    plans.night()
    plans.balance(plan.household, "0.5")
    plans.night(again=True)
    alert = PlanAlert.objects.get()
    assert (alert.kind, alert.cause, alert.state) == (AlertKind.BELOW, "market", AlertState.OPEN)
    assert alert.guardrail is not None
    assert alert.wealth == D(210_000)
    assert alert.wealth <= alert.guardrail
    assert alert.success_after is not None
    assert alert.success_before is not None
    assert alert.success_after - alert.success_before == pytest.approx(alert.change, abs=D("0.000002"))
    assert alert.spending_change is not None
    assert alert.spending_change < 0
    assert sum(part["spending"] for part in alert.parts) == pytest.approx(float(alert.spending_change))
    assert alert.adjustment["spending"] < alert.adjustment["planned"]
    assert alert.adjustment["delay_months"] > 0
    assert alert.client_told_at is None
    for day in range(3):
        plans.night(day=today() + dt.timedelta(days=day), again=True)
    assert PlanAlert.objects.count() == 1
    assert AuditEvent.objects.filter(action="plans.open_alert").count() == 1


def test_back_where_it_was_the_alert_is_over(plan: Plan) -> None:
    plans.night()
    plans.balance(plan.household, "0.5")
    plans.night(again=True)
    assert kinds() == [AlertKind.BELOW]
    plans.balance(plan.household, "2")
    plans.night(again=True)
    assert kinds() == []
    assert PlanAlert.objects.get().state == AlertState.GONE
    assert AuditEvent.objects.filter(action="plans.close_alert").count() == 1


def test_a_new_build_measures_again_and_tells_nothing_twice(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    plans.night()
    plans.balance(plan.household, "0.5")
    plans.night(again=True)
    before = PlanMonitor.objects.get()
    monkeypatch.setattr(_nights, "ENGINE_VERSION", "plans-next")
    plans.night(again=True)
    after = PlanMonitor.objects.get()
    assert after.engine_version == "plans-next"
    assert (after.below, after.above) == (before.below, before.above)
    assert after.accepted_spending == before.accepted_spending is not None
    assert PlanAlert.objects.count() == 1
    plans.night(again=True)
    assert kinds() == [AlertKind.BELOW]


def test_a_fall_is_rehearsed_for_what_is_invested_and_cash_stays(plan: Plan) -> None:
    facts = household_facts(plan.household, today())
    assert fallen(facts, D(0)) == facts
    invested = replace(facts, accounts=(*facts.accounts, replace(facts.accounts[0], key="x", treatment="taxable")))
    assert [account.balance for account in fallen(invested, D("0.25")).accounts] == [D(420_000), D(315_000)]


def test_causes_are_told_apart_and_add_up(plan: Plan) -> None:
    plans.night()
    plans.balance(plan.household, "0.9")
    ExpenseLine.objects.filter(household=plan.household).update(monthly_amount=D(7200))
    plan.household.people.filter(relationship="head").update(retirement_age=63)
    plans.night(again=True)
    alert = PlanAlert.objects.get()
    parts = {part["cause"]: part for part in alert.parts}
    assert set(parts) == {"market", "cash", "life"}
    assert sum(part["success"]["value"] for part in parts.values()) == pytest.approx(float(alert.change or 0), abs=1e-5)
    assert parts["life"]["success"]["value"] < 0
    assert parts["market"]["success"]["value"] < 0


def test_a_new_view_of_markets_is_told_as_one(plan: Plan, paul: User) -> None:
    from apps.plans.services.assumptions import set_house_view

    plans.night()
    set_house_view(means={"cash": D("0.005")}, reason="Low for long.", by=paul.as_actor())
    plans.night(again=True)
    alert = PlanAlert.objects.get()
    assert (alert.kind, alert.cause) == (AlertKind.DRIFT, "assumptions")
    assert {part["cause"] for part in alert.parts} == {"assumptions"}


def test_time_moves_the_plan_on_and_is_told_as_time(plan: Plan) -> None:
    plans.night()
    later = today() + dt.timedelta(days=200)
    ExpenseLine.objects.filter(household=plan.household).update(monthly_amount=D(9500))
    plans.night(day=later)
    alert = PlanAlert.objects.get()
    assert [part["cause"] for part in alert.parts] == ["time", "cash"]
    assert alert.cause == "cash"


def test_what_cannot_be_measured_says_why_and_keeps_no_other_back(ada: User, plan: Plan) -> None:
    other = plans.in_force(ada, plans.household_with_facts(ada, name="Okafor"))
    plan.household.people.filter(relationship="head").update(date_of_birth=None)
    assert plans.night() == 2
    assert list(PlanMeasurement.objects.values_list("plan", flat=True)) == [other.pk]
    alert = PlanAlert.objects.get()
    assert (alert.plan_id, alert.kind) == (plan.pk, AlertKind.UNMEASURED)
    assert "date of birth" in alert.told
    plans.night(again=True)
    assert PlanAlert.objects.count() == 1
    plan.household.people.filter(relationship="head").update(date_of_birth=dt.date(1980, 6, 1))
    plans.night(again=True)
    assert PlanAlert.objects.filter(kind=AlertKind.UNMEASURED).get().state == AlertState.GONE


def test_a_fault_in_one_plan_is_its_own(ada: User, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    plans.in_force(ada, plans.household_with_facts(ada, name="Okafor"))
    measure = _nights._measure

    def broken(found: Any, *rest: Any) -> None:
        if found.plan.pk == plan.pk:
            raise ZeroDivisionError
        measure(found, *rest)

    monkeypatch.setattr(_nights, "_measure", broken)
    plans.night()
    assert PlanMeasurement.objects.count() == 1
    assert PlanAlert.objects.get().kind == AlertKind.UNMEASURED


def test_a_worker_killed_before_or_while_it_keeps_leaves_nothing_and_the_next_run_goes_on(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans.night()
    plans.balance(plan.household, "0.5")
    later = today() + dt.timedelta(days=1)
    for moment in ("keep_findings", "_take_up", "_keep_rows"):
        with monkeypatch.context() as struck:
            struck.setattr(monitoring, moment, _killed)
            with pytest.raises(SystemExit):
                plans.night(day=later)
        assert PlanMeasurement.objects.count() == 1
        assert PlanAlert.objects.count() == 0
    assert plans.night(day=later) == 1
    assert plans.night(day=later) == 0
    assert PlanMeasurement.objects.count() == 2
    assert PlanAlert.objects.count() == 1


def _killed(*_: Any, **__: Any) -> None:
    raise SystemExit


def test_two_workers_on_one_plan_keep_one_finding(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    plans.night()
    plans.balance(plan.household, "0.5")
    look, inner = _nights.look_into, []

    def overtaken(*args: Any) -> Any:
        found = look(*args)
        if not inner:
            inner.append(1)
            assert plans.night(again=True) == 1
        return found

    monkeypatch.setattr(_nights, "look_into", overtaken)
    assert plans.night(again=True) == 0
    assert PlanAlert.objects.count() == 1


def test_a_client_is_told_of_a_guardrail_when_the_firm_says_so(plan: Plan, paul: User) -> None:
    terms = MonitoringTerms(D("0.03"), D("0.7"), D("0.95"), tells_clients=True)
    set_monitoring_rules(terms=terms, by=paul.as_actor())
    plans.night()
    plans.balance(plan.household, "0.5")
    plans.night(again=True)
    assert PlanAlert.objects.get().client_told_at is not None


def test_a_firm_that_tells_large_changes_only_hears_of_no_small_one(plan: Plan, paul: User) -> None:
    terms = MonitoringTerms(D("0.4"), D("0.1"), D("0.95"), tells_clients=False)
    set_monitoring_rules(terms=terms, by=paul.as_actor())
    plans.night()
    IncomeSource.objects.filter(household=plan.household).update(annual_amount=D(31_000))
    plans.night(again=True)
    assert kinds() == []


def test_the_night_puts_plans_in_force_in_line_and_ends_alerts_of_others(
    ada: User, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = plans.in_force(ada, plans.household_with_facts(ada, name="Okafor"))
    plans.night()
    plans.balance(plan.household, "0.5")
    plans.night(again=True)
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.SUPERSEDED)
    monkeypatch.setattr(monitoring, "AT_ONCE", 1)
    third = plans.in_force(ada, plans.household_with_facts(ada, name="Silva"))
    assert start_night(by=BY) == 2
    asked = [job.arguments["plan_ids"] for job in Job.objects.filter(name="plans.monitor_plans").order_by("id")]
    assert asked == [[third.pk], [other.pk]], "never measured first"
    assert kinds() == []


def test_the_night_is_asked_for_once_a_day_after_its_hour(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    early = dt.datetime(2026, 3, 3, 8, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: early)
    assert not ask_for_monitoring(by=BY)
    monkeypatch.setattr(timezone, "now", lambda: early + dt.timedelta(hours=4))
    assert ask_for_monitoring(by=BY)
    assert not ask_for_monitoring(by=BY)


def test_a_plan_in_force_can_be_measured_at_once_and_no_other(ada: User, plan: Plan) -> None:
    request_measurement(plan=plan, by=ada.as_actor())
    job = Job.objects.get(name="plans.monitor_plans")
    assert job.arguments == {"plan_ids": [plan.pk], "day": today().isoformat(), "again": True}
    assert AuditEvent.objects.filter(action="plans.request_measurement").count() == 1
    with pytest.raises(RunInProgressError, match="being measured already"):
        request_measurement(plan=plan, by=ada.as_actor())
    Job.objects.update(state=JobState.DONE)
    request_measurement(plan=plan, by=ada.as_actor())
    assert Job.objects.filter(name="plans.monitor_plans").count() == 2
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.SUPERSEDED)
    plan.refresh_from_db()
    with pytest.raises(StatusNotPossibleError):
        request_measurement(plan=plan, by=ada.as_actor())


def test_many_plans_are_read_and_kept_by_the_queries_of_one(ada: User, plan: Plan) -> None:
    plans.night()
    with CaptureQueriesContext(connection) as alone:
        plans.night(again=True)
    for name in ("Okafor", "Silva"):
        plans.in_force(ada, plans.household_with_facts(ada, name=name))
    plans.night(again=True)
    with CaptureQueriesContext(connection) as together:
        plans.night(again=True)
    assert len(together) == len(alone)
    assert len(alone) < 50
    assert monitor_plans(plan_ids=[], day=today(), again=True, by=BY) == 0


def test_what_an_alert_was_told_with_stands_with_its_own_day_after_a_later_look(ada: User, plan: Plan) -> None:
    plans.night()
    plans.balance(plan.household, "0.5")
    told = today() + dt.timedelta(days=1)
    plans.night(day=told, again=True)
    solved = PlanMeasurement.objects.get(day=told).spending
    assert solved is not None
    assert solved < PlanMonitor.objects.get().accepted_spending
    plans.night(day=told, again=True)
    assert PlanMeasurement.objects.get(day=told).spending == solved
    later = told + dt.timedelta(days=1)
    plans.night(day=later, again=True)
    shown = monitoring_of(plan, ada.as_actor())
    assert shown is not None
    assert shown.spending.value is not None
    assert (shown.spending_on, shown.measured_on) == (told, later)
    days = {figure.key: day for figure, day in shown.stats}
    assert (days["measured:spending"], days["measured:success"]) == (told, later)
    passport = told_figure(plan, ada.as_actor(), "measured:spending")
    assert passport is not None
    assert passport.as_of == told


def test_an_alerts_figures_are_titled_by_what_they_are_and_their_day(ada: User, plan: Plan) -> None:
    plans.night()
    plans.balance(plan.household, "0.5")
    plans.night(again=True)
    alert = PlanAlert.objects.get()
    passport = told_figure(plan, ada.as_actor(), f"alert:{alert.public_id}:after__percent")
    assert passport is not None
    assert passport.figure.label == f"Chance of success, measured on {date_text(alert.opened_on)}"
