"""How much the returns of a portfolio move, alone and beside its benchmark, over the spans that people ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from apps.core.templatetags.formats import date_text
from apps.kernel.dates import DateSpan
from apps.market.models import Price
from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.drawdowns import Drawdown
from apps.portfolios.engine.performance import Span
from apps.portfolios.engine.risk_figures import (
    Frequency,
    Measure,
    Observations,
    deepest_fall,
    linked_between,
    month_ends,
    risk_figures,
)
from apps.portfolios.models import Account, InstrumentPrice, Transaction
from apps.portfolios.selectors.benchmarks import risk_free_returns
from apps.portfolios.selectors.comparisons import Comparison, compared
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance import ONE_DAY, PerformanceSheet

Array = NDArray[np.float64]
RISK_SPANS = (Span.ONE_YEAR, Span.THREE_YEARS, Span.FIVE_YEARS, Span.INCEPTION)
MEASURES: Mapping[Measure, str | Promise] = {
    Measure.VOLATILITY: _("Volatility, a year"),
    Measure.DOWNSIDE: _("Downside deviation, a year"),
    Measure.SHARPE: _("Sharpe ratio"),
    Measure.SORTINO: _("Sortino ratio"),
    Measure.MAX_DRAWDOWN: _("Deepest fall from a peak"),
    Measure.VAR: _("Value at risk, 95 of 100"),
    Measure.CVAR: _("Mean loss beyond it"),
    Measure.BETA: _("Beta to the benchmark"),
    Measure.ALPHA: _("Alpha, a year"),
    Measure.TRACKING_ERROR: _("Tracking error, a year"),
    Measure.INFORMATION_RATIO: _("Information ratio"),
}
RATIOS = frozenset({Measure.SHARPE, Measure.SORTINO, Measure.BETA, Measure.INFORMATION_RATIO})


@dataclass(frozen=True, slots=True)
class RiskColumn:
    """One span: its observations, its figures, and its deepest fall."""

    span: Span
    label: str
    first_day: dt.date
    observed: Observations
    figures: Mapping[Measure, Computed]
    fall: Drawdown | None


@dataclass(frozen=True, slots=True)
class RiskCell:
    """A figure of a span, named as its passport is."""

    column: RiskColumn
    measure: Measure
    figure: Computed

    @property
    def key(self) -> str:
        """The passport's name after the span."""
        return f"{self.measure}-{self.column.observed.frequency}"

    @property
    def is_ratio(self) -> bool:
        """Whether it is a plain number, not a share."""
        return self.measure in RATIOS

    @property
    def fall(self) -> Drawdown | None:
        """The days of the deepest fall, for its own row."""
        return self.column.fall if self.measure is Measure.MAX_DRAWDOWN and self.figure.value is not None else None


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One measure over all spans."""

    label: str
    cells: tuple[RiskCell, ...]


@dataclass(frozen=True, slots=True)
class RiskSheet:
    """The risk of a portfolio up to a day, counted in trading days or in whole months."""

    comparison: Comparison
    frequency: Frequency
    columns: tuple[RiskColumn, ...]
    risk_free: str
    reason: str = ""

    @property
    def sheet(self) -> PerformanceSheet:
        """The returns it is made of."""
        return self.comparison.sheet

    def column(self, span: str) -> RiskColumn | None:
        """Return the column of a span, or None."""
        return next((column for column in self.columns if column.span == span), None)

    @property
    def rows(self) -> tuple[RiskRow, ...]:
        """The figures as the page's table has them."""
        return tuple(
            RiskRow(str(label), tuple(RiskCell(column, measure, column.figures[measure]) for column in self.columns))
            for measure, label in MEASURES.items()
        )


def risk_sheet(owner: PortfolioOwner, sheet: PerformanceSheet, frequency: Frequency) -> RiskSheet:
    """Return the risk of a portfolio from the same daily returns as its performance."""
    found = compared(owner, sheet)
    lines = [line for line in sheet.lines if line.span in RISK_SPANS and line.figures is not None]
    if sheet.inception is None or not lines:
        return RiskSheet(found, frequency, (), "")
    lost = np.flatnonzero(~(found.daily >= -1))
    if lost.size:
        day = sheet.inception + int(lost[0]) * ONE_DAY
        return RiskSheet(found, frequency, (), "", _lost_all(day))
    span = DateSpan(sheet.inception, sheet.as_of)
    sessions = _sessions(owner.accounts, span) if frequency is Frequency.DAILY else []
    cash = risk_free_returns(sheet.currency, span)
    columns = []
    for line in lines:
        ends = _ends(frequency, line.first_day, sheet.as_of, sessions)
        observed = _observed(found, frequency, ends, cash[0] if cash else None)
        columns.append(
            RiskColumn(line.span, line.label, line.first_day, observed, risk_figures(observed), deepest_fall(observed))
        )
    return RiskSheet(found, frequency, tuple(columns), str(cash[1]) if cash else "")


def _lost_all(day: dt.date) -> str:
    return gettext(
        "On %(day)s the portfolio lost more than it was worth: of such returns no risk can be measured. "
        "Look for a wrong entry or price of that day."
    ) % {"day": date_text(day)}


def _ends(frequency: Frequency, first: dt.date, last: dt.date, sessions: list[dt.date]) -> tuple[dt.date, ...]:
    if frequency is Frequency.MONTHLY:
        return month_ends(first, last)
    return (first - ONE_DAY, *(day for day in sessions if first <= day <= last))


def _observed(found: Comparison, frequency: Frequency, ends: tuple[dt.date, ...], cash: Array | None) -> Observations:
    """Link the daily returns into observations; the benchmark's are left out where a day of them is missing."""
    first = found.sheet.inception or found.sheet.as_of
    theirs = found.benchmark.between(first, found.sheet.as_of) if found.benchmark is not None else None
    linked = [None if each is None else linked_between(first, each, ends) for each in (found.daily, theirs, cash)]
    ours = linked[0] if linked[0] is not None else np.zeros(0)
    benchmark, free = linked[1], linked[2]
    return Observations(
        frequency=frequency,
        ends=ends,
        returns=ours,
        benchmark=None if benchmark is None or np.isnan(benchmark).any() else benchmark,
        risk_free=None if free is None or np.isnan(free).any() else free,
    )


def _sessions(accounts: list[Account], span: DateSpan) -> list[dt.date]:
    """Return the days on which a security that was ever in the accounts had a close."""
    rows = Transaction.objects.filter(account__in=accounts, instrument__isnull=False).traded_by(span.last)
    held = dict(rows.order_by().values_list("instrument_id", "instrument__master_id").distinct())
    masters = [master for master in held.values() if master is not None]
    own = [pk for pk, master in held.items() if master is None]
    between = {"day__range": (span.first, span.last)}
    days = set(Price.objects.filter(security_id__in=masters, **between).values_list("day", flat=True).distinct())
    if own:
        rows_of_own = InstrumentPrice.objects.filter(instrument_id__in=own, **between)
        days |= set(rows_of_own.values_list("day", flat=True).distinct())
    return sorted(days)
