"""The night of plans in force: each is measured again, what changed is told once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from apps.accounts.selectors.firm_days import firm_today, firm_zone
from apps.core import audit, jobs, realtime
from apps.core.actors import Actor
from apps.core.models import Job
from apps.core.services import service
from apps.kernel.errors import gettext_noop
from apps.money.selectors.facts import HouseholdFacts
from apps.money.selectors.situations import facts_of_households
from apps.plans.models import (
    AlertKind,
    Override,
    Plan,
    PlanAlert,
    PlanMeasurement,
    PlanMonitor,
    PlanStatus,
)
from apps.plans.selectors.assumptions import assumption_set
from apps.plans.selectors.monitoring import MEASURING, is_being_measured
from apps.plans.selectors.monitoring_rules import monitoring_rules
from apps.plans.services._findings import Finding, Tonight
from apps.plans.services._plans import locked, tell
from apps.plans.services._tables import tax_table_on
from apps.plans.services.alerts import close_alert, open_alert
from apps.plans.services.assumptions import assumptions_in_force
from apps.plans.services.errors import RunInProgressError, StatusNotPossibleError
from apps.plans.services.settling import MONITORED, ask_to_settle

NIGHT, CHUNK = "plans.monitor_night", MEASURING
# after the night's prices and the look at portfolios, before the first advisor
NIGHT_HOUR = 5
AT_ONCE = 50
Progress = Callable[[float, str], object]


@service
def ask_for_monitoring(*, by: Actor) -> bool:
    """Ask for the firm's night once a day, when its own clock has passed NIGHT_HOUR; say whether it was asked for."""
    now = timezone.localtime(timezone=ZoneInfo(firm_zone()))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if now.hour < NIGHT_HOUR or Job.objects.filter(name=NIGHT, created_at__gte=midnight).exists():
        return False
    jobs.enqueue(NIGHT, by=by)
    return True


@service
def start_night(*, by: Actor) -> int:
    """Have every plan in force measured, what needs it most first; alerts of other plans end. Return how many."""
    for alert in (
        PlanAlert.objects.standing().exclude(plan__status=PlanStatus.IN_FORCE).select_related("plan__household")
    ):
        close_alert(alert, firm_today(), by)
    ids = list(by_need(Plan.objects.filter(status=PlanStatus.IN_FORCE)).values_list("pk", flat=True))
    for at in range(0, len(ids), AT_ONCE):
        jobs.enqueue(CHUNK, by=by, plan_ids=ids[at : at + AT_ONCE], day=firm_today().isoformat(), again=False)
    return len(ids)


def by_need(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Order them: never measured, nearest to a guardrail, longest not measured."""
    return plans.order_by(
        F("monitor__measured_on").asc(nulls_first=True),
        F("monitor__distance").asc(nulls_last=True),
        F("monitor__change").asc(nulls_last=True),
        "pk",
    )


@service
def request_measurement(*, plan: Plan, by: Actor) -> Plan:
    """Have a plan in force measured now, again if it was today.

    Raises StatusNotPossibleError for another plan, RunInProgressError while one that was asked for is under way.
    """
    plan = locked(plan)
    if plan.status != PlanStatus.IN_FORCE:
        raise StatusNotPossibleError(
            gettext_noop("Only a plan in force is measured."), mend=gettext_noop("Generate the draft instead.")
        )
    if is_being_measured(plan):
        raise RunInProgressError(
            gettext_noop("The plan is being measured already."), mend=gettext_noop("Its page shows the result.")
        )
    topic = f"household:{plan.household.public_id}"
    jobs.enqueue(CHUNK, by=by, topic=topic, plan_ids=[plan.pk], day=firm_today().isoformat(), again=True)
    audit.record("plans.request_measurement", by=by, target=plan)
    tell(plan, "plan.measurement_asked")
    return plan


def monitor_plans(
    *,
    plan_ids: Sequence[int],
    day: dt.date,
    again: bool,
    by: Actor,
    progress: Progress = lambda _part, _step: None,
    fall: Decimal = Decimal(0),
) -> int:
    """Measure plans on a day and keep what was found; those that were measured that day are left, but `again`.

    Runs again without harm: the computing holds no locks, and what is kept is kept at once for all of them. `fall`
    rehearses a market in which all that is invested has lost that part; the next night is measured without it.
    """
    plans = list(_to_measure(plan_ids, day, again=again))
    if not plans:
        return 0
    # the engine takes seconds to load: see `_answers`
    from apps.plans.services._nights import look_into

    facts = facts_of_households([plan.household for plan in plans], day)
    assumptions = assumption_set(assumptions_in_force(day=day, by=by))
    tonight = Tonight(day, assumptions, tax_table_on(day), monitoring_rules())
    found = []
    for place, plan in enumerate(plans):
        progress(place / len(plans), gettext("Measuring plans in force"))
        finding = Finding(plan, _monitor_of(plan), frozenset(alert.kind for alert in plan.alerts.all()))
        found.append(look_into(finding, fallen(facts[plan.household_id], fall), tonight))
    return keep_findings(found=found, tonight=tonight, by=by)


def fallen(facts: HouseholdFacts, fall: Decimal) -> HouseholdFacts:
    """Return the facts with all that is invested worth less by a part; cash stays."""
    accounts = tuple(
        account if account.treatment == "cash" else replace(account, balance=account.balance * (1 - fall))
        for account in facts.accounts
    )
    return replace(facts, accounts=accounts) if fall else facts


@service
def keep_findings(*, found: Sequence[Finding], tonight: Tonight, by: Actor) -> int:
    """Keep what was found of plans at once: measurements, alerts that open and close; return how many plans.

    A plan that another worker has measured meanwhile stays as that one left it.
    """
    ids = [each.plan.pk for each in found]
    locked = Plan.objects.select_for_update(of=("self",)).filter(pk__in=ids, status=PlanStatus.IN_FORCE).order_by("pk")
    in_force = set(locked.values_list("pk", flat=True))
    now = {monitor.plan_id: monitor.updated_at for monitor in PlanMonitor.objects.filter(plan__in=ids)}
    kept = [each for each in found if each.plan.pk in in_force and now.get(each.plan.pk) == _read_at(each.monitor)]
    holding: dict[int, dict[str, PlanAlert]] = {each.plan.pk: {} for each in kept}
    for alert in PlanAlert.objects.filter(plan__in=holding, closed_on=None).select_related("plan__household"):
        holding[alert.plan_id][alert.kind] = alert
    for each in kept:
        _take_up(each, holding[each.plan.pk], tonight, by)
    _keep_rows(kept, tonight.day)
    ask_to_settle([each.plan.pk for each in kept if each.measured and not _is_settled(each.monitor)], by)
    events = [(f"household:{each.plan.household.public_id}", str(each.plan.public_id)) for each in kept]
    realtime.publish_all((topic, "plan.measured", {"plan": plan}) for topic, plan in events)
    return len(kept)


def _take_up(found: Finding, holding: dict[str, PlanAlert], tonight: Tonight, by: Actor) -> None:
    """End what no longer holds, open what is new."""
    for kind in sorted(found.over & set(holding)):
        close_alert(holding.pop(kind), tonight.day, by)
    for kind, fields in found.alerts.items():
        if kind not in holding:
            tells = tonight.rules.tells_clients and kind in {AlertKind.BELOW, AlertKind.ABOVE}
            alert = PlanAlert(plan=found.plan, kind=kind, opened_on=tonight.day, **fields)
            alert.client_told_at = timezone.now() if tells else None
            open_alert(alert, by)


def _keep_rows(kept: Sequence[Finding], day: dt.date) -> None:
    measured = [each for each in kept if each.measured]
    for each in measured:
        each.monitor.measured_on = day
    PlanMonitor.objects.bulk_create(
        [each.monitor for each in measured],
        update_conflicts=True,
        unique_fields=["plan"],
        update_fields=[*MONITORED, "updated_at"],
    )
    # what the plan carries is solved for an alert alone: measured again on its day, it is not forgotten
    solved = dict(
        PlanMeasurement.objects.filter(plan__in=[each.plan.pk for each in measured], day=day).values_list(
            "plan", "spending"
        )
    )
    for each in measured:
        if each.measured.get("spending") is None:
            each.measured["spending"] = solved.get(each.plan.pk)
    PlanMeasurement.objects.bulk_create(
        [PlanMeasurement(plan=each.plan, day=day, **each.measured) for each in measured],
        update_conflicts=True,
        unique_fields=["plan", "day"],
        update_fields=["success", "standard_error", "n_paths", "spending", "wealth", "input_digest", "updated_at"],
    )


def _is_settled(monitor: PlanMonitor) -> bool:
    return monitor.accepted_by == monitor.engine_version


def _read_at(monitor: PlanMonitor) -> dt.datetime | None:
    return monitor.updated_at if monitor.pk is not None else None


def _monitor_of(plan: Plan) -> PlanMonitor:
    return plan.monitor if hasattr(plan, "monitor") else PlanMonitor(plan=plan)


def _to_measure(plan_ids: Sequence[int], day: dt.date, *, again: bool) -> QuerySet[Plan]:
    plans = Plan.objects.filter(pk__in=plan_ids, status=PlanStatus.IN_FORCE)
    if not again:
        plans = plans.exclude(measurements__day=day)
    holding = PlanAlert.objects.filter(closed_on=None).only("plan_id", "kind")
    return by_need(
        plans.select_related("household", "monitor", "published_run")
        .defer("published_run__result")
        .prefetch_related(
            "goals",
            Prefetch("overrides", Override.objects.select_related("person")),
            Prefetch("alerts", holding),
        )
    )
