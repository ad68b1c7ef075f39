"""Where an effect comes from: its formula, and the effects that it sums with."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.active_return import Linking
from apps.portfolios.selectors.attribution_passports import LINKED
from apps.portfolios.selectors.effects import EFFECTS, EffectRow, EffectSheet, Part, effect_sheet
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance import PerformanceSheet

_METHODS = {
    "capital": gettext_noop(
        "Change of the price in the holding's own currency, at the evening's exchange rate, of what was held; what was "
        "traded counts from its own price."
    ),
    "income": gettext_noop("Dividends, interest and coupons, at the exchange rate of their day."),
    "currency": gettext_noop(
        "Value of the morning times the change of the exchange rate. What the rate did to the day's own gain counts "
        "with that gain (Karnosky and Singer 1994)."
    ),
    "charges": gettext_noop("Advisory fees, and what is left of the portfolio's own gain: other charges."),
    "total": gettext_noop("All effects together."),
}
KINDS = ("amount", "rate")


def effect_passport(owner: PortfolioOwner, sheet: PerformanceSheet, figure: str) -> Passport:
    """Return the passport of `<span>-effect-<row>-<effect>-<amount|rate>`. Raises NotFoundError."""
    parts = figure.split("-")
    if len(parts) != 5 or parts[3] not in _METHODS or parts[4] not in KINDS:
        raise NotFoundError(gettext_noop("There is no such figure."))
    found = effect_sheet(owner, sheet, parts[0])
    row = found.named(parts[2])
    part = _part(row, parts[3]) if row is not None else None
    if row is None or part is None or found.line is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    label = EFFECTS.get(parts[3]) or gettext("Together")
    linked = "" if parts[4] == "amount" else f" {gettext(LINKED[Linking.CARINO])}"
    return Passport(
        title=f"{owner.name}: {row.label}, {label}",
        value=_amount(part, parts[4], sheet),
        method=gettext(_METHODS[parts[3]]) + linked,
        as_of=sheet.as_of,
        source=gettext("The firm's own ledger, closing prices and exchange rates, from %(day)s")
        % {"day": date_text(found.line.first_day)},
        basis=gettext("After the costs of trading and the advisory fee, before taxes."),
        version=ENGINE_VERSION,
        lines=tuple(_lines(found, row, (parts[3], parts[4]))),
        notes=(
            gettext("Money sums to the gain of the period, per cents to the return net of fees."),
            gettext("An advisory fee that was paid from elsewhere lowers the return, and no amount here."),
        ),
    )


def _part(row: EffectRow, effect: str) -> Part | None:
    return row.total if effect == "total" else row.parts.get(effect)


def _amount(part: Part, kind: str, sheet: PerformanceSheet) -> Amount:
    if kind == "amount":
        return Amount.of_money(part.amount, sheet.currency)
    return Amount(part.rate, "percent", "2")


def _lines(found: EffectSheet, row: EffectRow, named: tuple[str, str]) -> Iterator[PassportLine]:
    """Yield what it is made of: the holdings of a class, the rows of the whole, the effects of a holding."""
    effect, kind = named
    whole = found.total is not None and row.key == found.total.key
    for each in found.rows if whole else row.holdings:
        part = _part(each, effect)
        if part is not None:
            yield PassportLine(each.label, "", _amount(part, kind, found.sheet))
    if effect == "total" or not (whole or row.holdings):
        for name, part in row.parts.items():
            yield PassportLine(row.label, str(EFFECTS[name]), _amount(part, kind, found.sheet))
