"""Composites for who may see them: members, and the record by calendar year as GIPS 2020 asks for it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import gettext

from apps.core.actors import Actor
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.charts import ChartSpec, Series
from apps.core.templatetags.formats import date_text, percent_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.composites import THREE_YEARS, composite_returns, composite_span, three_year_deviation
from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.risk_figures import NO_BENCHMARK, month_ends
from apps.portfolios.models import Composite, CompositeMember
from apps.portfolios.selectors.composite_months import HEADS, CompositeMonth, CompositeMonths, MemberMonth
from apps.portfolios.selectors.performance import ONE_DAY

FIGURES = {
    "gross": (HEADS["gross"], gettext_noop("Returns of the months before the fee, linked.")),
    "net": (HEADS["net"], gettext_noop("Returns of the months net of fees, linked.")),
    "benchmark": (HEADS["benchmark"], gettext_noop("Daily returns of the benchmark, linked.")),
    "dispersion": (
        gettext_noop("Spread of the accounts"),
        gettext_noop("Standard deviation (n) of the returns before fees of accounts that were members all year."),
    ),
    "deviation": (
        gettext_noop("Deviation, three years"),
        gettext_noop("Standard deviation (n − 1) of the last 36 monthly returns before fees, times the root of 12."),
    ),
    "benchmark_deviation": (
        gettext_noop("Benchmark's deviation"),
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
    def cells(self) -> tuple[tuple[str, str, Computed], ...]:
        """The figures in the order of the page, each with the name of its column."""
        return tuple((name, gettext(FIGURES[name][0]), self.figures[name]) for name in FIGURES)


@dataclass(frozen=True, slots=True)
class CompositeSheet:
    """A composite up to the last whole month; the newest year and month first."""

    composite: Composite
    members: tuple[CompositeMember, ...]
    as_of: dt.date
    years: tuple[CompositeYear, ...]
    months: tuple[CompositeMonth, ...]

    def months_of(self, year: int | None) -> tuple[CompositeMonth, ...]:
        """Return the months of a year, of the newest when none is named."""
        wanted = year or next((each.year for each in self.years), None)
        return tuple(month for month in self.months if month.last_day.year == wanted)

    @property
    def month_heads(self) -> tuple[str, ...]:
        """The names of the columns of a month."""
        return tuple(gettext(label) for label in HEADS.values())

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


def composite_sheet(composite: Composite, today: dt.date, figure: str | None = None) -> CompositeSheet:
    """Return the record of a composite to the end of the last whole month, of the accounts' own daily records.

    For one `figure` (the name of its passport) only the months that it is made of are read.
    """
    members = tuple(composite.members.select_related("account__household").order_by("starts_on", "account__name"))
    last = today.replace(day=1) - ONE_DAY
    ends = _ends_for(figure, month_ends(composite.inception, last))
    if len(ends) < 2 or not members:
        return CompositeSheet(composite, members, last, (), ())
    made = CompositeMonths(composite, members, ends)
    years = sorted({end.year for end in ends[1:]}, reverse=True)
    return CompositeSheet(composite, members, last, tuple(_year(made, year) for year in years), made.months())


def _ends_for(figure: str | None, ends: tuple[dt.date, ...]) -> tuple[dt.date, ...]:
    """Return the ends of the months, and the one before, that a figure is made of: a month, a year, or three years."""
    number, _dash, name = (figure or "").partition("-")
    places = [k for k, end in enumerate(ends[1:], 1) if number in {f"{end:%Y%m}", str(end.year)}]
    if figure is None or not places:
        return ends if figure is None else ()
    first = max(places[-1] - THREE_YEARS + 1, 1) if name.endswith("deviation") else places[0]
    return ends[first - 1 : places[-1] + 1]


def _year(made: CompositeMonths, year: int) -> CompositeYear:
    """Return the figures of a calendar year."""
    places = [k for k in range(len(made.ends) - 1) if made.ends[k + 1].year == year]
    first, last = places[0], places[-1]
    net = composite_span(made.openings[first : last + 1], made.net[first : last + 1])
    gross = composite_span(made.openings[first : last + 1], made.gross[first : last + 1])
    months = composite_returns(made.openings, made.gross)[: last + 1]
    theirs, deviation = _benchmark(made, first, last)
    counted = ~np.isnan(made.net[last])
    return CompositeYear(
        year=year,
        last_day=made.ends[last + 1],
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
        assets=Decimal(str(round(float(made.closings[last][counted].sum()), 2))),
    )


def _benchmark(made: CompositeMonths, first: int, last: int) -> tuple[Computed, Computed]:
    if made.benchmark is None or np.isnan(made.benchmark[first : last + 1]).any():
        none = Computed(None, NO_BENCHMARK)
        return none, none
    months = made.benchmark[first : last + 1]
    return Computed(float(np.prod(1 + months)) - 1), three_year_deviation(made.benchmark[: last + 1])


def composite_growth_spec(sheet: CompositeSheet) -> ChartSpec | None:
    """Specify the chart of the linked months net of fees, with the benchmark's where it has all of them.

    None for fewer than two months, or where one is without a member.
    """
    months = tuple(reversed(sheet.months))
    ours = _grown(months, "net")
    if ours is None or len(months) < 2:
        return None
    series = [Series(name=gettext("Return net of fees"), values=ours, meaning="main")]
    theirs = _grown(months, "benchmark")
    if theirs is not None and sheet.composite.benchmark is not None:
        name = sheet.composite.benchmark.name
        series.append(Series(name=name, values=theirs, meaning="benchmark", style="dashed"))
    said = {"total": percent_text(ours[-1] or 0.0), "day": date_text(sheet.composite.inception)}
    return ChartSpec(
        kind="lines",
        title=gettext("%(total)s net of fees since %(day)s") % said,
        unit=gettext("months linked since the beginning"),
        format="percent",
        as_of=sheet.as_of.isoformat(),
        x={"label": gettext("Month"), "values": [f"{month.last_day:%Y-%m}" for month in months]},
        series=series,
    )


def _grown(months: Sequence[CompositeMonth], name: str) -> list[float | None] | None:
    returns = [month.figures[name].value for month in months]
    known = [value for value in returns if value is not None]
    if len(known) < len(returns):
        return None
    return [float(value) for value in np.cumprod(1 + np.array(known)) - 1]


def composite_passport(sheet: CompositeSheet, figure: str) -> Passport:
    """Return the passport of `<year>-<figure>`, `<year>-assets`, or the same of a month (`202506-net`).

    Raises NotFoundError for another.
    """
    number, _dash, name = figure.partition("-")
    month = next((each for each in sheet.months if each.key == number), None)
    if month is not None:
        return _month_passport(sheet, month, name)
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


def _month_passport(sheet: CompositeSheet, month: CompositeMonth, name: str) -> Passport:
    found = month.figures.get(name)
    if name != "assets" and (found is None or found.value is None):
        raise NotFoundError(gettext_noop("There is no such figure."))
    currency = sheet.composite.currency
    if found is None:
        value = Amount.of_money(month.assets, currency, month.last_day)
        label, method = gettext("Assets at the end"), gettext("Values of the members at the end of the month.")
    else:
        value = Amount(found.value, "percent", "2", month.last_day)
        label = gettext(FIGURES[name][0])
        method = gettext("Returns of the members, weighted by their values at the beginning of the month.")
        method = gettext(FIGURES[name][1]) if name == "benchmark" else method
    return Passport(
        title=f"{sheet.composite.name}, {date_format(month.last_day, 'YEAR_MONTH_FORMAT')}: {label}",
        value=value,
        method=method,
        as_of=month.last_day,
        source=gettext("The firm's own ledger and closing prices, as kept by night"),
        basis=gettext("After the costs of trading, before taxes."),
        version=ENGINE_VERSION,
        lines=() if name == "benchmark" else tuple(_member_line(member, name, currency) for member in month.members),
    )


def _member_line(member: MemberMonth, name: str, currency: str) -> PassportLine:
    told = f"{member.account.household.name}, {member.account.name}"
    if name == "assets":
        return PassportLine(told, "", Amount.of_money(member.closing, currency))
    rate = Amount(member.net if name == "net" else member.gross, "percent", "2")
    return PassportLine(told, "", rate, ((gettext("Value at the start"), Amount.of_money(member.opening, currency)),))
