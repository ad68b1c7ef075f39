"""All that is said of a portfolio's performance, as partners read it: returns, benchmark and risk of one sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.risk_figures import Frequency
from apps.portfolios.selectors.benchmark_choices import BenchmarkChoice
from apps.portfolios.selectors.comparisons import ComparedLine
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance import PerformanceSheet, SpanLine
from apps.portfolios.selectors.risk import RiskColumn, RiskSheet, risk_sheet


@dataclass(frozen=True, slots=True)
class ReportedPeriod:
    """A period with its benchmark; `beside` is None where the period has no figures."""

    line: SpanLine
    beside: ComparedLine | None


@dataclass(frozen=True, slots=True)
class ReportedRisk:
    """The risk of a span: every measure by its name."""

    column: RiskColumn
    figures: Mapping[str, Computed]

    @property
    def reasons(self) -> dict[str, str]:
        """Why a measure has no figure."""
        return {name: figure.reason for name, figure in self.figures.items() if figure.value is None}

    @property
    def values(self) -> dict[str, float | None]:
        """The figures."""
        return {name: figure.value for name, figure in self.figures.items()}

    @property
    def n_observations(self) -> int:
        """How many returns are counted."""
        return int(self.column.observed.returns.size)


@dataclass(frozen=True, slots=True)
class PerformanceReport:
    """A sheet with what stands beside it."""

    sheet: PerformanceSheet
    benchmark: str
    benchmark_choices: tuple[BenchmarkChoice, ...]
    periods: tuple[ReportedPeriod, ...]
    frequency: Frequency
    risk: tuple[ReportedRisk, ...]


def performance_report(owner: PortfolioOwner, sheet: PerformanceSheet, frequency: Frequency) -> PerformanceReport:
    """Return what page, portal and partners read of a portfolio: the same figures, from the same selectors."""
    risk: RiskSheet = risk_sheet(owner, sheet, frequency)
    beside = risk.comparison
    return PerformanceReport(
        sheet=sheet,
        benchmark=beside.benchmark.name if beside.benchmark is not None else "",
        benchmark_choices=beside.benchmark.choices if beside.benchmark is not None else (),
        periods=tuple(ReportedPeriod(line, beside.line(line.span)) for line in sheet.lines),
        frequency=frequency,
        risk=tuple(
            ReportedRisk(column, {str(measure): figure for measure, figure in column.figures.items()})
            for column in risk.columns
        ),
    )
