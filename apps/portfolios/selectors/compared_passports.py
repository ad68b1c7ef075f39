"""Where a benchmark's return, a difference and a figure of risk come from; other figures of returns are handed on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.market.models import Security
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.drawdowns import Drawdown
from apps.portfolios.engine.risk_figures import LEAST, PERIODS_PER_YEAR, Frequency, Measure
from apps.portfolios.selectors.attribution_passports import attribution_passport, source_passport
from apps.portfolios.selectors.benchmarks import BenchmarkDays
from apps.portfolios.selectors.comparisons import Comparison, compared
from apps.portfolios.selectors.concentration import concentration_passport
from apps.portfolios.selectors.effect_passports import effect_passport
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance import ONE_DAY, PerformanceSheet
from apps.portfolios.selectors.performance_passports import performance_passport
from apps.portfolios.selectors.risk import MEASURES, RATIOS, RiskColumn, RiskSheet, risk_sheet
from apps.portfolios.selectors.sleeve_passports import sleeve_passport

COMPARED = {
    "benchmark": gettext_noop("Return of the benchmark"),
    "difference": gettext_noop("Difference to the benchmark"),
}
_METHODS = {
    "benchmark": gettext_noop(
        "Daily returns of the parts, weighted by what each was worth that morning, linked over the period."
    ),
    "difference": gettext_noop("The return net of fees less the return of the benchmark, over the same days."),
}
_RISK = {
    Measure.VOLATILITY: gettext_noop("Standard deviation of the returns (n − 1), times the root of periods a year."),
    Measure.DOWNSIDE: gettext_noop(
        "Root of the mean squared shortfall below the risk-free rate, over all periods, times the root of periods a "
        "year (Sortino and Price 1994)."
    ),
    Measure.SHARPE: gettext_noop(
        "Mean return above the risk-free rate over its standard deviation (n − 1), times the root of periods a year "
        "(Sharpe 1994)."
    ),
    Measure.SORTINO: gettext_noop("Mean return of a year above the risk-free rate over the downside deviation."),
    Measure.MAX_DRAWDOWN: gettext_noop("The deepest value against its highest before, at the ends of the periods."),
    Measure.VAR: gettext_noop(
        "In 95 of 100 periods the return was no worse than this: the fifth percentile of past returns, interpolated. "
        "A loss is negative. The horizon is one period."
    ),
    Measure.CVAR: gettext_noop(
        "Mean of the returns that were no better than the value at risk. A loss is negative. The horizon is one period."
    ),
    Measure.BETA: gettext_noop("Slope of the returns above the risk-free rate on those of the benchmark."),
    Measure.ALPHA: gettext_noop(
        "Return of a year less the risk-free rate, less beta times the benchmark's return of a year above it "
        "(Jensen 1968)."
    ),
    Measure.TRACKING_ERROR: gettext_noop(
        "Standard deviation (n − 1) of the returns less those of the benchmark, times the root of periods a year."
    ),
    Measure.INFORMATION_RATIO: gettext_noop(
        "Return of a year less that of the benchmark, over the tracking error (Bacon 2008)."
    ),
}
FREQUENCIES = {
    Frequency.DAILY: gettext_noop("Trading days: days on which a security held had a close."),
    Frequency.MONTHLY: gettext_noop("Whole calendar months; a month that has begun is left out."),
}


def figure_passport(owner: PortfolioOwner, sheet: PerformanceSheet, figure: str) -> Passport:
    """Return the passport of `<span>-<figure>` of all that is said of returns. Raises NotFoundError for another."""
    span, _dash, name = figure.partition("-")
    if span == "concentration":
        return concentration_passport(owner, sheet.as_of, figure)
    if name.partition("-")[0] in _OF_LEDGER:
        return _OF_LEDGER[name.partition("-")[0]](owner, sheet, figure)
    measure, _dash, frequency = name.partition("-")
    if measure in set(Measure) and frequency in set(Frequency):
        return _risk_passport(owner, risk_sheet(owner, sheet, Frequency(frequency)), span, Measure(measure))
    if figure == "inception-drawdown":
        return _fall_passport(owner, compared(owner, sheet))
    if name in COMPARED:
        return _compared_passport(owner, compared(owner, sheet), span, name)
    return performance_passport(sheet, owner.name, figure)


_OF_LEDGER = {
    "attribution": attribution_passport,
    "source": source_passport,
    "sleeve": sleeve_passport,
    "effect": effect_passport,
}


def _compared_passport(owner: PortfolioOwner, beside: Comparison, span: str, name: str) -> Passport:
    line, days = beside.line(span), beside.benchmark
    if line is None or days is None or line.benchmark.value is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    figure = line.benchmark if name == "benchmark" else line.difference
    if name == "benchmark":
        lines = tuple(_months(days, line.first_day, beside.sheet.as_of))
    else:
        lines = (
            _linked(gettext("Return net of fees"), line.net.value, beside.sheet.as_of),
            _linked(gettext("Return of the benchmark"), line.benchmark.value, beside.sheet.as_of),
        )
    return Passport(
        title=f"{owner.name}: {gettext(COMPARED[name])}",
        value=Amount(figure.value, "percent", "2"),
        method=gettext(_METHODS[name]),
        as_of=beside.sheet.as_of,
        source=gettext("Closing prices of the securities master; %(name)s") % {"name": days.name},
        basis=gettext("A benchmark has no fees, no costs of trading and no taxes."),
        version=ENGINE_VERSION,
        lines=(*lines, *_parts(days)),
        notes=tuple(benchmark_notes(days)),
    )


def _linked(label: str, value: float | None, day: dt.date) -> PassportLine:
    return PassportLine(label, "", Amount(value, "percent", "2", day))


def _months(days: BenchmarkDays, first: dt.date, last: dt.date) -> Iterator[PassportLine]:
    """Yield the return of each month of the period, the last one first day to last."""
    while first <= last:
        end = min((first.replace(day=28) + 4 * ONE_DAY).replace(day=1) - ONE_DAY, last)
        value = float(np.prod(1 + days.between(first, end))) - 1
        label = date_format(first, "YEAR_MONTH_FORMAT")
        yield PassportLine(label, gettext("linked"), Amount(value, "percent", "2", end))
        first = end + ONE_DAY


def _parts(days: BenchmarkDays) -> Iterator[PassportLine]:
    for part, weight in zip(days.parts, days.weights[-1], strict=True):
        name = part.symbol if isinstance(part, Security) else part.key
        how = gettext("weight on the morning of %(day)s") % {"day": date_text(days.span.last)}
        yield PassportLine(f"{name}, {part.name}", how, Amount(float(weight), "percent", "2", days.span.last))


def benchmark_notes(days: BenchmarkDays) -> Iterator[str]:
    """Yield what must be said with every figure of a benchmark."""
    yield gettext("What the parts distribute is counted by day, at the yield that the market's series say.")
    if days.without_distributions:
        names = ", ".join(days.without_distributions)
        yield gettext("Price alone, since the market does not know what they distribute: %(names)s.") % {"names": names}
    if days.simulated_from:
        yield gettext("Prices after %(day)s are simulated.") % {"day": date_text(days.simulated_from)}


def _risk_passport(owner: PortfolioOwner, found: RiskSheet, span: str, measure: Measure) -> Passport:
    column = found.column(span)
    if column is None or column.figures[measure].value is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    observed, frequency = column.observed, found.frequency
    value = column.figures[measure].value
    kind = Amount(value, "quantity", "2") if measure in RATIOS else Amount(value, "percent", "2")
    n = Amount(observed.returns.size, "count")
    told = [PassportLine(gettext("Observations"), gettext(FREQUENCIES[frequency]), n)]
    told += [
        PassportLine(gettext("Periods a year"), "", Amount(PERIODS_PER_YEAR[frequency], "count")),
        PassportLine(gettext("Observations needed"), "", Amount(LEAST[frequency], "count")),
    ]
    if column.fall is not None and measure is Measure.MAX_DRAWDOWN:
        told += _fall_lines(column.fall)
    return Passport(
        title=f"{owner.name}: {MEASURES[measure]}",
        value=kind,
        method=gettext(_RISK[measure]),
        as_of=found.sheet.as_of,
        source=gettext("Daily returns net of fees, from %(first)s to %(last)s")
        % {"first": date_text(observed.ends[0] + ONE_DAY), "last": date_text(observed.ends[-1])},
        basis=gettext("After the costs of trading and the advisory fee, before taxes."),
        version=ENGINE_VERSION,
        lines=(*told, *_observation_lines(column)),
        notes=tuple(_risk_notes(found)),
    )


def _fall_passport(owner: PortfolioOwner, beside: Comparison) -> Passport:
    fall = beside.fall
    if fall is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    return Passport(
        title=f"{owner.name}: {MEASURES[Measure.MAX_DRAWDOWN]}",
        value=Amount(fall.depth, "percent", "2"),
        method=gettext("Value at the close of each day against its highest before, by linked returns net of fees."),
        as_of=beside.sheet.as_of,
        source=gettext("Daily returns net of fees, from %(first)s to %(last)s")
        % {"first": date_text(beside.lines[-1].first_day), "last": date_text(beside.sheet.as_of)},
        basis=gettext("After the costs of trading and the advisory fee, before taxes."),
        version=ENGINE_VERSION,
        lines=tuple(_fall_lines(fall)),
    )


def _fall_lines(fall: Drawdown) -> Iterator[PassportLine]:
    yield PassportLine(gettext("Peak"), date_text(fall.peak), None)
    yield PassportLine(gettext("Trough"), date_text(fall.trough), None)
    back = date_text(fall.recovered) if fall.recovered else gettext("not yet")
    yield PassportLine(gettext("Back at the peak"), back, None)


def _observation_lines(column: RiskColumn) -> Iterator[PassportLine]:
    """Yield the last observations, up to a year of months or a month of days."""
    observed = column.observed
    shown = min(observed.returns.size, 12 if observed.frequency is Frequency.MONTHLY else 21)
    start = observed.returns.size - shown
    for place in range(start, observed.returns.size):
        parts = [("benchmark", observed.benchmark), ("free", observed.risk_free)]
        amounts = tuple(
            (gettext("Benchmark") if name == "benchmark" else gettext("Risk-free"), _percent(float(series[place])))
            for name, series in parts
            if series is not None
        )
        day = observed.ends[place + 1]
        yield PassportLine(date_text(day), gettext("return"), _percent(float(observed.returns[place]), day), amounts)


def _percent(value: float, day: dt.date | None = None) -> Amount:
    return Amount(value, "percent", "2", day)


def _risk_notes(found: RiskSheet) -> Iterator[str]:
    yield gettext("The last observations are listed; all of the period are counted.")
    if found.risk_free:
        yield gettext("Risk-free rate: %(name)s.") % {"name": found.risk_free}
    if found.comparison.benchmark is not None:
        yield gettext("Benchmark: %(name)s.") % {"name": found.comparison.benchmark.name}
        yield from benchmark_notes(found.comparison.benchmark)
