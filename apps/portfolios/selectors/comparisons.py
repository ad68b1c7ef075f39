"""Returns beside their benchmark, and the charts of both: the same sheet for page, portal, paper and API."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext
from numpy.typing import NDArray

from apps.core.templatetags.charts import ChartSpec
from apps.core.templatetags.formats import date_text, percent_text
from apps.kernel.dates import DateSpan
from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.drawdowns import Drawdown, drawdown_series
from apps.portfolios.engine.performance import FeeBasis, Span, daily_earnings
from apps.portfolios.engine.risk_figures import NO_BENCHMARK, Frequency, Observations, deepest_fall
from apps.portfolios.selectors.benchmarks import BenchmarkDays, portfolio_benchmark
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance import ONE_DAY, PerformanceSheet
from apps.portfolios.selectors.performance_pages import CHART_POINTS

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One period: the return net of fees, that of the benchmark, and the first less the second."""

    span: Span
    label: str
    first_day: dt.date
    net: Computed
    benchmark: Computed
    difference: Computed


@dataclass(frozen=True, slots=True)
class Comparison:
    """A sheet beside its benchmark. `daily` (n_days,) are net returns of the days from the inception on."""

    sheet: PerformanceSheet
    benchmark: BenchmarkDays | None
    daily: Array
    lines: tuple[ComparedLine, ...]

    def line(self, span: str) -> ComparedLine | None:
        """Return the line of a span, or None."""
        return next((line for line in self.lines if line.span == span), None)

    @property
    def fall(self) -> Drawdown | None:
        """The deepest fall from a peak since the beginning, by daily closes; None when there was none."""
        if self.sheet.inception is None:
            return None
        before = self.sheet.inception - ONE_DAY
        ends = tuple(before + n * ONE_DAY for n in range(self.daily.size + 1))
        return deepest_fall(Observations(Frequency.DAILY, ends, self.daily, None, None))


def compared(owner: PortfolioOwner, sheet: PerformanceSheet) -> Comparison:
    """Put the owner's benchmark beside its sheet: on the same days, in the same currency."""
    if sheet.record is None or sheet.inception is None:
        return Comparison(sheet, None, np.zeros(0), ())
    span = DateSpan(sheet.inception, sheet.as_of)
    days = portfolio_benchmark(owner.household, owner.account, span, sheet.currency)
    part = sheet.record.between(span.first, span.last)
    daily = daily_earnings(part, sheet.timing, FeeBasis.NET).returns
    lines = tuple(
        _line(line.span, line.label, line.first_day, line.figures.net, days, sheet.as_of)
        for line in sheet.lines
        if line.figures is not None
    )
    return Comparison(sheet, days, daily, lines)


def _line(
    span: Span, label: str, first: dt.date, net: Computed, days: BenchmarkDays | None, as_of: dt.date
) -> ComparedLine:
    theirs = benchmark_return(days, first, as_of)
    if net.value is None or theirs.value is None:
        apart = Computed(None, theirs.reason or net.reason)
    else:
        apart = Computed(net.value - theirs.value)
    return ComparedLine(span, label, first, net, theirs, apart)


def benchmark_return(days: BenchmarkDays | None, first: dt.date, last: dt.date) -> Computed:
    """Return what the benchmark earned over a period; None with the reason where a day of it has no return."""
    if days is None:
        return Computed(None, NO_BENCHMARK)
    reason = days.gap_within(first, last)
    if reason:
        return Computed(None, reason)
    found = days.between(first, last)
    return Computed(None, NO_BENCHMARK) if np.isnan(found).any() else Computed(float(np.prod(1 + found)) - 1)


def growth_beside_spec(found: Comparison) -> ChartSpec | None:
    """Specify the chart of the net return since the beginning, with the benchmark's where it covers all days."""
    sheet = found.sheet
    if sheet.inception is None or found.daily.size < 2:
        return None
    ours = np.cumprod(1 + found.daily) - 1
    shown = _shown(ours.size)
    line = found.line(Span.INCEPTION)
    series = [{"name": gettext("Return"), "values": ours[shown].tolist(), "meaning": "main"}]
    title = gettext("%(total)s net of fees since %(day)s") % {
        "total": percent_text(float(ours[-1])),
        "day": date_text(sheet.inception),
    }
    if found.benchmark is not None and line is not None and line.benchmark.value is not None:
        theirs = np.cumprod(1 + found.benchmark.between(sheet.inception, sheet.as_of)) - 1
        name = found.benchmark.name
        series.append({"name": name, "values": theirs[shown].tolist(), "meaning": "benchmark", "style": "dashed"})
        title = gettext("%(total)s net of fees since %(day)s, %(name)s %(other)s") % {
            "total": percent_text(float(ours[-1])),
            "day": date_text(sheet.inception),
            "name": name,
            "other": percent_text(line.benchmark.value),
        }
    return _spec(found, title, gettext("time-weighted return since the beginning"), series, shown)


def drawdown_spec(found: Comparison) -> ChartSpec | None:
    """Specify the chart of how far the value stood below its peak, with the benchmark's where it covers all days."""
    sheet = found.sheet
    if sheet.inception is None or found.daily.size < 2:
        return None
    depths = drawdown_series(np.maximum(found.daily, -1))
    shown = _shown(depths.size)
    series = [{"name": gettext("Below the peak"), "values": depths[shown].tolist(), "meaning": "loss", "style": "area"}]
    line = found.line(Span.INCEPTION)
    if found.benchmark is not None and line is not None and line.benchmark.value is not None:
        theirs = drawdown_series(found.benchmark.between(sheet.inception, sheet.as_of))
        name = found.benchmark.name
        series.append({"name": name, "values": theirs[shown].tolist(), "meaning": "benchmark", "style": "dashed"})
    title = gettext("At worst %(depth)s below its peak") % {"depth": percent_text(abs(float(depths.min())))}
    return _spec(found, title, gettext("value against its highest so far, net of fees"), series, shown)


def _shown(n: int) -> NDArray[np.intp]:
    step = max(1, n // CHART_POINTS)
    return np.arange(n)[::-1][::step][::-1]


def _spec(found: Comparison, title: str, unit: str, series: list, shown: NDArray[np.intp]) -> ChartSpec:  # type: ignore[type-arg]
    sheet = found.sheet
    first = sheet.inception or sheet.as_of
    note = ""
    if sheet.simulation:
        note = gettext("Prices after %(day)s are simulated.") % {"day": date_text(sheet.simulation.simulated_from)}
    return ChartSpec(
        kind="lines",
        title=title,
        unit=unit,
        format="percent",
        as_of=sheet.as_of.isoformat(),
        note=note,
        x={"label": gettext("Day"), "values": [(first + int(n) * ONE_DAY).isoformat() for n in shown]},
        series=series,
    )
