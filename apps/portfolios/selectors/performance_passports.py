"""Where a return comes from: its parts period by period, its flows and fees entry by entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text, moment_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.kernel.flows import FlowTiming
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.performance import FeeBasis, PeriodFigures, time_weighted
from apps.portfolios.selectors.performance import ONE_DAY, Fee, Flow, PerformanceSheet, SpanLine

# the name of each figure; those of the first group are returns
RETURNS = {
    "net": gettext_noop("Return net of fees"),
    "gross": gettext_noop("Return before the advisory fee"),
    "money_weighted": gettext_noop("Money-weighted return"),
    "annual_net": gettext_noop("Return net of fees, a year"),
    "annual_gross": gettext_noop("Return before the advisory fee, a year"),
    "annual_money_weighted": gettext_noop("Money-weighted return, a year"),
}
AMOUNTS = {
    "opening": gettext_noop("Value at the start"),
    "money_in": gettext_noop("Money in"),
    "money_out": gettext_noop("Money out"),
    "fees": gettext_noop("Advisory fees"),
    "gain": gettext_noop("Gain"),
    "closing": gettext_noop("Value at the end"),
}
_METHODS = {
    "net": gettext_noop("An advisory fee lowers the return on the day it was paid, from wherever it was paid."),
    "gross": gettext_noop("An advisory fee taken from the portfolio counts as money out at the end of its day."),
    "money_weighted": gettext_noop(
        "The rate of the whole period at which the value at the start, all money in and out and the value at the end "
        "are worth nothing."
    ),
    "amount": gettext_noop("Value at the start + money in − money out + gain = value at the end."),
}
_DAILY = {
    FlowTiming.IN_START_OUT_END: gettext_noop(
        "Daily returns, linked: (value + money out) / (value of the day before + money in) − 1."
    ),
    FlowTiming.END_OF_DAY: gettext_noop(
        "Daily returns, linked: (value − money in + money out) / value of the day before − 1."
    ),
    FlowTiming.START_OF_DAY: gettext_noop(
        "Daily returns, linked: value / (value of the day before + money in − money out) − 1."
    ),
}
DAYS_SHOWN_SINGLY = 62


def performance_passport(sheet: PerformanceSheet, owner: str, figure: str) -> Passport:
    """Return the passport of `<span>-<figure>`, for example `year-net`. Raises NotFoundError for another figure."""
    span, _dash, name = figure.partition("-")
    line = sheet.line(span)
    if line is None or line.figures is None or sheet.record is None or name not in RETURNS | AMOUNTS:
        raise NotFoundError(gettext_noop("There is no such figure."))
    figures = line.figures
    is_return = name in RETURNS
    title = gettext((RETURNS | AMOUNTS)[name])
    value = _value(figures, name, sheet.currency)
    return Passport(
        title=f"{owner}: {title}",
        value=value,
        method=_method(name, sheet.timing),
        as_of=sheet.as_of,
        source=gettext("The firm's own ledger and the closing prices of the securities master or of custodians' files"),
        basis=_basis(name),
        version=ENGINE_VERSION,
        lines=(
            _amount_line("opening", figures, sheet.currency, line.first_day - ONE_DAY),
            *(_flow_line(flow, sheet.currency) for flow in sheet.flows if line.first_day <= flow.day),
            *(_fee_line(fee, sheet.currency) for fee in sheet.fees if line.first_day <= fee.day),
            _amount_line("gain", figures, sheet.currency, sheet.as_of),
            _amount_line("closing", figures, sheet.currency, sheet.as_of),
            *(_parts(sheet, line, name) if is_return and "money_weighted" not in name else ()),
        ),
        notes=tuple(_notes(sheet, line)),
    )


def _value(figures: PeriodFigures, name: str, currency: str) -> Amount:
    if name in RETURNS:
        return Amount(getattr(figures, name).value, "percent", "2")
    return Amount.of_money(getattr(figures, name), currency)


def _method(name: str, timing: FlowTiming) -> str:
    base = name.removeprefix("annual_")
    method = gettext(_METHODS[base if base in RETURNS else "amount"])
    if base in {"net", "gross"}:
        method = f"{gettext(_DAILY[timing])} {method}"
    if name.startswith("annual_"):
        method += " " + gettext("Brought to a year: (1 + return)^(365 / days) − 1.")
    return method


def _basis(name: str) -> str:
    if name not in RETURNS:
        return gettext("Before taxes.")
    if name.endswith("gross"):
        return gettext("After the costs of trading, before the advisory fee and taxes.")
    return gettext("After the costs of trading and the advisory fee, before taxes.")


def _amount_line(name: str, figures: PeriodFigures, currency: str, day: dt.date) -> PassportLine:
    amount = Amount.of_money(getattr(figures, name), currency, day)
    return PassportLine(gettext(AMOUNTS[name]), date_text(day), amount)


def _flow_line(flow: Flow, currency: str) -> PassportLine:
    label = gettext("Money in") if flow.amount > 0 else gettext("Money out")
    how = f"{date_text(flow.day)}, {flow.account}"
    return PassportLine(label, how, Amount.of_money(flow.amount, currency, flow.day), url=_entry(flow.transaction_id))


def _fee_line(fee: Fee, currency: str) -> PassportLine:
    how = f"{date_text(fee.day)}, {fee.account}"
    if fee.invoice:
        how = gettext("%(how)s, paid from elsewhere on invoice %(invoice)s") % {"how": how, "invoice": fee.invoice}
    url = _entry(fee.transaction_id) if fee.transaction_id else ""
    return PassportLine(gettext("Advisory fee"), how, Amount.of_money(fee.amount, currency, fee.day), url=url)


def _entry(transaction_id: str) -> str:
    return reverse("portfolios:entry-passport", kwargs={"entry_id": transaction_id, "figure": "amount"})


def _parts(sheet: PerformanceSheet, line: SpanLine, name: str) -> Iterator[PassportLine]:
    """Yield the returns that are linked: of each day of a short period, of each month of a long one."""
    if sheet.record is None:
        return
    basis = FeeBasis.GROSS if name.endswith("gross") else FeeBasis.NET
    for first, last in _cuts(line.first_day, sheet.as_of):
        part = sheet.record.between(first, last)
        found = time_weighted(part, sheet.timing, basis).total
        if found.value is None:
            continue
        label = date_text(first) if first == last else date_format(first, "YEAR_MONTH_FORMAT")
        amounts = (
            (gettext("Value at the start"), Amount.of_money(part.opening, sheet.currency, first - ONE_DAY)),
            (gettext("Value at the end"), Amount.of_money(part.days[-1].value, sheet.currency, last)),
        )
        yield PassportLine(label, gettext("linked"), Amount(found.value, "percent", "2", last), amounts)


def _cuts(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    single = (last - first).days < DAYS_SHOWN_SINGLY
    while first <= last:
        end = first if single else _end_of_month(first)
        yield first, min(end, last)
        first = end + ONE_DAY


def _end_of_month(day: dt.date) -> dt.date:
    return (day.replace(day=28) + 4 * ONE_DAY).replace(day=1) - ONE_DAY


def _notes(sheet: PerformanceSheet, line: SpanLine) -> Iterator[str]:
    yield sheet.timing_text
    if sheet.n_accounts > 1:
        yield gettext("Money that went from one of these accounts to another on the same day is neither in nor out.")
    if sheet.known_at is not None:
        yield gettext("The ledger counts as it stood on %(moment)s.") % {"moment": moment_text(sheet.known_at)}
    broken = line.figures.broken_days if line.figures else ()
    if broken:
        yield gettext("On %(n)s days nothing was invested (the first: %(day)s); nothing is linked across them.") % {
            "n": len(broken),
            "day": date_text(broken[0]),
        }
    if sheet.unpriced:
        yield gettext("Without a price and not counted: %(names)s.") % {"names": ", ".join(sheet.unpriced)}
    if sheet.simulation:
        yield gettext("Prices after %(day)s are simulated.") % {"day": date_text(sheet.simulation.simulated_from)}
