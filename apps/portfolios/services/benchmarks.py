"""Benchmarks: what they are made of, and whose returns they are held against."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.clients.models import Household
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.market.models import MarketSeries, Security
from apps.portfolios.models import Account, Benchmark, BenchmarkAssignment, BenchmarkPart, BenchmarkVersion
from apps.portfolios.services._checks import checked

ONE_DAY = dt.timedelta(days=1)


class BenchmarkRetiredError(DomainError):
    """A benchmark that is no longer offered would be given to a portfolio."""

    code = "benchmark_retired"


@dataclass(frozen=True, slots=True)
class BlendTerms:
    """What a benchmark is made of from a day on: (symbol of a security or key of a series, share of the whole)."""

    starts_on: dt.date
    rebalanced: str
    parts: Sequence[tuple[str, Decimal]]


@service
def define_benchmark(
    *, name: str, currency: str, terms: BlendTerms, by: Actor, description: str = ""
) -> BenchmarkVersion:
    """Define a benchmark with its first version.

    Raises InvalidInputError for a taken name, an unknown part, or weights that are not the whole.
    """
    benchmark = Benchmark(name=name.strip(), currency=currency, description=description)
    checked(benchmark)
    benchmark.save()
    audit.record("portfolios.define_benchmark", by=by, target=benchmark, after=audit.snapshot(benchmark))
    return _add_version(benchmark, terms, by)


@service
def revise_benchmark(*, benchmark: Benchmark, terms: BlendTerms, by: Actor) -> BenchmarkVersion:
    """Give a benchmark other parts or weights from a day on; the days before it keep theirs.

    Raises InvalidInputError for a day that is not after that of the newest version, and as `define_benchmark`.
    """
    benchmark = Benchmark.objects.select_for_update().get(pk=benchmark.pk)
    newest = benchmark.versions.first()
    if newest is not None and terms.starts_on <= newest.starts_on:
        raise InvalidInputError(
            gettext_noop("The parts in force count from %(day)s."),
            mend=gettext_noop("Let the new ones begin after that day."),
            field="starts_on",
            day=newest.starts_on,
        )
    return _add_version(benchmark, terms, by)


@service
def offer_benchmark(*, benchmark: Benchmark, by: Actor) -> Benchmark:
    """Offer a benchmark for portfolios; one that is offered stays as it is."""
    locked = Benchmark.objects.select_for_update().get(pk=benchmark.pk)
    if not locked.is_active:
        before = audit.snapshot(locked)
        locked.is_active = True
        _turned("portfolios.offer_benchmark", locked, before, by)
    return locked


@service
def retire_benchmark(*, benchmark: Benchmark, by: Actor) -> Benchmark:
    """Offer a benchmark for portfolios no longer; those that have it keep it."""
    locked = Benchmark.objects.select_for_update().get(pk=benchmark.pk)
    if locked.is_active:
        before = audit.snapshot(locked)
        locked.is_active = False
        _turned("portfolios.retire_benchmark", locked, before, by)
    return locked


def _turned(action: str, benchmark: Benchmark, before: dict[str, Any], by: Actor) -> None:
    benchmark.save(update_fields=["is_active", "updated_at"])
    audit.record(action, by=by, target=benchmark, before=before, after=audit.snapshot(benchmark))


@service
def assign_benchmark(
    *,
    household: Household,
    benchmark: Benchmark,
    starts_on: dt.date,
    by: Actor,
    account: Account | None = None,
) -> BenchmarkAssignment:
    """Hold a household's portfolio, or one account of it, against a benchmark from a day on.

    The one before it ends the day before; one that begins on the same day is replaced. Raises BenchmarkRetiredError
    for a benchmark that is not offered, InvalidInputError for an account of another household or a later beginning.
    """
    household = Household.objects.select_for_update().get(pk=household.pk)
    if not benchmark.is_active:
        raise BenchmarkRetiredError(
            gettext_noop("“%(name)s” is no longer offered."),
            mend=gettext_noop("Choose another benchmark, or offer this one again."),
            name=benchmark.name,
        )
    if account is not None and account.household_id != household.pk:
        raise InvalidInputError(gettext_noop("The account belongs to another household."), field="account")
    rows = BenchmarkAssignment.objects.filter(household=household, account=account)
    later = rows.filter(starts_on__gt=starts_on).order_by("starts_on").first()
    if later is not None:
        raise InvalidInputError(
            gettext_noop("Another benchmark begins on %(day)s."),
            mend=gettext_noop("Choose that day or a later one."),
            field="starts_on",
            day=later.starts_on,
        )
    for earlier in rows.within(starts_on, dt.date.max).filter(starts_on__lt=starts_on):
        _end(earlier, starts_on - ONE_DAY, by)
    row = rows.filter(starts_on=starts_on).first()
    before = audit.snapshot(row) if row is not None else None
    row = row or BenchmarkAssignment(household=household, account=account, starts_on=starts_on)
    row.benchmark, row.ends_on = benchmark, None
    checked(row)
    row.save()
    audit.record("portfolios.assign_benchmark", by=by, target=row, before=before, after=audit.snapshot(row))
    return row


@service
def end_benchmark(*, assignment: BenchmarkAssignment, ends_on: dt.date, by: Actor) -> BenchmarkAssignment:
    """End a portfolio's own choice on a day; after it counts what its model or its household says.

    Raises InvalidInputError for a day before it began, or on which the next one has begun.
    """
    Household.objects.select_for_update().get(pk=assignment.household_id)
    assignment = BenchmarkAssignment.objects.select_for_update().get(pk=assignment.pk)
    others = BenchmarkAssignment.objects.filter(household=assignment.household_id, account=assignment.account_id)
    following = others.filter(starts_on__gt=assignment.starts_on, starts_on__lte=ends_on).order_by("starts_on").first()
    if following is not None:
        raise InvalidInputError(
            gettext_noop("Another benchmark begins on %(day)s."),
            mend=gettext_noop("Choose an earlier day."),
            field="ends_on",
            day=following.starts_on,
        )
    if assignment.ends_on != ends_on:
        _end(assignment, ends_on, by)
    return assignment


def _end(row: BenchmarkAssignment, ends_on: dt.date, by: Actor) -> None:
    before = audit.snapshot(row)
    row.ends_on = ends_on
    checked(row)
    row.save(update_fields=["ends_on", "updated_at"])
    audit.record("portfolios.end_benchmark", by=by, target=row, before=before, after=audit.snapshot(row))


def _add_version(benchmark: Benchmark, terms: BlendTerms, by: Actor) -> BenchmarkVersion:
    total = sum((weight for _, weight in terms.parts), Decimal(0))
    if total != 1:
        raise InvalidInputError(
            gettext_noop("The weights make %(total)s of 100."),
            mend=gettext_noop("Let them make 100 together."),
            field="parts",
            total=f"{(total * 100).normalize():f}",
        )
    version = BenchmarkVersion(
        benchmark=benchmark, starts_on=terms.starts_on, rebalanced=terms.rebalanced, defined_by=by.label
    )
    checked(version, exclude=["benchmark"])
    version.save()
    told = {}
    for part in _parts(version, terms.parts):
        checked(part, exclude=["version"])
        part.save()
        told[part.symbol] = f"{part.weight.normalize():f}"
    after = {**audit.snapshot(version), "parts": told}
    audit.record("portfolios.revise_benchmark", by=by, target=version, after=after)
    return version


def _parts(version: BenchmarkVersion, named: Sequence[tuple[str, Decimal]]) -> list[BenchmarkPart]:
    symbols = [symbol.strip() for symbol, _ in named]
    securities = {s.symbol: s for s in Security.objects.filter(symbol__in=[symbol.upper() for symbol in symbols])}
    series = {s.key: s for s in MarketSeries.objects.filter(key__in=symbols)}
    found = []
    for symbol, weight in zip(symbols, (weight for _, weight in named), strict=True):
        security = securities.get(symbol.upper())
        one = None if security is not None else series.get(symbol)
        if security is None and one is None:
            raise InvalidInputError(
                gettext_noop("The market knows no “%(symbol)s”."),
                mend=gettext_noop("Write the symbol of a security or the key of a series."),
                field="parts",
                symbol=symbol,
            )
        found.append(BenchmarkPart(version=version, security=security, series=one, weight=weight))
    if len({(part.security_id, part.series_id) for part in found}) != len(found):
        raise InvalidInputError(gettext_noop("A part is named twice."), field="parts")
    return found
