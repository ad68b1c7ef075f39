"""Benchmarks for who may see them, and their returns day by day on the dates of a portfolio."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from django.db.models import Count, Q
from django.utils.translation import gettext
from numpy.typing import NDArray

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.templatetags.formats import date_text
from apps.kernel.dates import DateSpan
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.market.models import MarketPoint, MarketSeries, Security
from apps.market.policies import ANNUAL_RATE, distribution_key, risk_free_key
from apps.market.selectors.adjusted import adjusted_closes
from apps.market.selectors.prices import Close, close_at, closes_in, latest_closes, rates_in
from apps.portfolios.engine.blends import RebalancingRule, blended, returns_to_targets
from apps.portfolios.models import Account, Benchmark, BenchmarkAssignment, BenchmarkPart, BenchmarkVersion
from apps.portfolios.selectors.benchmark_choices import BENCHMARK_PARTS, BenchmarkChoice, benchmark_choices

Array = NDArray[np.float64]
ONE_DAY = dt.timedelta(days=1)
# a close older than this is no price of the day
STALE = dt.timedelta(days=10)

_PARTS = BENCHMARK_PARTS


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """A benchmark in the list, with the version in force and how many portfolios have it now."""

    benchmark: Benchmark
    version: BenchmarkVersion | None
    parts: tuple[BenchmarkPart, ...]
    n_assigned: int


@dataclass(frozen=True, slots=True)
class BenchmarkDays:
    """What portfolios were held against, day by day over a span: returns (n_days,), NaN where there is none.

    `weights` and `part_returns` are (n_days, n_parts), weights those of the start of the day; `names` are the
    benchmarks in force, in order; `gaps` say which days have no return and why; `without_distributions` names the
    parts whose prices alone are counted; `choices` say which benchmark counts on which days, and why.
    """

    span: DateSpan
    returns: Array
    weights: Array
    part_returns: Array
    parts: tuple[Security | MarketSeries, ...]
    names: tuple[str, ...]
    gaps: tuple[tuple[DateSpan, str], ...]
    simulated_from: dt.date | None
    without_distributions: tuple[str, ...]
    choices: tuple[BenchmarkChoice, ...] = ()

    @property
    def name(self) -> str:
        """The benchmarks in force, in order."""
        return ", ".join(self.names)

    def between(self, first: dt.date, last: dt.date) -> Array:
        """Return the returns of days; NaN for those outside of the span."""
        days = (last - first).days + 1
        start = (first - self.span.first).days
        found = np.full(days, np.nan)
        low, high = max(start, 0), min(start + days, self.returns.size)
        if low < high:
            found[low - start : high - start] = self.returns[low:high]
        return found

    def gap_within(self, first: dt.date, last: dt.date) -> str:
        """Return why a period has no return; empty when it has one."""
        for span, reason in self.gaps:
            if span.first <= last and first <= span.last:
                return reason
        return ""


def benchmark_for(actor: Actor, public_id: uuid.UUID | str) -> Benchmark:
    """Return a benchmark with its versions and parts. Raises NotFoundError."""
    rows = Benchmark.objects.visible_to(actor).prefetch_related(*_PARTS)
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such benchmark."))
    return found


def assignment_for(actor: Actor, public_id: uuid.UUID | str) -> BenchmarkAssignment:
    """Return an assignment of a household the actor may see. Raises NotFoundError."""
    rows = BenchmarkAssignment.objects.visible_to(actor).select_related("household", "account", "benchmark")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such benchmark, or its household is not assigned to you."))
    return found


def benchmark_rows(actor: Actor, today: dt.date) -> list[BenchmarkRow]:
    """Return all benchmarks, those offered first."""
    current = Q(assignments__starts_on__lte=today) & (Q(assignments__ends_on=None) | Q(assignments__ends_on__gte=today))
    rows = (
        Benchmark.objects.visible_to(actor)
        .prefetch_related(*_PARTS)
        .annotate(n_assigned=Count("assignments", filter=current))
        .order_by("-is_active", "name")
    )
    return [_row(row, today) for row in rows]


def _row(benchmark: Benchmark, today: dt.date) -> BenchmarkRow:
    versions = list(benchmark.versions.all())
    newest = next((v for v in versions if v.starts_on <= today), versions[-1] if versions else None)
    parts = tuple(newest.parts.all()) if newest else ()
    return BenchmarkRow(benchmark, newest, parts, benchmark.n_assigned)  # type: ignore[attr-defined]  # annotated


def assignments_of(household: Household, account: Account | None = None) -> list[BenchmarkAssignment]:
    """Return the household's own assignments, or those of one account, the newest first."""
    rows = BenchmarkAssignment.objects.filter(household=household, account=account)
    return list(rows.select_related("benchmark").order_by("-starts_on"))


def benchmark_returns(benchmark: Benchmark, span: DateSpan, currency: str) -> BenchmarkDays:
    """Return a benchmark's own returns on each day of a span, in a currency."""
    return _days([(span, benchmark)], span, currency)


def portfolio_benchmark(
    household: Household, account: Account | None, span: DateSpan, currency: str
) -> BenchmarkDays | None:
    """Return what a household's portfolio or an account of it was held against, None where nothing ever was.

    `benchmark_choices` says which counts on which day.
    """
    choices = benchmark_choices(household, account, span)
    if not choices:
        return None
    found = _days([(choice.span, choice.benchmark) for choice in choices], span, currency)
    return replace(found, choices=choices)


def _days(held: Sequence[tuple[DateSpan, Benchmark]], span: DateSpan, currency: str) -> BenchmarkDays:
    """Blend the targets of every day; columns are all the parts that any of the versions has."""
    days = list(span)
    rules: list[BenchmarkVersion | None] = [None] * len(days)
    for within, benchmark in held:
        versions = sorted(benchmark.versions.all(), key=lambda version: version.starts_on)
        for day in within:
            current = [version for version in versions if version.starts_on <= day]
            rules[(day - span.first).days] = current[-1] if current else None
    used = list(dict.fromkeys(version for version in rules if version is not None))
    contents = {version.pk: {_key(part): float(part.weight) for part in version.parts.all()} for version in used}
    parts = {_key(part): part.security or part.series for version in used for part in version.parts.all()}
    listed = [part for part in parts.values() if part is not None]
    targets = np.array(
        [[contents[v.pk].get(key, 0.0) if v else 0.0 for key in parts] for v in rules], dtype=np.float64
    ).reshape(len(days), len(listed))
    prices = _PartPrices(listed, currency, span)
    part_returns = prices.returns()
    found = blended(part_returns, targets, _resets(days, rules))
    names = tuple(dict.fromkeys(version.benchmark.name for version in used))
    simulated = [p.simulated_from for p in listed if isinstance(p, Security) and p.simulated_from]
    return BenchmarkDays(
        span=span,
        returns=found.returns,
        weights=found.weights,
        part_returns=part_returns,
        parts=tuple(listed),
        names=names,
        gaps=tuple(_gaps(days, rules, found.weights, part_returns, listed)),
        simulated_from=min(simulated, default=None),
        without_distributions=prices.without_distributions,
    )


def _resets(days: Sequence[dt.date], rules: Sequence[BenchmarkVersion | None]) -> list[bool]:
    """Say for each day whether its parts start at their targets: by the rule, or since other targets count."""
    ruled = [
        version is not None and returns_to_targets(day, RebalancingRule(version.rebalanced))
        for day, version in zip(days, rules, strict=True)
    ]
    changed = [one is not other for one, other in pairwise(rules)]
    return [each or change for each, change in zip(ruled, [True, *changed], strict=True)]


def _key(part: BenchmarkPart) -> tuple[str, int]:
    return ("security", part.security_id) if part.security_id else ("series", part.series_id or 0)


def _gaps(
    days: Sequence[dt.date],
    rules: Sequence[BenchmarkVersion | None],
    weights: Array,
    part_returns: Array,
    parts: Sequence[Security | MarketSeries],
) -> Iterable[tuple[DateSpan, str]]:
    none = np.array([version is None for version in rules])
    for first, last in _runs(none):
        yield (
            DateSpan(days[first], days[last]),
            gettext("No benchmark from %(first)s to %(last)s.")
            % {
                "first": date_text(days[first]),
                "last": date_text(days[last]),
            },
        )
    for column, part in enumerate(parts):
        missing = (weights[:, column] > 0) & np.isnan(part_returns[:, column])
        for first, last in _runs(missing):
            name = part.symbol if isinstance(part, Security) else part.key
            yield (
                DateSpan(days[first], days[last]),
                gettext("No price of %(name)s from %(first)s to %(last)s.")
                % {
                    "name": name,
                    "first": date_text(days[first]),
                    "last": date_text(days[last]),
                },
            )


def _runs(flags: NDArray[np.bool_]) -> Iterable[tuple[int, int]]:
    """Yield the first and last place of each run of true flags."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        yield int(first), int(after) - 1


class _PartPrices:
    """Closes, points and rates of the parts over a span, read in a fixed number of queries."""

    def __init__(self, parts: Sequence[Security | MarketSeries], currency: str, span: DateSpan) -> None:
        self.parts, self.span, self.currency = parts, span, currency
        ids = [part.pk for part in parts if isinstance(part, Security)]
        before, within = latest_closes(ids, span.first - ONE_DAY), closes_in(ids, span)
        first = {pk: [before[pk]] if pk in before else [] for pk in ids}
        self._closes = adjusted_closes({pk: [*first[pk], *within.get(pk, [])] for pk in ids})
        foreign = {part.currency for part in parts}
        self._rates = rates_in(currency, foreign, DateSpan(span.first - ONE_DAY, span.last))
        series = {part.pk: part for part in parts if isinstance(part, MarketSeries)}
        symbols = {distribution_key(part.symbol): part.pk for part in parts if isinstance(part, Security)}
        yields = MarketSeries.objects.filter(key__in=symbols, unit=ANNUAL_RATE) if symbols else ()
        self._yields = {symbols[each.key]: each.pk for each in yields}
        self._points = self._read_points([*series, *self._yields.values()])

    @property
    def without_distributions(self) -> tuple[str, ...]:
        """The securities of which the market does not know what they distribute."""
        of_security = [part for part in self.parts if isinstance(part, Security)]
        return tuple(part.symbol for part in of_security if part.pk not in self._yields)

    def _read_points(self, ids: list[int]) -> dict[int, list[Close]]:
        found: dict[int, list[Close]] = {pk: [] for pk in ids}
        if ids:
            rows = MarketPoint.objects.filter(series_id__in=ids, day__lte=self.span.last).order_by("day")
            for pk, day, value in rows.values_list("series_id", "day", "value"):
                found[pk].append(Close(day, value))
        return found

    def returns(self) -> Array:
        """Return the daily returns (n_days, n_parts), NaN where a price is missing or older than `STALE`."""
        columns = [self._of_series(p) if isinstance(p, MarketSeries) else self._of_security(p) for p in self.parts]
        return np.stack(columns, axis=1) if columns else np.zeros((self.span.days, 0))

    def _of_series(self, part: MarketSeries) -> Array:
        own = self._accrued(part.pk) if part.unit == ANNUAL_RATE else self._growth(self._points[part.pk])
        return np.asarray((1 + own) * self._exchange(part.currency) - 1)

    def _of_security(self, part: Security) -> Array:
        """What a share and what became of it did, in the currency of the report, and what it distributed that day."""
        grown = (1 + self._growth(self._closes[part.pk])) * self._exchange(part.currency)
        if part.pk in self._yields:
            grown += np.nan_to_num(self._accrued(self._yields[part.pk]))
        return np.asarray(grown - 1)

    def _exchange(self, currency: str) -> Array:
        """What one unit of a currency became in that of the report, each day; one where it is the same."""
        if currency == self.currency:
            return np.ones(self.span.days)
        rates = np.array([_level(self._rates.get(currency, []), day, None) for day in self._days()])
        return np.asarray(rates[1:] / rates[:-1])

    def _days(self) -> list[dt.date]:
        """The closes at both ends of every day."""
        return [self.span.first - ONE_DAY, *self.span]

    def _growth(self, closes: Sequence[Close]) -> Array:
        levels = np.array([_level(closes, day, STALE) for day in self._days()])
        return np.asarray(levels[1:] / levels[:-1] - 1)

    def _accrued(self, series_id: int) -> Array:
        """A rate a year by day, the one that stood on the morning."""
        rates = np.array([_level(self._points[series_id], day, None) for day in self._days()[:-1]])
        return np.asarray((1 + rates) ** (1 / 365) - 1)


def _level(closes: Sequence[Close], day: dt.date, reach: dt.timedelta | None) -> float:
    found = close_at(closes, day)
    if found is None or (reach is not None and day - found.day > reach):
        return float("nan")
    return float(found.close)


def risk_free_returns(currency: str, span: DateSpan) -> tuple[Array, MarketSeries] | None:
    """Return what cash earned on each day by the market's risk-free series of the currency; None without one."""
    series = MarketSeries.objects.filter(key=risk_free_key(currency)).first()
    if series is None:
        return None
    return _PartPrices([series], series.currency, span).returns()[:, 0], series
