"""What a portfolio hangs on: its largest holdings, issuers and classes, and how fast they could be sold."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.charts import ChartSpec
from apps.core.templatetags.formats import percent_text
from apps.kernel.dates import DateSpan
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.market.models import AssetClass, MarketPoint
from apps.market.policies import volume_key
from apps.market.selectors.prices import close_at, rates_in
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.concentration import (
    PARTICIPATION,
    TOP,
    Concentration,
    concentration,
    days_to_sell,
    sellable_within,
)
from apps.portfolios.models import Instrument
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.valuations import NOTHING, AccountHoldings, holdings_at

FIGURES = {
    "herfindahl": gettext_noop("Herfindahl index"),
    "effective": gettext_noop("Worth so many equal holdings"),
    "largest": gettext_noop("Largest holding"),
    "top": gettext_noop("Ten largest holdings"),
    "week": gettext_noop("Sold within five trading days"),
}
_METHODS = {
    "herfindahl": gettext_noop("Sum of the squared shares of all holdings and the cash; 1 is a single holding."),
    "effective": gettext_noop("One over the Herfindahl index."),
    "largest": gettext_noop("Value of the largest holding over the value of all holdings and the cash."),
    "top": gettext_noop("Value of the ten largest holdings over the value of all holdings and the cash."),
    "week": gettext_noop("Share of what can be sold within five trading days."),
}
CASH = "balance"


@dataclass(frozen=True, slots=True)
class ConcentrationLine:
    """A holding, an issuer or an asset class. `days` are trading days to sell; `has_volume` says on what they rest."""

    key: str
    label: str
    name: str
    value: Decimal
    share: float
    days: float | None = None
    has_volume: bool = False


@dataclass(frozen=True, slots=True)
class ConcentrationSheet:
    """What a portfolio hangs on at the close of a day, in its currency."""

    as_of: dt.date
    currency: str
    holdings: tuple[ConcentrationLine, ...]
    issuers: tuple[ConcentrationLine, ...]
    classes: tuple[ConcentrationLine, ...]
    index: Concentration
    week: Computed
    unpriced: tuple[str, ...]

    @property
    def top(self) -> tuple[ConcentrationLine, ...]:
        """The largest holdings."""
        return self.holdings[:TOP]

    @property
    def without_volume(self) -> tuple[str, ...]:
        """The holdings whose days rest on their kind alone."""
        return tuple(line.label for line in self.holdings if not line.has_volume and line.key != CASH)

    def figure(self, name: str) -> Computed:
        """Return one of `FIGURES`."""
        return self.week if name == "week" else getattr(self.index, name)

    @property
    def stats(self) -> tuple[tuple[str, str, Computed], ...]:
        """The figures with their names and labels."""
        return tuple((name, gettext(label), self.figure(name)) for name, label in FIGURES.items())


def concentration_sheet(owner: PortfolioOwner, as_of: dt.date) -> ConcentrationSheet:
    """Return what hangs on what in the owner's accounts at the close of a day."""
    accounts = owner.accounts
    at = holdings_at(accounts, as_of)
    span = DateSpan(as_of, as_of)
    rates = rates_in(owner.currency, {account.currency for account in accounts}, span)

    def rate(currency: str) -> Decimal:
        close = close_at(rates.get(currency, []), as_of)
        return Decimal(1) if currency == owner.currency else close.close if close else NOTHING

    values, units = _summed(at.values(), rate)
    cash = sum((each.cash * rate(each.currency) for each in at.values()), NOTHING)
    listed = Instrument.objects.filter(pk__in=values).select_related("master")
    instruments = {each.pk: each for each in listed}
    volumes = _volumes(instruments.values(), as_of)
    whole = sum((max(amount, NOTHING) for amount in (*values.values(), cash)), NOTHING)
    lines = [_holding(instruments[pk], (values[pk], units[pk]), whole, volumes.get(pk)) for pk in values]
    if cash > 0:
        lines.append(ConcentrationLine(CASH, gettext("Cash in the accounts"), "", cash, _share(cash, whole), 0.0))
    lines.sort(key=lambda line: -line.value)
    issuers = {pk: _issuer(instrument) for pk, instrument in instruments.items()}
    classes = {pk: (each.asset_class, str(AssetClass(each.asset_class).label)) for pk, each in instruments.items()}
    plain = [float(line.value) for line in lines]
    return ConcentrationSheet(
        as_of=as_of,
        currency=owner.currency,
        holdings=tuple(lines),
        issuers=_grouped(values, issuers, NOTHING, whole),
        classes=_grouped(values, classes, cash, whole),
        index=concentration(plain),
        week=sellable_within(plain, [line.days or 0.0 for line in lines], 5),
        unpriced=tuple(sorted({name for each in at.values() for name in each.unpriced})),
    )


def _summed(
    at: Iterable[AccountHoldings], rate: Callable[[str], Decimal]
) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """Values in the owner's currency and quantities by instrument; what has no price is left out."""
    values: dict[int, Decimal] = defaultdict(Decimal)
    units: dict[int, Decimal] = defaultdict(Decimal)
    for each in at:
        for holding in each.holdings:
            if holding.value is not None:
                values[holding.instrument_id] += holding.value * rate(each.currency)
                units[holding.instrument_id] += holding.quantity
    return values, units


def _volumes(instruments: Iterable[Instrument], day: dt.date) -> dict[int, float]:
    """The usual daily volume of each instrument that a series of the market tells of."""
    keys = {volume_key(each.symbol): each.pk for each in instruments if each.symbol}
    rows = (
        MarketPoint.objects.filter(series__key__in=keys, day__lte=day)
        .order_by("series__key", "-day")
        .distinct("series__key")
        .values_list("series__key", "value")
    )
    return {keys[key]: float(value) for key, value in rows if value > 0} if keys else {}


def _holding(
    instrument: Instrument, held: tuple[Decimal, Decimal], whole: Decimal, volume: float | None
) -> ConcentrationLine:
    days = days_to_sell(float(held[1]), volume, instrument.kind)
    label, key = str(instrument), instrument.public_id.hex
    return ConcentrationLine(key, label, instrument.name, held[0], _share(held[0], whole), days, volume is not None)


def _share(value: Decimal, whole: Decimal) -> float:
    return float(value / whole) if whole else 0.0


def _issuer(instrument: Instrument) -> tuple[str, str]:
    """The first six characters of a CUSIP name its issuer; what has none stands for itself."""
    cusip = instrument.cusip or (instrument.master.cusip if instrument.master else "")
    if cusip and instrument.kind in {"stock", "bond"}:
        return cusip[:6].lower(), gettext("Issuer %(number)s") % {"number": cusip[:6]}
    return instrument.public_id.hex, str(instrument)


def _grouped(
    values: Mapping[int, Decimal], groups: Mapping[int, tuple[str, str]], cash: Decimal, whole: Decimal
) -> tuple[ConcentrationLine, ...]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for pk, value in values.items():
        sums[groups[pk]] += value
    if cash > 0:
        sums[AssetClass.CASH.value, str(AssetClass.CASH.label)] += cash
    lines = [ConcentrationLine(key, label, "", value, _share(value, whole)) for (key, label), value in sums.items()]
    return tuple(sorted(lines, key=lambda line: -line.value)[:TOP])


def concentration_spec(sheet: ConcentrationSheet) -> ChartSpec | None:
    """Specify the chart of the largest holdings."""
    if not sheet.top:
        return None
    largest = sheet.top[0]
    said = {"share": percent_text(largest.share), "name": largest.label}
    return ChartSpec(
        kind="bars",
        title=gettext("%(share)s in %(name)s") % said,
        unit=gettext("share of the whole"),
        format="percent",
        as_of=sheet.as_of.isoformat(),
        x={"label": gettext("Holding"), "values": [line.label for line in sheet.top]},
        series=[{"name": gettext("Share"), "values": [line.share for line in sheet.top], "meaning": "main"}],
    )


def concentration_passport(owner: PortfolioOwner, as_of: dt.date, figure: str) -> Passport:
    """Return the passport of `concentration-<figure>` or `concentration-<line>`. Raises NotFoundError for another."""
    sheet, name = concentration_sheet(owner, as_of), figure.removeprefix("concentration-")
    lines = (*sheet.holdings, *sheet.issuers, *sheet.classes)
    line = next((each for each in lines if each.key == name), None)
    found = sheet.figure(name) if name in FIGURES else None
    if line is not None:
        value = Amount(line.share, "percent", "2")
        title, method = line.label, gettext("Its value over the value of all holdings and the cash.")
    elif found is not None and found.value is not None:
        value = Amount(found.value, "quantity" if name in {"herfindahl", "effective"} else "percent", "2")
        title, method = gettext(FIGURES[name]), gettext(_METHODS[name])
    else:
        raise NotFoundError(gettext_noop("There is no such figure."))
    return Passport(
        title=f"{owner.name}: {title}",
        value=value,
        method=method,
        as_of=as_of,
        source=gettext("The firm's own ledger and the last closing prices"),
        version=ENGINE_VERSION,
        lines=tuple(_passport_lines(sheet, line)),
        notes=tuple(liquidity_notes(sheet)),
    )


def liquidity_notes(sheet: ConcentrationSheet) -> Iterable[str]:
    """Yield what the days to sell rest on."""
    yield gettext("With a volume, a holding is sold at %(share)s of the usual daily volume.") % {
        "share": percent_text(PARTICIPATION, 0)
    }
    if sheet.without_volume:
        names = ", ".join(sheet.without_volume)
        yield gettext("No volume is supplied for %(names)s: their days are what their kind usually takes.") % {
            "names": names
        }


def _passport_lines(sheet: ConcentrationSheet, line: ConcentrationLine | None) -> Iterable[PassportLine]:
    for each in (line, *sheet.holdings) if line is not None else sheet.holdings:
        parts = [(gettext("Share"), Amount(each.share, "percent", "2"))]
        if each.days is not None:
            parts.append((gettext("Trading days to sell"), Amount(each.days, "quantity", "0")))
        value = Amount.of_money(each.value, sheet.currency, sheet.as_of)
        yield PassportLine(each.label, each.name, value, tuple(parts))
