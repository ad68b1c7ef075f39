"""Where a figure of attribution or a source of return comes from: its formula, its span, and the parts it sums with."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.active_return import Linking
from apps.portfolios.engine.risk_figures import Frequency
from apps.portfolios.selectors.attribution import (
    SOURCES,
    AttributionSheet,
    EffectLine,
    SourceColumn,
    attribution_sheet,
    source_columns,
)
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance import PerformanceSheet

# the name of each figure of a line, and how it is found
EFFECTS = {
    "portfolio_weight": (gettext_noop("Weight in the portfolio"), gettext_noop("Mean of the weights of the mornings.")),
    "benchmark_weight": (gettext_noop("Weight in the benchmark"), gettext_noop("Mean of the weights of the mornings.")),
    "portfolio_return": (gettext_noop("Return in the portfolio"), gettext_noop("Returns of the periods, linked.")),
    "benchmark_return": (gettext_noop("Return in the benchmark"), gettext_noop("Returns of the periods, linked.")),
    "allocation": (
        gettext_noop("Allocation"),
        gettext_noop(
            "(weight in the portfolio − weight in the benchmark) × (return of the class in the benchmark − return of "
            "the benchmark), of each period (Brinson and Fachler 1985)."
        ),
    ),
    "selection": (
        gettext_noop("Selection"),
        gettext_noop("Weight in the benchmark × (return in the portfolio − return in the benchmark), of each period."),
    ),
    "interaction": (
        gettext_noop("Interaction"),
        gettext_noop(
            "(weight in the portfolio − weight in the benchmark) × (return in the portfolio − return in the "
            "benchmark), of each period."
        ),
    ),
    "total": (gettext_noop("Effect"), gettext_noop("The effects of each period, together.")),
}
OF_HOLDING = gettext_noop(
    "Weight × (return of the holding − return of its class in the benchmark), of each period: its part of selection "
    "and interaction."
)
OF_REST = gettext_noop(
    "The difference less all effects: fees, other charges, and what trading within the periods did beyond the weights "
    "of their first mornings."
)
LINKED = {
    Linking.CARINO: gettext_noop("Linked over the periods by the factors of Carino 1999."),
    Linking.MENCHERO: gettext_noop("Linked over the periods by the factors of Menchero 2000."),
}
_SOURCE_METHODS = {
    "price": gettext_noop("Change of price at the day's exchange rate, of what was held, on what was invested."),
    "income": gettext_noop("Dividends and interest of the day, on what was invested."),
    "currency": gettext_noop("Value of the morning times the change of the exchange rate, on what was invested."),
    "fees": gettext_noop("Advisory fees of the day, from wherever they were paid, on what was invested."),
    "rest": gettext_noop("The return of the day less the other parts: other charges, and prices of trades."),
    "total": gettext_noop("The return net of fees, as the page of returns has it."),
}


def attribution_passport(owner: PortfolioOwner, sheet: PerformanceSheet, figure: str) -> Passport:
    """Return the passport of `<span>-attribution-<daily|monthly>-<linking>-<line>-<effect>`. Raises NotFoundError."""
    parts = figure.split("-")
    if len(parts) != 6 or parts[2] not in set(Frequency) or parts[3] not in set(Linking) or parts[5] not in EFFECTS:
        raise NotFoundError(gettext_noop("There is no such figure."))
    found = attribution_sheet(owner, sheet, parts[0], (Frequency(parts[2]), Linking(parts[3])))
    line, is_holding = _named(found, parts[4])
    value = found.rest if parts[4] == "rest" else getattr(line, parts[5], None)
    if value is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    title, method = EFFECTS[parts[5]]
    method = OF_REST if parts[4] == "rest" else OF_HOLDING if is_holding and parts[5] == "total" else method
    label = gettext("Fees, charges and trading") if line is None else line.label
    first = found.line.first_day if found.line else sheet.as_of
    return Passport(
        title=f"{owner.name}: {label}, {gettext(title)}",
        value=Amount(value, "percent", "2"),
        method=f"{gettext(method)} {gettext(LINKED[found.linking])}",
        as_of=sheet.as_of,
        source=gettext("The firm's own ledger, closing prices, and the benchmark's parts, from %(day)s")
        % {"day": date_text(first)},
        basis=gettext("After the costs of trading and the advisory fee, before taxes."),
        version=ENGINE_VERSION,
        lines=tuple(_lines(found, line)),
        notes=(gettext("All effects and the last line make the difference to the benchmark."),),
    )


def _named(found: AttributionSheet, key: str) -> tuple[EffectLine | None, bool]:
    if found.total is not None and key == "total":
        return found.total, False
    for line in found.lines:
        if line.key == key:
            return line, False
        for each in line.holdings:
            if each.key == key:
                return each, True
    return None, False


def _lines(found: AttributionSheet, line: EffectLine | None) -> Iterator[PassportLine]:
    """Yield the line's own parts, then what sums to the difference."""
    yield PassportLine(gettext("Periods linked"), "", Amount(found.n_periods, "count"))
    for name, (label, _method) in EFFECTS.items():
        value = getattr(line, name, None)
        if value is not None:
            yield PassportLine(gettext(label), line.label if line else "", Amount(value, "percent", "2"))
    for each in found.lines:
        yield PassportLine(each.label, gettext("all effects"), Amount(each.total, "percent", "2"))
    yield PassportLine(gettext("Fees, charges and trading"), "", Amount(found.rest, "percent", "2"))
    if found.line is not None:
        yield PassportLine(gettext("Difference"), "", Amount(found.line.difference.value, "percent", "2"))


def source_passport(owner: PortfolioOwner, sheet: PerformanceSheet, figure: str) -> Passport:
    """Return the passport of `<span>-source-<part>`. Raises NotFoundError."""
    span, _source, name = figure.split("-") if figure.count("-") == 2 else ("", "", "")
    column = next((each for each in source_columns(owner, sheet) if each.span == span), None)
    if column is None or (name != "total" and name not in SOURCES):
        raise NotFoundError(gettext_noop("There is no such figure."))
    label = gettext("Return net of fees") if name == "total" else SOURCES[name]
    return Passport(
        title=f"{owner.name}: {label}",
        value=Amount(column.total if name == "total" else column.parts[name], "percent", "2"),
        method=f"{gettext(_SOURCE_METHODS[name])} {gettext(LINKED[Linking.CARINO])}",
        as_of=sheet.as_of,
        source=gettext("The firm's own ledger and closing prices, from %(day)s") % {"day": date_text(column.first_day)},
        basis=gettext("After the costs of trading and the advisory fee, before taxes."),
        version=ENGINE_VERSION,
        lines=tuple(_source_lines(column)),
        notes=(gettext("The parts make the return net of fees."),),
    )


def _source_lines(column: SourceColumn) -> Iterator[PassportLine]:
    for name, label in SOURCES.items():
        yield PassportLine(str(label), "", Amount(column.parts[name], "percent", "2"))
    yield PassportLine(gettext("Return net of fees"), "", Amount(column.total, "percent", "2"))
