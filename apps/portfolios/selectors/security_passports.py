"""Where the figures of a security's page come from."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.market.selectors.prices import Close
from apps.portfolios.selectors.securities import Change, Quoted
from apps.portfolios.selectors.security_pages import LOOKS, SecuritySheet, security_sheet

_HABITS = ("volatility", "trend", "low", "high", "fall")


def security_passport(quoted: Quoted, figure: str, day: dt.date) -> Passport:
    """Return the passport of close, distribution or volume, of a change (`total-…`, `annual-…` and a span), or of a
    habit and the years it is of (`trend-5`). Raises NotFoundError for another figure, or one that is not known.
    """
    kind, _dash, rest = figure.partition("-")
    is_habit = kind in _HABITS
    years = next((look for look in LOOKS if not is_habit or str(look) == rest), None)
    if years is not None:
        sheet = security_sheet(quoted, day, years)
        found = _of_habit(sheet, kind) if is_habit else _of_price(sheet, kind, rest)
        if found is not None:
            return found
    raise NotFoundError(gettext_noop("There is no such figure."))


def _of_price(sheet: SecuritySheet, kind: str, span: str) -> Passport | None:
    currency = sheet.quoted.currency
    if kind == "close" and sheet.last is not None:
        amount = Amount.of_money(sheet.last.close, currency, sheet.last.day)
        method = gettext("The last close on or before the day.")
        return replace(_passport(sheet, gettext("Close"), amount, method, ()), as_of=sheet.last.day)
    change = next((each for each in sheet.changes if each.span == span), None)
    if change is not None and kind in {"total", "annual"}:
        return _of_change(sheet, change, kind)
    if kind == "distribution" and sheet.distribution is not None:
        on, share = sheet.distribution
        method = gettext("What is paid out in a year as a share of the price, as the source states it.")
        return _passport(sheet, gettext("Distributes a year"), Amount(share, "percent", "2", on), method, ())
    if kind == "volume" and sheet.volume is not None:
        on, units = sheet.volume
        method = gettext("Units that usually change hands in a day, as the source states them.")
        return _passport(sheet, gettext("Traded a day"), Amount(units, "quantity", "", on), method, ())
    return None


def _of_change(sheet: SecuritySheet, change: Change, kind: str) -> Passport | None:
    found = change.total if kind == "total" else change.annual
    if found.value is None:
        return None
    method = gettext("Last close / close before the first day − 1; what corporate actions did to a share is taken out.")
    if kind == "annual":
        method = gettext("(Last close / close before the first day) ^ (365 / days) − 1, corporate actions taken out.")
    lines = [_line(each, sheet) for each in (change.first, change.last) if each is not None]
    return _passport(sheet, str(change.label), Amount(found.value, "percent", "2"), method, tuple(lines))


def _of_habit(sheet: SecuritySheet, kind: str) -> Passport | None:
    habit = sheet.habit
    value, title, method = None, "", ""
    if kind == "volatility":
        value, title = habit.volatility, gettext("Volatility, a year")
        method = gettext("Standard deviation (n − 1) of the daily logarithmic changes × √252.")
    elif kind == "fall" and habit.fall is not None:
        value, title = habit.fall.depth, gettext("Deepest fall from a peak")
        method = gettext("The lowest close after the highest one before it, divided by that, − 1.")
    elif habit.trend is not None and kind in {"trend", "low", "high"}:
        value = habit.trend.rate if kind == "trend" else getattr(habit.trend, kind)
        title = gettext("Trend, a year") if kind == "trend" else gettext("Range of the trend, a year")
        method = gettext(
            "Growth a year of the least-squares line through the logarithms of the closes. Prices wander: the line"
            " through a random walk has the variance 6σ²/5T (Durlauf and Phillips 1988), from which the range follows"
            " that holds the true growth in 95 of 100 such series."
        )
    if value is None:
        return None
    lines = [_line(each, sheet) for each in (habit.first, habit.last) if each is not None]
    lines.append(PassportLine(gettext("Closes"), "", Amount(habit.n_closes, "count")))
    return _passport(sheet, title, Amount(value, "percent", "2" if kind == "fall" else "1"), method, tuple(lines))


def _line(close: Close, sheet: SecuritySheet) -> PassportLine:
    amount = Amount.of_money(close.close, sheet.quoted.currency, close.day)
    return PassportLine(gettext("Close"), date_text(close.day), amount)


def _passport(
    sheet: SecuritySheet, title: str, value: Amount, method: str, lines: tuple[PassportLine, ...]
) -> Passport:
    master = sheet.quoted.master
    notes: tuple[str, ...] = ()
    if sheet.is_simulated and sheet.quoted.simulated_from:
        notes = (gettext("Prices after %(day)s are simulated.") % {"day": date_text(sheet.quoted.simulated_from)},)
    return Passport(
        title=f"{sheet.quoted.row}: {title}",
        value=value,
        method=method,
        as_of=sheet.as_of,
        source=master.source or gettext("The securities master") if master else gettext("The firm's own files"),
        lines=lines,
        notes=notes,
        basis=gettext("The price alone: what was paid out is not counted."),
    )
