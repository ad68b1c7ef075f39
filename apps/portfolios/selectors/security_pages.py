"""The page of a security: what it cost, what it did, how sure its trend is, and which accounts hold it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.db.models import Sum
from django.utils.translation import gettext

from apps.core.actors import Actor
from apps.core.templatetags.charts import ChartSpec
from apps.core.templatetags.formats import date_text, percent_text
from apps.kernel.dates import DateSpan
from apps.market.engine.statistics import TRADING_DAYS, Trend, annual_volatility, measured_trend
from apps.market.models import CorporateAction, MarketPoint
from apps.market.policies import distribution_key, volume_key
from apps.market.selectors.adjusted import STALE
from apps.market.selectors.prices import Close, close_at
from apps.portfolios.engine.drawdowns import Drawdown, drawdowns
from apps.portfolios.engine.performance import Span, first_day_of
from apps.portfolios.models import Account, Transaction
from apps.portfolios.selectors.performance import ONE_DAY
from apps.portfolios.selectors.prices import PriceBook
from apps.portfolios.selectors.securities import Change, Quoted, change_over, closes_of

# how far back a page may look, in years
LOOKS = {1: Span.ONE_YEAR, 3: Span.THREE_YEARS, 5: Span.FIVE_YEARS, 10: Span.TEN_YEARS}
CHART_POINTS = 520
_CHANGES = (Span.MONTH, Span.YEAR, Span.ONE_YEAR, Span.THREE_YEARS, Span.FIVE_YEARS, Span.TEN_YEARS)


@dataclass(frozen=True, slots=True)
class Habit:
    """What a security's closes of some years say: volatility and trend a year, and the deepest fall."""

    first: Close | None
    last: Close | None
    n_closes: int
    volatility: float | None
    trend: Trend | None
    fall: Drawdown | None


@dataclass(frozen=True, slots=True)
class Holder:
    """An account that holds the security; the value is in the account's currency, None without a price."""

    account: Account
    units: Decimal
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class SecuritySheet:
    """A security on a day, looked at over `years`."""

    quoted: Quoted
    as_of: dt.date
    years: int
    last: Close | None
    changes: tuple[Change, ...]
    habit: Habit
    chart: ChartSpec | None
    distribution: tuple[dt.date, Decimal] | None
    volume: tuple[dt.date, Decimal] | None
    actions: tuple[CorporateAction, ...]

    @property
    def is_simulated(self) -> bool:
        """Whether any price shown is not of a market."""
        since = self.quoted.simulated_from
        return bool(since and self.last and self.last.day >= since)


def security_sheet(quoted: Quoted, day: dt.date, years: int = 5) -> SecuritySheet:
    """Return the page of a security on a day, its habits and chart over the years before it."""
    first = first_day_of(Span.TEN_YEARS, day, day)
    closes = closes_of([quoted], DateSpan(first - ONE_DAY, day))[quoted.public_id]
    looked = _since(closes, first_day_of(LOOKS[years], day, day) - ONE_DAY)
    habit = _habit(looked)
    master = quoted.master
    symbol = quoted.row.symbol
    actions = CorporateAction.objects.filter(security=master, is_cancelled=False, day__lte=day)
    return SecuritySheet(
        quoted=quoted,
        as_of=day,
        years=years,
        last=closes[-1] if closes else None,
        changes=tuple(change_over(span, closes, day) for span in _CHANGES),
        habit=habit,
        chart=_chart(quoted, looked, habit),
        distribution=_point(distribution_key(symbol), day) if master else None,
        volume=_point(volume_key(symbol), day) if symbol else None,
        actions=tuple(actions.select_related("into").order_by("-day")) if master else (),
    )


def holders(actor: Actor, quoted: Quoted, day: dt.date) -> list[Holder]:
    """Return the accounts that the actor may see and that hold the security at the close of a day, most units first."""
    if quoted.instrument is None:
        return []
    rows = Transaction.objects.visible_to(actor).traded_by(day).filter(instrument=quoted.instrument)
    sums = dict(rows.values_list("account").annotate(units=Sum("units")).exclude(units=0).order_by("-units", "account"))
    accounts = Account.objects.visible_to(actor).select_related("household").in_bulk(list(sums))
    books: dict[str, PriceBook] = {}
    found = []
    for pk, units in sums.items():
        account = accounts[pk]
        if account.currency not in books:
            books[account.currency] = PriceBook([quoted.instrument], account.currency, DateSpan(day, day))
        value = books[account.currency].value(quoted.instrument.pk, units, day)
        found.append(Holder(account, units, value))
    return found


def _since(closes: list[Close], first: dt.date) -> list[Close]:
    """The closes from a day on, or from the last one shortly before it where the day had none."""
    near = close_at(closes, first)
    begin = near.day if near is not None and near.day >= first - STALE else first
    return [close for close in closes if close.day >= begin]


def _habit(closes: list[Close]) -> Habit:
    values = [close.close for close in closes]
    if len(closes) < 2 or min(values) <= 0:
        return Habit(closes[0] if closes else None, closes[-1] if closes else None, len(closes), None, None, None)
    falls = drawdowns([close.day for close in closes], [float(value) for value in values])
    return Habit(
        first=closes[0],
        last=closes[-1],
        n_closes=len(closes),
        volatility=annual_volatility(values),
        trend=measured_trend(values),
        fall=min(falls, key=lambda fall: fall.depth, default=None),
    )


def _point(key: str, day: dt.date) -> tuple[dt.date, Decimal] | None:
    rows = MarketPoint.objects.filter(series__key=key, day__lte=day).order_by("-day")
    return rows.values_list("day", "value").first()


def _chart(quoted: Quoted, closes: list[Close], habit: Habit) -> ChartSpec | None:
    """The closes with the line of their trend: least squares through their logarithms."""
    if len(closes) < 2 or habit.trend is None:
        return None
    logs = np.log([float(close.close) for close in closes])
    places = np.arange(len(logs))
    slope = np.log1p(habit.trend.rate) / TRADING_DAYS
    line = np.exp(logs.mean() + slope * (places - places.mean()))
    step = max(1, len(closes) // CHART_POINTS)
    shown = range(len(closes) - 1, -1, -step)[::-1]
    grew = float(closes[-1].close / closes[0].close) - 1
    finding = gettext("%(change)s since %(day)s") % {"change": percent_text(grew), "day": date_text(closes[0].day)}
    note = ""
    if quoted.simulated_from and closes[-1].day >= quoted.simulated_from:
        note = gettext("Prices after %(day)s are simulated.") % {"day": date_text(quoted.simulated_from)}
    return ChartSpec(
        kind="lines",
        title=finding,
        unit=quoted.currency,
        format="money",
        currency=quoted.currency,
        as_of=closes[-1].day.isoformat(),
        note=note,
        x={"label": gettext("Day"), "values": [closes[i].day.isoformat() for i in shown]},
        series=[
            {"name": gettext("Close"), "values": [float(closes[i].close) for i in shown], "meaning": "main"},
            {
                "name": gettext("Trend"),
                "values": [float(line[i]) for i in shown],
                "meaning": "target",
                "style": "dashed",
            },
        ],
    )
