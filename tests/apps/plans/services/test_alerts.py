"""Alerts are seen, put aside with a reason, or answered with a draft that has the adjustment filled in."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.plans.models import AlertState, GoalKind, OverrideKind, Plan, PlanAlert, PlanStatus
from apps.plans.selectors.alert_lines import DELAY, SPENDING
from apps.plans.services import alerts
from apps.plans.services.alerts import acknowledge_alert, dismiss_alert, draft_from_alert
from apps.plans.services.errors import AlertClosedError, NotAdjustableError, PlanInTheWorksError
from apps.plans.services.plans import draft_plan
from tests.factories import plans


@pytest.fixture
def alert(ada: User) -> PlanAlert:
    plan = plans.in_force(ada)
    plans.night()
    plans.balance(plan.household, "0.5")
    plans.night(again=True)
    return PlanAlert.objects.get()


def decided() -> int:
    return AuditEvent.objects.filter(action="plans.decide_alert").count()


def test_a_seen_alert_stands_on_and_can_still_be_answered(ada: User, alert: PlanAlert) -> None:
    seen = acknowledge_alert(alert=alert, by=ada.as_actor())
    assert (seen.state, seen.decided_by, seen.is_standing) == (AlertState.ACKNOWLEDGED, "Ada", True)
    assert decided() == 1
    assert draft_from_alert(alert=alert, adjustment=SPENDING, by=ada.as_actor()).status == PlanStatus.DRAFT


def test_an_alert_is_put_aside_with_a_reason_and_not_told_again(ada: User, alert: PlanAlert) -> None:
    with pytest.raises(InvalidInputError):
        dismiss_alert(alert=alert, reason="  ", by=ada.as_actor())
    assert decided() == 0
    dismiss_alert(alert=alert, reason="They sold the house: it comes back in May.", by=ada.as_actor())
    alert.refresh_from_db()
    assert alert.state == AlertState.DISMISSED
    plans.night(again=True)
    assert PlanAlert.objects.count() == 1
    for again in (
        lambda: acknowledge_alert(alert=alert, by=ada.as_actor()),
        lambda: dismiss_alert(alert=alert, reason="x", by=ada.as_actor()),
        lambda: draft_from_alert(alert=alert, adjustment=DELAY, by=ada.as_actor()),
    ):
        with pytest.raises(AlertClosedError):
            again()


def test_a_draft_takes_the_lower_spending(ada: User, alert: PlanAlert) -> None:
    plan = draft_from_alert(alert=alert, adjustment=SPENDING, by=ada.as_actor())
    goal = plan.goals.get(kind=GoalKind.RETIREMENT)
    assert goal.annual_amount == 12 * Decimal(str(alert.adjustment["spending"]))
    alert.refresh_from_db()
    assert (alert.state, alert.draft) == (AlertState.ANSWERED, plan)
    assert plan.based_on == alert.plan
    assert plan.goals.count() == 2


def test_a_plan_without_a_retirement_goal_gets_one(ada: User, alert: PlanAlert) -> None:
    alert.plan.goals.filter(kind=GoalKind.RETIREMENT).delete()
    plan = draft_from_alert(alert=alert, adjustment=SPENDING, by=ada.as_actor())
    assert plan.goals.filter(kind=GoalKind.RETIREMENT).count() == 1


def test_a_draft_takes_the_later_retirement_in_whole_years(ada: User, alert: PlanAlert) -> None:
    plan = draft_from_alert(alert=alert, adjustment=DELAY, by=ada.as_actor())
    years = -(-alert.adjustment["delay_months"] // 12)
    ages = {row.person: row.value for row in plan.overrides.filter(kind=OverrideKind.RETIREMENT_AGE)}
    people = alert.plan.household.people.filter(relationship__in=["head", "partner"])
    assert ages == {person: (person.retirement_age or 0) + years for person in people}


def test_what_was_not_proposed_cannot_be_taken(ada: User, alert: PlanAlert) -> None:
    PlanAlert.objects.update(adjustment={**alert.adjustment, "delay_months": None})
    for adjustment in (DELAY, "magic"):
        with pytest.raises(NotAdjustableError):
            draft_from_alert(alert=alert, adjustment=adjustment, by=ada.as_actor())
    assert not Plan.objects.in_the_works().exists()


def test_while_a_version_is_prepared_none_is_started(ada: User, alert: PlanAlert) -> None:
    draft_plan(household=alert.plan.household, by=ada.as_actor())
    with pytest.raises(PlanInTheWorksError):
        draft_from_alert(alert=alert, adjustment=SPENDING, by=ada.as_actor())
    alert.refresh_from_db()
    assert alert.state == AlertState.OPEN


@pytest.mark.parametrize(
    "decide",
    [
        lambda alert, by: acknowledge_alert(alert=alert, by=by),
        lambda alert, by: dismiss_alert(alert=alert, reason="x", by=by),
        lambda alert, by: draft_from_alert(alert=alert, adjustment=SPENDING, by=by),
    ],
)
def test_a_decision_is_kept_whole_or_not_at_all(
    ada: User, alert: PlanAlert, decide: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(alerts, "_tell", broken)
    with pytest.raises(RuntimeError):
        decide(alert, ada.as_actor())
    alert.refresh_from_db()
    assert alert.state == AlertState.OPEN
    assert decided() == 0
    assert not Plan.objects.in_the_works().exists()
