"""Where a figure of a sleeve comes from: its formula, its months, and the lines it sums with."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.active_return import Linking
from apps.portfolios.selectors.attribution_passports import LINKED
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance import ONE_DAY, PerformanceSheet
from apps.portfolios.selectors.sleeves import FEES, REST, TOTAL, SleeveLine, SleeveSheet, sleeve_sheet

AMOUNTS = {
    "opening": (
        gettext_noop("Value at the start"),
        gettext_noop("Values at the close of the day before; odd cents go to the largest remainders."),
    ),
    "moved": (
        gettext_noop("Moved in, net"),
        gettext_noop(
            "Value at the end − value at the start − gain: purchases, transfers and deposits, less sales, withdrawals "
            "and income paid out to the cash."
        ),
    ),
    "gain": (
        gettext_noop("Gain"),
        gettext_noop("Change of prices and exchange rates of what was held, with dividends and interest."),
    ),
    "closing": (
        gettext_noop("Value at the end"),
        gettext_noop("Values at the close of the day; odd cents go to the largest remainders."),
    ),
}
RATES = {
    "share": (gettext_noop("Share at the end"), gettext_noop("Value of the sleeve over that of the portfolio.")),
    "target": (gettext_noop("Target"), gettext_noop("The weight in the version of the model that is in force.")),
    "returned": (
        gettext_noop("Return of the sleeve"),
        gettext_noop(
            "Daily returns, linked: gain over what was invested in the sleeve. What is bought counts as money in, what "
            "is sold or paid out as money out. Before the advisory fee."
        ),
    ),
    "contribution": (
        gettext_noop("Contribution"),
        gettext_noop("Gain of each day over what was invested in the portfolio."),
    ),
}
_OF_CHARGES = {
    FEES: gettext_noop(
        "Advisory fees: in the contribution from wherever they were paid, in money those taken from it."
    ),
    REST: gettext_noop("The portfolio's own figure less all other lines: other charges, and prices of transfers."),
    TOTAL: gettext_noop("The figure of the page of returns."),
}


def sleeve_passport(owner: PortfolioOwner, sheet: PerformanceSheet, figure: str) -> Passport:
    """Return the passport of `<span>-sleeve-<line>-<name>`. Raises NotFoundError."""
    parts = figure.split("-")
    if len(parts) != 4 or parts[3] not in {*AMOUNTS, *RATES}:
        raise NotFoundError(gettext_noop("There is no such figure."))
    found = sleeve_sheet(owner, sheet, parts[0])
    line, name = found.named(parts[2]), parts[3]
    value = None if line is None else _value(line, name, sheet.currency)
    if line is None or found.line is None or value is None or value.value is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    title, method = _told(line, name)
    return Passport(
        title=f"{owner.name}: {line.label}, {title}",
        value=value,
        method=method,
        as_of=sheet.as_of,
        source=gettext("The firm's own ledger and closing prices, from %(day)s")
        % {"day": date_text(found.line.first_day)},
        basis=gettext("After the costs of trading, before taxes. Sleeves are before the advisory fee."),
        version=ENGINE_VERSION,
        lines=tuple(_lines(found, line, name)),
        notes=tuple(sleeve_notes(found)),
    )


def _value(line: SleeveLine, name: str, currency: str) -> Amount:
    if name in AMOUNTS:
        return Amount.of_money(getattr(line, name), currency)
    told = line.returned.value if name == "returned" else getattr(line, name)
    return Amount(told, "percent", "2")


def _told(line: SleeveLine, name: str) -> tuple[str, str]:
    title, method = ({**AMOUNTS, **RATES})[name]
    told = gettext(_OF_CHARGES.get(line.key, method))
    return gettext(title), f"{told} {gettext(LINKED[Linking.CARINO])}" if name == "contribution" else told


def _lines(found: SleeveSheet, line: SleeveLine, name: str) -> Iterator[PassportLine]:
    if name == "returned" and line in found.sleeves:
        yield from _months(found, found.sleeves.index(line))
        return
    for each in (*found.lines, *([found.total] if found.total is not None else [])):
        amount = _value(each, name, found.sheet.currency)
        if amount.value is not None:
            yield PassportLine(each.label, "", amount)


def _months(found: SleeveSheet, column: int) -> Iterator[PassportLine]:
    """Yield the return of each month of the span."""
    first = start = found.line.first_day if found.line else found.sheet.as_of
    grown = found.growth[:, column]
    before = 0.0
    while first <= found.sheet.as_of:
        end = min((first.replace(day=28) + 4 * ONE_DAY).replace(day=1) - ONE_DAY, found.sheet.as_of)
        until = float(grown[(end - start).days])
        value = (1 + until) / (1 + before) - 1 if before > -1 else None
        yield PassportLine(date_format(first, "YEAR_MONTH_FORMAT"), "", Amount(value, "percent", "2", end))
        first, before = end + ONE_DAY, until


def sleeve_notes(found: SleeveSheet) -> Iterator[str]:
    """Yield what must be said with the figures of sleeves."""
    if found.versions:
        told = [
            gettext("%(version)s from %(day)s") % {"version": version, "day": date_text(day)}
            for version, day in found.versions
        ]
        yield gettext("Each day counts to the sleeves of the models then in force: %(names)s.") % {
            "names": ", ".join(told)
        }
    else:
        yield gettext("No model is followed: the sleeves are asset classes.")
    if any(line.unlinked for line in found.sleeves):
        yield gettext("A day on which a sleeve gains with nothing in it counts in its contribution, not in its return.")
