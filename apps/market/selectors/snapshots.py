"""Market data of an asset type: price, volatility, trend, each with its day and source."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q

from apps.kernel.dates import DateSpan
from apps.kernel.errors import InvalidInputError, NotFoundError, gettext_noop
from apps.market.engine.statistics import annual_trend, annual_volatility
from apps.market.models import AssetClass, CurrencyRate, Security, SecurityKind
from apps.market.selectors.prices import Close, closes_in

LOOKBACK = dt.timedelta(days=365)


class AssetType(StrEnum):
    """The asset types of the API."""

    EQUITY = "equity"
    BOND = "bond"
    CASH = "cash"
    REAL_ESTATE = "real_estate"
    COMMODITY = "commodity"
    FUND = "fund"
    CURRENCY = "currency"


_EQUITY = [AssetClass.US_EQUITY, AssetClass.US_SMALL_EQUITY, AssetClass.INTERNATIONAL_EQUITY]
_BONDS = [AssetClass.CORPORATE_BONDS, AssetClass.HIGH_GRADE_BONDS, AssetClass.GOVERNMENT_BONDS]
_FUNDS = [SecurityKind.ETF, SecurityKind.MUTUAL_FUND, SecurityKind.MONEY_MARKET]
_MEMBERS = {
    AssetType.EQUITY: Q(asset_class__in=_EQUITY),
    AssetType.BOND: Q(asset_class__in=_BONDS),
    AssetType.CASH: Q(asset_class=AssetClass.CASH),
    AssetType.REAL_ESTATE: Q(asset_class=AssetClass.REAL_ESTATE),
    AssetType.COMMODITY: Q(asset_class=AssetClass.COMMODITIES),
    AssetType.FUND: Q(kind__in=_FUNDS),
}


@dataclass(frozen=True, slots=True)
class MarketQuote:
    """One security or currency pair: the last close, the year's volatility and trend, and where they come from.

    `annual_volatility` and `annual_trend` are fractions a year over `lookback_days`; None where there are too few
    closes. `is_simulated` says that the last close is not of a market.
    """

    symbol: str
    name: str
    currency: str
    price: Decimal | None
    as_of: dt.date | None
    annual_volatility: float | None
    annual_trend: float | None
    lookback_days: int
    is_simulated: bool
    source: str


@dataclass(frozen=True, slots=True)
class MarketSnapshot:
    """All quotes of an asset type."""

    asset_type: AssetType
    as_of: dt.date | None
    quotes: tuple[MarketQuote, ...]
    is_simulated: bool


def market_snapshot(asset_type: str, day: dt.date, symbol: str = "") -> MarketSnapshot:
    """Return the quotes of an asset type, or of one symbol within it, as of the day.

    Raises InvalidInputError for an unknown asset type, NotFoundError for a symbol that the type lacks.
    """
    if asset_type not in set(AssetType):
        raise InvalidInputError(
            gettext_noop("“%(asset_type)s” is no asset type."),
            mend=gettext_noop("Use equity, bond, cash, real_estate, commodity, fund or currency."),
            field="asset_type",
            asset_type=asset_type,
        )
    kind = AssetType(asset_type)
    quotes = _pairs(day, symbol) if kind is AssetType.CURRENCY else _securities(kind, day, symbol)
    if symbol and not quotes:
        raise NotFoundError(
            gettext_noop("There is no “%(symbol)s” among %(asset_type)s."),
            mend=gettext_noop("Ask for the asset type alone to see its symbols."),
            symbol=symbol,
            asset_type=asset_type,
        )
    days = [quote.as_of for quote in quotes if quote.as_of]
    return MarketSnapshot(kind, max(days, default=None), tuple(quotes), any(quote.is_simulated for quote in quotes))


def _securities(kind: AssetType, day: dt.date, symbol: str) -> list[MarketQuote]:
    listed = Security.objects.filter(_MEMBERS[kind], is_active=True)
    securities = list(listed.filter(symbol=symbol.upper()) if symbol else listed)
    closes = closes_in([security.pk for security in securities], DateSpan(day - LOOKBACK, day))
    return [_quote(security, closes.get(security.pk, [])) for security in securities]


def _quote(security: Security, closes: list[Close]) -> MarketQuote:
    last = closes[-1] if closes else None
    values = [close.close for close in closes]
    return MarketQuote(
        symbol=security.symbol,
        name=security.name,
        currency=security.currency,
        price=last.close if last else None,
        as_of=last.day if last else None,
        annual_volatility=annual_volatility(values),
        annual_trend=annual_trend(values),
        lookback_days=LOOKBACK.days,
        is_simulated=bool(last and security.is_simulated_on(last.day)),
        source=security.source,
    )


def _pairs(day: dt.date, symbol: str) -> list[MarketQuote]:
    rates = CurrencyRate.objects.filter(day__range=(day - LOOKBACK, day)).order_by("base", "quote", "day")
    if symbol:
        rates = rates.filter(base=symbol[:3].upper(), quote=symbol[3:].upper())
    pairs: dict[tuple[str, str], list[Close]] = {}
    for base, quote, on, rate in rates.values_list("base", "quote", "day", "rate"):
        pairs.setdefault((base, quote), []).append(Close(on, rate))
    return [
        MarketQuote(
            symbol=f"{base}{quote}",
            name=f"{base}/{quote}",
            currency=quote,
            price=closes[-1].close,
            as_of=closes[-1].day,
            annual_volatility=annual_volatility([close.close for close in closes]),
            annual_trend=annual_trend([close.close for close in closes]),
            lookback_days=LOOKBACK.days,
            is_simulated=False,
            source="",
        )
        for (base, quote), closes in pairs.items()
    ]
