"""Rates of exchange as pages show them: the last of each pair, who told it, its change, and the way of one pair."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.charts import ChartSpec
from apps.core.templatetags.formats import date_text, percent_text
from apps.kernel.dates import DateSpan
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.market.models import CurrencyRate
from apps.market.selectors.adjusted import STALE
from apps.market.selectors.prices import Close
from apps.portfolios.engine.performance import Span, first_day_of
from apps.portfolios.selectors.performance import ONE_DAY
from apps.portfolios.selectors.securities import Change, change_over

CHART_POINTS = 520
_SPANS = (Span.MONTH, Span.YEAR, Span.ONE_YEAR, Span.THREE_YEARS, Span.FIVE_YEARS, Span.TEN_YEARS)


@dataclass(frozen=True, slots=True)
class RateLine:
    """The last rate of a pair on or before a day, and what it changed in a year."""

    last: CurrencyRate
    change: Change

    @property
    def key(self) -> str:
        """What its page is named by."""
        return f"{self.last.base}-{self.last.quote}".lower()


@dataclass(frozen=True, slots=True)
class RateSheet:
    """One pair on a day: its last rate, changes, the chart of its way, and from where its rates are."""

    line: RateLine
    as_of: dt.date
    changes: tuple[Change, ...]
    chart: ChartSpec | None


def rate_lines(day: dt.date) -> list[RateLine]:
    """Return the last rate of every pair on a day, in order of their names."""
    rows = CurrencyRate.objects.filter(day__lte=day)
    last = list(rows.order_by("base", "quote", "-day").distinct("base", "quote"))
    until = first_day_of(Span.ONE_YEAR, day, day) - ONE_DAY
    begun = rows.filter(day__lte=until).order_by("base", "quote", "-day").distinct("base", "quote")
    begins = {(row.base, row.quote): Close(row.day, row.rate) for row in begun}
    lines = []
    for row in last:
        first = begins.get((row.base, row.quote))
        closes = ([first] if first else []) + [Close(row.day, row.rate)]
        lines.append(RateLine(row, change_over(Span.ONE_YEAR, closes, day)))
    return lines


def rate_sheet(key: str, day: dt.date) -> RateSheet:
    """Return the page of a pair. Raises NotFoundError where no rate of it is known on the day."""
    base, _dash, quote = key.upper().partition("-")
    rows = CurrencyRate.objects.filter(base=base, quote=quote, day__lte=day)
    last = rows.order_by("-day").first()
    if last is None:
        raise NotFoundError(gettext_noop("There is no such rate of exchange."))
    span = DateSpan(first_day_of(Span.TEN_YEARS, day, day) - STALE, day)
    told = rows.filter(day__gte=span.first).order_by("day").values_list("day", "rate")
    closes = [Close(on, rate) for on, rate in told] or [Close(last.day, last.rate)]
    changes = tuple(change_over(each, closes, day) for each in _SPANS)
    line = RateLine(last, next(change for change in changes if change.span == Span.ONE_YEAR))
    return RateSheet(line, day, changes, _chart(last, closes))


def _chart(last: CurrencyRate, closes: list[Close]) -> ChartSpec | None:
    if len(closes) < 2:
        return None
    shown = closes[:: -max(1, len(closes) // CHART_POINTS)][::-1]
    grew = float(closes[-1].close / closes[0].close) - 1
    finding = gettext("%(change)s since %(day)s") % {"change": percent_text(grew), "day": date_text(closes[0].day)}
    name = f"{last.base}/{last.quote}"
    return ChartSpec(
        kind="lines",
        title=finding,
        unit=last.quote,
        format="number",
        as_of=last.day.isoformat(),
        note=gettext("The last rates are simulated.") if last.is_simulated else "",
        x={"label": gettext("Day"), "values": [close.day.isoformat() for close in shown]},
        series=[{"name": name, "values": [float(close.close) for close in shown], "meaning": "main"}],
    )


def rate_passport(key: str, figure: str, day: dt.date) -> Passport:
    """Return the passport of the rate (`rate`) or of a change (`total-…` and a span).

    Raises NotFoundError for another figure, or one that is not known.
    """
    sheet = rate_sheet(key, day)
    last = sheet.line.last
    title = gettext("One %(base)s in %(quote)s") % {"base": last.base, "quote": last.quote}
    if figure == "rate":
        method = gettext("The last rate on or before the day.")
        return _passport(sheet, title, _amount(last.rate, last.day), method, ())
    change = next((each for each in sheet.changes if figure == f"total-{each.span}"), None)
    if change is None or change.total.value is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    ends = [each for each in (change.first, change.last) if each is not None]
    lines = tuple(PassportLine(title, date_text(each.day), _amount(each.close, each.day)) for each in ends)
    method = gettext("Last rate / rate before the first day − 1.")
    return _passport(sheet, str(change.label), Amount(change.total.value, "percent", "2"), method, lines)


def _amount(rate: Decimal, day: dt.date) -> Amount:
    return Amount(rate, "quantity", "", day)


def _passport(sheet: RateSheet, title: str, value: Amount, method: str, lines: tuple[PassportLine, ...]) -> Passport:
    last = sheet.line.last
    return Passport(
        title=f"{last.base}/{last.quote}: {title}",
        value=value,
        method=method,
        as_of=last.day,
        source=last.source or gettext("A provider that is not named"),
        lines=lines,
        notes=(gettext("The last rates are simulated."),) if last.is_simulated else (),
        basis=gettext("One rate a day; no bank's margin between buying and selling is in it."),
    )
