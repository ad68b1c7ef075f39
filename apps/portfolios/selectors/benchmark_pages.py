"""A benchmark as its page shows it: its parts by date, what it returned, and where each figure comes from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.charts import ChartSpec
from apps.core.templatetags.formats import date_text, percent_text
from apps.kernel.dates import DateSpan
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.performance import Span, first_day_of
from apps.portfolios.models import Benchmark, BenchmarkPart, BenchmarkVersion, ModelVersion
from apps.portfolios.policies import place_of
from apps.portfolios.selectors.benchmarks import BenchmarkDays, benchmark_returns
from apps.portfolios.selectors.compared_passports import benchmark_notes
from apps.portfolios.selectors.comparisons import benchmark_return
from apps.portfolios.selectors.performance import ONE_DAY, SPANS
from apps.portfolios.selectors.performance_pages import CHART_POINTS
from apps.portfolios.selectors.targets import versions_on

# how far back a page looks
REACH_YEARS = 5
_SHOWN = (Span.MONTH, Span.QUARTER, Span.YEAR, Span.ONE_YEAR, Span.THREE_YEARS, Span.FIVE_YEARS)


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version with its parts."""

    version: BenchmarkVersion
    parts: tuple[BenchmarkPart, ...]


@dataclass(frozen=True, slots=True)
class BenchmarkLine:
    """What a benchmark returned over a period."""

    span: Span
    label: str
    first_day: dt.date
    figure: Computed


@dataclass(frozen=True, slots=True)
class BenchmarkPage:
    """A benchmark up to a day; `days` reach five years back, or to its first version; `models` name it on the day."""

    benchmark: Benchmark
    as_of: dt.date
    versions: tuple[VersionView, ...]
    lines: tuple[BenchmarkLine, ...]
    days: BenchmarkDays | None
    growth: ChartSpec | None
    models: tuple[ModelVersion, ...]


def benchmark_page(benchmark: Benchmark, as_of: dt.date) -> BenchmarkPage:
    """Return a benchmark with its versions and its returns up to the day."""
    versions = tuple(VersionView(version, tuple(version.parts.all())) for version in benchmark.versions.all())
    reach = first_day_of(Span.FIVE_YEARS, as_of, as_of)
    first = max(reach, min((each.version.starts_on for each in versions), default=as_of))
    if not versions or first > as_of:
        return BenchmarkPage(benchmark, as_of, versions, (), None, None, _models(benchmark, as_of))
    days = benchmark_returns(benchmark, DateSpan(first, as_of), benchmark.currency)
    lines = tuple(_line(days, span, as_of) for span in _SHOWN)
    return BenchmarkPage(benchmark, as_of, versions, lines, days, _growth(days), _models(benchmark, as_of))


def _models(benchmark: Benchmark, day: dt.date) -> tuple[ModelVersion, ...]:
    named = ModelVersion.objects.filter(benchmark=benchmark).values_list("model_id", flat=True).distinct()
    found = [version for version in versions_on(named, day).values() if version.benchmark_id == benchmark.pk]
    return tuple(sorted(found, key=lambda version: version.model.name))


def _line(days: BenchmarkDays, span: Span, as_of: dt.date) -> BenchmarkLine:
    first = first_day_of(span, as_of, days.span.first)
    if first < days.span.first:
        figure = Computed(None, gettext("The benchmark is younger than the period."))
    else:
        figure = benchmark_return(days, first, as_of)
    return BenchmarkLine(span, str(SPANS[span]), first, figure)


def _growth(days: BenchmarkDays) -> ChartSpec | None:
    if np.isnan(days.returns).any() or days.returns.size < 2:
        return None
    grown = np.cumprod(1 + days.returns) - 1
    step = max(1, grown.size // CHART_POINTS)
    shown = np.arange(grown.size)[::-1][::step][::-1]
    said = {"total": percent_text(float(grown[-1])), "day": date_text(days.span.first)}
    return ChartSpec(
        kind="lines",
        title=gettext("%(total)s since %(day)s") % said,
        unit=gettext("return of the benchmark"),
        format="percent",
        as_of=days.span.last.isoformat(),
        note=_simulated(days),
        x={
            "label": gettext("Day"),
            "values": [(days.span.first + int(n) * ONE_DAY).isoformat() for n in shown],
        },
        series=[{"name": days.name, "values": grown[shown].tolist(), "meaning": "benchmark"}],
    )


def _simulated(days: BenchmarkDays) -> str:
    if days.simulated_from is None:
        return ""
    return gettext("Prices after %(day)s are simulated.") % {"day": date_text(days.simulated_from)}


def benchmark_passport(page: BenchmarkPage, figure: str) -> Passport:
    """Return the passport of a return (`one_year`), of the whole page's span (`all`), or of a version's weights.

    The weights of a version are named `weights-` and its number from the newest. Raises NotFoundError for another.
    """
    name, _dash, told = figure.partition("-")
    place = place_of(told) or 0
    if name == "weights" and 1 <= place <= len(page.versions):
        return _weights(page, page.versions[place - 1])
    line = next((line for line in page.lines if line.span == figure), None)
    value = line.figure.value if line else None
    if figure == "all" and page.days is not None:
        value = float(np.prod(1 + page.days.returns)) - 1
    if value is None or page.days is None or np.isnan(value):
        raise NotFoundError(gettext_noop("There is no such figure."))
    first = line.first_day if line else page.days.span.first
    return Passport(
        title=f"{page.benchmark.name}: {line.label if line else gettext('Return')}",
        value=Amount(value, "percent", "2"),
        method=gettext(
            "Daily returns of the parts, weighted by what each was worth that morning, linked over the period."
        ),
        as_of=page.as_of,
        source=gettext("Closing prices of the securities master, from %(day)s") % {"day": date_text(first)},
        basis=gettext("A benchmark has no fees, no costs of trading and no taxes."),
        version=ENGINE_VERSION,
        lines=tuple(_part_line(part) for part in page.versions[0].parts),
        notes=tuple(benchmark_notes(page.days)),
    )


def _part_line(part: BenchmarkPart) -> PassportLine:
    return PassportLine(part.symbol, part.name, Amount(part.weight, "percent", "2", part.version.starts_on))


def _weights(page: BenchmarkPage, shown: VersionView) -> Passport:
    version = shown.version
    return Passport(
        title=f"{page.benchmark.name}: {gettext('Weights')}",
        value=Amount(sum(part.weight for part in shown.parts), "percent", "2"),
        method=gettext("The weights as the firm wrote them; together they are the whole."),
        as_of=version.starts_on,
        source=gettext("Written by %(who)s") % {"who": version.defined_by},
        lines=tuple(_part_line(part) for part in shown.parts),
    )
