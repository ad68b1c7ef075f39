"""The quarter's report of a household on paper: the figures of the page, drawn in its language and the firm's brand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from apps.accounts.models import FirmProfile
from apps.accounts.selectors.letterheads import letterhead
from apps.clients.selectors.languages import language_of
from apps.core.paper import render_pdf
from apps.core.paper_charts import as_address, drawn
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import DomainError, gettext_noop
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.performance import PeriodFigures, Span
from apps.portfolios.models import PerformanceReport, ReportBatch
from apps.portfolios.selectors.charts import allocation_spec
from apps.portfolios.selectors.comparisons import compared, growth_beside_spec
from apps.portfolios.selectors.effects import effect_sheet
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance import PerformanceSheet, SpanLine
from apps.portfolios.selectors.performance_pages import HouseholdPerformance, household_performance
from apps.portfolios.selectors.performance_reports import ReportedPeriod
from apps.portfolios.selectors.portfolios import managed_portfolio
from apps.portfolios.selectors.reports import reported_figures
from apps.portfolios.selectors.security_days import security_days
from apps.portfolios.selectors.sleeves import sleeve_sheet

# inches: growth, mix and the tables of both fit on two pages
_GROWTH, _MIX = 2.4, 2.0


class ReportNotPossibleError(DomainError):
    """The household's figures of the period cannot be stated."""

    code = "report_not_possible"


@dataclass(frozen=True, slots=True)
class ReportPaper:
    """A drawn report: what it is called, its bytes, and the figures that it says."""

    title: str
    filename: str
    content: bytes
    figures: dict[str, Any]


def report_paper(report: PerformanceReport) -> ReportPaper:
    """Draw the report as the ledger stands at `report.known_at`.

    Raises ReportNotPossibleError where a holding has no price or nothing was in the accounts, PaperUnavailableError.
    """
    batch, household = report.batch, report.household
    with translation.override(language_of(household)):
        found = household_performance(household, batch.last_day, report.known_at)
        _demand_figures(batch, found)
        title = _title(report)
        content = render_pdf("_pdf/portfolios/performance_report.html", _context(report, found, title))
    return ReportPaper(
        title=title,
        filename=f"performance-{batch.last_day:%Y-%m-%d}{'-restated' if report.restated_because else ''}.pdf",
        content=content,
        figures=reported_figures(found.sheet),
    )


def _title(report: PerformanceReport) -> str:
    day = date_text(report.batch.last_day)
    if report.restated_because:
        return gettext("Performance report to %(day)s, restated") % {"day": day}
    return gettext("Performance report to %(day)s") % {"day": day}


def _demand_figures(batch: ReportBatch, found: HouseholdPerformance) -> None:
    sheet = found.sheet
    if sheet.unpriced:
        raise ReportNotPossibleError(
            gettext_noop("Without a price on %(day)s: %(names)s."),
            mend=gettext_noop("Give the price by a file of the custodian, then make the report again."),
            day=batch.last_day,
            names=", ".join(sheet.unpriced),
        )
    if _figures(sheet) is None:
        raise ReportNotPossibleError(
            gettext_noop("Nothing was in the accounts up to %(day)s."),
            mend=gettext_noop("Enter what is missing, or leave the household without a report."),
            day=batch.last_day,
        )


def _line(sheet: PerformanceSheet) -> SpanLine | None:
    """The quarter, or what there is of it for a household that came within."""
    whole, since = sheet.line(Span.QUARTER), sheet.line(Span.INCEPTION)
    return whole if whole is not None and whole.figures is not None else since


def _figures(sheet: PerformanceSheet) -> PeriodFigures | None:
    line = _line(sheet)
    return line.figures if line else None


def _parts(owner: PortfolioOwner, sheet: PerformanceSheet, quarter: SpanLine | None) -> dict[str, Any]:
    """What each sleeve earned in the period, and what made the gain."""
    if quarter is None:
        return {}
    days = security_days(owner.accounts, sheet)
    return {
        "sleeves": sleeve_sheet(owner, sheet, quarter.span, days),
        "effects": effect_sheet(owner, sheet, quarter.span, days),
    }


def _context(report: PerformanceReport, found: HouseholdPerformance, title: str) -> dict[str, Any]:
    batch, household = report.batch, report.household
    portfolio = managed_portfolio(household, batch.last_day)
    quarter = _line(found.sheet)
    accent = FirmProfile.current().accent
    owner = PortfolioOwner(household)
    beside = compared(owner, found.sheet)
    specs = {"growth": (growth_beside_spec(beside), _GROWTH), "mix": (allocation_spec(portfolio), _MIX)}
    return {
        **letterhead(title),
        "report": report,
        "batch": batch,
        "household": household,
        "advisor": household.advisor,
        "people": list(household.people.adults()),
        "sheet": found.sheet,
        "quarter": quarter,
        "benchmark": beside.benchmark.name if beside.benchmark is not None else "",
        "periods": [ReportedPeriod(line, beside.line(line.span)) for line in found.sheet.lines if line.figures],
        "money_out": -quarter.figures.money_out if quarter and quarter.figures else None,
        "engine_version": ENGINE_VERSION,
        **_parts(owner, found.sheet, quarter),
        "accounts": found.accounts,
        "portfolio": portfolio,
        "cash_share": portfolio.cash / portfolio.total if portfolio.total else None,
        "charts": {
            name: {"spec": spec, "address": as_address(drawn(spec, accent=accent, height=height))}
            for name, (spec, height) in specs.items()
            if spec is not None
        },
    }
