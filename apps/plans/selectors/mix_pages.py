"""The page on which an advisor compares mixes and chooses one for the plan."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.templatetags.charts import ChartSpec, Edge, Point
from apps.plans import policies
from apps.plans.engine.mixes import MixKind
from apps.plans.models import Plan
from apps.plans.selectors.mixes import NAMES, MixPart
from apps.plans.selectors.overviews import PlanOverview, plan_overview, plan_shown


@dataclass(frozen=True, slots=True)
class MixPage:
    """The mixes of the version shown; `chosen` is the one that it is computed with next, `is_open`: it may change."""

    plan: Plan | None
    overview: PlanOverview | None
    part: MixPart | None
    chart: ChartSpec | None
    chosen: str
    chosen_name: str
    is_open: bool
    is_running: bool


_MEANINGS = {
    MixKind.PRESENT: "target",
    MixKind.RECOMMENDED: "main",
    MixKind.ROBUST: "international",
    MixKind.LEAST_TAIL: "bond",
    MixKind.RISK_PARITY: "pension",
    MixKind.LEAST_VARIANCE: "spending",
}


def mix_page(household: Household, actor: Actor) -> MixPage:
    """Return the page of the version in the works, else of the newest that counts."""
    plan = plan_shown(household, actor)
    overview = plan_overview(household, actor, plan) if plan is not None else None
    part = overview.mixes if overview is not None else None
    chosen = MixKind(plan.chosen_mix["kind"]) if plan is not None and plan.chosen_mix else MixKind.PRESENT
    newest = plan.runs.select_related("job").first() if plan is not None else None
    return MixPage(
        plan=plan,
        overview=overview,
        part=part,
        chart=_chart(overview, part) if overview is not None and part is not None else None,
        chosen=str(chosen),
        chosen_name=str(NAMES[chosen]),
        is_open=plan is not None and policies.can_change(plan),
        is_running=newest is not None and newest.is_open,
    )


def _chart(overview: PlanOverview, part: MixPart) -> ChartSpec:
    points = [
        Point(
            x=line.volatility.number or 0.0,
            y=line.expected_return.number or 0.0,
            label=line.name,
            meaning=_MEANINGS[MixKind(line.kind)],
        )
        for line in part.lines
    ]
    allowed = part.volatility_limit.number
    return ChartSpec(
        kind="frontier",
        title=_title(part),
        unit=_("Expected return a year against the swing in an ordinary year"),
        format="percent",
        as_of=overview.as_of.isoformat(),
        x={"label": _("Swing"), "values": [swing for swing, _best in part.frontier]},
        series=[{"name": _("Best mixes"), "values": [best for _swing, best in part.frontier], "meaning": "main"}],
        points=points,
        edges=[Edge(x=allowed, label=_("Risk limit"))] if allowed is not None else [],
    )


def _title(part: MixPart) -> str:
    held = next((line for line in part.lines if line.kind == MixKind.PRESENT), None)
    if held is None:
        return _("The best expected return for each swing, and what each rule would hold")
    if not held.keeps_limit:
        return _("Today's mix passes the client's risk limit")
    return _("Today's mix, the best mixes, and what each rule would hold")
