"""The lead over the benchmark by asset class and security, and the return by price, income, currency and fees."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from django.utils.translation import gettext, gettext_lazy
from numpy.typing import NDArray

from apps.core.templatetags.charts import ChartSpec
from apps.core.templatetags.formats import percent_text
from apps.kernel.errors import InvalidInputError
from apps.market.models import AssetClass, MarketSeries, Security
from apps.portfolios.engine.active_return import (
    NO_WEIGHT,
    ActivePeriods,
    ActiveReturn,
    Linking,
    active_return,
    linked_parts,
)
from apps.portfolios.engine.performance import Span
from apps.portfolios.engine.risk_figures import NO_BENCHMARK, Frequency
from apps.portfolios.models import Instrument
from apps.portfolios.selectors.benchmarks import BenchmarkDays
from apps.portfolios.selectors.comparisons import ComparedLine, Comparison, compared
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance import ONE_DAY, PerformanceSheet
from apps.portfolios.selectors.security_days import SecurityDays, security_days

Array = NDArray[np.float64]
SOURCES = {
    "price": gettext_lazy("Prices"),
    "income": gettext_lazy("Dividends and interest"),
    "currency": gettext_lazy("Exchange rates"),
    "fees": gettext_lazy("Advisory fees"),
    "rest": gettext_lazy("Other charges and trading"),
}


@dataclass(frozen=True, slots=True)
class EffectLine:
    """An asset class, or a holding in it. `key` names it in passports; weights are means, returns linked."""

    key: str
    label: str
    portfolio_weight: float | None
    benchmark_weight: float | None
    portfolio_return: float | None
    benchmark_return: float | None
    allocation: float | None
    selection: float | None
    interaction: float | None
    total: float
    holdings: tuple[EffectLine, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributionSheet:
    """The attribution of one span: the lines and `rest` sum to the difference. Empty with its reason."""

    comparison: Comparison
    line: ComparedLine | None
    frequency: Frequency
    linking: Linking
    lines: tuple[EffectLine, ...]
    total: EffectLine | None
    rest: float
    n_periods: int
    reason: str = ""

    @property
    def sheet(self) -> PerformanceSheet:
        """The returns it is made of."""
        return self.comparison.sheet


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One part over all spans; `name` is that of its passport."""

    name: str
    label: str
    cells: tuple[tuple[SourceColumn, float], ...]


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """What made the return of a span: parts by name, and the whole."""

    span: Span
    label: str
    first_day: dt.date
    parts: dict[str, float]
    total: float


def attribution_sheet(
    owner: PortfolioOwner, sheet: PerformanceSheet, span: str, how: tuple[Frequency, Linking]
) -> AttributionSheet:
    """Return where the lead over the benchmark came from over a span, in daily or monthly periods."""
    found = compared(owner, sheet)
    line = found.line(span)
    nothing = AttributionSheet(found, line, *how, (), None, 0.0, 0)
    if line is None or found.benchmark is None or line.benchmark.value is None:
        reason = line.benchmark.reason if line is not None else NO_BENCHMARK
        return _without(nothing, gettext(reason) if reason else "")
    days = security_days(owner.accounts, sheet)
    if days is None:
        return _without(nothing, gettext(NO_BENCHMARK))
    table = _Table(days, found.benchmark, line.first_day)
    try:
        split = active_return(table.periods(how[0]), how[1])
    except InvalidInputError as refused:
        return _without(nothing, str(refused))
    lines = _lines(table, split)
    return AttributionSheet(found, line, *how, lines, _total(split), split.rest, table.n_periods(how[0]))


def _without(sheet: AttributionSheet, reason: str) -> AttributionSheet:
    return AttributionSheet(sheet.comparison, sheet.line, sheet.frequency, sheet.linking, (), None, 0.0, 0, reason)


class _Table:
    """Holdings and benchmark parts on the days of a span, by asset class; the last holding is the cash."""

    def __init__(self, days: SecurityDays, benchmark: BenchmarkDays, first: dt.date) -> None:
        self.first, self.last = first, days.span.last
        start = (first - days.span.first).days
        self.instruments: tuple[Instrument, ...] = days.instruments
        weights = days.shares(days.capital)[start:]
        gained = days.shares(days.gains)[start:]
        cash = days.shares(days.cash_income + days.cash_currency)[start:]
        self.weights = np.column_stack([weights, 1 - weights.sum(axis=1)])
        held = np.abs(self.weights) > NO_WEIGHT
        gained = np.column_stack([gained, cash])
        self.returns = np.divide(gained, self.weights, out=np.zeros_like(gained), where=held)
        self.whole = days.earned.returns[start:]
        offset = (first - benchmark.span.first).days
        self.theirs = benchmark.returns[offset:]
        self.part_weights, self.part_returns = benchmark.weights[offset:], benchmark.part_returns[offset:]
        of_parts = [_class_of(part) for part in benchmark.parts]
        of_holdings = [*(instrument.asset_class for instrument in self.instruments), AssetClass.CASH.value]
        self.classes = [each for each in AssetClass.values if each in {*of_parts, *of_holdings}]
        self.segment_of = np.array([self.classes.index(each) for each in of_holdings], dtype=np.intp)
        self._member = np.eye(len(self.classes))[[self.classes.index(each) for each in of_parts]]

    def _bounds(self, frequency: Frequency) -> list[int]:
        """Places of the first days of the periods, and the place after the last day."""
        n = len(self.whole)
        if frequency is Frequency.DAILY:
            return list(range(n + 1))
        firsts = [k for k in range(n) if k == 0 or (self.first + k * ONE_DAY).day == 1]
        return [*firsts, n]

    def n_periods(self, frequency: Frequency) -> int:
        """How many periods are linked."""
        return len(self._bounds(frequency)) - 1

    def periods(self, frequency: Frequency) -> ActivePeriods:
        """Return the periods: weights of their first mornings, returns linked within them."""
        bounds = self._bounds(frequency)
        firsts = bounds[:-1]

        def linked(daily: Array) -> Array:
            return np.array([np.prod(1 + daily[a:b], axis=0) - 1 for a, b in pairwise(bounds)])

        weights = self.part_weights[firsts] @ self._member
        gained = (self.part_weights[firsts] * np.nan_to_num(linked(self.part_returns))) @ self._member
        has = weights > NO_WEIGHT
        returns = np.where(has, np.divide(gained, weights, out=np.zeros_like(gained), where=has), np.nan)
        return ActivePeriods(
            weights=self.weights[firsts],
            returns=linked(self.returns),
            segment_of=self.segment_of,
            benchmark_weights=weights,
            benchmark_returns=returns,
            whole=linked(self.whole),
            benchmark=linked(self.theirs),
        )


def _class_of(part: Security | MarketSeries) -> str:
    """Series that accrue are cash to an allocation."""
    return str(part.asset_class) if isinstance(part, Security) else AssetClass.CASH.value


def _lines(table: _Table, split: ActiveReturn) -> tuple[EffectLine, ...]:
    grown = np.prod(1 + table.returns, axis=0) - 1
    ever = np.abs(table.weights).max(axis=0) > NO_WEIGHT
    found = []
    for place, key in enumerate(table.classes):
        members = [k for k in np.flatnonzero(table.segment_of == place) if ever[k]]
        if not members and split.benchmark_weights[place] <= NO_WEIGHT:
            continue
        holdings = tuple(
            _holding(table, int(k), (float(split.holding_weights[k]), float(grown[k])), float(split.holdings[k]))
            for k in members
        )
        allocation, selection, interaction = (
            float(each[place]) for each in (split.allocation, split.selection, split.interaction)
        )
        found.append(
            EffectLine(
                key=key,
                label=str(AssetClass(key).label),
                portfolio_weight=float(split.portfolio_weights[place]),
                benchmark_weight=float(split.benchmark_weights[place]),
                portfolio_return=float(split.portfolio_returns[place]) if members else None,
                benchmark_return=float(split.benchmark_returns[place]) if split.benchmark_weights[place] else None,
                allocation=allocation,
                selection=selection,
                interaction=interaction,
                total=allocation + selection + interaction,
                holdings=tuple(sorted(holdings, key=lambda each: -abs(each.total))),
            )
        )
    return tuple(found)


def _holding(table: _Table, place: int, told: tuple[float, float], effect: float) -> EffectLine:
    cash = place == len(table.instruments)
    key = "balance" if cash else table.instruments[place].public_id.hex
    label = gettext("Cash in the accounts") if cash else str(table.instruments[place])
    return EffectLine(key, label, told[0], None, told[1], None, None, None, None, effect)


def _total(split: ActiveReturn) -> EffectLine:
    return EffectLine(
        key="total",
        label=gettext("Together"),
        portfolio_weight=None,
        benchmark_weight=None,
        portfolio_return=None,
        benchmark_return=None,
        allocation=float(split.allocation.sum()),
        selection=float(split.selection.sum()),
        interaction=float(split.interaction.sum()),
        total=split.active,
    )


def attribution_spec(found: AttributionSheet) -> ChartSpec | None:
    """Specify the chart of the effects by asset class."""
    if not found.lines or found.line is None or found.line.difference.value is None:
        return None
    said = {"lead": percent_text(found.line.difference.value, 2)}
    return ChartSpec(
        kind="bars",
        title=gettext("%(lead)s against the benchmark, by asset class") % said,
        unit=gettext("part of the difference"),
        format="percent",
        as_of=found.sheet.as_of.isoformat(),
        x={"label": gettext("Asset class"), "values": [line.label for line in found.lines]},
        series=[
            {"name": gettext("Allocation"), "values": [line.allocation for line in found.lines], "meaning": "main"},
            {"name": gettext("Selection"), "values": [line.selection for line in found.lines], "meaning": "gain"},
            {
                "name": gettext("Interaction"),
                "values": [line.interaction for line in found.lines],
                "meaning": "withdrawal",
            },
        ],
    )


def source_columns(
    owner: PortfolioOwner, sheet: PerformanceSheet, days: SecurityDays | None = None
) -> tuple[SourceColumn, ...]:
    """Return what made the return net of fees of every span: the parts sum to it."""
    days = days or security_days(owner.accounts, sheet)
    if days is None:
        return ()
    amounts = {
        "price": days.price.sum(axis=1),
        "income": days.income.sum(axis=1) + days.cash_income,
        "currency": days.currency.sum(axis=1) + days.cash_currency,
        "fees": days.fees,
    }
    amounts["rest"] = days.earned.gains - np.sum(list(amounts.values()), axis=0)
    shares = np.column_stack([days.shares(each) for each in amounts.values()])
    found = []
    for line in sheet.lines:
        if line.figures is None or line.figures.net.value is None:
            continue
        start = (line.first_day - days.span.first).days
        whole = days.earned.returns[start:]
        if (whole <= -1).any():
            continue
        parts = linked_parts(shares[start:], whole)
        told = dict(zip(SOURCES, (float(part) for part in parts), strict=True))
        found.append(SourceColumn(line.span, line.label, line.first_day, told, line.figures.net.value))
    return tuple(found)


def source_rows(columns: tuple[SourceColumn, ...]) -> tuple[SourceRow, ...]:
    """Return the columns as the page's table has them, the whole last."""
    rows = [
        SourceRow(name, str(label), tuple((column, column.parts[name]) for column in columns))
        for name, label in SOURCES.items()
    ]
    whole = tuple((column, column.total) for column in columns)
    return (*rows, SourceRow("total", gettext("Return net of fees"), whole))


def source_spec(columns: tuple[SourceColumn, ...], sheet: PerformanceSheet) -> ChartSpec | None:
    """Specify the chart of what made the return since the beginning."""
    column = next((each for each in columns if each.span is Span.INCEPTION), None)
    if column is None:
        return None
    said = {"total": percent_text(column.total, 2), "income": percent_text(column.parts["income"], 2)}
    return ChartSpec(
        kind="bars",
        title=gettext("%(total)s since the beginning, %(income)s of it dividends and interest") % said,
        unit=gettext("part of the return net of fees"),
        format="percent",
        as_of=sheet.as_of.isoformat(),
        x={"label": gettext("Source"), "values": [str(label) for label in SOURCES.values()]},
        series=[
            {"name": gettext("Part"), "values": [column.parts[name] for name in SOURCES], "meaning": "main"},
        ],
    )
