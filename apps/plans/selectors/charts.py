"""Charts of a plan as specifications: drawn by the page on screen and by `core.paper_charts` on paper."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

from apps.core.templatetags import formats
from apps.core.templatetags.charts import Band, ChartSpec, Flow, Frame, Line, Marker
from apps.plans.selectors.fans import readable
from apps.plans.selectors.overview_parts import FlowLine
from apps.plans.selectors.overviews import PlanOverview
from apps.plans.selectors.report_parts import TaxLine

# places of PERCENTILES (5, 10, 25, 50, 75, 90, 95)
_P5, _P10, _P25, _P50, _P75, _P90, _P95 = range(7)
# even steps, so that the curve has its shape on an axis of names
_FRONTIER_STEPS = 41


def wealth_chart(overview: PlanOverview) -> ChartSpec:
    """Fan of wealth in money of today, with the steady path and the goals."""
    years = overview.years
    in_hundred = round(100 * (overview.success.number or 0.0))

    def rows(place: int) -> list[float]:
        return [line.real[place] for line in years]

    markers = [
        Marker(x=goal.starts_in, label=goal.name, met=goal.met)
        for goal in overview.goals
        if goal.starts_in is not None and years[0].calendar_year <= goal.starts_in <= years[-1].calendar_year
    ]
    return readable(
        ChartSpec(
            kind="fan",
            title=_("The essential goals are met to the age of %(age)s in %(count)s of 100 futures")
            % {"age": overview.horizon_age, "count": in_hundred},
            unit=_("Wealth in %(currency)s of today") % {"currency": overview.currency},
            format="money",
            currency=overview.currency,
            as_of=overview.as_of.isoformat(),
            note=_("simulated returns"),
            x={"label": _("Year"), "values": [line.calendar_year for line in years]},
            series=[
                {"name": _("Middle future"), "values": list(rows(_P50)), "meaning": "main"},
                {
                    "name": _("Steady returns"),
                    "values": [line.steady_real for line in years],
                    "meaning": "target",
                    "style": "dashed",
                },
            ],
            bands=[
                Band(name=_("90 of 100 futures"), low=rows(_P5), high=rows(_P95)),
                Band(name=_("50 of 100 futures"), low=rows(_P25), high=rows(_P75)),
            ],
            markers=markers,
        )
    )


def cash_flow_chart(overview: PlanOverview) -> ChartSpec:
    """Where each year's money comes from and goes to, on the expected path (nominal)."""
    first, last = overview.flows[0], overview.flows[-1]
    return ChartSpec(
        kind="sankey",
        title=_("Where the money comes from and goes, %(first)s to %(last)s")
        % {"first": first.calendar_year, "last": last.calendar_year},
        unit=_("%(currency)s of each year, steady returns") % {"currency": overview.currency},
        format="money",
        currency=overview.currency,
        as_of=overview.as_of.isoformat(),
        frames=[_frame(line) for line in overview.flows],
        meanings=_flow_meanings(),
    )


def year_flow_chart(overview: PlanOverview, line: FlowLine) -> ChartSpec:
    """Where one year's money comes from and goes to: a still picture of the cash flow, for paper."""
    gone = sum(getattr(line, name).number or 0.0 for name in ("spending", "goals", "debts", "taxes", "medicare"))
    return ChartSpec(
        kind="sankey",
        title=_("%(year)s: %(amount)s are spent, taxes included")
        % {"year": line.calendar_year, "amount": formats.money_text(gone, overview.currency, "whole")},
        unit=_("%(currency)s of that year, steady returns") % {"currency": overview.currency},
        format="money",
        currency=overview.currency,
        as_of=overview.as_of.isoformat(),
        frames=[_frame(line)],
        meanings=_flow_meanings(),
    )


def tax_chart(overview: PlanOverview, taxes: Sequence[TaxLine]) -> ChartSpec:
    """Federal and state taxes and Medicare by income, stacked, year by year on the expected path (nominal)."""

    def values(name: str) -> list[float | None]:
        return [getattr(line, name).number for line in taxes]

    most = max(taxes, key=lambda line: line.share.number or 0.0)
    return ChartSpec(
        kind="bars",
        title=_("Taxes weigh most in %(year)s: %(share)s of all money in")
        % {"year": most.calendar_year, "share": most.share.text},
        unit=_("%(currency)s of each year, steady returns") % {"currency": overview.currency},
        format="money",
        currency=overview.currency,
        as_of=overview.as_of.isoformat(),
        x={"label": _("Year"), "values": [line.calendar_year for line in taxes]},
        series=[
            {"name": _("Federal taxes"), "values": values("federal"), "meaning": "tax", "stack": "tax"},
            {"name": _("State taxes"), "values": values("state"), "meaning": "spending", "stack": "tax"},
            {"name": _("Medicare by income"), "values": values("medicare"), "meaning": "bond", "stack": "tax"},
        ],
    )


def _flow_meanings() -> dict[str, str]:
    """The colours of the places that money comes from and goes to."""
    return {
        _("Household"): "target",
        _("Salaries"): "wages",
        _("Social Security"): "social_security",
        _("Other income"): "pension",
        _("Withdrawn"): "withdrawal",
        _("Missing"): "debt",
        _("Living costs"): "spending",
        _("Goals"): "pension",
        _("Debt payments"): "cash",
        _("Taxes"): "tax",
        _("Medicare by income"): "bond",
        _("Saved"): "contribution",
        _("Spent besides"): "cash",
    }


def income_chart(overview: PlanOverview) -> ChartSpec:
    """Sources of each year's money, stacked, against what is spent: the same years on paper, where nothing slides."""
    flows = overview.flows

    def values(name: str) -> list[float | None]:
        return [getattr(line, name).number for line in flows]

    spent: list[float | None] = [
        sum(getattr(line, name).number or 0.0 for name in ("spending", "goals", "debts", "taxes", "medicare"))
        for line in flows
    ]
    return ChartSpec(
        kind="bars",
        title=_("Salaries carry the first years, savings and benefits the later ones"),
        unit=_("%(currency)s of each year, steady returns") % {"currency": overview.currency},
        format="money",
        currency=overview.currency,
        as_of=overview.as_of.isoformat(),
        x={"label": _("Year"), "values": [line.calendar_year for line in flows]},
        series=[
            {"name": _("Salaries"), "values": values("wages"), "meaning": "wages", "stack": "in"},
            {
                "name": _("Social Security"),
                "values": values("social_security"),
                "meaning": "social_security",
                "stack": "in",
            },
            {"name": _("Other income"), "values": values("other_income"), "meaning": "pension", "stack": "in"},
            {"name": _("Withdrawn"), "values": values("withdrawals"), "meaning": "withdrawal", "stack": "in"},
            {"name": _("Spent and taxes"), "values": spent, "meaning": "target", "style": "line"},
        ],
    )


def allocation_chart(overview: PlanOverview) -> ChartSpec | None:
    """What is held and what is advised, by class; None where nothing is invested."""
    part = overview.allocation
    if part is None:
        return None
    series = [{"name": _("Today"), "values": [line.now.number for line in part.lines], "meaning": "base"}]
    if part.return_then.value is not None:
        series.append({"name": _("Advised"), "values": [line.then.number for line in part.lines], "meaning": "target"})
    return ChartSpec(
        kind="allocation",
        title=_allocation_title(overview),
        unit=_("Part of what is invested"),
        format="percent",
        as_of=overview.as_of.isoformat(),
        x={"label": _("Class"), "values": [line.name for line in part.lines]},
        series=series,  # type: ignore[typeddict-item]
    )


def frontier_chart(overview: PlanOverview) -> ChartSpec | None:
    """The best return for each swing, with today's and the advised mix; None without a risk limit."""
    part = overview.allocation
    if part is None or not part.frontier:
        return None
    low, high = part.frontier[0][0], part.frontier[-1][0]
    swings = [low + (high - low) * step / (_FRONTIER_STEPS - 1) for step in range(_FRONTIER_STEPS)]
    names = [formats.percent_text(swing) for swing in swings]
    best: list[float | None] = [_best_at(swing, part.frontier) for swing in swings]
    marked = [(part.volatility_now.number, _("Today's swing")), (part.volatility_then.number, _("Advised"))]
    markers = [
        Marker(x=names[min(range(_FRONTIER_STEPS), key=lambda place: abs(swings[place] - at))], label=label)
        for at, label in marked
        if at is not None and low <= at <= high * 1.001
    ]
    return ChartSpec(
        kind="lines",
        title=_("The best expected return for each swing, and where you stand"),
        unit=_("Expected return a year against the swing in an ordinary year"),
        format="percent",
        as_of=overview.as_of.isoformat(),
        x={"label": _("Swing"), "values": names},
        series=[{"name": _("Best mixes"), "values": best, "meaning": "main"}],
        lines=[Line(y=part.return_now.number, label=_("Today's expected return"))] if part.return_now.number else [],
        markers=markers,
    )


def _best_at(swing: float, frontier: tuple[tuple[float, float], ...]) -> float:
    """The best expected return at a swing, straight between the computed points."""
    for (left, low), (right, high) in pairwise(frontier):
        if swing <= right and right > left:
            return low + (high - low) * max(0.0, swing - left) / (right - left)
    return frontier[-1][1]


def _allocation_title(overview: PlanOverview) -> str:
    part = overview.allocation
    if part is None or part.return_then.value is None:
        return _("What you hold today")
    if (part.equity_now.number or 0.0) > (part.equity_limit.number or 0.0) + 1e-4:
        return _("You hold more equities than your risk level allows")
    return _("What you hold, and the best mix within your risk level")


def _frame(line: FlowLine) -> Frame:
    """One year's flows through the household's purse; amounts under one are left out."""
    purse = _("Household")
    into = [
        (line.wages, _("Salaries")),
        (line.social_security, _("Social Security")),
        (line.other_income, _("Other income")),
        (line.withdrawals, _("Withdrawn")),
        (line.shortfall, _("Missing")),
    ]
    out = [
        (line.spending, _("Living costs")),
        (line.goals, _("Goals")),
        (line.debts, _("Debt payments")),
        (line.taxes, _("Taxes")),
        (line.medicare, _("Medicare by income")),
        (line.saved, _("Saved")),
    ]
    flows = [Flow(source=name, target=purse, value=figure.number or 0.0) for figure, name in into]
    flows += [Flow(source=purse, target=name, value=figure.number or 0.0) for figure, name in out]
    flows.append(Flow(source=purse, target=_("Spent besides"), value=line.unplanned))
    return Frame(label=str(line.calendar_year), flows=[flow for flow in flows if flow["value"] >= 1.0])
