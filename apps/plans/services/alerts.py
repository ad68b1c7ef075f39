"""Alerts of plans in force: opened and ended by the night, decided on by advisors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.models import AlertState, Goal, GoalKind, GoalPriority, OverrideKind, Plan, PlanAlert
from apps.plans.selectors.alert_lines import DELAY, SPENDING, adjusted_ages, adjusted_spending
from apps.plans.services.errors import AlertClosedError, NotAdjustableError
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.plans import draft_plan, set_override


def open_alert(alert: PlanAlert, by: Actor) -> None:
    """Keep a new alert and tell who watches. Within the transaction of a service that has locked the plan."""
    alert.save()
    audit.record("plans.open_alert", by=by, target=alert, after=audit.snapshot(alert))
    _tell(alert)


def close_alert(alert: PlanAlert, day: dt.date, by: Actor) -> None:
    """End an alert that no longer holds; what was decided on it stays."""
    before = {"state": alert.state, "closed_on": alert.closed_on}
    alert.closed_on = max(day, alert.opened_on)
    if alert.is_standing:
        alert.state = AlertState.GONE
    alert.save(update_fields=["closed_on", "state", "updated_at"])
    after = {"state": alert.state, "closed_on": alert.closed_on}
    audit.record("plans.close_alert", by=by, target=alert, before=before, after=after)
    _tell(alert)


@service
def acknowledge_alert(*, alert: PlanAlert, by: Actor) -> PlanAlert:
    """Note that somebody has seen it and will act; it stands until the night finds it gone. Raises AlertClosedError."""
    alert = _standing(alert)
    return _decided(alert, AlertState.ACKNOWLEDGED, "", by)


@service
def dismiss_alert(*, alert: PlanAlert, reason: str, by: Actor) -> PlanAlert:
    """Put an alert aside, with the reason; it comes again only when the plan moves again.

    Raises AlertClosedError, InvalidInputError without a reason.
    """
    alert = _standing(alert)
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why."), field="reason")
    return _decided(alert, AlertState.DISMISSED, reason.strip(), by)


@service
def draft_from_alert(*, alert: PlanAlert, adjustment: str, by: Actor) -> Plan:
    """Start the next version of the plan with the adjustment filled in: `spending` or `delay`; the alert is answered.

    Raises AlertClosedError, NotAdjustableError for what the engine did not propose, PlanInTheWorksError.
    """
    alert = _standing(alert)
    if adjustment not in {SPENDING, DELAY}:
        raise NotAdjustableError(gettext_noop("There is no such adjustment."), mend=gettext_noop("Reload the page."))
    spending, ages = adjusted_spending(alert), adjusted_ages(alert, firm_today())
    if (adjustment == SPENDING and spending is None) or (adjustment == DELAY and not ages):
        raise NotAdjustableError(
            gettext_noop("This adjustment does not bring the plan back."),
            mend=gettext_noop("Take another one, or start a new version by hand."),
        )
    plan = draft_plan(household=alert.plan.household, by=by, based_on=alert.plan)
    reason = gettext("The nightly measurement proposed it.")
    if adjustment == DELAY:
        for person, age in ages:
            set_override(plan=plan, kind=OverrideKind.RETIREMENT_AGE, person=person, value=age, reason=reason, by=by)
    elif spending is not None:
        _spend(plan, spending, by)
    alert.draft = plan
    _decided(alert, AlertState.ANSWERED, "", by)
    return plan


def _spend(plan: Plan, monthly: Decimal, by: Actor) -> None:
    """Set what a year of living costs in retirement; a plan without such a goal gets one."""
    goal = Goal.objects.filter(plan=plan, kind=GoalKind.RETIREMENT).first()
    details = GoalDetails(
        kind=GoalKind.RETIREMENT,
        name=goal.name if goal else str(GoalKind.RETIREMENT.label),
        annual_amount=12 * monthly,
        priority=GoalPriority(goal.priority) if goal else GoalPriority.ESSENTIAL,
        own_words=goal.own_words if goal else "",
        person=goal.person if goal else None,
    )
    set_goal(plan=plan, details=details, goal=goal, by=by)


def _standing(alert: PlanAlert) -> PlanAlert:
    alert = PlanAlert.objects.select_for_update(of=("self",)).select_related("plan__household").get(pk=alert.pk)
    if not alert.is_standing:
        raise AlertClosedError(
            gettext_noop("The alert is “%(state)s” already."),
            mend=gettext_noop("Reload the page."),
            state=AlertState(alert.state).label,
        )
    return alert


def _decided(alert: PlanAlert, state: str, reason: str, by: Actor) -> PlanAlert:
    before = audit.snapshot(alert)
    alert.state, alert.reason, alert.decided_by, alert.decided_at = state, reason, by.label[:200], timezone.now()
    alert.save(update_fields=["state", "reason", "decided_by", "decided_at", "draft", "updated_at"])
    audit.record("plans.decide_alert", by=by, target=alert, before=before, after=audit.snapshot(alert), reason=reason)
    _tell(alert)
    return alert


def _tell(alert: PlanAlert) -> None:
    realtime.publish(f"household:{alert.plan.household.public_id}", "plan.alert", alert=str(alert.public_id))
    realtime.publish("firm:all", "plan.alerts_changed")
