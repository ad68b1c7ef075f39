"""The plan on paper: the same overview and charts as on the screen."""

from __future__ import annotations

import base64
import datetime as dt
import mimetypes
from functools import cache
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from apps.accounts.models import FirmProfile
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.selectors.languages import language_of
from apps.core.paper import render_pdf
from apps.core.paper_charts import as_address, drawn
from apps.core.templatetags.charts import ChartSpec
from apps.kernel.errors import gettext_noop
from apps.plans.engine.falls import MarketFall, falls_from_mapping
from apps.plans.models import Plan
from apps.plans.selectors import charts
from apps.plans.selectors.figures import money_figure
from apps.plans.selectors.overview_parts import YearLine
from apps.plans.selectors.overviews import PlanOverview
from apps.plans.selectors.reports import PlanReport, plan_report
from apps.plans.services._tables import TAX_TABLES, read_table
from apps.plans.services.errors import NoResultError

# on paper every fifth of the years to come is enough where a chart shows them all
EVERY_YEARS = 5
# inches: the first page holds the whole story; a section's chart and table share a page
HEIGHTS = {"wealth": 2.3, "frontier": 2.3, "taxes": 2.5, "years": 2.75}
LINE_HEIGHT, LEAST_HEIGHT = 0.25, 1.5

FLOW_COLUMNS = (
    (gettext_lazy("Salaries"), "wages"),
    (gettext_lazy("Benefits"), "social_security"),
    (gettext_lazy("Other"), "other_income"),
    (gettext_lazy("Withdrawn"), "withdrawals"),
    (gettext_lazy("Living costs"), "spending"),
    (gettext_lazy("Goals"), "goals"),
    (gettext_lazy("Debts"), "debts"),
    (gettext_lazy("Taxes"), "taxes"),
    (gettext_lazy("Medicare by income"), "medicare"),
    (gettext_lazy("Saved"), "saved"),
    (gettext_lazy("Missing"), "shortfall"),
)


@cache
def great_falls() -> tuple[MarketFall, ...]:
    """Return the falls of the past that a report holds a plan against."""
    return tuple(fall for fall in falls_from_mapping(read_table(TAX_TABLES / "market_falls.toml")) if fall.in_reports)


def report_pdf(plan: Plan) -> bytes:
    """Return the report of the version, in the household's language and the firm's brand.

    Raises NoResultError before the first result, PaperUnavailableError where PDFs cannot be drawn.
    """
    with translation.override(language_of(plan.household)):
        return render_pdf("_pdf/plans/financial_plan.html", report_context(plan))


def report_context(plan: Plan) -> dict[str, Any]:
    """Return what the paper is drawn from, in the language in force. Raises NoResultError before the first result."""
    profile = FirmProfile.current()
    report = plan_report(plan, great_falls(), _drawn_on(plan))
    if report is None:
        raise NoResultError(gettext_noop("The plan has no result to report."), mend=gettext_noop("Generate it first."))
    overview, language = report.overview, translation.get_language() or ""
    return {
        "firm_name": profile.display_name,
        "firm_address": profile.address,
        "logo_url": _logo(profile),
        "brand_accent": profile.accent,
        # paper as it is sold where the language is read and the money spent
        "letter": profile.currency == "USD" and language.startswith("en"),
        "document_title": translation.gettext("Financial plan"),
        "disclosure": overview.disclosures[0],
        "disclosures": overview.disclosures,
        "report": report,
        "overview": overview,
        "advisor": str(plan.household.advisor),
        "years": [_year(line, overview.currency) for line in overview.years if _is_shown(line, overview)],
        "flows": _flow_table(overview),
        "taxes": [line for at, line in enumerate(report.taxes) if at == 0 or line.calendar_year % EVERY_YEARS == 0],
        "charts": _charts(report, profile.accent),
        "year_charts": [
            _drawn(charts.year_flow_chart(overview, line), profile.accent, HEIGHTS["years"]) for line in report.years
        ],
    }


def _drawn_on(plan: Plan) -> dt.date:
    """The day that a paper speaks of: when the version was given to the client, so that it says the same ever after."""
    return timezone.localdate(plan.published_at) if plan.published_at else firm_today()


def wealth_height(lines_below: int) -> float:
    """Return the inches of the first page's chart: lines under the moves take their room from it, not a page."""
    return max(LEAST_HEIGHT, HEIGHTS["wealth"] - LINE_HEIGHT * lines_below)


def _charts(report: PlanReport, accent: str) -> dict[str, dict[str, Any]]:
    overview = report.overview
    specs = {
        "wealth": charts.wealth_chart(overview),
        "taxes": charts.tax_chart(overview, report.taxes),
        "allocation": charts.allocation_chart(overview),
        "frontier": charts.frontier_chart(overview),
    }
    classes = len(overview.allocation.lines) if overview.allocation else 0
    below = len(report.owed) + bool(overview.together and overview.together.effect)
    heights = {**HEIGHTS, "wealth": wealth_height(below), "allocation": 0.6 + 0.3 * classes}
    return {name: _drawn(spec, accent, heights[name]) for name, spec in specs.items() if spec is not None}


def _drawn(spec: ChartSpec, accent: str, height: float) -> dict[str, Any]:
    return {"spec": spec, "address": as_address(drawn(spec, accent=accent, height=height))}


def _flow_table(overview: PlanOverview) -> dict[str, Any]:
    """Every year's cash flow; what never moves has no column."""
    columns = [
        (label, name) for label, name in FLOW_COLUMNS if any(getattr(line, name).number for line in overview.flows)
    ]
    return {
        "heads": [str(label) for label, _name in columns],
        "rows": [(line, [getattr(line, name) for _label, name in columns]) for line in overview.flows],
    }


def _logo(profile: FirmProfile) -> str:
    """Return the firm's logo as an address that paper can read, empty where there is none."""
    if not profile.logo:
        return ""
    kind = mimetypes.guess_type(str(profile.logo))[0] or "image/png"
    with profile.logo.open("rb") as file:
        return f"data:{kind};base64,{base64.b64encode(file.read()).decode()}"


def _is_shown(line: YearLine, overview: PlanOverview) -> bool:
    return line.year % EVERY_YEARS == 0 or line is overview.years[-1]


def _year(line: YearLine, currency: str) -> dict[str, Any]:
    """One row of the table of bands: the outer, the inner and the middle percentiles."""
    shown = [money_figure(line.real[place], currency, f"year:{line.year}:{place}", "") for place in (0, 2, 3, 4, 6)]
    return {"calendar_year": line.calendar_year, "ages": line.ages, "shown": shown}
