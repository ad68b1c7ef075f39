"""Composites for who may see them: members, and the record by calendar year as GIPS 2020 asks for it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.db.models import Count
from django.utils.translation import gettext
from numpy.typing import NDArray

from apps.core.actors import Actor
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.dates import DateSpan
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.composites import composite_returns, composite_span, three_year_deviation
from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.performance import FeeBasis, daily_earnings
from apps.portfolios.engine.risk_figures import NO_BENCHMARK, linked_between, month_ends
from apps.portfolios.models import Composite, CompositeMember
from apps.portfolios.selectors.benchmarks import benchmark_returns
from apps.portfolios.selectors.performance import ONE_DAY, PerformanceBook, PerformanceSheet

Array = NDArray[np.float64]
FIGURES = {
    "gross": (gettext_noop("Return before fees"), gettext_noop("Returns of the months before the fee, linked.")),
    "net": (gettext_noop("Return net of fees"), gettext_noop("Returns of the months net of fees, linked.")),
    "benchmark": (gettext_noop("Benchmark"), gettext_noop("Daily returns of the benchmark, linked.")),
    "dispersion": (
        gettext_noop("Spread of the accounts"),
        gettext_noop("Standard deviation (n) of the returns before fees of accounts that were members all year."),
    ),
    "deviation": (
        gettext_noop("Deviation, three years"),
        gettext_noop("Standard deviation (n − 1) of the last 36 monthly returns before fees, times the root of 12."),
    ),
    "benchmark_deviation": (
        gettext_noop("Deviation of the benchmark, three years"),
        gettext_noop("Standard deviation (n − 1) of the benchmark's last 36 monthly returns, times the root of 12."),
    ),
}


@dataclass(frozen=True, slots=True)
class CompositeYear:
    """A calendar year, or what has passed of it in whole months: figures by name, accounts and assets at its end."""

    year: int
    last_day: dt.date
    figures: dict[str, Computed]
    n_accounts: int
    n_all_year: int
    assets: Decimal

    @property
    def cells(self) -> tuple[tuple[str, Computed], ...]:
        """The figures in the order of the page."""
        return tuple((name, self.figures[name]) for name in FIGURES)


@dataclass(frozen=True, slots=True)
class CompositeSheet:
    """A composite up to the last whole month; the newest year first."""

    composite: Composite
    members: tuple[CompositeMember, ...]
    as_of: dt.date
    years: tuple[CompositeYear, ...]

    @property
    def heads(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(gettext(label) for label, _method in FIGURES.values())


def composite_for(actor: Actor, public_id: uuid.UUID | str) -> Composite:
    """Return a composite the actor may see. Raises NotFoundError."""
    found = Composite.objects.visible_to(actor).select_related("benchmark").filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such composite."))
    return found


def member_for(actor: Actor, public_id: uuid.UUID | str) -> CompositeMember:
    """Return a membership of a composite the actor may see. Raises NotFoundError."""
    rows = CompositeMember.objects.filter(composite__in=Composite.objects.visible_to(actor))
    found = rows.select_related("composite", "account").filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such member."))
    return found


def composite_rows(actor: Actor) -> list[Composite]:
    """Return all composites, each with `n_members`, how many accounts ever belonged to it."""
    rows = Composite.objects.visible_to(actor).select_related("benchmark")
    return list(rows.annotate(n_members=Count("members__account", distinct=True)).order_by("name"))


def composite_sheet(composite: Composite, today: dt.date) -> CompositeSheet:
    """Return the record of a composite to the end of the last whole month, of the accounts' own daily records."""
    members = tuple(composite.members.select_related("account__household").order_by("starts_on", "account__name"))
    last = today.replace(day=1) - ONE_DAY
    ends = month_ends(composite.inception, last)
    if len(ends) < 2 or not members:
        return CompositeSheet(composite, members, last, ())
    accounts = list({member.account_id: member.account for member in members}.values())
    book = PerformanceBook(accounts, last)
    sheets = {account.pk: book.sheet([account], composite.currency) for account in accounts}
    tables = _Months(composite, members, sheets, ends)
    years = sorted({end.year for end in ends[1:]}, reverse=True)
    return CompositeSheet(composite, members, last, tuple(tables.year(year) for year in years))


class _Months:
    """Openings and returns of each account and month, (n_months, n_accounts), and the benchmark's months."""

    def __init__(
        self,
        composite: Composite,
        members: Sequence[CompositeMember],
        sheets: dict[int, PerformanceSheet],
        ends: tuple[dt.date, ...],
    ) -> None:
        self.ends, self.sheets = ends, sheets
        shape = len(ends) - 1, len(sheets)
        self.openings, self.closings = np.zeros(shape), np.zeros(shape)
        self.net, self.gross = np.full(shape, np.nan), np.full(shape, np.nan)
        column = {pk: place for place, pk in enumerate(sheets)}
        for member in members:
            self._enter(member, column[member.account_id])
        span = DateSpan(ends[0] + ONE_DAY, ends[-1])
        found = benchmark_returns(composite.benchmark, span, composite.currency) if composite.benchmark else None
        self.benchmark = linked_between(span.first, found.returns, ends) if found is not None else None

    def _enter(self, member: CompositeMember, column: int) -> None:
        sheet = self.sheets[member.account_id]
        if sheet.record is None or sheet.inception is None:
            return
        for month in range(len(self.ends) - 1):
            first, last = self.ends[month] + ONE_DAY, self.ends[month + 1]
            # an account that came within the month has no value at its beginning
            if first <= sheet.inception or not member.counts_in(first, last):
                continue
            part = sheet.record.between(first, last)
            self.openings[month, column] = float(part.opening)
            self.closings[month, column] = float(part.days[-1].value)
            for basis, table in ((FeeBasis.NET, self.net), (FeeBasis.GROSS, self.gross)):
                table[month, column] = np.prod(1 + daily_earnings(part, sheet.timing, basis).returns) - 1

    def year(self, year: int) -> CompositeYear:
        """Return the figures of a calendar year."""
        places = [k for k in range(len(self.ends) - 1) if self.ends[k + 1].year == year]
        first, last = places[0], places[-1]
        net = composite_span(self.openings[first : last + 1], self.net[first : last + 1])
        gross = composite_span(self.openings[first : last + 1], self.gross[first : last + 1])
        months = composite_returns(self.openings, self.gross)[: last + 1]
        theirs, deviation = self._benchmark(first, last)
        counted = ~np.isnan(self.net[last])
        return CompositeYear(
            year=year,
            last_day=self.ends[last + 1],
            figures={
                "gross": gross.total,
                "net": net.total,
                "benchmark": theirs,
                "dispersion": gross.dispersion,
                "deviation": three_year_deviation(months),
                "benchmark_deviation": deviation,
            },
            n_accounts=int(counted.sum()),
            n_all_year=gross.n_accounts,
            assets=Decimal(str(round(float(self.closings[last][counted].sum()), 2))),
        )

    def _benchmark(self, first: int, last: int) -> tuple[Computed, Computed]:
        if self.benchmark is None or np.isnan(self.benchmark[first : last + 1]).any():
            none = Computed(None, NO_BENCHMARK)
            return none, none
        months = self.benchmark[first : last + 1]
        return Computed(float(np.prod(1 + months)) - 1), three_year_deviation(self.benchmark[: last + 1])


def composite_passport(sheet: CompositeSheet, figure: str) -> Passport:
    """Return the passport of `<year>-<figure>` or `<year>-assets`. Raises NotFoundError for another."""
    number, _dash, name = figure.partition("-")
    year = next((each for each in sheet.years if str(each.year) == number), None)
    if year is None or (name != "assets" and (name not in FIGURES or year.figures[name].value is None)):
        raise NotFoundError(gettext_noop("There is no such figure."))
    if name == "assets":
        value = Amount.of_money(year.assets, sheet.composite.currency, year.last_day)
        label, method = gettext("Assets at the end"), gettext("Values of the members at the end of the last month.")
    else:
        value = Amount(year.figures[name].value, "percent", "2")
        label, method = (gettext(words) for words in FIGURES[name])
    return Passport(
        title=f"{sheet.composite.name}, {year.year}: {label}",
        value=value,
        method=f"{method} {gettext('A month is weighted by the values of its members at its beginning.')}",
        as_of=year.last_day,
        source=gettext("The firm's own ledger and closing prices"),
        basis=gettext("After the costs of trading, before taxes."),
        version=ENGINE_VERSION,
        lines=(
            PassportLine(gettext("Accounts at the end"), "", Amount(year.n_accounts, "count")),
            PassportLine(gettext("Accounts of the whole year"), "", Amount(year.n_all_year, "count")),
        ),
        notes=(gettext("Record up to %(day)s, in whole months.") % {"day": date_text(sheet.as_of)},),
    )
