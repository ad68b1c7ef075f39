"""A plan in force since it was accepted: measurements, guardrails, alerts, and where each figure comes from."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.actors import Actor
from apps.core.models import Job, JobState
from apps.core.templatetags import formats
from apps.core.templatetags.charts import ChartSpec, Line
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.plans.models import AlertKind, AlertState, Plan, PlanAlert, PlanMeasurement, PlanMonitor, PlanStatus
from apps.plans.selectors.alert_lines import AlertLine, alert_lines, plain_money, plain_number
from apps.plans.selectors.figures import Figure, figures_in

# the job that measures plans in force
MEASURING = "plans.monitor_plans"
# what a page draws of a series
MOST_DAYS = 400
# the lower is shown first
_FIRST = {AlertKind.BELOW: 0, AlertKind.DRIFT: 1, AlertKind.UNMEASURED: 2, AlertKind.ABOVE: 3}
SORTS = {"household": "plan__household__name", "found": "opened_on", "amount": "change", "kind": "rank"}


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What the plan's page shows of its nights; there is no chart before there are two days to draw a line between."""

    plan_id: uuid.UUID
    measured_on: dt.date
    success: Figure
    error: Figure
    spending: Figure
    spending_on: dt.date
    wealth: Figure
    guardrails: tuple[Figure, ...]
    spending_at: tuple[Figure, ...]
    chart: ChartSpec | None
    alerts: tuple[AlertLine, ...]

    @property
    def stats(self) -> tuple[tuple[Figure, dt.date], ...]:
        """What stands above the line, each with its day: the chance, what the plan can carry, wealth, guardrails."""
        shown = (self.success, self.spending, self.wealth, *self.guardrails)
        return tuple((each, self.day_of(each)) for each in shown)

    def day_of(self, figure: Figure) -> dt.date:
        """The day a figure was measured on: what the plan can carry is not solved for every night."""
        return self.spending_on if figure.key == self.spending.key else self.measured_on


def monitoring_of(plan: Plan | None, actor: Actor) -> Monitoring | None:
    """Return the nights of a plan with the alerts that stand; None where it was never measured."""
    if plan is None:
        return None
    newest = list(PlanMeasurement.objects.filter(plan=plan).order_by("-day")[:MOST_DAYS])
    monitor = PlanMonitor.objects.filter(plan=plan).first()
    if not newest or monitor is None:
        return None
    last, currency = newest[0], plan.household.currency
    carried = next(((row.spending, row.day) for row in newest if row.spending is not None), None)
    spending, spending_on = carried or (monitor.accepted_spending, _begun(plan, newest))
    rails = ((monitor.below, "below", _("Guardrail below")), (monitor.above, "above", _("Guardrail above")))
    then = (
        (monitor.spending_below, "spending_below", _("Living costs a month below it")),
        (monitor.spending_above, "spending_above", _("Living costs a month above it")),
    )
    alerts = PlanAlert.objects.visible_to(actor).standing().filter(plan=plan).select_related("plan__household")
    return Monitoring(
        plan_id=plan.public_id,
        measured_on=last.day,
        success=Figure(plain_number(last.success), "percent", "measured:success", _("Chance of success now")),
        error=Figure(
            None if last.standard_error is None else plain_number(last.standard_error),
            "percent",
            "measured:error",
            _("Standard error"),
        ),
        spending=Figure(
            None if spending is None else plain_money(spending, currency),
            "money",
            "measured:spending",
            _("Affordable living costs a year in retirement"),
            "whole",
        ),
        spending_on=spending_on,
        wealth=Figure(plain_money(last.wealth, currency), "money", "measured:wealth", _("In all accounts"), "whole"),
        guardrails=tuple(
            Figure(plain_money(value, currency), "money", f"measured:{key}", label, "whole")
            for value, key, label in rails
            if value is not None
        ),
        spending_at=tuple(
            Figure(plain_money(value, currency), "money", f"measured:{key}", label, "whole")
            for value, key, label in then
            if value is not None
        ),
        chart=_chart(plan, monitor, newest),
        alerts=alert_lines(alerts),
    )


def is_being_measured(plan: Plan | None) -> bool:
    """Say whether a measurement of the plan was asked for and has not come to its end."""
    if plan is None or plan.status != PlanStatus.IN_FORCE:
        return False
    asked = {"arguments__again": True, "arguments__plan_ids__contains": [plan.pk]}
    return Job.objects.filter(name=MEASURING, state__in=[JobState.QUEUED, JobState.RUNNING], **asked).exists()


def _begun(plan: Plan, newest: list[PlanMeasurement]) -> dt.date:
    """The day since which the plan is in force."""
    return timezone.localdate(plan.in_force_at) if plan.in_force_at else newest[-1].day


def _chart(plan: Plan, monitor: PlanMonitor, newest: list[PlanMeasurement]) -> ChartSpec | None:
    begun = _begun(plan, newest)
    rows = [(row.day, plain_number(row.success)) for row in reversed(newest)]
    if rows[0][0] > begun:
        rows.insert(0, (begun, plain_number(monitor.accepted_success)))
    if len(rows) < 2:
        return None
    count, then = round(100 * rows[-1][1]), round(100 * plain_number(monitor.accepted_success))
    return ChartSpec(
        kind="lines",
        title=_("Your plan since it was accepted: %(now)s of 100 futures succeed, %(then)s when it was accepted")
        % {"now": count, "then": then},
        unit=_("Chance of success"),
        format="percent",
        as_of=newest[0].day.isoformat(),
        note=_("simulated returns"),
        x={"label": _("Day"), "values": [day.isoformat() for day, _success in rows]},
        series=[{"name": _("Chance of success"), "values": [success for _day, success in rows], "meaning": "main"}],
        lines=[
            Line(
                y=plain_number(plan.target_success),
                label=_("Aimed for: %(share)s") % {"share": formats.percent_text(plan.target_success, 0)},
            )
        ],
    )


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """What a person asks of the list."""

    kind: str = ""
    state: str = ""
    text: str = ""
    sort: str = ""


def alert_list(actor: Actor, asked: AlertFilter) -> QuerySet[PlanAlert]:
    """Return alerts of households the actor may see: the standing ones, or those that are over; the gravest first."""
    rows = PlanAlert.objects.visible_to(actor).select_related("plan__household__advisor", "draft")
    if asked.state == "over":
        rows = rows.exclude(state__in=[AlertState.OPEN, AlertState.ACKNOWLEDGED])
    else:
        rows = rows.standing()
    if asked.kind in AlertKind.values:
        rows = rows.filter(kind=asked.kind)
    if asked.text:
        rows = rows.filter(plan__household__name__icontains=asked.text)
    ranks = [When(kind=kind, then=Value(rank)) for kind, rank in _FIRST.items()]
    rows = rows.annotate(rank=Case(*ranks, output_field=IntegerField()))
    field = SORTS.get(asked.sort.removeprefix("-"))
    order = ("rank", "change", "-opened_on") if field is None else (f"-{field}" if "-" in asked.sort else field,)
    return rows.order_by(*order, "pk")


def alert_for(actor: Actor, public_id: uuid.UUID | str) -> PlanAlert:
    """Return an alert the actor may see. Raises NotFoundError."""
    found = PlanAlert.objects.visible_to(actor).select_related("plan__household__advisor").filter(public_id=public_id)
    row = found.first()
    if row is None:
        raise NotFoundError(
            gettext_noop("There is no such alert, or its household is not assigned to you."),
            mend=gettext_noop("Its advisor or a principal can assign the household."),
        )
    return row


_METHODS = {
    "success": gettext_lazy(
        "The plan run again on the day's facts: on all futures where it moved, else what was last told and what the "
        "first futures changed since."
    ),
    "error": gettext_lazy(
        "The spread between independent scrambles of the futures, divided by the root of their number."
    ),
    "wealth": gettext_lazy("The balances of all accounts that the plan counts, on the day."),
    "guardrail": gettext_lazy(
        "The wealth at which the accepted plan's chance is at the bound that the firm has set: found by trying "
        "multiples of all accounts on the same futures."
    ),
    "spending": gettext_lazy(
        "The highest living costs in retirement, in money of today, at which the plan reaches its target; a change is "
        "the difference of two such solves on the same futures."
    ),
    "part": gettext_lazy(
        "The causes are replayed one after the other on the same futures; a part is the difference of two runs, and "
        "all parts add up to the whole."
    ),
    "months": gettext_lazy("The shortest delay of retirement that reaches the target, on the same futures."),
}


@dataclass(frozen=True, slots=True)
class ToldFigure:
    """A figure of the nights with its origin."""

    figure: Figure
    method: str
    as_of: dt.date
    facts: tuple[tuple[str, str], ...]


def told_figure(plan: Plan, actor: Actor, key: str) -> ToldFigure | None:
    """Return a figure of the plan's nights or alerts by its key, with how it was made; None where there is none."""
    if key.startswith("alert:"):
        return _of_alert(plan, actor, key)
    found = monitoring_of(plan, actor)
    figure = next((each for each in figures_in(found) if each.key == key), None)
    if found is None or figure is None:
        return None
    day = found.day_of(figure)
    last = PlanMeasurement.objects.filter(plan=plan, day=day).first()
    facts = [(_("Plan"), str(plan.version)), (_("Measured on"), day.isoformat())]
    if last is not None:
        facts += [(_("Futures"), str(last.n_paths)), (_("Inputs (SHA-256)"), last.input_digest)]
    return ToldFigure(figure, _method(key), day, tuple(facts))


def _of_alert(plan: Plan, actor: Actor, key: str) -> ToldFigure | None:
    told = key.split(":")[1]
    rows = PlanAlert.objects.visible_to(actor).filter(plan=plan).select_related("plan__household")
    try:
        alert = rows.filter(public_id=uuid.UUID(told)).first()
    except ValueError:
        alert = None
    figure = next((each for each in figures_in(alert_lines([alert] if alert else [])) if each.key == key), None)
    if alert is None or figure is None:
        return None
    facts = ((_("Plan"), str(plan.version)), (_("Found on"), alert.opened_on.isoformat()))
    return ToldFigure(figure, _method(key), alert.opened_on, facts)


def _method(key: str) -> str:
    """Return how a figure is made, by the last part of its key."""
    last = key.rpartition(":")[2]
    if key.count(":") == 3 and last in {"success", "spending"} and not key.rpartition(":")[0].endswith(":total"):
        return str(_METHODS["part"])
    if "spending" in last or last.startswith("amount"):
        return str(_METHODS["spending"])
    name = last.partition("__")[0]
    named = {"below": "guardrail", "above": "guardrail"}.get(name, name)
    return str(_METHODS.get(named, _METHODS["success"]))
