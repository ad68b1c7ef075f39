"""The plan on paper: the same overview and charts as on the screen."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from apps.accounts.models import FirmProfile
from apps.clients.selectors.languages import language_of
from apps.core.actors import Actor
from apps.core.paper import render_pdf
from apps.core.paper_charts import as_address, drawn
from apps.kernel.errors import gettext_noop
from apps.plans.models import Decision, Plan
from apps.plans.selectors import charts
from apps.plans.selectors.figures import money_figure
from apps.plans.selectors.overview_parts import YearLine
from apps.plans.selectors.overviews import PlanOverview, plan_overview
from apps.plans.services.errors import NoResultError

_REPORTER = Actor.system("plans.report")
# on paper every tenth of a life's years is enough, and each year up to the fifth
EVERY_YEARS = 5
# inches: both charts of the investments and their table share a page
HEIGHTS = {"allocation": 2.1, "frontier": 2.3}


def report_pdf(plan: Plan) -> bytes:
    """Return the report of the version, in the household's language and the firm's brand.

    Raises NoResultError before the first result, PaperUnavailableError where PDFs cannot be drawn.
    """
    profile = FirmProfile.current()
    with translation.override(language_of(plan.household)):
        overview = plan_overview(plan.household, _REPORTER, plan)
        if overview is None:
            raise NoResultError(
                gettext_noop("The plan has no result to report."), mend=gettext_noop("Generate it first.")
            )
        return render_pdf("_pdf/plans/financial_plan.html", _context(plan, overview, profile))


def _context(plan: Plan, overview: PlanOverview, profile: FirmProfile) -> dict[str, Any]:
    specs = {
        "wealth": charts.wealth_chart(overview),
        "income": charts.income_chart(overview),
        "allocation": charts.allocation_chart(overview),
        "frontier": charts.frontier_chart(overview),
    }
    title = translation.gettext("Financial plan")
    return {
        "firm_name": profile.display_name,
        "firm_address": profile.address,
        "brand_accent": profile.accent,
        "letter": profile.currency == "USD",
        "document_title": title,
        "disclosure": overview.disclosures[0],
        "disclosures": overview.disclosures,
        "overview": overview,
        "advisor": str(plan.household.advisor),
        "people": list(plan.household.people.all()),
        "advice": [line for line in overview.recommendations if line.decision != Decision.DECLINED],
        "years": [_year(line, overview.currency) for line in overview.years if line.year % EVERY_YEARS == 0],
        "flows": [line for line in overview.flows if line.year == 1 or line.year % EVERY_YEARS == 0],
        "charts": {
            name: {
                "spec": spec,
                "address": as_address(drawn(spec, accent=profile.accent, height=HEIGHTS.get(name, 2.9))),
            }
            for name, spec in specs.items()
            if spec is not None
        },
    }


def _year(line: YearLine, currency: str) -> dict[str, Any]:
    """One row of the table of bands: the outer, the inner and the middle percentiles."""
    shown = [money_figure(line.real[place], currency, f"year:{line.year}:{place}", "") for place in (0, 2, 3, 4, 6)]
    return {"calendar_year": line.calendar_year, "ages": line.ages, "shown": shown}
